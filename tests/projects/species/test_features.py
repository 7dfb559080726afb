import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch

from projects.audio import extraction
from projects.audio.decode import RecordingError, decode
from projects.audio.readers import read_csv, read_folder
from projects.parallel import FanOut
from projects.species.features import extract_features
from projects.species.front_ends import FrontEnd
from projects.species.front_ends.ast_fbank import AstFbank
from projects.species.front_ends.log_mel import LogMel

FRONT_END = LogMel(segment_seconds=1.0)
ALONE = FanOut(workers=1)


def digests(features) -> dict[str, str]:
    """Audio digest by recording_id."""
    return features.recordings.set_index("recording_id")["audio"].to_dict()


def table(*paths):
    names = [f"r{number:03d}" for number in range(len(paths))]
    return pd.DataFrame(
        {"recording_id": names, "path": [str(path) for path in paths], "label": "x", "group": names}
    )


def extract(root: Path, *paths, front_end: FrontEnd = FRONT_END):
    return extract_features(table(*paths), front_end, root, ALONE)


def counts(found):
    return found.done, found.cached, len(found.failures)


@pytest.fixture
def bad(tmp_path, make_sound):
    """Everything that people's folders hold besides recordings, and why each is refused."""
    folder = tmp_path / "bad"
    folder.mkdir()
    tone = 0.3 * np.sin(np.arange(22050) / 3)
    (folder / "zero bytes.wav").touch()
    (folder / "text.wav").write_text("a list of birds")
    whole = make_sound("whole.flac", 77, seconds=3).read_bytes()
    (folder / "truncated.flac").write_bytes(whole[: len(whole) // 2])
    soundfile.write(
        folder / "nan.wav", np.where(np.arange(22050) == 9, np.nan, tone), 22050, "FLOAT"
    )
    soundfile.write(folder / "short.wav", tone[:2205], 22050)
    soundfile.write(folder / "silence.wav", 0 * tone, 22050)
    return {
        folder / "missing.wav": "no such file",
        folder / "zero bytes.wav": "0 bytes",
        folder / "text.wav": "expected WAV, FLAC, OGG or MP3 audio",
        folder / "truncated.flac": "flac",
        folder / "nan.wav": "1 of 22050 samples are NaN",
        folder / "short.wav": "at least 0.25 s",
        folder / "silence.wav": "digital silence",
    }


def test_bad_recordings_are_listed_and_cost_no_other(tmp_path, make_sound, bad):
    """The seed cached failures as zeros: spectrograms of silence with a species' name."""
    good = [make_sound("good 1.wav", 1), make_sound("good 2.flac", 2)]
    found = extract(tmp_path / "store", good[0], *bad, good[1])
    assert list(found.recordings["path"]) == [str(path) for path in good]
    assert list(found.failures["path"]) == [str(path) for path in bad]
    lines = found.summary().splitlines()
    assert lines[0] == f"features: 2 done, 0 cached, {len(bad)} failed"
    assert len(lines) == 1 + len(bad)
    for line, error, (path, reason) in zip(
        lines[1:], found.failures["error"], bad.items(), strict=True
    ):
        assert reason in error
        assert str(path) in line
        assert reason in line


def test_a_failure_is_never_cached(tmp_path, make_sound, bad):
    root = tmp_path / "store"
    good = make_sound("good.wav", 1)
    extract(root, good, *bad)
    again = extract(root, good, *bad)
    assert counts(again) == (0, 1, len(bad))
    assert len(pd.concat(map(pd.read_parquet, root.glob("*/index/*")))["audio"].unique()) == 1


def test_a_mended_file_is_tried_again(tmp_path, make_sound, bad):
    root = tmp_path / "store"
    good = make_sound("good.wav", 1)
    silent = next(path for path in bad if path.name == "silence.wav")
    assert counts(extract(root, good, silent)) == (1, 0, 1)
    shutil.copy(make_sound("new.wav", 2), silent)
    assert counts(extract(root, good, silent)) == (1, 1, 0)


def test_not_one_usable_recording_is_an_error_with_the_first_reason(tmp_path, bad):
    """Training on nothing must not begin."""
    with pytest.raises(RecordingError, match="not one of 7 recordings could be used") as caught:
        extract(tmp_path / "store", *bad)
    assert "missing.wav: no such file" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_of_every_kind_go_through(tmp_path, make_sound):
    """8-bit, 96 kHz, stereo, OGG, MP3, blanks and any script: what people really have."""
    stereo = tmp_path / "stereo.wav"
    soundfile.write(stereo, np.random.default_rng(9).uniform(-0.3, 0.3, (22050, 2)), 22050)
    paths = [
        make_sound("8 bit.wav", 1, subtype="PCM_U8"),
        make_sound("96 kHz.wav", 2, rate=96000),
        make_sound("a.ogg", 3),
        make_sound("a.mp3", 4),
        make_sound("Grünspecht früh/シジュウカラ (1).wav", 5),
        stereo,
    ]
    found = extract(tmp_path / "store", *paths)
    assert counts(found) == (6, 0, 0)
    for audio in found.recordings["audio"]:
        stored = found.store.read(audio, "segment")
        assert stored.shape == (FRONT_END.frames, FRONT_END.mels)
        assert np.isfinite(stored).all()
        assert np.ptp(stored) > 20


def test_a_folder_of_labels_in_any_script_comes_through_whole(tmp_path, make_sound):
    for number, label in enumerate(["Blaumeise süd", "Ha\u0308her", "シジュウカラ"]):
        make_sound(f"data/{label}/Aufnahme {number}.wav", number)
    found = extract_features(read_folder(tmp_path / "data"), FRONT_END, tmp_path / "store", ALONE)
    assert counts(found) == (3, 0, 0)


def test_a_csv_with_a_missing_file_keeps_the_others(tmp_path, make_sound):
    make_sound("here.wav", 1)
    (tmp_path / "birds.csv").write_text("path,label,group\nhere.wav,a,1\ngone.wav,b,2\n")
    manifest = read_csv(tmp_path / "birds.csv")
    found = extract_features(manifest, FRONT_END, tmp_path / "store", ALONE)
    assert counts(found) == (1, 0, 1)
    assert str(tmp_path / "gone.wav") in found.summary()


def test_the_same_sound_named_twice_is_counted_for_each_name(tmp_path, make_sound, bad):
    one = make_sound("one.wav", 1)
    copy = shutil.copy(one, tmp_path / "copy.wav")
    text = next(path for path in bad if path.name == "text.wav")
    text_copy = shutil.copy(text, tmp_path / "text copy.wav")
    paths = [one, copy, make_sound("two.wav", 2), text, text_copy]
    root = tmp_path / "store"
    assert counts(extract(root, *paths)) == (3, 0, 2)
    assert counts(extract(root, *paths)) == (0, 3, 2)
    found = extract(root, *paths, make_sound("three.wav", 3))
    assert counts(found) == (1, 3, 2)
    assert digests(found)["r000"] == digests(found)["r001"] != digests(found)["r002"]


def test_what_is_stored_is_the_features_of_the_most_active_segment(tmp_path, make_sound):
    path = make_sound("one.wav", 1, seconds=4)
    found = extract(tmp_path / "store", path)
    segment = FRONT_END.most_active_segment(FRONT_END.prepared(decode(path)))
    expected = FRONT_END.log_energies(torch.from_numpy(segment)[None])[0].numpy()
    stored = found.store.read(found.recordings["audio"][0], "segment")
    np.testing.assert_allclose(stored, expected, atol=80 * 1e-3)


def test_each_recording_gets_its_own_features_and_background(tmp_path, make_sound, monkeypatch):
    """Rows in the wrong order would be labels in the wrong order."""
    monkeypatch.setattr(extraction, "SHARDS_A_WORKER", 2)
    paths = [make_sound(f"{n}.wav", n, seconds=1 + n % 3) for n in range(7)]
    together = extract(tmp_path / "store", *paths)
    for number, path in enumerate(paths):
        alone = extract(tmp_path / f"alone {number}", path)
        audio = alone.recordings["audio"][0]
        assert digests(together)[f"r{number:03d}"] == audio
        for kind in ("segment", "background"):
            ours, theirs = (found.store.read(audio, kind) for found in (together, alone))
            assert (ours is None) == (theirs is None)
            if ours is not None:
                np.testing.assert_allclose(ours, theirs, atol=0.1)


@pytest.mark.parametrize(
    "other",
    [
        LogMel(segment_seconds=1.0, high_pass=600),
        LogMel(segment_seconds=1.5),
        AstFbank(segment_seconds=1.0),
    ],
)
def test_a_changed_setting_computes_anew(tmp_path, make_sound, other):
    """Old features under new settings: an experiment that compares a thing with itself."""
    root, path = tmp_path / "store", make_sound("one.wav", 1)
    first = extract(root, path)
    second = extract(root, path, front_end=other)
    assert counts(second) == (1, 0, 0)
    assert second.store.folder != first.store.folder
    assert counts(extract(root, path)) == (0, 1, 0)


def test_a_damaged_shard_is_computed_again_with_a_warning(tmp_path, make_sound, caplog):
    root, path = tmp_path / "store", make_sound("one.wav", 1)
    first = extract(root, path)
    shard = next(first.store.folder.glob("*.safetensors"))
    shard.write_bytes(shard.read_bytes()[:-100])
    again = extract(root, path)
    assert counts(again) == (1, 0, 0)
    assert "will be computed again" in caplog.text
    assert again.store.read(again.recordings["audio"][0], "segment").shape == (44, 128)


KILLABLE = """
import sys
from pathlib import Path
from projects.audio.readers import read_folder
from projects.parallel import FanOut
from projects.species.features import extract_features
from projects.species.front_ends.log_mel import LogMel
root = Path(sys.argv[1])
extract_features(
    read_folder(root / "data"), LogMel(segment_seconds=1.0), root / "store", FanOut(workers=1)
)
"""


@pytest.mark.slow
def test_killed_in_the_middle_the_same_call_finishes_the_rest(tmp_path, make_sound):
    """A night's work must not be lost, nor half of it be trusted."""
    for number in range(40):
        make_sound(f"data/label {number % 4}/{number}.wav", number, seconds=8)
    store = tmp_path / "store"
    process = subprocess.Popen([sys.executable, "-c", KILLABLE, str(tmp_path)], cwd=Path.cwd())
    while process.poll() is None and len(list(store.glob("*/index/shard-*"))) < 2:
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    manifest = read_folder(tmp_path / "data")
    resumed = extract_features(manifest, FRONT_END, store, ALONE)
    assert resumed.cached > 0
    assert resumed.done > 0
    assert resumed.done + resumed.cached == 40
    whole = extract_features(manifest, FRONT_END, tmp_path / "uninterrupted", ALONE)
    assert digests(resumed) == digests(whole)
    for audio in whole.recordings["audio"]:
        for kind in ("segment", "background"):
            ours, theirs = resumed.store.read(audio, kind), whole.store.read(audio, kind)
            assert (ours is None) == (theirs is None)
            if ours is not None:
                np.testing.assert_allclose(ours, theirs, atol=0.1)
