"""How a candidate compares with the champion of the moment."""

from collections.abc import Callable

from mlflow.entities.model_registry import ModelVersion

from evaluation.bootstrap import Interval
from evaluation.gates.evidence import Compared, NoChampion, NotComparable
from projects.errors import UserError


def compare_with_champion(
    champion: ModelVersion | None, metric: str, digest: str, beside: Callable[[str], Interval]
) -> Compared | NoChampion | NotComparable:
    """Measures the paired difference of a candidate and the champion on the same test set.

    Args:
        champion: The champion of the moment, if there is one.
        metric: Name of the metric to compare on.
        digest: Of the test set.
        beside: Gives candidate minus champion, from the champion's model URI.

    Returns:
        The difference with its interval, or why there is none.
    """
    if champion is None:
        return NoChampion()
    try:
        difference = beside(f"models:/{champion.name}/{champion.version}")
    except UserError as error:
        return NotComparable(f"version {champion.version}: {error}")
    return Compared(metric, difference, digest)
