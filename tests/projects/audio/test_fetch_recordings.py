"""From a query to a folder that `format=xeno_canto` reads."""

import shutil
import subprocess

import mlflow
import pandas as pd
import pytest
from conftest import command, environment
from filelock import FileLock
from xeno_canto_server import KEY, XenoCanto, running

from projects.audio.fetch_recordings import FetchConfig, fetch
from projects.audio.fetching.polite import FetchError, Polite
from projects.audio.readers import read_csv
from projects.audio.xeno_canto import read_xeno_canto
from projects.errors import UserError


@pytest.fixture
def site():
    with running(XenoCanto()) as served:
        yield served


def fetched(site, folder, query="gen:turdus", **settings):
    config = FetchConfig(query=query, out=folder, api=site.api, **settings)
    return fetch(config, KEY, Polite(1.0, sleep=lambda _: None, clock=lambda: 0.0))


def test_what_was_fetched_is_read_as_it_lies(site, tmp_path, caplog):
    assert fetched(site, tmp_path).new == 5
    manifest = read_xeno_canto(tmp_path)
    assert list(manifest["recording_id"]) == [f"XC{n}" for n in range(1, 6)]
    assert list(manifest["path"]) == [str(tmp_path / f"audio/XC{n}.mp3") for n in range(1, 6)]
    assert set(manifest["group"]) == {"Ada 0", "Ada 1", "Ada 2"}
    assert "missing" not in caplog.text
    by_table = read_csv(tmp_path / "recordings.csv")
    for column in ("recording_id", "path", "label", "group", "licence"):
        assert list(by_table[column]) == list(manifest[column])


def test_a_limit_reads_as_what_was_wanted(site, tmp_path, caplog):
    """Recordings that nobody asked for must not come up as failures in every training."""
    fetched(site, tmp_path, limit=3)
    assert list(read_xeno_canto(tmp_path)["recording_id"]) == ["XC1", "XC2", "XC3"]
    assert "missing" not in caplog.text and "no sound" not in caplog.text
    assert fetched(site, tmp_path).new == 2
    assert len(read_xeno_canto(tmp_path)) == 5
    fetched(site, tmp_path, limit=1)
    assert len(read_xeno_canto(tmp_path)) == 5


def test_several_queries_share_a_folder(site, tmp_path):
    fetched(site, tmp_path, query="gen:turdus")
    site.entries = {n: {"en": "Great Tit", "gen": "Parus", "sp": "major"} for n in (8, 9)}
    site.sounds |= {8: b"tit", 9: b"tit tit"}
    fetched(site, tmp_path, query="gen:parus")
    assert read_xeno_canto(tmp_path)["label"].value_counts().to_dict() == {
        "Common Blackbird": 5,
        "Great Tit": 2,
    }


def test_what_did_not_come_is_still_named_when_read(site, tmp_path, caplog):
    del site.sounds[2]
    assert len(fetched(site, tmp_path).failures) == 1
    assert len(read_xeno_canto(tmp_path)) == 5
    assert "no sound for 1, the first XC2" in caplog.text


def test_a_query_that_finds_nothing_says_so(site, tmp_path):
    site.entries = {}
    with pytest.raises(FetchError, match="expected one that finds recordings"):
        fetched(site, tmp_path)


def test_two_fetchings_do_not_share_a_folder_at_once(site, tmp_path):
    """Each would overwrite the other's checksums."""
    with (
        FileLock(tmp_path / ".fetching.lock"),
        pytest.raises(UserError, match="being fetched into already"),
    ):
        fetched(site, tmp_path)


def test_a_folder_that_is_a_file_is_one_line(site, tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(UserError, match="expected a folder that can be written"):
        fetched(site, tmp_path / "out")


@pytest.mark.parametrize("api", ["http://example.org/api", "ftp://x", "xeno-canto.org"])
def test_the_key_is_sent_over_https_only(api):
    with pytest.raises(UserError, match="with https, since it is sent the key"):
        FetchConfig.validated({"query": "x", "api": api})


@pytest.mark.slow
def test_the_key_stands_nowhere(site, tmp_path, empty_database):
    """A key in a run is a key that all who see the run have."""
    shutil.copy(empty_database, tmp_path)
    words = command(
        "projects.audio.fetch_recordings", query="gen:turdus", api=site.api, limit=2, rate=10
    )
    env = environment() | {"XENO_CANTO_KEY": KEY}
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "recordings: 2 fetched, 0 kept, 0 failed" in done.stdout
    store = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    experiment = store.get_experiment_by_name("recordings")
    run = store.search_runs([experiment.experiment_id])[0]
    assert (run.info.status, run.data.metrics["recordings.fetched"]) == ("FINISHED", 2)
    table = mlflow.artifacts.download_artifacts(
        f"{run.info.artifact_uri}/recordings/recordings.csv", dst_path=tmp_path / "down"
    )
    assert list(pd.read_csv(table)["recording_id"]) == ["XC1", "XC2"]
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in written if KEY.encode() in path.read_bytes()]
    assert KEY not in done.stdout + done.stderr
