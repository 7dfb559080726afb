"""A folder of copies is whole, and no other folder is touched."""

import pytest

from dashboards.copied_folder import copied_folder
from projects.errors import UserError


def fill(out, name: str = "index.html") -> None:
    with copied_folder(out) as folder:
        (folder / name).write_text("page")


def test_earlier_copies_are_replaced_as_a_whole(tmp_path):
    """A page of a version that is gone would otherwise be sent along."""
    fill(tmp_path / "new/out", "old.html")
    fill(tmp_path / "new/out")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["out"]
    assert (tmp_path / "new/out/index.html").exists()
    assert not (tmp_path / "new/out/old.html").exists()


def test_somebodys_files_are_not_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("years")
    with pytest.raises(UserError, match="holds other files"):
        fill(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(UserError, match="expected a folder"):
        fill(tmp_path / "thesis.txt")


def test_what_breaks_off_leaves_the_earlier_copies(tmp_path):
    fill(tmp_path / "out")
    with pytest.raises(ZeroDivisionError), copied_folder(tmp_path / "out") as folder:
        (folder / "half.html").write_text("half")
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out/index.html").exists()
    assert not (tmp_path / "out/half.html").exists()


def test_an_empty_folder_may_be_filled(tmp_path):
    fill(tmp_path)
    assert (tmp_path / "index.html").exists()
