"""The codec page: what a codec keeps, where the gate lies, and how it sounds."""

import json
import re
from contextlib import chdir
from html import unescape
from pathlib import Path

import pytest
from candidates import make_candidate
from codec_runs import evaluated
from local_store import local_store, tracking

from evaluation.bootstrap import Interval
from evaluation.findings import Findings

HOSTILE = "<img src=x onerror=alert(1)>"
LOST = {"pesq_wb_lost": Interval(0.5, 0.4, 0.6), "codec_pesq_wb": Interval(2.0, 1.9, 2.1)}


@pytest.fixture(scope="module")
def codec_folder(tmp_path_factory, empty_database) -> Path:
    folder = tmp_path_factory.mktemp("codec")
    with local_store(empty_database, folder) as client:
        experiment = client.create_experiment("codec")
        runs = [evaluated(client, experiment, pesq) for pesq in (1.25, 1.75)]
        other = client.create_run(experiment).info.run_id
        measured = {"pesq_wb": Interval(1.5, 1.4, 1.6), **LOST}
        items = make_candidate(client, "plain")
        made = Findings("reconstruction", "f" * 36, measured, _items(), 0.1)
        version = make_candidate(client, HOSTILE, found=made)
        client.log_param(version.run_id, "config.bandwidth", "6")
    (folder / "runs.json").write_text(json.dumps([*runs, other, items.run_id]))
    return folder


def _items():
    import pandas as pd

    return pd.DataFrame({"item": ["a"], "group": ["b"], "pesq_wb": [1.5]})


@pytest.fixture
def runs(codec_folder):
    """The older and the newer evaluation, and a run that is none."""
    with chdir(codec_folder), tracking(f"sqlite:///{codec_folder / 'mlflow.db'}"):
        yield json.loads((codec_folder / "runs.json").read_text())


def chart(text: str, metric: str) -> dict[str, dict]:
    """The named traces of a page's chart."""
    found = re.search(f'id="chart-{metric}">(.*?)</script>', text, re.DOTALL)
    assert found
    return {each["name"]: each for each in json.loads(found[1])["data"] if "name" in each}


def test_the_newest_evaluation_is_shown_and_an_older_one_where_it_is_asked_for(runs, browser):
    older, newer, *_ = runs
    text = browser.get("/syrinx/codec").text
    assert chart(text, "pesq_wb")["codec"]["y"] == [1.75, 2.75]
    assert f"run={older}" in text
    assert newer in text
    text = browser.get(f"/syrinx/codec?run={older}").text
    assert chart(text, "pesq_wb")["codec"]["y"] == [1.25, 2.25]


def test_the_curve_has_rates_whiskers_and_the_gate(runs, browser):
    """Without the gate beside it nobody sees that no codec at 6 kbit/s can pass it."""
    text = browser.get("/syrinx/codec").text
    traces = chart(text, "pesq_wb")
    assert traces["codec"]["x"] == [1.5, 6.0]
    assert traces["mel + Griffin-Lim"]["x"] == [153.6]
    assert set(traces["gate codec passes: pesq_wb > 3.5"]["y"]) == {3.5}
    assert traces["gate codec passes: pesq_wb_lost < 0.3"]["y"] == pytest.approx([1.45, 2.45])
    assert traces["gate codec stops: pesq_wb_lost > 1"]["y"] == pytest.approx([0.75, 1.75])
    drawn = json.loads(re.search(r'id="chart-pesq_wb">(.*?)</script>', text, re.DOTALL)[1])["data"]
    whiskers = [each for each in drawn if each["x"] == [1.5, 1.5, None, 6.0, 6.0, None]]
    assert whiskers[0]["y"] == pytest.approx([1.65, 1.95, None, 2.65, 2.95, None])
    # The same numbers for whoever sees no chart.
    for number in ("1.750", "1.650 to 1.950", "153.6"):
        assert number in text


def test_an_autoencoder_is_a_point_at_its_bitrate(runs, browser):
    text = browser.get("/syrinx/codec").text
    point = chart(text, "pesq_wb")["autoencoder"]
    assert (point["x"], point["y"]) == ([6.0], [1.5])
    assert "0.400 to 0.600" in text
    assert "plain" not in text


def test_names_are_text(runs, browser):
    text = browser.get("/syrinx/codec").text
    assert HOSTILE not in text
    assert "<b>1.75" not in text
    # Plotly reads tags, so what it is given is escaped once more.
    assert chart(text, "pesq_wb")["autoencoder"]["text"][0].startswith("&lt;img src=x")


def test_variants_of_a_clip_stand_together_and_are_served(runs, browser):
    text = browser.get("/syrinx/codec").text
    panels = re.findall(r'<fieldset class="listening".*?</fieldset>', text, re.DOTALL)
    assert len(panels) == 1
    labels = re.findall(r'<input type="radio".*?<bdi>(.*?)</bdi>', panels[0])
    assert labels == ["Original", "6 kbit/s", "mel + Griffin-Lim"]
    players = re.findall(r'<audio [^>]*src="([^"]*)"', panels[0])
    assert len(players) == 3
    for address in players:
        answer = browser.get(unescape(address))
        assert answer.data.startswith(b"fLaC")


def test_only_evaluations_of_codecs_are_shown(runs, browser):
    *_, other, trained = runs
    for run_id in (other, trained, "0" * 32):
        assert browser.get(f"/syrinx/codec?run={run_id}").status_code == 404


def test_who_may_not_read_the_runs_sees_none(runs, browser, monkeypatch):
    for module in ("readers", "lineage"):
        monkeypatch.setattr(f"dashboards.{module}.may_read_runs", lambda _: False)
    monkeypatch.setattr("dashboards.codec_evaluations.readable_experiments", list)
    text = browser.get("/syrinx/codec").text
    assert "<fieldset" not in text
    assert "mlflow run . -e evaluate_codec" in text
    assert browser.get(f"/syrinx/codec?run={runs[0]}").status_code == 403
    sound = f"/syrinx/sound.flac?run={runs[0]}&folder=codec&place=0"
    assert browser.get(sound).status_code == 403


def test_an_empty_store_says_what_to_run(own_store, browser):
    text = browser.get("/syrinx/codec").text
    assert "mlflow run . -e evaluate_codec" in text
    assert "mlflow run . -e train_autoencoder" in text


@pytest.mark.parametrize("bandwidth", ["nan", "inf", "-1", "six"])
def test_a_bitrate_that_is_none_leaves_the_charts_whole(own_store, browser, bandwidth):
    """NaN is no JSON: one such run would leave all charts undrawn."""
    evaluated(own_store, own_store.create_experiment("codec"), 1.5)
    measured = {"pesq_wb": Interval(1.5, 1.4, 1.6)}
    found = Findings("reconstruction", "f" * 36, measured, _items(), 0.1)
    version = make_candidate(own_store, "codecs", found=found)
    own_store.log_param(version.run_id, "config.bandwidth", bandwidth)
    assert "autoencoder" not in chart(browser.get("/syrinx/codec").text, "pesq_wb")
