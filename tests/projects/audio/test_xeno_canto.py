"""Pages and CSVs of Xeno-canto, as people have them, as one manifest."""

import json

import pytest
from xeno_canto_server import XenoCanto, entry

from projects.audio.aviary import Aviary, plan_recordings
from projects.audio.decode import RecordingError
from projects.audio.source import DataConfig
from projects.audio.xeno_canto import read_xeno_canto
from projects.errors import UserError
from projects.parallel import FanOut
from projects.species.features import extract_features
from projects.species.front_ends import front_end_from_settings


def refusal(*arguments):
    with pytest.raises(UserError) as caught:
        read_xeno_canto(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def save(path, page):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page if isinstance(page, str) else json.dumps(page), encoding="utf-8")
    return path


def page_of(*entries, **other):
    return {"numRecordings": str(len(entries)), "page": 1, "numPages": 1, **other} | {
        "recordings": list(entries)
    }


def touch(*paths):
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def test_pages_of_a_query_are_one_manifest(tmp_path, caplog):
    site = XenoCanto()
    for number in (1, 2, 3):
        save(tmp_path / f"page{number}.json", site.page(number))
    touch(*(tmp_path / f"audio/XC{n}.mp3" for n in range(1, 6)))
    manifest = read_xeno_canto(tmp_path)
    assert list(manifest["recording_id"]) == ["XC1", "XC2", "XC3", "XC4", "XC5"]
    assert manifest["path"][0] == str(tmp_path / "audio/XC1.mp3")
    assert list(manifest["group"]) == list(manifest["recordist"])
    assert not caplog.records


def test_a_page_that_is_missing_is_named(tmp_path, caplog):
    """Otherwise a species is half there, and nobody knows."""
    site = XenoCanto()
    save(tmp_path / "1.json", site.page(1))
    save(tmp_path / "3.json", site.page(3))
    assert len(read_xeno_canto(tmp_path)) == 3
    assert "1 of 3 pages missing: 2" in caplog.text


def test_one_page_or_one_csv_is_data_too(tmp_path):
    touch(tmp_path / "XC1.mp3")
    page = save(tmp_path / "page.json", page_of(entry(1)))
    assert read_xeno_canto(page)["path"][0] == str(tmp_path / "XC1.mp3")
    table = save(tmp_path / "birds.CSV", "id,en,rec\n1,Wren,Ada\n")
    assert read_xeno_canto(table)["label"][0] == "Wren"


def test_missing_sound_is_counted_here_and_named_by_the_extraction(make_sound, tmp_path, caplog):
    make_sound("XC1.wav")
    save(tmp_path / "page.json", page_of(entry(1), entry(2)))
    manifest = DataConfig(format="xeno_canto", data=tmp_path).manifest()
    assert "no sound for 1, the first XC2" in caplog.text
    front_end = front_end_from_settings({"kind": "log_mel", "segment_seconds": 1.0})
    features = extract_features(manifest, front_end, tmp_path / "store", FanOut(workers=1))
    assert list(features.recordings["recording_id"]) == ["XC1"]
    assert list(features.failures["recording_id"]) == ["XC2"]
    assert "failed: " in features.summary() and "no such file" in features.summary()


def test_data_without_any_sound_fails(tmp_path):
    save(tmp_path / "page.json", page_of(entry(2)))
    front_end = front_end_from_settings({"kind": "log_mel"})
    with pytest.raises(RecordingError, match="not one of 1 recordings"):
        extract_features(read_xeno_canto(tmp_path), front_end, tmp_path / "s", FanOut(workers=1))


def test_a_recording_on_two_pages_is_one(tmp_path):
    """Pages shift while they are fetched; twice in training is a leak."""
    save(tmp_path / "a/1.json", page_of(entry(1), entry(2)))
    save(tmp_path / "b/1.json", page_of(entry(2, q="B"), entry(3)))
    assert list(read_xeno_canto(tmp_path)["recording_id"]) == ["XC1", "XC2", "XC3"]


@pytest.mark.parametrize("other", [{"en": "Song Thrush"}, {"rec": "Bo"}])
def test_a_recording_that_is_described_in_two_ways_is_refused(tmp_path, other):
    save(tmp_path / "a/1.json", page_of(entry(1)))
    save(tmp_path / "b/1.json", page_of(entry(1, **other)))
    assert "keep the right one" in refusal(tmp_path)
    assert "XC1 has the" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('{"recordings": [', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "no list of recordings"),
        ('{"error": "no key"}', "no list of recordings"),
        ('{"recordings": ["a"]}', "recording 1 of the page has no id"),
        ('{"recordings": [{"en": "Wren"}]}', "recording 1 of the page has no id"),
        (page_of(entry(1), page="first"), "page is 'first'"),
        (page_of(entry(1), numPages=10**12), "numPages is 1000000000000"),
        (page_of(entry(1, rec="")), "recording XC1 has no recordist"),
        (page_of({"id": "1", "rec": "Ada"}), "recording XC1 has no label"),
        (page_of(), "found none"),
    ],
)
def test_a_page_that_is_broken_is_one_line_with_its_name(tmp_path, page, expected):
    save(tmp_path / "page.json", page)
    assert expected in refusal(tmp_path)
    assert str(tmp_path) in refusal(tmp_path)


