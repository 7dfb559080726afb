"""Studies as a person reads them, from runs as `projects.studies.engine` makes them."""

import json
import re

import pytest
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE
from study_runs import study_run, trial
from toy_study import QUALITY, play, toy

from dashboards import lineage, studies, trials
from projects.studies.engine import finish, join, trial_run

HOSTILE = '<script>alert("a")</script>' + "z" * 4_000
TWO = {"accuracy": "maximize", "size": "minimize"}


def page(browser, run: str) -> str:
    answer = browser.get(f"/syrinx/study?run={run}")
    assert answer.status_code == 200
    return answer.text


def figures(text: str) -> dict[str, dict]:
    """The charts' data as the browser gets them."""
    found = re.findall(r'<script type="application/json" id="([\w-]+)">(.*?)</script>', text)
    return {name: json.loads(data) for name, data in found}


def test_the_pages_read_what_the_engine_writes():
    """A tag of another name would show every study as an empty one."""
    assert (lineage.STUDY, lineage.TRIAL) == (trial_run.STUDY, trial_run.NUMBER)
    told = (trials.NUMBER, trials.STATE, trials.REASON, trials.FEASIBLE)
    written = (trial_run.NUMBER, trial_run.STATE, trial_run.REASON, trial_run.FEASIBLE)
    assert told == written
    assert (studies.NAME, studies.TEXT, studies.OBJECTIVES) == (
        join.NAME,
        join.TEXT,
        join.OBJECTIVES,
    )
    assert (studies.ENTRY_POINT, studies.BEST) == (finish.ENTRY_POINT, finish.BEST)


def test_a_study_of_tune_is_shown_with_its_answer_and_best(own_store, browser, tmp_path):
    """Through the engine itself, as `mlflow run . -e tune` goes through it."""
    run = play(toy(), trials=4, storage=f"sqlite:///{tmp_path / 'optuna.db'}")
    own_store.log_param(run, "config.trials", "4")  # As `run_entry_point` does.
    text = page(browser, run)
    assert "Where is the top of the hill?" in text
    assert "On the same recordings" in text or "no trial was better" in text
    assert len(re.findall(r">trial \d+</a>", text)) == 4
    best = own_store.get_run(run).data.metrics[f"best.{QUALITY}"]
    so_far = figures(text)["history"]["data"][0]
    assert so_far["name"] == "best so far"
    assert so_far["y"][-1] == pytest.approx(best)
    listed = browser.get("/syrinx/studies").text
    assert f"/syrinx/study?run={run}" in listed
    assert f"<b>{best:.4g}</b>" in listed
    assert "answered" in listed


def test_without_studies_the_page_says_how_to_begin_one(own_store, browser):
    text = browser.get("/syrinx/studies").text
    assert "mlflow run . -e tune" in text
    assert "<table" not in text


def test_workers_and_trials_are_no_studies_of_their_own(own_store, browser):
    run = study_run(own_store)
    worker = study_run(own_store, **{"study.run": run})
    child = trial(own_store, run, 0, accuracy=0.5)
    text = browser.get("/syrinx/studies").text
    assert run in text
    assert worker not in text
    for other in (worker, child):
        answer = browser.get(f"/syrinx/study?run={other}")
        assert answer.status_code == 400
        assert run in answer.text


def test_a_study_at_work_says_so_and_shows_what_there_is(own_store, browser):
    run = study_run(own_store)
    assert "No trial was begun yet" in page(browser, run)
    trial(own_store, run, 0, {"x": 0.1}, accuracy=0.5)
    text = page(browser, run)
    assert "it is at work" in text
    assert "history" in figures(text)


def test_the_best_is_beside_what_stood_with_the_command_that_takes_it(own_store, browser):
    run = study_run(own_store, **{"study.entry_point": "train_ast", MLFLOW_RUN_NOTE: "Found."})
    trial(own_store, run, 0, {"x": 0.1, "width": 8}, accuracy=0.5)
    trial(own_store, run, 1, {"x": 0.7, "width": 8}, accuracy=0.9)
    own_store.set_terminated(run)
    text = page(browser, run)
    assert f"mlflow run . -e train_ast -P config=runs:/{run}/study/best.yaml" in text
    assert f"mlflow run . -e confirm -P study={run}" in text
    best = text[text.index("The best configuration") : text.index("Take it")]
    rows = re.findall(r"<bdi>(\w+)</bdi></th>.*?<bdi>([\d.]+)</bdi>.*?>([\w. <>/]+)</td>", best)
    told = {name: (stood, re.sub(r"<[^>]*>", "", found)) for name, stood, found in rows}
    assert told == {"x": ("0.1", "0.7"), "width": ("8", "the same")}


