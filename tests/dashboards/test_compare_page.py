"""Versions side by side as a person reads them."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from candidates import DATASET, findings, make_candidate, new_version, predictions
from sklearn.metrics import accuracy_score, f1_score

from evaluation.bootstrap import Interval
from evaluation.findings import Findings
from evaluation.mistakes import mistake_files
from evaluation.predictions import Predictions
from registry.dossier import TAG, evidence_run

COMPARE = "/syrinx/compare?"


def asked(*versions: str) -> str:
    return COMPARE + "&".join(f"version={each}" for each in versions)


def cells(text: str, label: str) -> list[list[str]]:
    """The texts of a table's body, by the table's label."""
    body = re.search(rf'aria-label="{label}[^"]*">.*?<tbody>(.*?)</tbody>', text, re.S)[1]
    rows = re.split(r"<tr[^>]*>", re.sub(r"<svg.*?</svg>", "", body, flags=re.S))[1:]
    plain = [re.split(r"</t[dh]>", row)[:-1] for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in row] for row in plain]


def figures(text: str) -> dict[str, dict]:
    """The charts' data as the browser gets them."""
    found = re.findall(r'<script type="application/json" id="([\w-]+)">(.*?)</script>', text)
    return {name: json.loads(data) for name, data in found}


def test_differences_are_what_scikit_learn_says(store, browser):
    """A wrong sign here would have the worse one promoted."""
    text = browser.get(asked("wrens/1", "wrens/3")).text
    rows = {row[1]: float(row[2]) for row in cells(text, "Paired differences")}
    theirs, ours = predictions(0.8), predictions(0.1)
    for metric, measure in (
        ("accuracy", accuracy_score),
        ("macro f1", lambda *pair: f1_score(*pair, average="macro")),
    ):
        scores = [measure(each.truth, each.predicted) for each in (ours, theirs)]
        assert rows[metric] == pytest.approx(scores[0] - scores[1], abs=5e-4)
    assert "worse" in text
    back = browser.get(asked("wrens/3", "wrens/1")).text
    turned = {row[1]: float(row[2]) for row in cells(back, "Paired differences")}
    assert turned == {metric: -value for metric, value in rows.items()}
    assert '<span class="verdict pass">better' in back


def test_who_differs_by_luck_alone_is_neither_better_nor_worse(own_store, browser):
    truth = np.arange(60) % 3
    for seed in (1, 2):
        answers = np.random.default_rng(seed).dirichlet(np.ones(3), 60)
        said = _of(truth, answers, ["blackbird", "robin", "wren"])
        make_candidate(own_store, "wrens", found=replace(findings(0.5), items=said.to_table()))
    text = browser.get(asked("wrens/1", "wrens/2")).text
    assert {row[-1] for row in cells(text, "Paired differences")} == {"within noise"}


def test_all_are_set_beside_the_first_and_beside_another_on_a_click(store, browser):
    text = browser.get(asked("wrens/4", "wrens/2", "wrens/1")).text
    beside = [row[0] for row in cells(text, "Paired differences")]
    assert list(dict.fromkeys(beside)) == ["wrens 2", "wrens 1"]
    assert "version=wrens/2&amp;version=wrens/4&amp;version=wrens/1" in text


def test_numbers_of_different_test_sets_share_no_table(store, browser):
    text = browser.get(asked("wrens/2", "owls/1")).text
    assert text.count("<h2>Test set") == 2
    assert "2 different test sets" in text
    assert "Paired differences" not in text
    for table in re.findall(r"<table>.*?</table>", text, re.S):
        assert ("owls" in table) != ("wrens" in table)


def test_who_was_not_evaluated_is_named_with_the_command(store, browser):
    text = browser.get(asked("wrens/5", "wrens/2", "wrens/1")).text
    assert "mlflow run . -e promote -P model=wrens -P version=5" in text
    assert len(cells(text, "Paired differences")) == 2


@pytest.mark.parametrize(
    ("versions", "status", "told"),
    [
        ((), 400, "choose versions on the leaderboard"),
        (("wrens/1", "wrens/1"), 400, "got 1"),
        (("wrens/1", "wrens/99"), 404, "99"),
        (("wrens/1", "../../etc/passwd"), 400, "NAME/NUMBER"),
    ],
)
def test_what_cannot_be_compared_is_told(store, browser, versions, status, told):
    answer = browser.get(asked(*versions))
    assert answer.status_code == status
    assert told in answer.text


