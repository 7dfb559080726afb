import os
import signal
from contextlib import contextmanager
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
import soundfile

from projects.audio.atomic import written_whole
from projects.audio.manifest import validated_manifest
from projects.codec.study import Study, read_study, read_truth, write
from projects.codec.study.responses import simulate_responses
from projects.codec.study.settings import SAMPLE_RATE
from projects.errors import UserError

TINY = Study(runs=2, minutes=0.25, voxels=8)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("study")
    return root, read_study(root, TINY)


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.*")}


def test_the_manifest_names_sound_and_responses_that_belong_together(made):
    """A run's sound would be learnt against another's brain."""
    _, manifest = made
    assert validated_manifest(manifest, "study").equals(manifest)
    assert list(manifest["group"]) == list(manifest["recording_id"]) == ["run-01", "run-02"]
    assert set(manifest["label"]) == {"speech"}
    assert manifest["source"].str.contains("synthetic").all()
    for row in manifest.itertuples():
        info = soundfile.info(row.path)
        assert (info.samplerate, info.channels, info.format) == (SAMPLE_RATE, 1, "FLAC")
        assert info.duration == row.duration == 15.0
        responses = np.load(row.responses, allow_pickle=False)
        assert responses.shape == (TINY.n_trs, TINY.voxels) and responses.dtype == np.float32


def test_the_truth_is_that_of_the_files(made):
    """An analysis would be checked against features of other sound, or at another time."""
    _, manifest = made
    truth = read_truth(Path(manifest["truth"][0]))
    assert truth.names[0] == "loudness"
    for row in manifest.itertuples():
        samples, _ = soundfile.read(row.path)
        frames = np.mean(samples.reshape(-1, 320) ** 2, axis=1)
        edges = np.rint(np.arange(TINY.n_trs + 1) * 112.5 + 1e-6).astype(int)
        level = [np.log10(frames[a:b]).mean() for a, b in pairwise(edges)]
        assert np.corrcoef(level, truth.features[row.recording_id][:, 0])[0, 1] > 0.9999


def test_a_truth_is_read_as_it_was_written(made):
    """Weights and voxels would be confused."""
    _, manifest = made
    truth = read_truth(Path(manifest["truth"][0]))
    responses, again = simulate_responses(TINY, truth.features)
    assert np.allclose(again.weights, truth.weights)
    assert np.array_equal(again.carries, truth.carries)
    assert (again.names, again.lag_s, again.snr) == (truth.names, truth.lag_s, truth.snr)
    for row in manifest.itertuples():
        assert np.allclose(np.load(row.responses), responses[row.recording_id], atol=1e-4)


def test_the_same_settings_give_the_same_bytes(made, tmp_path):
    """Features stored by the digest of their sound would all be made again."""
    root, _ = made
    read_study(tmp_path, TINY)
    assert contents(tmp_path) == contents(root)


def test_the_second_time_nothing_is_made_again(made, monkeypatch):
    root, manifest = made
    monkeypatch.setattr(write, "_make", lambda *_: pytest.fail("made again"))
    assert read_study(root, TINY).equals(manifest)


def test_other_settings_are_another_folder(made, monkeypatch):
    """A study would be served that was made for another seed or TR."""
    root, _ = made
    made_in = []
    monkeypatch.setattr(write, "_make", lambda folder, _: made_in.append(folder))
    for change in ({"seed": 1}, {"tr": 2.0}, {"voxels": 9}, {"minutes": 0.6}, {"runs": 3}):
        with pytest.raises(UserError):
            read_study(root, TINY.model_copy(update=change))
    assert len({*made_in, *root.iterdir()}) == 6


def test_a_folder_that_is_a_file_is_refused_in_one_line(tmp_path):
    """A user would meet a traceback."""
    taken = tmp_path / "taken"
    taken.write_text("")
    with pytest.raises(UserError, match="can be written") as refused:
        read_study(taken, TINY)
    assert "\n" not in str(refused.value)


def _killed_in(step: str, root: Path) -> None:
    @contextmanager
    def dies_half_way(path):
        with written_whole(path) as temporary:
            if path.name == step:
                temporary.write_bytes(b"half")
                os.kill(os.getpid(), signal.SIGKILL)
            yield temporary

    write.written_whole = dies_half_way
    read_study(root, TINY)


@pytest.mark.parametrize("step", ["run-02.flac", "run-02.npy", "truth.safetensors", "study.csv"])
def test_killed_at_any_step_nothing_half_made_is_trusted(made, tmp_path, step):
    """A user who stops half-way would keep a broken study for ever."""
    root, manifest = made
    process = get_context("fork").Process(target=_killed_in, args=(step, tmp_path))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert not list(tmp_path.rglob("study.csv"))
    assert list(read_study(tmp_path, TINY)["duration"]) == list(manifest["duration"])
    left = {name: data for name, data in contents(tmp_path).items() if ".partial-" not in name}
    assert left == contents(root)
