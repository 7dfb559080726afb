"""p-values of several tests, made safe against finding something by testing often enough."""

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Adjusts p-values so that the chance of any false finding stays below a level.

    Holm, "A Simple Sequentially Rejective Multiple Test Procedure" (Scand. J. Statist. 6, 1979):
    the k-th smallest of m is multiplied by m - k + 1, none is below a smaller one's, none above 1.

    Args:
        p_values: m values in [0, 1].

    Returns:
        The adjusted values in the same order, float64, shape (m,).
    """
    values = np.asarray(p_values, dtype=np.float64)
    order = values.argsort(kind="stable")
    factors = np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * factors), 1)
    return adjusted