def test_more_than_can_be_told_apart_are_refused(own_store, browser):
    for _ in range(7):
        new_version(own_store, "wrens")
    answer = browser.get(asked(*(f"wrens/{number}" for number in range(1, 8))))
    assert answer.status_code == 400
    assert "expected 2 to 6 of version=NAME/NUMBER, got 7" in answer.text


def test_classes_that_gain_are_above_those_that_lose(own_store, browser):
    """One that hears wrens only, beside one that hears robins only."""
    truth = np.arange(30) % 3
    for always in (1, 2):
        answers = np.full((30, 3), 0.1) + 0.7 * (np.arange(3) == always)
        said = _of(truth, answers, ["blackbird", "robin", "wren"])
        make_candidate(own_store, "wrens", found=replace(findings(0.5), items=said.to_table()))
    text = browser.get(asked("wrens/1", "wrens/2")).text
    gained = [(row[0], row[2]) for row in cells(text, "Classes that gain and lose")]
    assert gained == [("wren", "+0.500"), ("blackbird", "0"), ("robin", "-0.500")]
    (figure,) = figures(text).values()
    assert figure["layout"]["yaxis"]["ticktext"] == ["robin", "wren"]
    assert figure["data"][0]["x"] == pytest.approx([-0.5, 0.5])


def test_recordings_on_which_one_is_right_come_first_and_can_be_heard(store, built_store, browser):
    """Of wrens 2 and 3 the former is right wherever the latter is."""
    kept = mistake_files(predictions(0.1))
    folder = _artifacts(store, "3") / "test/mistakes"
    folder.mkdir(parents=True)
    for file in list(kept.values())[1:]:  # The sound of the surest mistake is gone.
        (folder / file).write_bytes(b"fLaC")
    text = browser.get(asked("wrens/2", "wrens/3")).text
    rows = cells(text, "The same recording")
    right = {each.item: each.correct for each in predictions(0.9).to_frame().itertuples()}
    parted = [row[2].startswith("right") and row[3].startswith("wrong") for row in rows]
    assert parted == sorted(parted, reverse=True)
    assert sum(parted) == 48
    assert all(row[2].startswith("right") == right[row[0]] for row in rows)
    assert {row[0] for row in rows if "Listen" in row[4]} == set(kept) - {next(iter(kept))}
    for item, file in list(kept.items())[1:]:
        place = sorted(kept.values()).index(file) - 1
        row = text[text.index(f">{item}</bdi>") :]
        sound = re.search(r'<audio[^>]*src="([^"]*)"', row)[1].replace("&amp;", "&")
        assert sound == f"/syrinx/sound.flac?version=wrens/3&folder=mistakes&place={place}"
    assert "not kept" in text


@pytest.mark.parametrize(("groups", "verdict"), [(6, "worse"), (3, "unclear")])
def test_a_model_that_gives_sound_back_is_compared_by_its_clips(
    own_store, browser, groups, verdict
):
    """Less of a distance is better; a clip that only one could score is not counted.

    Of so few as three speakers an interval leaves out 0 by luck alone once in three times.
    """
    for version, shift in enumerate((0.0, 1.0)):
        clips = pd.DataFrame(
            {
                "item": [f"clip {clip}" for clip in range(12)],
                "group": [f"speaker {clip % groups}" for clip in range(12)],
                "pesq_wb": np.where(np.arange(12) == version, np.nan, np.arange(12) / 10),
                "log_mel_distance": np.linspace(3, 5, 12) + shift,
            }
        )
        metrics = {"pesq_wb": Interval(2.0, 1.5, 2.5)}
        found = Findings("reconstruction", DATASET, metrics, clips, latency=0.2)
        make_candidate(own_store, "codecs", found=found)
    text = browser.get(asked("codecs/1", "codecs/2")).text
    rows = {row[1]: (row[2], row[-1]) for row in cells(text, "Paired differences")}
    assert rows == {
        "pesq wb": ("0.000", "within noise"),
        "log mel distance": ("1.000", verdict),
    }
    assert "The same recording" not in text


