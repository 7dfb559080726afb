import shutil

import pytest

from projects.audio import demo
from projects.audio.aviary import Aviary
from projects.audio.decode import decode
from projects.audio.demo import read_demo
from projects.audio.source import DataConfig
from projects.errors import UserError
from projects.parallel import FanOut

TINY = Aviary(species=2, recordings=12)


@pytest.fixture(scope="module")
def aviary(tmp_path_factory):
    root = tmp_path_factory.mktemp("demo")
    return root, read_demo(root, TINY, FanOut(workers=1))


def test_the_demo_is_real_sound_grouped_by_recordist(aviary):
    """Grouped otherwise, the demo would teach users to leak."""
    _, manifest = aviary
    assert len(manifest) == 12
    assert manifest["label"].nunique() == 2
    assert list(manifest["group"]) == list(manifest["rec"])
    assert 4 <= manifest["group"].nunique() < 12
    assert all(decode(path).seconds >= 2.5 for path in map(demo.Path, manifest["path"]))


def test_the_second_time_nothing_is_made_again(aviary, monkeypatch):
    root, manifest = aviary
    monkeypatch.setattr(demo, "write_recording", lambda *_: pytest.fail("made again"))
    assert read_demo(root, TINY, FanOut(workers=1)).equals(manifest)


def test_killed_half_way_it_is_completed_and_the_same(aviary, tmp_path, monkeypatch):
    """A demo that stays half made would be a demo of half the species."""
    root, manifest = aviary
    copy = tmp_path / "demo"
    shutil.copytree(root, copy)
    folder = next(copy.iterdir())
    (folder / "aviary.csv").unlink()
    originals = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in sorted(folder.iterdir())[:3]:
        path.unlink()
    (folder / f".{next(iter(originals))}.tmp").write_bytes(b"half")
    made = []
    write = demo.write_recording
    monkeypatch.setattr(demo, "write_recording", lambda *a: made.append(write(*a)))
    again = read_demo(copy, TINY, FanOut(workers=1))
    assert list(again["recording_id"]) == list(manifest["recording_id"])
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.name in originals} == originals
    assert len(made) == 12


def test_other_settings_are_another_folder(aviary, monkeypatch):
    root, _ = aviary
    monkeypatch.setattr(demo, "write_recording", lambda *_: None)
    before = set(root.iterdir())
    read_demo(root, Aviary(species=2, recordings=13), FanOut(workers=1))
    assert len(set(root.iterdir()) - before) == 1


def test_too_few_recordings_for_the_species_are_one_line():
    config = DataConfig(demo_species=90, demo_recordings=320)
    with pytest.raises(UserError, match=r"540\.\.100000, got 320"):
        config.manifest()
