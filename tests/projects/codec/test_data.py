"""Which sound a codec's entry point works on."""

import pytest

from projects.codec.data import SoundConfig, SplitConfig
from projects.errors import UserError


def refusal(call, *arguments):
    with pytest.raises(UserError) as refused:
        call(*arguments)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def ids(**settings):
    return list(SoundConfig.validated(settings).manifest()["recording_id"])


def test_folders_with_commas_between_are_read_together(make_sound, tmp_path, monkeypatch):
    make_sound("speech/1.wav")
    make_sound("music/2.wav", 2)
    monkeypatch.chdir(tmp_path)
    assert ids(format="folder", data="speech, music") == ["music/2.wav", "speech/1.wav"]
    assert ids(format="folder", data="speech") == ["speech/1.wav"]


def test_a_comma_at_the_end_adds_nothing(make_sound, tmp_path, monkeypatch):
    """It meant the folder that one is in, with all sound below."""
    make_sound("speech/1.wav")
    make_sound("private/2.wav", 2)
    monkeypatch.chdir(tmp_path)
    assert ids(format="folder", data="speech,") == ["speech/1.wav"]


def test_a_csv_is_read_by_the_group_that_is_named(make_sound, tmp_path):
    make_sound("1.wav")
    (tmp_path / "list.csv").write_text("path,who\n1.wav,Ada\n")
    given = {"format": "csv", "data": str(tmp_path / "list.csv"), "group": "who"}
    (row,) = SoundConfig.validated(given).manifest().itertuples()
    assert (row.group, row.label, row.path) == ("Ada", "sound", str(tmp_path / "1.wav"))
    two = SoundConfig.validated({**given, "data": f"{tmp_path / 'list.csv'},{tmp_path}"})
    assert "expected one CSV" in refusal(two.manifest)


def test_the_demo_is_a_study_of_the_asked_size(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    manifest = SoundConfig.validated({"demo_runs": 1, "demo_minutes": 1}).manifest()
    assert list(manifest["duration"]) == [60]
    assert manifest["source"].str.contains("synthetic").all()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"format": "folder"}, "data=PATH with format=folder"),
        ({"data": "speech"}, "format=folder or format=csv with data=speech"),
        ({"demo_minutes": 0.5}, "demo_minutes"),
        ({"format": "zip", "data": "a"}, "format"),
        ({"test_fraction": 0.5, "validation_fraction": 0.5}, "below 1 together"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings, expected):
    assert expected in refusal(SplitConfig.validated, settings)


def test_data_that_is_not_there_is_named():
    config = SoundConfig.validated({"format": "folder", "data": "/nowhere/speech"})
    assert "no such file or folder: '/nowhere/speech'" in refusal(config.manifest)
