"""Which clips of a reconstruction came out worst."""

import pandas as pd

from evaluation.quality.metrics import HIGHER_IS_BETTER

WORST = 10


def worst_clips(items: pd.DataFrame) -> pd.DataFrame:
    """The worst clips by the first metric that they have; those without a score are left out.

    Args:
        items: `item`, `group` and a column for each metric.
    """
    metrics = [name for name in HIGHER_IS_BETTER if name in items]
    if not metrics:
        return items.head(0)
    first = metrics[0]
    scored = items.dropna(subset=[first])
    return scored.sort_values(first, ascending=HIGHER_IS_BETTER[first], kind="stable").head(WORST)
