import os
import stat

import pytest

from projects.audio.atomic import write_text, written_whole


def test_the_file_is_there_with_its_folders(tmp_path):
    write_text(tmp_path / "a" / "b" / "naïve ß.json", "Ærfugl")
    assert (tmp_path / "a" / "b" / "naïve ß.json").read_text(encoding="utf-8") == "Ærfugl"
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["naïve ß.json"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    """A full disk must not cost the file that was there."""
    write_text(tmp_path / "x.txt", "old")
    with pytest.raises(OSError, match="full"), written_whole(tmp_path / "x.txt") as temporary:
        temporary.write_text("ne")
        raise OSError("disk full")
    assert (tmp_path / "x.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]


def test_nobody_sees_the_file_before_it_is_whole(tmp_path):
    with written_whole(tmp_path / "x.txt") as temporary:
        temporary.write_text("half")
        assert not (tmp_path / "x.txt").exists()
        assert temporary.parent == tmp_path
        assert temporary.name.startswith(".")


def test_others_may_read_what_is_written(tmp_path):
    """A store that only its writer can read is no store for a team."""
    before = os.umask(0o022)
    try:
        write_text(tmp_path / "x.txt", "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x.txt").stat().st_mode) == 0o644


def test_two_writers_of_one_file_do_not_mix(tmp_path):
    with written_whole(tmp_path / "x") as one, written_whole(tmp_path / "x") as other:
        one.write_text("one")
        other.write_text("other")
    assert (tmp_path / "x").read_text() == "one"


def test_who_reads_the_old_file_reads_it_to_its_end(tmp_path):
    """Written over in place, a reader would see half of each."""
    write_text(tmp_path / "x.txt", "old")
    with (tmp_path / "x.txt").open() as reader:
        write_text(tmp_path / "x.txt", "new and longer")
        assert reader.read() == "old"
    assert (tmp_path / "x.txt").read_text() == "new and longer"
