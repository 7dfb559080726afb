"""A folder that is there as a whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from projects.audio.atomic import sync
from projects.errors import UserError

MARK = "copied-by-syrinx.txt"
"""In every such folder: only these are replaced."""


@contextmanager
def copied_folder(out: Path) -> Iterator[Path]:
    """A folder to be filled while the block runs, that then takes the place of `out`.

    Where the block raises, `out` stays as it was.

    Raises:
        UserError: `out` holds something that was not made by this.
    """
    out = out.resolve()
    _check(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as temporary:
        made, before = Path(temporary) / "made", Path(temporary) / "before"
        made.mkdir()
        yield made
        (made / MARK).write_text("Open index.html. This folder is replaced as a whole.\n")
        for path in made.rglob("*"):
            sync(path)
        _check(out)
        if out.exists():
            out.replace(before)
        made.replace(out)
        sync(out.parent)


def _check(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UserError(f"out: expected a folder, got the file {out}: give another name")
    if out.exists() and any(out.iterdir()) and not (out / MARK).is_file():
        raise UserError(
            f"out: expected a new folder, an empty one or earlier copies, got {out}, which holds "
            "other files: give another folder"
        )
