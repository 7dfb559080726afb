import csv

import pytest
from xeno_canto_server import entry

from projects.audio.fetching.catalogue import Catalogue, sha256_of
from projects.errors import UserError


def put(folder, number, content=b"sound", **other):
    path = folder / f"XC{number}.mp3"
    path.write_bytes(content)
    catalogue = Catalogue(folder)
    catalogue.put(entry(number, **other), path, sha256=sha256_of(path), error="")
    catalogue.save()
    return path


def rows(folder):
    with (folder / "recordings.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_changed_cut_or_missing_file_is_not_whole(tmp_path):
    """What was damaged on disk must be fetched again, not trained on."""
    path = put(tmp_path, 1)
    assert Catalogue(tmp_path).has_whole("XC1", path)
    for damage in (b"soun", b"SOUND", b""):
        path.write_bytes(damage)
        assert not Catalogue(tmp_path).has_whole("XC1", path)
    path.unlink()
    assert not Catalogue(tmp_path).has_whole("XC1", path)


def test_a_file_without_a_checksum_is_not_taken_for_fetched(tmp_path):
    (tmp_path / "XC1.mp3").write_bytes(b"half")
    assert not Catalogue(tmp_path).has_whole("XC1", tmp_path / "XC1.mp3")


def test_every_recording_has_its_recordist_and_licence(tmp_path):
    """Without them nobody may use the sound."""
    put(tmp_path, 1)
    put(tmp_path, 2, rec="Bo\nDahl", lic="")
    (first, second) = rows(tmp_path)
    assert first["licence"] == "https://creativecommons.org/licenses/by-nc-sa/4.0/"
    assert (first["recordist"], first["group"], first["path"]) == ("Ada 1", "Ada 1", "XC1.mp3")
    lines = (tmp_path / "ATTRIBUTION.txt").read_text().splitlines()[3:]
    assert lines == [
        "Ada 1, XC1, Common Blackbird (Turdus merula), https://xeno-canto.org/1, "
        "https://creativecommons.org/licenses/by-nc-sa/4.0/",
        "Bo Dahl, XC2, Common Blackbird (Turdus merula), https://xeno-canto.org/2, "
        "no licence given: all rights reserved",
    ]
    assert second["licence"] == ""


def test_what_did_not_come_is_in_the_table_and_not_attributed(tmp_path):
    catalogue = Catalogue(tmp_path)
    catalogue.put(entry(1), tmp_path / "XC1.mp3", sha256="", error="HTTP 404")
    catalogue.save()
    assert rows(tmp_path)[0]["error"] == "HTTP 404"
    assert "XC1" not in (tmp_path / "ATTRIBUTION.txt").read_text()


def test_a_column_that_somebody_added_stays(tmp_path):
    put(tmp_path, 1)
    table = tmp_path / "recordings.csv"
    header, row = table.read_text().splitlines()
    table.write_text(f"{header},split\n{row},test\n")
    put(tmp_path, 1, q="B")
    assert (rows(tmp_path)[0]["split"], rows(tmp_path)[0]["quality"]) == ("test", "B")


def test_half_a_surrogate_pair_does_not_stop_the_table(tmp_path):
    put(tmp_path, 1, rmk="a \ud800 remark")
    assert rows(tmp_path)[0]["rmk"] == "a ? remark"


def test_somebody_elses_csv_is_not_overwritten(tmp_path):
    (tmp_path / "recordings.csv").write_text("path,label\na.wav,Wren\n")
    with pytest.raises(UserError, match="expected the CSV of fetch_recordings"):
        Catalogue(tmp_path)
