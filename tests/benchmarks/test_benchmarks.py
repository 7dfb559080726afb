import re
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch

from benchmarks import ast_step, features, linear_baseline
from benchmarks.linear_baseline import linear_predictions
from benchmarks.measuring import run_benchmark
from projects.audio.splits import TEST, TRAIN
from projects.audio.store import FeatureStore, write_shard
from projects.species.front_ends.front_end import SEGMENT

RATE = 22050
SMALLEST_AST = ["--embedding_size=16", "--depth=1", "--heads=1", "--batch_size=1"]


@pytest.fixture(autouse=True)
def this_process_as_it_was():
    """One worker works in this process, and the librosa pipeline leaves it flushing denormals."""
    yield
    torch.set_flush_denormal(False)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """A CSV of eight recordings of two labels: tone bursts, half of them in digital silence."""
    folder = tmp_path_factory.mktemp("recordings")
    random = np.random.default_rng(0)
    rows = []
    for n in range(8):
        time = np.arange(RATE) / RATE
        burst = 0.3 * np.sin(2 * np.pi * (2000 + 2000 * (n % 2)) * time) * (time < 0.4)
        hiss = 0.01 * random.standard_normal(RATE) * (time < (1.0 if n < 4 else 0.5))
        soundfile.write(folder / f"{n}.wav", burst + hiss, RATE, subtype="PCM_16")
        fold = "5" if n in (2, 3, 6) else "1"
        rows.append((f"{n}.wav", f"label {n % 2}", f"recordist {n}", fold))
    table = pd.DataFrame(rows, columns=["path", "label", "group", "fold"])
    table.to_csv(folder / "recordings.csv", index=False)
    return ["--data", str(folder), "--format", "csv", "--workers", "1"]


@pytest.fixture
def last_line(monkeypatch, capsys):
    """A function that runs a benchmark as its command line would and gives the last line."""

    def run(config, body, arguments: list[str]) -> str:
        monkeypatch.setattr(sys, "argv", ["benchmark", *arguments])
        run_benchmark(config, body)
        return capsys.readouterr().out.splitlines()[-1]

    return run


def ratio(line: str) -> float:
    match = re.fullmatch(r"ratio (\d+\.\d\d) \S+, .+ / .+", line)
    assert match, line
    return float(match[1])


def test_features_finds_equal_output_and_a_ratio(recordings, last_line):
    """A front end that drifts from librosa's would be called fast without being right."""
    line = last_line(features.FeaturesConfig, features.measure, [*recordings, "--repeats", "1"])
    assert line.endswith("recordings/s, syrinx / librosa, fanned out")
    assert ratio(line) > 0


def test_ast_step_gives_a_ratio(last_line):
    """The claim that padding costs several times the compute could not be checked."""
    line = last_line(ast_step.StepConfig, ast_step.measure, [*SMALLEST_AST, "--repeats", "1"])
    assert line.endswith("steps/s, 173 frames / padded to 1024")
    assert ratio(line) > 0


def test_linear_baseline_gives_a_ratio(recordings, tmp_path, last_line):
    """No network could be held against the weak model that it must beat."""
    arguments = [*recordings, "--test_fold", "5", "--store", str(tmp_path)]
    line = last_line(linear_baseline.SplitConfig, linear_baseline.measure, arguments)
    assert ratio(line) > 0


def test_a_mistyped_option_is_one_line(last_line, capsys):
    """A traceback would stand where the user needs the option's name."""
    with pytest.raises(SystemExit) as ended:
        last_line(ast_step.StepConfig, ast_step.measure, ["--depht", "1"])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert "depht" in error


@pytest.fixture
def separable(tmp_path):
    """A store of 400 segments of four labels, each with a band of its own, and their split."""
    random = np.random.default_rng(0)
    labels = np.arange(400) % 4
    segments = random.normal(-60, 5, (400, 8, 16))
    segments[np.arange(400), :, labels] += 20
    store = FeatureStore(tmp_path, "toy", {})
    write_shard(
        store.folder, {f"{n:03}": {SEGMENT: s.astype(np.float16)} for n, s in enumerate(segments)}
    )
    store.refresh()
    names = [f"{n:03}" for n in range(400)]
    split = pd.DataFrame({"recording_id": names, "audio": names, "group": names})
    split["label"] = [f"label {label}" for label in labels]
    split["split"] = np.where(np.arange(400) < 200, TRAIN, TEST)
    return store, split


def test_linear_baseline_learns_what_is_there(separable):
    """A baseline that is broken is easy to beat."""
    store, split = separable
    assert linear_predictions(store, split).correct.mean() > 0.95


def test_linear_baseline_on_permuted_labels_guesses(separable):
    """More than chance would mean that answers leak from the test set."""
    store, split = separable
    split["label"] = np.random.default_rng(1).permutation(split["label"])
    # Chance is 0.25; four standard deviations over 200 recordings are 0.12.
    assert abs(linear_predictions(store, split).correct.mean() - 0.25) < 0.12
