import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xeno_canto_server import entry

from projects.audio.xeno_canto.columns import (
    column_of,
    full_address,
    plain,
    recording_of,
    seconds_of,
    text_of,
)

JSON = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=3,
)


@given(st.integers(0, 9), st.integers(0, 59), st.integers(0, 59))
def test_a_length_is_read_back(hours, minutes, seconds):
    total = hours * 3600 + minutes * 60 + seconds
    assert seconds_of(f"{hours}:{minutes:02d}:{seconds:02d}") == total
    assert seconds_of(f"{total // 60}:{seconds:02d}") == total
    assert seconds_of(str(total)) == total


@pytest.mark.parametrize(
    "length", ["", "Not specified", "5-10(s)", "1:2:3:4", ":30", "-1:00", "1e9"]
)
def test_a_length_that_makes_no_sense_is_unknown(length):
    """A guess would be a duration that the sound does not have."""
    assert math.isnan(seconds_of(length))


@given(st.text())
def test_no_length_is_an_error(length):
    assert math.isnan(seconds_of(length)) or seconds_of(length) >= 0


def test_a_recording_of_the_api_in_our_names():
    recording = recording_of(entry(123, ssp="merula"))
    assert recording["recording_id"] == "XC123"
    assert (recording["label"], recording["scientific"]) == ("Common Blackbird", "Turdus merula")
    assert (recording["latitude"], recording["longitude"]) == (59.9, 10.7)
    assert (recording["quality"], recording["type"], recording["duration"]) == ("A", "song", 63)
    assert (recording["country"], recording["place"]) == ("Norway", "Oslo, Østmarka")
    assert (recording["date"], recording["time"]) == ("2024-05-01", "05:30")
    assert recording["licence"] == "https://creativecommons.org/licenses/by-nc-sa/4.0/"
    assert recording["url"] == "https://xeno-canto.org/123"
    assert recording["also"] == "Parus major; Sylvia atricapilla"
    assert recording["ssp"] == "merula"
    assert recording["sono"] == ""


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["id", "en", "gen", "sp", "rec", "lat", "lon", "length", "file-name", "lic"]
        )
        | st.text(max_size=5),
        JSON,
        max_size=5,
    )
)
def test_whatever_comes_is_a_row_and_a_row_stays_one(given_entry):
    """A field of an unexpected type must not end a run; and what was fetched is read back."""
    recording = recording_of(given_entry)
    for column in ("latitude", "longitude", "duration"):
        assert isinstance(recording[column], float)
    again = recording_of(recording)
    for column in ("label", "scientific", "recordist", "licence"):
        assert again[column] == recording[column]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"id": "1", "file_id": "25119"}, "XC25119"),
        ({"xc_id": "128013", "id": "4"}, "XC128013"),
        ({"filename": "abethr1/XC128013.ogg"}, "XC128013"),
        ({"filename": "abethr1/xc7 cut.ogg", "id": "2"}, "XC7"),
        ({"Recording ID": "xc9"}, "XC9"),
        ({"id": "SYN000001", "file-name": "SYN000001-Silva.flac"}, "SYN000001"),
        ({"filename": "field/tape 3.wav"}, "field/tape 3.wav"),
    ],
)
def test_a_recording_is_called_by_its_catalogue_number(row, expected):
    """Else one recording is two where its metadata come from two places."""
    assert recording_of(row)["recording_id"] == expected


@pytest.mark.parametrize(
    ("row", "label"),
    [
        ({"en": "Redwing", "gen": "Turdus", "sp": "iliacus"}, "Redwing"),
        ({"en": "", "gen": "Turdus", "sp": "iliacus"}, "Turdus iliacus"),
        ({"common_name": "Redwing", "scientific_name": "Turdus iliacus"}, "Redwing"),
        ({"English name": "Redwing"}, "Redwing"),
        ({"species": "Redwing"}, "Redwing"),
        ({"label": "mine", "en": "Redwing"}, "mine"),
    ],
)
def test_the_label_is_the_english_name_or_else_the_scientific_one(row, label):
    assert recording_of(row)["label"] == label


@pytest.mark.parametrize("latitude", ["", "north", "91", "nan", "inf", None])
def test_a_latitude_that_is_none_is_unknown(latitude):
    assert math.isnan(recording_of({"lat": latitude})["latitude"])


def test_names_of_columns_in_any_style():
    assert plain(" File-Name ") == plain("file name") == plain("FILE_NAME") == "file_name"
    assert column_of("rec") == column_of("Recordist") == "recordist"
    assert column_of("site") == "site"


def test_addresses_get_the_scheme_that_the_api_leaves_out():
    assert full_address("//xeno-canto.org/1") == "https://xeno-canto.org/1"
    assert full_address("http://a/b") == "http://a/b"
    assert full_address("") == ""


def test_text_of_a_value():
    assert text_of(["a", None, "", "b"]) == "a; b"
    assert text_of({"small": "x"}) == text_of(None) == ""
    assert text_of(12) == "12"
