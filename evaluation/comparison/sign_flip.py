"""Whether a difference could as well have had the other sign in any group of clips."""

from itertools import product

import numpy as np

ENUMERATED = 12
"""Up to so many groups all flips are tried, 4,096; beyond, as many as `DRAWS` at random."""

DRAWS = 9999
_CHUNK = 1000  # flips at once; bounds the memory, does not change the result
_ROUNDING = 1e-9


def sign_flip_p(differences: np.ndarray, groups: list[str], seed: int = 0) -> float:
    """Tests by flipping the signs of whole groups whether a mean difference is 0.

    If two recipes are equally good, their answers in a group (all clips of a recordist) may be
    exchanged, which flips the sign of the group's sum. The p-value is the share of flips whose sum
    over all groups is as far from 0. McNemar's test is the same with every clip its own group, and
    takes the clips of one recordist for independent evidence. Pitman, "Significance Tests Which
    May Be Applied to Samples from Any Populations" (1937); Phipson and Smyth, "Permutation
    P-values Should Never Be Zero" (2010), for the draws.

    It is about these networks and other recordists; that other seeds might have come is in the
    intervals of `evaluation.recipes`.

    Args:
        differences: Of each of n clips, in any unit, float, shape (n,).
        groups: The group of each.
        seed: Of the draws.

    Returns:
        Two-sided p-value in (0, 1].
    """
    _, group_of_clip = np.unique(np.array(groups, dtype=str), return_inverse=True)
    sums = np.bincount(group_of_clip, weights=differences)
    sums = sums[np.abs(sums) > _ROUNDING]  # A group without a difference has no sign to flip.
    reached = abs(sums.sum()) - _ROUNDING
    if len(sums) <= ENUMERATED:
        flips = np.array(list(product((-1, 1), repeat=len(sums))))
        return float((np.abs(flips @ sums) >= reached).mean())
    random = np.random.default_rng(seed)
    as_far = 0
    for start in range(0, DRAWS, _CHUNK):
        flips = random.choice((-1.0, 1.0), size=(min(_CHUNK, DRAWS - start), len(sums)))
        as_far += int((np.abs(flips @ sums) >= reached).sum())
    return (1 + as_far) / (1 + DRAWS)
