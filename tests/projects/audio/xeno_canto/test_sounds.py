import unicodedata

import pytest

from projects.audio.xeno_canto.sounds import Sounds


@pytest.fixture
def sounds(tmp_path):
    def make(*names):
        for name in names:
            path = tmp_path / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
        return Sounds(tmp_path / "data")

    return make


@pytest.mark.parametrize(
    ("there", "identity", "file_name"),
    [
        ("XC1-Amsel.mp3", "XC1", "XC1-Amsel.mp3"),
        ("audio/xc25119.flac", "XC25119", ""),
        ("deep/er/25119.WAV", "XC25119", "other name.mp3"),
        ("XC25119 - Redwing - Turdus iliacus.mp3", "XC25119", ""),
        ("abethr1/XC128013.ogg", "XC128013", "abethr1/XC128013.ogg"),
        ("sub/tape 3.wav", "SYN1", "tape 3.wav"),
        ("sub/tape 3.wav", "SYN1", "C:\\birds\\TAPE 3.wav"),
        (unicodedata.normalize("NFD", "Häher.wav"), "SYN1", "H\u00e4her.wav"),
    ],
)
def test_a_sound_is_found_by_its_name_or_number(sounds, tmp_path, there, identity, file_name):
    assert sounds(there).of(identity, file_name) == tmp_path / "data" / there


@pytest.mark.parametrize("there", ["XC12.mp3", "XC1.txt", ".XC1.mp3.partial", "1st.mp3", "1-2.mp3"])
def test_another_file_is_not_taken_for_it(sounds, there):
    assert sounds(there).of("XC1", "") is None


def test_the_whole_recording_is_taken_before_a_cut_of_it(sounds, tmp_path):
    assert sounds("a/XC1-cut.wav", "b/XC1.mp3").of("XC1", "").name == "XC1.mp3"


def test_one_name_in_two_folders_is_told_apart_by_the_folder_or_not_at_all(sounds, tmp_path):
    """The sound of another species would be taken for it."""
    found = sounds("wren/1 a.mp3", "robin/1 a.mp3")
    assert found.of("x", "robin/1 a.mp3") == tmp_path / "data/robin/1 a.mp3"
    assert found.of("x", "1 a.mp3") is None


@pytest.mark.parametrize(
    "name", ["../secret.wav", "/etc/passwd", "a/../../secret.wav", "..", "", "\0", "~/x.wav"]
)
def test_no_name_leads_out_of_the_folder(sounds, tmp_path, name):
    (tmp_path / "secret.wav").write_bytes(b"")
    assert sounds("a/b.wav").of(name, name) is None
    awaited = sounds().awaited(name)
    assert awaited.parent == tmp_path / "data"
    assert awaited.resolve().parent == (tmp_path / "data").resolve()
