"""A difference in words: how large, and whether luck alone could have made it."""

from evaluation.bootstrap import Interval

FEWEST = 6
"""Groups. With 5 even the exact test, by flipping the signs of groups, has no p-value below
2 / 2**5 = 0.06, and the bootstrap takes luck for a difference once in six times."""


def in_words(difference: Interval, groups: int, over: str = "groups") -> str:
    """The difference with its interval, and whether that leaves 0 out.

    Args:
        difference: Of two means.
        groups: How many the clips are of.
        over: What the interval was bootstrapped over.
    """
    told = f"{difference.value:.3f}"
    bounded = difference.lower is not None and difference.finite
    if bounded:
        bounds = f"{difference.lower:.3f} to {difference.upper:.3f}"
        told += f" (95 % interval {bounds}, bootstrap over {over})"
    if groups < FEWEST:
        return f"{told}, too few groups ({groups}) to tell"
    if not bounded:
        return f"{told}, no interval"
    return f"{told}, {'beyond' if leaves_out_0(difference) else 'within'} noise"


def leaves_out_0(difference: Interval) -> bool:
    """Whether a difference has bounds, both on one side of 0."""
    if difference.lower is None or difference.upper is None:
        return False
    return difference.lower > 0 or difference.upper < 0
