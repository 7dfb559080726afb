"""Which settings of a study's trials matter, from what their runs keep."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal

Direction = Literal["maximize", "minimize"]

ENOUGH = 4
"""Trials below which nothing can be said."""


def importances(
    settings: Sequence[Mapping[str, Any]], values: Sequence[float], direction: Direction
) -> dict[str, float]:
    """How much each setting decides whether a trial is among the better ones.

    PED-ANOVA, Watanabe, Bansal and Hutter (2023), as Optuna has it. Of few trials it is a hint.

    Args:
        settings: Of each trial, name to number or text; a setting that not all have is left out.
        values: Of the objective, one a trial, finite.
        direction: In which that is better, `maximize` or `minimize`.

    Returns:
        Name to share, the shares sum to 1, the largest first; empty where trials are too few or
        too much alike.
    """
    varied = _varied(settings)
    if len(values) < ENOUGH or not varied or len(set(values)) == 1:
        return {}
    # Imported here as few ask for it, and it takes a second.
    import optuna
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction=direction)
    columns = {name: _column([each[name] for each in settings]) for name in varied}
    distributions = {name: distribution for name, (distribution, _) in columns.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for place, value in enumerate(values):
                params = {name: column[place] for name, (_, column) in columns.items()}
                study.add_trial(
                    optuna.create_trial(params=params, distributions=distributions, value=value)
                )
            return get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
        except (RuntimeError, ValueError, OverflowError):
            return {}  # The better trials are too much alike, or the settings beyond numbers.


def _varied(settings: Sequence[Mapping[str, Any]]) -> list[str]:
    if not settings:
        return []
    names = [name for name in settings[0] if all(name in each for each in settings)]
    return [name for name in names if len({each[name] for each in settings}) > 1]


def _column(values: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
    """Between what a setting was sought, as far as its values tell, and the values."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if all(isinstance(each, int) for each in values):
        return IntDistribution(min(values), max(values)), values
    if all(isinstance(each, int | float) for each in values):
        return FloatDistribution(min(values), max(values)), values
    texts = [str(each) for each in values]
    return CategoricalDistribution(sorted(set(texts))), texts