HOSTILE = ['</script><script>alert("a")</script>', "<b>&amp;'\"", "\u202e../../x" + "z" * 10_000]


def test_hostile_labels_and_recordings_are_text(own_store, browser):
    answers = predictions(0.5)
    items = [f"<img src=x onerror=alert({place})>" for place in range(60)]
    for accuracy in (0.5, 0.9):
        said = predictions(accuracy)
        table = _of(said.truth, said.probabilities, HOSTILE, items, answers.groups).to_table()
        make_candidate(own_store, "wrens", found=replace(findings(accuracy), items=table))
    text = browser.get(asked("wrens/1", "wrens/2")).text
    assert "Classes that gain" in text
    for markup in ("<img", "<b>&amp;'", "<script>alert", "z" * 500):
        assert markup not in text
    (figure,) = figures(text).values()
    assert not any("<" in label for label in figure["layout"]["yaxis"]["ticktext"])


def test_lost_evidence_is_told_and_the_rest_is_shown(own_store, browser, tmp_path):
    for accuracy in (0.5, 0.7, 0.9):
        version = make_candidate(own_store, "wrens", accuracy)
    run_id = evidence_run(version.tags[TAG])
    for table in tmp_path.glob(f"mlruns/*/{run_id}/artifacts/evidence/*.parquet"):
        table.unlink()
    answer = browser.get(asked("wrens/1", "wrens/2", "wrens/3"))
    assert answer.status_code == 200
    assert "wrens/3: evidence in run" in answer.text
    assert {row[0] for row in cells(answer.text, "Paired differences")} == {"wrens 2"}


def test_models_of_other_labels_are_not_paired(own_store, browser):
    make_candidate(own_store, "wrens")
    said = predictions(0.9)
    other = _of(said.truth, said.probabilities, ["blackbird", "robin", "owl"]).to_table()
    make_candidate(own_store, "wrens", found=replace(findings(0.9), items=other))
    answer = browser.get(asked("wrens/1", "wrens/2"))
    assert answer.status_code == 200
    assert "wrens/2 beside wrens/1" in answer.text
    assert "labels" in answer.text
    assert len(cells(answer.text, "Metrics on test set")[0]) == 3


def _of(truth, probabilities, labels, items=None, groups=None) -> Predictions:
    clips = range(len(truth))
    return Predictions(
        items or [f"clip {clip:03}" for clip in clips],
        groups or [f"recordist {clip % 12}" for clip in clips],
        truth,
        probabilities,
        labels,
    )


def _artifacts(store, number: str) -> Path:
    run_id = evidence_run(store.get_model_version("wrens", number).tags[TAG])
    return Path(store.get_run(run_id).info.artifact_uri.removeprefix("file://"))


def test_the_numbers_are_beside_the_version_that_is_named(own_store, browser, tmp_path):
    """With the first one's clips lost, the others are set beside the second."""
    made = [make_candidate(own_store, "wrens", accuracy) for accuracy in (0.5, 0.9, 0.7)]
    run_id = evidence_run(made[0].tags[TAG])
    for table in tmp_path.glob(f"mlruns/*/{run_id}/artifacts/evidence/*.parquet"):
        table.unlink()
    text = browser.get(asked("wrens/1", "wrens/2", "wrens/3")).text
    heading = re.search(r"Against (.*?)</th>", text)[1]
    assert re.sub(r"<[^>]+>", "", heading) == "wrens 2"


def test_pairs_are_compared_where_there_is_no_recording_that_all_answered(own_store, browser):
    answers = predictions(0.7)
    for part in (slice(0, 60), slice(0, 30), slice(30, 60)):
        table = _of(answers.truth, answers.probabilities, answers.labels).to_table().iloc[part]
        make_candidate(own_store, "wrens", found=replace(findings(0.7), items=table))
    answer = browser.get(asked("wrens/1", "wrens/2", "wrens/3"))
    assert answer.status_code == 200
    assert {row[0] for row in cells(answer.text, "Paired differences")} == {"wrens 2", "wrens 3"}
    assert "all of them together" in answer.text


def test_another_spelling_is_the_same_version(store, browser):
    """Beside itself every version is as good."""
    assert browser.get(asked("wrens/1", "wrens/01")).status_code == 400
