"""A simulated study as a manifest: made where it is missing, the manifest last."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
from tqdm import tqdm

from projects.audio.atomic import written_whole
from projects.audio.decode import decode
from projects.audio.readers import read_csv
from projects.codec.study.features import sound_features
from projects.codec.study.responses import simulate_responses
from projects.codec.study.settings import SAMPLE_RATE, Study
from projects.codec.study.stimulus import soundtrack
from projects.codec.study.truth import save_truth
from projects.errors import UserError

MANIFEST = "study.csv"
TRUTH = "truth.safetensors"
SOURCE = "synthetic (Syrinx simulated study)"
_RECIPE = 1  # raised whenever the same settings would give another study


def read_study(root: Path, study: Study) -> pd.DataFrame:
    """Makes what is missing of a simulated study and reads its manifest.

    Args:
        root: Folder of all studies; each has its own, named by its settings.
        study: How many runs, how long, at what TR, how many voxels, and the seed.

    Returns:
        A manifest, one row a run, grouped by run; besides its four columns `duration` in seconds,
        `responses`, the path of an .npy of shape (n_trs, voxels) float32, `truth`, the path of
        what `read_truth` reads, and `source`, which says that all of it is synthetic.

    Raises:
        UserError: The folder cannot be written.
    """
    digest = hashlib.sha256(f"{study!r}, recipe {_RECIPE}".encode()).hexdigest()[:8]
    folder = root / f"study-{digest}"
    if not (folder / MANIFEST).exists():
        try:
            _make(folder, study)
        except (OSError, soundfile.LibsndfileError) as error:
            raise UserError(
                f"simulated study: expected a folder that can be written, got {folder} ({error}); "
                "choose another or free some space"
            ) from error
    manifest = read_csv(folder / MANIFEST, group="run")
    manifest["duration"] = manifest["duration"].astype(float)
    for column in ("responses", "truth"):
        manifest[column] = [str((folder / name).absolute()) for name in manifest[column]]
    return manifest


def _make(folder: Path, study: Study) -> None:
    names = [f"run-{number + 1:02d}" for number in range(study.runs)]
    features = {
        name: _heard(folder / f"{name}.flac", study, number)
        for number, name in enumerate(tqdm(names, desc="simulated study (synthetic)", unit="run"))
    }
    responses, truth = simulate_responses(study, features)
    for name, each in responses.items():
        with written_whole(folder / f"{name}.npy") as temporary:
            np.save(temporary, each, allow_pickle=False)
    with written_whole(folder / TRUTH) as temporary:
        save_truth(temporary, truth)
    with written_whole(folder / MANIFEST) as temporary:
        _manifest(names, study).to_csv(temporary, index=False)


def _heard(path: Path, study: Study, run: int) -> np.ndarray:
    """Features of a run's soundtrack as the file has it, which is written where there is none."""
    if not path.exists():
        with written_whole(path) as temporary:
            soundfile.write(temporary, soundtrack(study, run), SAMPLE_RATE, "PCM_16")
    return sound_features(decode(path).samples, study.tr)


def _manifest(names: list[str], study: Study) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "recording_id": names,
            "path": [f"{name}.flac" for name in names],
            "label": "speech",
            "run": names,
            "duration": study.samples / SAMPLE_RATE,
            "responses": [f"{name}.npy" for name in names],
            "truth": TRUTH,
            "source": SOURCE,
        }
    )
