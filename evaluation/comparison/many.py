"""Numbers of things in words."""


def many(number: int, thing: str) -> str:
    """The number with what it counts, as `1 row` and `2 rows`; what ends in s stays as it is."""
    return f"{number} {thing}" if number == 1 or thing.endswith("s") else f"{number} {thing}s"
