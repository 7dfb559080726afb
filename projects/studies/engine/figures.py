"""A study's figures on one page that needs no network."""

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import optuna
from optuna import visualization
from optuna.distributions import CategoricalDistribution
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState, create_trial
from plotly.graph_objects import Figure

from projects.studies.engine.question import Question
from projects.studies.engine.space import Choice, Space, read_back

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body {{ font-family: sans-serif; margin: 1rem; }}</style></head>
<body><h1>{title}</h1>{body}</body></html>
"""


def figures_page(study: Study, question: Question, space: Space) -> str:
    """History, importance, slices and, of several objectives, the Pareto front, as HTML.

    Args:
        study: With at least one complete trial.
        question: That it asks.
        space: That it seeks in; choices are shown by their values, not their places.
    """
    shown = _readable(study, space)
    drawn: list[str] = []
    for title, draw in _figures(shown, question).items():
        try:
            figure = draw()
        except (ValueError, RuntimeError) as error:
            # An importance needs trials that differ.
            drawn.append(f"<h2>{escape(title)}</h2><p>{escape(str(error))}</p>")
            continue
        figure.update_layout(title=title)
        has_script = any("<script" in each for each in drawn)
        drawn.append(figure.to_html(full_html=False, include_plotlyjs=not has_script))
    return PAGE.format(title=escape(question.text), body="\n".join(drawn))


def _figures(study: Study, question: Question) -> dict[str, Callable[[], Figure]]:
    figures: dict[str, Callable[[], Figure]] = {}
    for place, (name, direction) in enumerate(question.objectives.items()):
        of: dict[str, Any] = {"target": partial(_value, 1, place), "target_name": name}
        # Optuna takes the importance of being low.
        sign = -1 if direction == "maximize" else 1
        figures[f"History: {name}"] = partial(visualization.plot_optimization_history, study, **of)
        figures[f"Importance for {name}"] = partial(
            visualization.plot_param_importances,
            study,
            target=partial(_value, sign, place),
            target_name=name,
        )
        figures[f"Slices: {name}"] = partial(visualization.plot_slice, study, **of)
    if len(question.objectives) in (2, 3):
        figures["Pareto front"] = partial(
            visualization.plot_pareto_front, study, target_names=list(question.objectives)
        )
    return figures


def _value(sign: int, place: int, trial: FrozenTrial) -> float:
    return sign * float(trial.values[place])


def _readable(study: Study, space: Space) -> Study:
    """A copy in memory, whose choices are values rather than places."""
    copy = optuna.create_study(directions=study.directions)
    distributions = {
        name: CategoricalDistribution(place.values)
        if isinstance(place, Choice)
        else place.distribution
        for name, place in space.items()
    }
    for trial in study.get_trials(deepcopy=False):
        copy.add_trial(
            create_trial(
                # All of them, so that each keeps its number; those that are not over show nothing.
                state=trial.state if trial.state.is_finished() else TrialState.FAIL,
                values=trial.values,
                params=read_back(trial.params, space),
                distributions={name: distributions[name] for name in trial.params},
                intermediate_values=trial.intermediate_values,
                system_attrs=trial.system_attrs,
            )
        )
    return copy
