"""A version's page, for all that a version may be."""

import json
import re
from dataclasses import replace
from html import unescape

import numpy as np
import pandas as pd
import pytest
from candidates import DATASET, findings, make_candidate, predictions

from evaluation.bootstrap import Interval
from evaluation.findings import Findings
from evaluation.predictions import Predictions
from registry.dossier import TAG, evidence_run


def figures(text: str) -> dict[str, dict]:
    """The charts' data as the browser gets them."""
    found = re.findall(r'<script type="application/json" id="([\w-]+)">(.*?)</script>', text)
    return {name: json.loads(data) for name, data in found}


def test_a_classifier_is_shown_whole(store, browser):
    text = browser.get("/syrinx/version?version=wrens/2").text
    for part in (
        "Measured",
        "Gate",
        "Decisions about",
        "Commonest mistakes",
        "Where it comes from",
    ):
        assert part in text
    assert DATASET in text
    assert set(figures(text)) == {"confusion", "by-class", "reliability"}
    assert "/syrinx/decide/promotion" not in text  # It is champion.
    assert "mlflow run" not in text


def test_history_has_all_decisions_the_newest_first(store, browser):
    text = browser.get("/syrinx/version?version=wrens/1").text
    timeline = text[text.index('<ol class="timeline"') :]
    assert re.findall(r"Version (\d+)</b> (\w+)", timeline) == [
        ("3", "refused"),
        ("2", "promoted"),
        ("1", "promoted"),
    ]
    assert "/syrinx/decide/rollback?version=wrens/1" in text


def test_who_was_never_champion_cannot_be_gone_back_to(store, browser):
    assert "decide/rollback" not in browser.get("/syrinx/version?version=wrens/3").text


def test_who_was_not_evaluated_is_told_how(store, browser):
    text = browser.get("/syrinx/version?version=wrens/5").text
    assert "mlflow run . -e promote -P model=wrens -P version=5" in text
    assert "decide/promotion" not in text


def test_numbers_of_the_confusion_matrix_are_the_predictions(store, browser):
    """Against counting by hand."""
    text = browser.get("/syrinx/version?version=wrens/2").text
    hover = figures(text)["confusion"]["data"][0]["text"]
    answers = predictions(0.9)
    for i, truth in enumerate(answers.labels):
        for j, said in enumerate(answers.labels):
            count = int(((answers.truth == i) & (answers.predicted == j)).sum())
            assert hover[i][j] == f"{truth} taken for {said}: {count} of 20"


HOSTILE = [
    '</script><script>alert("a")</script>',
    "<b>&amp;'\"",
    "\u202e../../etc/passwd" + "z" * 10_000,
]


def test_hostile_labels_are_text(own_store, browser):
    answers = predictions(0.5)
    hostile = Predictions(
        answers.item_ids, answers.groups, answers.truth, answers.probabilities, HOSTILE
    )
    found = replace(findings(0.5), items=hostile.to_table())
    make_candidate(own_store, "wrens", found=found)
    text = browser.get("/syrinx/version?version=wrens/1").text
    assert "<script>alert" not in text
    assert "<b>&" not in text
    assert "z" * 500 not in text
    shown = figures(text)["confusion"]["layout"]["yaxis"]["ticktext"]
    # Plotly would read tags, so it gets none.
    assert not any("<" in label for label in shown)
    assert unescape(shown[0]).startswith("<") or unescape(shown[1]).startswith("<")


def test_a_model_that_gives_sound_back_is_shown_too(own_store, browser):
    clips = pd.DataFrame(
        {
            "item": [f"clip {clip}" for clip in range(12)],
            "group": ["ann", "bob"] * 6,
            "pesq_wb": [np.nan, *np.linspace(1, 3, 11)],
            "si_sdr": np.linspace(-3, 9, 12),
        }
    )
    metrics = {"pesq_wb": Interval(2.0, 1.5, 2.5), "si_sdr": Interval(3.0, 1.0, 5.0)}
    found = Findings("reconstruction", DATASET, metrics, clips, latency=0.2)
    make_candidate(own_store, "codecs", found=found)
    text = browser.get("/syrinx/version?version=codecs/1").text
    assert "2.000" in text
    assert "200 ms" in text
    assert "clip 1<" in text[text.index("Worst clips") :]
    assert "clip 0<" not in text  # It has no score.
    assert figures(text) == {}


def test_lost_evidence_is_told_and_the_rest_is_shown(own_store, browser, tmp_path):
    version = make_candidate(own_store, "wrens")
    run_id = evidence_run(version.tags[TAG])
    (folder,) = tmp_path.glob(f"mlruns/*/{run_id}/artifacts/evidence")
    for table in folder.glob("*.parquet"):
        table.unlink()
    answer = browser.get("/syrinx/version?version=wrens/1")
    assert answer.status_code == 200
    assert "expected" in answer.text
    assert "got none" in answer.text
    assert "Measured" in answer.text


@pytest.mark.parametrize("name", ["wrens", "owls"])
def test_a_page_leads_into_mlflows(store, browser, name):
    text = browser.get(f"/syrinx/version?version={name}/1").text
    run_id = store.get_model_version(name, "1").run_id
    assert f'href="/#/models/{name}/versions/1"' in text
    assert f"/runs/{run_id}" in text