def test_what_stood_and_was_the_best_is_not_to_be_taken_over(own_store, browser):
    run = study_run(own_store, **{"study.entry_point": "train_ast"})
    trial(own_store, run, 0, {"x": 0.1}, accuracy=0.9)
    assert "no trial was better" not in page(browser, run)  # None other was tried yet.
    trial(own_store, run, 1, {"x": 0.7}, accuracy=0.5)
    own_store.set_terminated(run)
    text = page(browser, run)
    assert "no trial was better" in text
    assert "best.yaml" not in text


def test_of_two_aims_the_configuration_as_it_stood_may_be_best_by_one_only(own_store, browser):
    run = study_run(own_store, TWO)
    trial(own_store, run, 0, {"x": 0.1}, accuracy=0.9, size=5000.0)
    trial(own_store, run, 1, {"x": 0.7}, accuracy=0.8, size=50.0)
    own_store.set_terminated(run)
    assert "no trial was better" not in page(browser, run)


def test_the_front_is_drawn_with_what_it_beats(own_store, browser):
    run = study_run(own_store, TWO)
    for number, (accuracy, size) in enumerate([(0.5, 10.0), (0.9, 5000.0), (0.4, 20.0)]):
        trial(own_store, run, number, {"width": size}, accuracy=accuracy, size=size)
    text = page(browser, run)
    beaten, front = figures(text)["front-1"]["data"]
    assert (front["x"], front["y"]) == ([10, 5000], [0.5, 0.9])
    assert (beaten["x"], beaten["y"]) == ([20], [0.4])
    assert figures(text)["front-1"]["layout"]["xaxis"]["type"] == "log"
    assert text.count(">on the front<") == 1  # And the best, which is on it too.


@pytest.mark.parametrize("any_fits", [True, False])
def test_who_breaks_a_constraint_is_the_best_only_where_all_do(own_store, browser, any_fits):
    run = study_run(own_store)
    large = trial(own_store, run, 0, {"width": 99}, accuracy=0.9)
    small = trial(own_store, run, 1, {"width": 1}, accuracy=0.5)
    own_store.set_tag(large, "trial.feasible", "no")
    own_store.set_tag(small, "trial.feasible", "yes" if any_fits else "no")
    text = page(browser, run)
    best = re.search(r">trial (\d)</a> <span[^>]*>best<", text)[1]
    assert best == ("1" if any_fits else "0")
    assert "misses the constraints" in text


def test_trials_that_failed_or_were_stopped_are_told_with_the_reason(own_store, browser):
    run = study_run(own_store)
    trial(own_store, run, 0, {"x": 0.1}, accuracy=0.5)
    trial(own_store, run, 1, {"x": 0.2}, "fail", "no memory")
    trial(own_store, run, 2, {"x": 0.3}, "pruned", "at 2 with height 0.1", height=0.1)
    text = page(browser, run)
    assert "failed: <bdi>no memory</bdi>" in text
    assert "stopped early: <bdi>at 2 with height 0.1</bdi>" in text
    assert figures(text)["history"]["data"][1]["x"] == [0]
    assert "too few" in text


def test_a_study_from_before_is_drawn_once_it_is_asked_again(own_store, browser, tmp_path):
    """As its page says, and no trial is done anew."""
    storage = f"sqlite:///{tmp_path / 'optuna.db'}"
    run = play(toy(), trials=4, storage=storage)
    own_store.log_param(run, "config.trials", "4")
    own_store.delete_tag(run, studies.OBJECTIVES)
    assert "Call <code>mlflow run . -e tune</code> again" in page(browser, run)
    play(toy(), trials=4, storage=storage)
    text = page(browser, run)
    assert "history" in figures(text)
    assert "4 trials" in text


def test_a_number_with_an_interval_is_one_column_and_steps_are_none(own_store, browser):
    run = study_run(own_store)
    values = {"lost": 1.5, "lost__lower": 1.0, "lost__upper": 2.0, "train__loss": 7.125}
    trial(own_store, run, 0, {"x": 0.1}, accuracy=0.5, **values)
    text = page(browser, run)
    assert re.search(r'1\.5<br><span class="quiet">1 to 2</span>', text)
    assert "7.125" not in text


