"""Which recordings can be heard: those whose sound a version's evaluation kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from dashboards import evidence
from dashboards.lineage import source
from dashboards.sounds import Sound, sounds
from dashboards.versions import Known
from evaluation.mistakes import mistake_files
from evaluation.predictions import Predictions
from registry.dossier import evidence_run

MISTAKES = "mistakes"
"""Key of `dashboards.sounds.FOLDERS`."""


@dataclass(frozen=True)
class Heard:
    """A recording's sound and the key of the version in whose run it is."""

    version: str
    sound: Sound


def heard(versions: Iterable[Known]) -> Mapping[str, Heard]:
    """Recording to its sound, for those that one of the classifiers kept as a mistake.

    Args:
        versions: Evaluated ones, their clips readable.
    """
    found: dict[str, Heard] = {}
    for version in versions:
        for item, sound in _kept(version).items():
            found.setdefault(item, Heard(version.key, sound))
    return found


def _kept(version: Known) -> dict[str, Sound]:
    run_id = evidence_run(version.reference)
    if source(run_id) is None:
        return {}
    listed = {PurePosixPath(each.path).name: each for each in sounds(run_id, MISTAKES)}
    files = mistake_files(Predictions.from_table(evidence.items(version.reference)))
    return {item: listed[file] for item, file in files.items() if file in listed}
