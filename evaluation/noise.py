"""A difference in words: how large, and whether luck alone could have made it."""

from evaluation.bootstrap import Interval


def in_words(difference: Interval, over: str = "groups") -> str:
    """The difference with its interval, and whether that leaves 0 out.

    Args:
        difference: Of two means.
        over: What the interval was bootstrapped over.
    """
    if difference.lower is None or difference.upper is None:
        return f"{difference.value:.3f}, with too few {over} for an interval"
    within = difference.lower <= 0 <= difference.upper
    return (
        f"{difference.value:.3f} (95 % interval {difference.lower:.3f} to {difference.upper:.3f}, "
        f"bootstrap over {over}), {'within' if within else 'beyond'} noise"
    )
