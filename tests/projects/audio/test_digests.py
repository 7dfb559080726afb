import shutil

from projects.audio.digests import audio_digests


def test_a_recording_is_known_by_its_content_not_by_its_name(make_sound):
    one, other = make_sound("one.wav", 1), make_sound("other.wav", 2)
    copy = shutil.copy(one, one.with_name("ein anderer Name ß.wav"))
    digests = audio_digests([one, other, copy])
    assert digests[0] == digests[2] != digests[1]
    assert len(digests[0]) == 32


def test_an_edit_of_one_byte_is_another_recording(make_sound):
    """Features of the old file must not be served for the new one."""
    path = make_sound("one.wav")
    before = audio_digests([path])
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert audio_digests([path]) != before


def test_a_file_that_cannot_be_read_has_none_and_stops_no_other(make_sound, tmp_path):
    digests = audio_digests([tmp_path / "none.wav", make_sound("one.wav"), tmp_path])
    assert digests[0] is None
    assert digests[1] is not None
    assert digests[2] is None