def test_hostile_texts_are_text(own_store, browser):
    tags = {
        "study.name": HOSTILE,
        "study.question": HOSTILE,
        "study.entry_point": "x; rm -rf ~ " + HOSTILE[:40],
        MLFLOW_RUN_NOTE: "<b>Found" + HOSTILE,
    }
    run = study_run(own_store, **tags)
    for number in range(4):
        settings = {"layer": f"<img src=x>{number}" + "y" * 4_000}
        trial(own_store, run, number, settings, reason=HOSTILE, accuracy=float(number))
    shown = [page(browser, run), browser.get("/syrinx/studies").text]
    assert "&lt;img" in str(figures(shown[0])["history"])  # Plotly would read tags.
    own_store.set_tag(run, "study.objectives", json.dumps({"<i>accuracy": "maximize"}))
    for text in (*shown, page(browser, run)):
        for markup in ("<script>alert", "<img", "<i>acc", "<b>Found", "y" * 500):
            assert markup not in text


@pytest.mark.parametrize(
    "told", ["[1]", "{", '{"accuracy": "sideways"}', '{"accuracy": ["x"]}', ""]
)
def test_objectives_that_cannot_be_read_are_none(own_store, browser, told):
    run = study_run(own_store, **{MLFLOW_RUN_NOTE: "Found."})
    own_store.set_tag(run, "study.objectives", told)
    trial(own_store, run, 0, {"x": 0.1}, accuracy=0.5)
    text = page(browser, run)
    assert "nothing can be drawn" in text
    assert figures(text) == {}
    assert "Found." in text


@pytest.mark.parametrize(
    ("run", "status"), [("", 400), ("f" * 32, 404), ("../../etc/passwd", 400), ("'" * 10_000, 400)]
)
def test_what_is_no_run_is_told(own_store, browser, run, status):
    answer = browser.get("/syrinx/study", query_string={"run": run})
    assert answer.status_code == status
    assert len(answer.text) < 4_000


def test_a_run_that_is_no_study_is_told(own_store, browser):
    run = own_store.create_run(own_store.create_experiment("trainings")).info.run_id
    answer = browser.get(f"/syrinx/study?run={run}")
    assert answer.status_code == 400
    assert "page of studies" in answer.text


def test_what_an_account_may_not_read_is_neither_listed_nor_shown(own_store, browser, monkeypatch):
    run = study_run(own_store)
    monkeypatch.setattr("dashboards.readers.may_read_runs", lambda _: False)
    monkeypatch.setattr("dashboards.studies.readable_experiments", list)
    assert browser.get(f"/syrinx/study?run={run}").status_code == 403
    assert run not in browser.get("/syrinx/studies").text


def test_a_study_is_listed_however_many_workers_joined_another(own_store, browser, monkeypatch):
    """It would else be said that no study was begun."""
    monkeypatch.setattr("dashboards.studies.LISTED", 3)
    first = study_run(own_store)
    second = study_run(own_store)
    for _ in range(7):
        study_run(own_store, **{"study.run": second})
    text = browser.get("/syrinx/studies").text
    assert first in text
    assert second in text


@pytest.mark.parametrize("told", ["[" * 7_000, '{"accuracy": []}'])
def test_no_run_shuts_the_page_of_studies(own_store, browser, told):
    """Anybody who may write a run may write this."""
    run = study_run(own_store, **{"study.name": "good one"})
    odd = own_store.create_run(own_store.get_run(run).info.experiment_id, start_time=10**17)
    own_store.log_param(odd.info.run_id, "config.trials", "3")
    own_store.set_tag(odd.info.run_id, "study.objectives", told)
    own_store.log_metric(odd.info.run_id, "trials.complete", float("nan"))
    answer = browser.get("/syrinx/studies")
    assert answer.status_code == 200
    assert "good one" in answer.text
    page(browser, odd.info.run_id)


def test_numbers_beyond_numbers_are_shown_as_they_are(own_store, browser):
    run = study_run(own_store)
    for number in range(5):
        settings = {"x": str(10**200 + number), "y": "1" * 400}
        trial(own_store, run, number, settings, accuracy=float(number))
    odd = trial(own_store, run, 5, accuracy=1.0)
    own_store.set_tag(odd, "trial.number", "1" * 5_000)
    assert "trial 4" in page(browser, run)