def test_a_page_of_bytes_that_are_no_text_is_one_line(tmp_path):
    (tmp_path / "page.json").write_bytes(b"\xff\xfe{\x00\x00")
    assert "not JSON" in refusal(tmp_path)


def test_the_british_birdsong_csv(tmp_path):
    """Its id counts rows, its species is an epithet, and its longitude is misspelt."""
    save(
        tmp_path / "birdsong_metadata.csv",
        "id,file_id,genus,species,english_cname,who_provided_recording,country,latitude,"
        "longitute,type,license\n"
        '1,25119,Turdus,iliacus,Redwing,Ada,Finland,65.1,24.6,"call, song",http://cc/by-sa/3.0/\n',
    )
    touch(tmp_path / "songs/xc25119.flac")
    row = read_xeno_canto(tmp_path).iloc[0]
    assert (row["recording_id"], row["label"], row["group"]) == ("XC25119", "Redwing", "Ada")
    assert (row["scientific"], row["longitude"]) == ("Turdus iliacus", 24.6)
    assert (row["type"], row["licence"]) == ("call, song", "http://cc/by-sa/3.0/")
    assert row["path"] == str(tmp_path / "songs/xc25119.flac")


def test_the_birdclef_csv(tmp_path):
    save(
        tmp_path / "train_metadata.csv",
        "primary_label,type,latitude,longitude,scientific_name,common_name,author,license,rating,"
        "url,filename,fold\n"
        "abethr1,['song'],4.3,33.6,Turdus tephronotus,Bare-eyed Thrush,Ada,CC BY-NC-SA,4.0,"
        "https://xeno-canto.org/128013,abethr1/XC128013.ogg,5\n",
    )
    touch(tmp_path / "audio/abethr1/XC128013.ogg", tmp_path / "abethr1/XC128013.ogg")
    row = read_xeno_canto(tmp_path).iloc[0]
    assert (row["recording_id"], row["label"]) == ("XC128013", "Bare-eyed Thrush")
    assert (row["quality"], row["primary_label"], row["fold"]) == ("4.0", "abethr1", "5")
    assert row["path"] == str(tmp_path / "abethr1/XC128013.ogg")


def test_the_demo_aviary_has_the_same_columns(tmp_path):
    plan = plan_recordings(Aviary(species=2, recordings=14))
    plan.to_csv(tmp_path / "aviary.csv", index=False)
    touch(*(tmp_path / name for name in plan["file-name"]))
    manifest = read_xeno_canto(tmp_path)
    assert sorted(manifest["recording_id"]) == sorted(plan["id"])
    assert set(manifest["group"]) == set(plan["rec"])
    assert set(manifest["path"]) == {str(tmp_path / name) for name in plan["file-name"]}
    assert manifest["duration"].between(1, 120).all()


def test_a_csv_of_something_else_is_passed_over_by_name(tmp_path, caplog):
    save(tmp_path / "page.json", page_of(entry(1)))
    save(tmp_path / "weather.csv", "date,wind\n2024,3\n")
    assert len(read_xeno_canto(tmp_path)) == 1
    assert "weather.csv: passed over, no column for id or file name and species" in caplog.text
    assert "expected a column for" in refusal(tmp_path / "weather.csv")


def test_pages_and_a_csv_stand_side_by_side(tmp_path):
    save(tmp_path / "page.json", page_of(entry(1)))
    save(tmp_path / "mine.csv", "xc_id,species,recordist,site\n2,Wren,Bo,north\n")
    manifest = read_xeno_canto(tmp_path)
    assert list(manifest["label"]) == ["Common Blackbird", "Wren"]
    assert list(manifest["site"]) == ["", "north"]


@pytest.mark.parametrize("group", ["rec", "recordist", "site"])
def test_the_group_that_the_user_names_is_the_group(tmp_path, group):
    save(tmp_path / "mine.csv", "xc_id,species,rec,site\n2,Wren,Bo,Bo\n")
    config = DataConfig(format="xeno_canto", data=tmp_path, group=group)
    assert config.manifest()["group"][0] == "Bo"
    assert "expected the group column 'wind'" in refusal(tmp_path, "wind")


def test_names_with_steps_stay_in_the_folder(tmp_path):
    """Metadata from elsewhere must not make a file of this machine a recording."""
    touch(tmp_path / "secret.wav", tmp_path / "data/XC9.wav")
    entries = [
        entry(1, **{"file-name": "../secret.wav"}),
        entry(2, **{"file-name": str(tmp_path / "secret.wav")}),
        {**entry(3), "id": "../secret"},
    ]
    save(tmp_path / "data/page.json", page_of(*entries))
    for path in read_xeno_canto(tmp_path / "data")["path"]:
        assert path.startswith(str(tmp_path / "data")) and ".." not in path


def test_an_empty_folder_says_what_was_looked_for(tmp_path):
    assert "expected recordings in pages of Xeno-canto's API" in refusal(tmp_path)


def test_the_format_needs_data_and_data_the_format():
    with pytest.raises(UserError, match="data=PATH with format=xeno_canto"):
        DataConfig.validated({"format": "xeno_canto"})
    with pytest.raises(UserError, match="or format=xeno_canto with data=x"):
        DataConfig.validated({"data": "x"})
