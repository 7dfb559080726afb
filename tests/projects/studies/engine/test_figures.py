"""The figures show what the study's trials were, to whoever opens the page, wherever."""

import re

import optuna
import pytest
from optuna.distributions import FloatDistribution, IntDistribution
from optuna.trial import TrialState, create_trial
from toy_study import QUALITY, toy

from projects.studies.engine.figures import figures_page
from projects.studies.engine.trial_run import REASON

SPACE = toy().space(None)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def study_of(values: list[list[float] | None], directions: list[str]) -> optuna.Study:
    """A trial a list of values, those without failed for a hostile reason."""
    study = optuna.create_study(directions=directions)
    for number, each in enumerate(values):
        study.add_trial(
            create_trial(
                state=TrialState.FAIL if each is None else TrialState.COMPLETE,
                values=each,
                params={"x": number / 10, "width": number % 4},
                distributions={"x": FloatDistribution(0, 1), "width": IntDistribution(0, 3)},
                user_attrs={REASON: HOSTILE} if each is None else {},
            )
        )
    study.enqueue_trial({"x": 0.5, "width": 1})
    return study


@pytest.fixture(scope="module")
def page() -> str:
    study = study_of([[0.4], None, [0.6], [0.5], [0.9]], ["maximize"])
    return figures_page(study, toy(text=f"Which {HOSTILE}?"), SPACE)


def test_history_importance_and_slices_are_on_the_page(page):
    titles = (f"History: {QUALITY}", f"Importance for {QUALITY}", f"Slices: {QUALITY}")
    assert all(title in page for title in titles)
    assert page.count("Plotly.newPlot") >= len(titles)


def test_the_page_loads_nothing(page):
    """On a train, or a cluster without network, it would be blank."""
    assert not re.search(r"<(script|img|iframe|link)\b[^>]*\b(src|href)\s*=", page)
    assert not re.search(r"@import|url\(\s*['\"]?https?:", page.split("<script")[0])


def test_the_library_is_on_the_page_once(page):
    """Each copy is four megabytes."""
    assert len(page) < 7_000_000


def test_hostile_text_is_no_markup(page):
    """A file's name in an error message could run code in the reader's browser."""
    outside = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert "alert(1)</script>" not in page
    assert "onerror" not in re.sub(r"&lt;.*?&gt;", "", outside)


def test_choices_are_shown_by_their_values_and_trials_by_their_numbers(page):
    """The figures would speak of trial 3 where the table speaks of trial 4."""
    x = re.search(r'"x":\[([\d,]+)\]', page)
    assert x[1] == "0,2,3,4"
    assert "32" in page


def test_several_objectives_have_a_front():
    study = study_of([[0.4, 2.0], [0.6, 3.0], [0.5, 4.0]], ["maximize", "minimize"])
    objectives = {QUALITY: "maximize", "size": "minimize"}
    page = figures_page(study, toy(objectives=objectives), SPACE)
    assert "Pareto front" in page
    assert "Importance for size" in page


def test_one_trial_is_enough_for_a_page():
    """A study that was stopped early would end with a traceback instead of its answer."""
    assert "History" in figures_page(study_of([[0.4]], ["maximize"]), toy(), SPACE)
