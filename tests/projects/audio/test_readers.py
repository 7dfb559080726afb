from pathlib import Path

import pytest

from projects.audio.decode import decode
from projects.audio.readers import read_csv, read_folder, read_sound_folders
from projects.audio.source import DataConfig
from projects.errors import UserError


def refusal(read, *arguments):
    with pytest.raises(UserError) as caught:
        read(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def csv(folder, text, name="birds.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_a_class_with_names_in_any_script(make_sound, tmp_path):
    make_sound("data/Kohlmeise groß/Aufnahme 1 (früh).wav")
    make_sound("data/シジュウカラ/2023/森 02.FLAC", format="FLAC")
    make_sound("data/Ha\u0308her/de\u0301compose\u0301.ogg")
    manifest = read_folder(tmp_path / "data")
    assert set(manifest["label"]) == {"Kohlmeise groß", "シジュウカラ", "H\u00e4her"}
    assert manifest["group"].is_unique
    assert [decode(Path(path)).sample_rate for path in manifest["path"]] == [22050] * 3


def test_other_files_and_hidden_ones_are_no_recordings(make_sound, tmp_path):
    """What a killed program or a Mac left behind is not data."""
    make_sound("data/Wren/a.wav")
    make_sound("data/Wren/.partial-0123.wav")
    make_sound("data/Wren/._a.wav")
    make_sound("data/.Trash/b.wav")
    make_sound("data/loose.wav")
    (tmp_path / "data" / "Wren" / "notes.txt").write_text("cold")
    assert list(read_folder(tmp_path / "data")["recording_id"]) == ["Wren/a.wav"]


def test_an_empty_folder_says_what_was_looked_for(tmp_path):
    assert "found no audio file in any subfolder" in refusal(read_folder, tmp_path)
    assert "<label>/<recording>" in refusal(read_folder, tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path):
    assert "expected a folder" in refusal(read_folder, tmp_path / "none")


def test_a_csv_of_xeno_canto_is_grouped_by_recordist(tmp_path):
    path = csv(tmp_path, "id,en,rec,cnt,file-name\nXC2,Wren,Ada,UK,b.mp3\nXC1,Robin,Bo,UK,a.mp3\n")
    manifest = read_csv(path)
    assert list(manifest["recording_id"]) == ["XC1", "XC2"]
    assert list(manifest["label"]) == ["Robin", "Wren"]
    assert list(manifest["group"]) == ["Bo", "Ada"]
    assert list(manifest["path"]) == [str(tmp_path / "a.mp3"), str(tmp_path / "b.mp3")]
    assert list(manifest["cnt"]) == ["UK", "UK"]


def test_the_group_that_the_user_names_is_the_group(tmp_path):
    path = csv(tmp_path, "path,label,group,site\na.wav,Wren,Ada,north\n")
    assert list(read_csv(path, "site")["group"]) == ["north"]
    assert "expected the group column 'place', got" in refusal(read_csv, path, "place")


def test_numbers_stay_as_they_are_written(tmp_path):
    """Recording 007 is not 7, and a label NA is a label."""
    path = csv(tmp_path, "id,path,label,group\n007,a.wav,NA,1\n")
    row = read_csv(path).iloc[0]
    assert (row["recording_id"], row["label"], row["group"]) == ("007", "NA", "1")


def test_a_csv_out_of_excel_with_spaces_is_read(tmp_path):
    path = tmp_path / "birds.csv"
    path.write_bytes("\ufeffpath,label,group\n a b.wav , Wren , Ada \n".encode())
    row = read_csv(path).iloc[0]
    assert (row["path"], row["label"]) == (str(tmp_path / "a b.wav"), "Wren")


def test_a_row_without_a_path_is_named(tmp_path):
    path = csv(tmp_path, "id,path,label,group\n1,a.wav,Wren,Ada\n2,,Wren,Ada\n")
    assert "row 2 has no path" in refusal(read_csv, path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected a CSV with a header"),
        ("path,label,group\na,b,c\na,b,c,d\n", "expected a CSV with a header"),
        ("path,label,group\n", "at least one recording"),
        ("path,group\na.wav,Ada\n", "expected a column label"),
        ("path,label\na.wav,Wren\n", "name it with the parameter group"),
        ("path;label;group\na.wav;Wren;Ada\n", "got path;label;group"),
        ("path,label,group\na.wav,Wren,A\na.wav,Wren,A\n", "named more than once"),
    ],
)
def test_a_csv_that_is_none_is_one_line(tmp_path, text, expected):
    assert expected in refusal(read_csv, csv(tmp_path, text))


def test_a_csv_in_another_encoding_is_one_line(tmp_path):
    (tmp_path / "birds.csv").write_bytes("path,label,group\na.wav,Häher,Ada\n".encode("latin-1"))
    assert "expected a CSV with a header" in refusal(read_csv, tmp_path / "birds.csv")


def test_a_folder_with_one_csv_stands_for_it(tmp_path):
    csv(tmp_path, "path,label,group\na.wav,Wren,Ada\n")
    csv(tmp_path, "half written", name=".partial-0123.csv")
    assert len(read_csv(tmp_path)) == 1
    csv(tmp_path, "path,label,group\n", name="second.csv")
    assert "with 2" in refusal(read_csv, tmp_path)


def test_data_that_is_not_there_is_one_line(tmp_path):
    config = DataConfig(data=tmp_path / "nowhere", format="csv")
    assert "no such file or folder" in refusal(config.manifest)


def test_format_decides_how_data_is_read(make_sound, tmp_path):
    make_sound("Wren/a.wav")
    assert len(DataConfig(data=tmp_path, format="folder").manifest()) == 1
    csv(tmp_path, "path,label,who\nWren/a.wav,Wren,Ada\n")
    assert DataConfig(data=tmp_path, format="csv", group="who").manifest()["group"][0] == "Ada"


def test_folders_of_sound_need_no_labels(make_sound, tmp_path):
    make_sound("speech/Ada/1.wav")
    make_sound("speech/2.FLAC", format="FLAC")
    make_sound("music/deep/er/3.ogg")
    (tmp_path / "music" / "film.MP4").write_text("read later, and named if it cannot be")
    (tmp_path / "music" / "notes.txt").write_text("no sound")
    make_sound("music/.hidden/4.wav")
    manifest = read_sound_folders([tmp_path / "speech", tmp_path / "music"])
    assert dict(zip(manifest["recording_id"], manifest["label"], strict=True)) == {
        "speech/Ada/1.wav": "speech",
        "speech/2.FLAC": "speech",
        "music/deep/er/3.ogg": "music",
        "music/film.MP4": "music",
    }
    assert all(Path(path).is_file() for path in manifest["path"])


def test_a_file_of_a_folder_is_the_same_group_however_it_is_reached(
    make_sound, tmp_path, monkeypatch
):
    """A codec trained on a folder would meet its training recordings in a part of it."""
    make_sound("speech/Ada/1.wav")
    whole = read_sound_folders([tmp_path / "speech"])
    part = read_sound_folders([tmp_path / "speech" / "Ada"])
    monkeypatch.chdir(tmp_path / "speech")
    here = read_sound_folders([Path()])
    assert whole["group"][0] == part["group"][0] == here["group"][0] == "1"
    assert here["label"][0] == "speech"
    assert here["path"][0] == whole["path"][0]


def test_a_folder_without_sound_is_named(make_sound, tmp_path):
    make_sound("speech/1.wav")
    (tmp_path / "empty").mkdir()
    folders = [tmp_path / "speech", tmp_path / "empty"]
    assert "empty: expected sound or video, found none" in refusal(read_sound_folders, folders)
    assert "expected a folder of sound" in refusal(read_sound_folders, [tmp_path / "none"])


def test_two_folders_with_the_same_names_are_refused(make_sound, tmp_path):
    """Two recordings under one name would overwrite each other in every table."""
    make_sound("one/speech/1.wav")
    make_sound("two/speech/1.wav")
    folders = [tmp_path / "one/speech", tmp_path / "two/speech"]
    assert "'speech/1.wav' is named more than once" in refusal(read_sound_folders, folders)


def test_a_csv_without_labels_is_enough_where_none_are_needed(tmp_path):
    path = csv(tmp_path, "path,speaker\na.wav,Ada\n")
    row = read_csv(path, labelled=False).iloc[0]
    assert (row["label"], row["group"]) == ("sound", "Ada")
    assert "expected a column label" in refusal(read_csv, path)
    labelled = csv(tmp_path, "path,speaker,species\na.wav,Ada,Wren\n", "labelled.csv")
    assert read_csv(labelled, labelled=False)["label"][0] == "Wren"


def test_a_csv_without_labels_still_needs_a_group(tmp_path):
    path = csv(tmp_path, "path\na.wav\n")
    with pytest.raises(UserError, match="name it with the parameter group"):
        read_csv(path, labelled=False)
