"""Which file below a folder is the sound of which recording."""

import re
import unicodedata
from collections import Counter
from pathlib import Path

from projects.audio.readers import AUDIO_SUFFIXES, files_below

_NUMBERED = re.compile(r"(?:xc)?([0-9]+)|xc([0-9]+)[^0-9].*", re.IGNORECASE)


class Sounds:
    """The sound files below a folder, found by name.

    Names out of metadata are only looked up among the files that are there, never joined to a
    path, so none leads out of the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        # The shortest name first: XC1.mp3 before a cut of it, XC1-a.wav.
        paths = sorted(
            files_below(self._folder, "**/*", AUDIO_SUFFIXES), key=lambda p: (len(p.stem), p)
        )
        names = [_key(path.name) for path in paths]
        times = Counter(names)
        self._by_place = {_key(path.relative_to(self._folder).as_posix()): path for path in paths}
        self._by_name = {
            name: path for name, path in zip(names, paths, strict=True) if times[name] == 1
        }
        self._by_number: dict[str, Path] = {}
        for path in paths:
            if number := _NUMBERED.fullmatch(path.stem):
                self._by_number.setdefault(f"XC{number[1] or number[2]}", path)

    def of(self, identity: str, file_name: str) -> Path | None:
        """The sound of a recording, if it is there.

        Args:
            identity: "XC123", or another name of a recording.
            file_name: As the metadata give it, with or without folders; may be empty.

        Returns:
            The file called so, or else `XC123.*`, `123.*` or `XC123 and more.*`; the shortest
            name where several are.
        """
        name = file_name.replace("\\", "/")
        return (
            self._by_place.get(_key(name))
            or self._by_name.get(_key(name.rpartition("/")[2]))
            or self._by_number.get(identity)
        )

    def awaited(self, identity: str) -> Path:
        """Where a recording's sound would be, to name what is missing."""
        return self._folder / f"{re.sub(r'[^0-9A-Za-z_-]', '_', identity)}.mp3"


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
