from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile as sf

from projects.audio.aviary import (
    Aviary,
    plan_recordings,
    write_aviary,
    write_catalogue,
    write_recording,
)
from projects.audio.aviary.recording import Recording, synthesise
from projects.errors import UserError

AVIARY = Aviary(species=2, recordings=12, seed=5)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    write_aviary(folder, AVIARY)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_manifest_lists_the_files_that_are_there(whole):
    """The catalogue would name recordings that cannot be opened."""
    manifest = pd.read_csv(whole / "aviary.csv")
    assert {path.name for path in whole.iterdir()} == {"aviary.csv", *manifest["file-name"]}
    for _, row in manifest.iterrows():
        info = sf.info(whole / row["file-name"])
        assert (info.samplerate, info.channels) == (row["smp"], 1)


def test_a_killed_run_is_completed(whole, tmp_path, monkeypatch):
    """A user who stops half-way would have to start again, or would keep broken files."""
    rows = plan_recordings(AVIARY).to_dict("records")
    kept = write_recording(tmp_path, AVIARY, rows[0])
    before = kept.stat().st_mtime_ns
    killed = tmp_path / f".{rows[1]['file-name']}.tmp"
    killed.write_bytes(b"half a file")
    write_aviary(tmp_path, AVIARY)
    assert kept.stat().st_mtime_ns == before
    assert not list(tmp_path.glob(".*"))
    assert contents(tmp_path) == contents(whole)


def test_another_process_writes_the_same_file(whole, tmp_path):
    """Fanning out over processes would change the data set."""
    rows = plan_recordings(AVIARY).to_dict("records")[:2]
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        futures = [pool.submit(write_recording, tmp_path, AVIARY, row) for row in rows]
        paths = [future.result() for future in futures]
    for path in paths:
        np.testing.assert_array_equal(sf.read(path)[0], sf.read(whole / path.name)[0])


def test_files_of_another_seed_are_not_kept(tmp_path):
    """A folder used for two seeds would hold a mixture under one manifest."""
    row = plan_recordings(AVIARY).iloc[0].to_dict()
    first = sf.read(write_recording(tmp_path, AVIARY, row))[0]
    second = sf.read(write_recording(tmp_path, Aviary(2, 12, seed=6), row))[0]
    assert len(first) != len(second) or not np.array_equal(first, second)


def test_a_broken_file_is_written_anew(whole, tmp_path):
    """A file that a full disk cut short would stay broken for ever."""
    row = plan_recordings(AVIARY).iloc[0].to_dict()
    broken = tmp_path / row["file-name"]
    broken.write_bytes(b"")
    write_recording(tmp_path, AVIARY, row)
    np.testing.assert_array_equal(sf.read(broken)[0], sf.read(whole / broken.name)[0])


@pytest.mark.parametrize("suffix", [".flac", ".wav"])
def test_each_format_holds_the_samples(tmp_path, suffix):
    """A recordist's file format would break or shorten the audio."""
    row = plan_recordings(AVIARY).iloc[0].to_dict()
    row |= {"file-name": f"clip{suffix}", "length": "0:20"}
    samples, rate = synthesise(Recording.from_row(AVIARY, row))
    read, read_rate = sf.read(write_recording(tmp_path, AVIARY, row))
    assert (read_rate, len(read)) == (rate, len(samples))
    assert np.sqrt(np.mean((read - samples) ** 2)) < 2**-15


def test_ninety_species_can_be_written(tmp_path):
    """The largest set offered would fail."""
    aviary = Aviary(species=90, recordings=600)
    frame = plan_recordings(aviary)
    last = frame[frame["gen"] + frame["sp"] == frame["gen"].max() + frame["sp"].max()]
    for row in [frame.iloc[0].to_dict(), *last.head(1).to_dict("records")]:
        assert write_recording(tmp_path, aviary, row).exists()
    assert len(pd.read_csv(write_catalogue(tmp_path, frame))) == 600


def test_a_folder_that_is_a_file_is_refused_in_one_line(tmp_path):
    """A user would meet a traceback."""
    taken = tmp_path / "taken"
    taken.write_text("")
    row = plan_recordings(AVIARY).iloc[0].to_dict()
    with pytest.raises(UserError) as refused:
        write_recording(taken, AVIARY, row)
    assert "\n" not in str(refused.value)
