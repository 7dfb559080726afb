"""The sound of many recordings into one folder, each one's fate noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from tqdm import tqdm

from projects.audio.fetching.catalogue import Catalogue, sha256_of
from projects.audio.fetching.download import download
from projects.audio.fetching.polite import FetchError, Polite, RefusedError, StumbleError
from projects.audio.readers import AUDIO_SUFFIXES
from projects.audio.xeno_canto.columns import full_address, text_of

AUDIO = "audio"
SAVED_EVERY = 20
"""Files between two writings of the catalogue; a killed run fetches at most these again."""

STUMBLES_IN_A_ROW = 5
"""Then the server or the network is down, and asking on would not be polite."""


@dataclass
class Fetched:
    """What came of a fetching.

    Attributes:
        new: Fetched now.
        kept: There before, with the right checksum.
        failures: recording_id, url and error of the others.
    """

    new: int = 0
    kept: int = 0
    failures: list[dict[str, str]] = field(default_factory=list)

    def note(self, entry: Mapping[str, Any], error: Exception | None) -> None:
        """Counts a recording that was asked for."""
        if error is None:
            self.new += 1
            return
        name, url = f"XC{text_of(entry['id'])}", full_address(text_of(entry.get("url")))
        self.failures.append({"recording_id": name, "url": url, "error": str(error)})

    def summary(self) -> str:
        """One line, and one more for each failure."""
        counts = f"recordings: {self.new} fetched, {self.kept} kept, {len(self.failures)} failed"
        failed = [f"  failed: {f['recording_id']}: {f['error']}" for f in self.failures]
        return "\n".join([counts, *failed])


def fetch_sounds(
    entries: Sequence[Mapping[str, Any]], folder: Path, polite: Polite, largest: int
) -> Fetched:
    """Fetches the sound of recordings that is not in the folder, or not as it was fetched.

    The catalogue is written however this ends, so that the same call goes on from there.

    Args:
        entries: The API's descriptions; each `id` a number.
        folder: Gets `audio/XC<id>.*`, `recordings.csv` and `ATTRIBUTION.txt`.
        polite: Makes the requests.
        largest: Most bytes a file.

    Raises:
        FetchError: The server asks for a long pause, or failed too often in a row.
    """
    catalogue = Catalogue(folder)
    fetched = Fetched()
    stumbles = 0
    try:
        for count, entry in enumerate(tqdm(entries, desc="recordings", unit="recording"), 1):
            path = path_of(entry, folder)
            if catalogue.has_whole(path.stem, path):
                fetched.kept += 1
                catalogue.put(entry, path)
                continue
            error = _fetch(entry, path, polite, largest)
            fetched.note(entry, error)
            catalogue.put(entry, path, **_fate(path, error))
            stumbles = stumbles + 1 if isinstance(error, StumbleError) else 0
            if stumbles == STUMBLES_IN_A_ROW:
                raise FetchError(
                    f"{stumbles} recordings in a row did not come ({error}): "
                    "the same command goes on from here"
                )
            if count % SAVED_EVERY == 0:
                catalogue.save()
    finally:
        catalogue.save()
    return fetched


def path_of(entry: Mapping[str, Any], folder: Path) -> Path:
    """Where a recording's sound stands: named by its number, not by a name that came with it."""
    suffix = PurePosixPath(text_of(entry.get("file-name"))).suffix.lower()
    name = f"XC{text_of(entry['id'])}{suffix if suffix in AUDIO_SUFFIXES else '.mp3'}"
    return folder / AUDIO / name


def _fetch(
    entry: Mapping[str, Any], path: Path, polite: Polite, largest: int
) -> RefusedError | StumbleError | None:
    address = full_address(text_of(entry.get("file")))
    # What stands there is damaged, and would be read as sound if nothing came in its place.
    path.unlink(missing_ok=True)
    try:
        if not address:
            raise RefusedError("Xeno-canto gives no address of its sound")
        download(polite, address, path, largest)
    except (RefusedError, StumbleError) as error:
        return error
    return None


def _fate(path: Path, error: Exception | None) -> dict[str, str]:
    if error:
        return {"sha256": "", "error": str(error)}
    return {"sha256": sha256_of(path), "error": ""}
