"""Recordings as the autoencoder takes them: TRs on one grid with all that is known of each."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from projects.audio.extraction import FeatureSet
from projects.audio.splits import TRAIN
from projects.codec.alignment import align, common_length
from projects.codec.autoencoder.samples import TrSamples
from projects.codec.blocks import Standardiser
from projects.codec.features import TrExtractor
from projects.codec.tr_features import TrFeatures, stacked
from projects.errors import UserError

MODALITIES = ("video", "text")
RESPONSES = "responses"


@dataclass(frozen=True, eq=False)
class Stimulus:
    """One recording, cropped to the TRs that everything given with it covers.

    Attributes:
        row: Of the manifest, with its `audio` digest.
        codes: On the TR grid, all of them.
        n_trs: TRs that are used, the first of the grid.
        modalities: Name to (n_trs, features) float32, for those that the recording has.
        responses: (n_trs, voxels) float32, or None.
    """

    row: pd.Series
    codes: TrFeatures
    n_trs: int
    modalities: dict[str, np.ndarray]
    responses: np.ndarray | None

    @property
    def digest(self) -> str:
        """Of all that a network learns from it: its sound, and the modalities' values."""
        whole = hashlib.sha256(str(self.row["audio"]).encode())
        for name, values in sorted(self.modalities.items()):
            whole.update(f"{name} {values.shape}".encode() + values.tobytes())
        return whole.hexdigest()


def read_stimuli(
    features: FeatureSet, extractor: TrExtractor, rates: dict[str, float]
) -> list[Stimulus]:
    """Reads codes and, where the manifest has files of them, video, text and responses.

    Args:
        features: Codes of the recordings; columns `video`, `text` and `responses` of the manifest
            hold paths of .npy files, time first, or nothing.
        extractor: That made the codes.
        rates: Samples a second of each modality, Hz.

    Raises:
        UserError: A file cannot be read, or covers no TR.
    """
    return [
        _stimulus(row, extractor.read(features.store, str(row["audio"])), rates)
        for _, row in features.recordings.iterrows()
    ]


def samples_of(stimuli: Sequence[Stimulus], sides: Sequence[np.ndarray]) -> TrSamples:
    """All TRs of all recordings, one after another.

    Modalities are scaled by what the training TRs say; a recording without one has rows of NaN.

    Args:
        stimuli: All of one codec, bandwidth and TR.
        sides: For each the sides of its TRs.
    """
    used = [stimulus.codes.values[: stimulus.n_trs] for stimulus in stimuli]
    stacked([stimulus.codes for stimulus in stimuli])  # Refuses what does not mix.
    masks = [stimulus.codes.grid.mask[: stimulus.n_trs] for stimulus in stimuli]
    joined = {name: _joined(name, stimuli, sides) for name in MODALITIES}
    return TrSamples(np.concatenate(used), np.concatenate(masks), **joined)


def _stimulus(row: pd.Series, codes: TrFeatures, rates: dict[str, float]) -> Stimulus:
    tr, n_trs = codes.grid.tr, codes.grid.n_trs
    given = {
        name: _array(row, name) for name in (*MODALITIES, RESPONSES) if str(row.get(name, "") or "")
    }
    sampled = {name: (len(array), rates.get(name, 1 / tr)) for name, array in given.items()}
    covered = min([n_trs, common_length(sampled, tr)] if sampled else [n_trs])
    aligned = {
        name: align(array, sampled[name][1], tr, covered, "linear") for name, array in given.items()
    }
    responses = aligned.pop(RESPONSES, None)
    return Stimulus(row, codes, covered, aligned, responses)


def _array(row: pd.Series, name: str) -> np.ndarray:
    path = Path(str(row[name]))
    path = path if path.is_absolute() else Path(str(row["path"])).parent / path
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        reason = (str(error).splitlines() or [""])[0]
        raise UserError(f"{name}: expected a .npy file of numbers at {path}: {reason}") from None
    if not isinstance(array, np.ndarray):
        raise UserError(f"{name}: expected one array in {path}, as np.save writes it, got an .npz")
    if array.ndim != 2 or not np.issubdtype(array.dtype, np.floating):
        raise UserError(
            f"{name}: expected floating (time, features) in {path}, "
            f"got {array.dtype} of shape {array.shape}"
        )
    return array.astype(np.float32)


def _joined(
    name: str, stimuli: Sequence[Stimulus], sides: Sequence[np.ndarray]
) -> np.ndarray | None:
    present = [stimulus.modalities[name] for stimulus in stimuli if name in stimulus.modalities]
    if not present:
        return None
    sizes = {array.shape[1] for array in present}
    if len(sizes) != 1:
        raise UserError(f"{name}: expected one number of features, got {sorted(sizes)}")
    learnt = [
        stimulus.modalities[name][side == TRAIN]
        for stimulus, side in zip(stimuli, sides, strict=True)
        if name in stimulus.modalities
    ]
    try:
        scaling = Standardiser.fit(np.concatenate(learnt))
    except UserError as error:
        raise UserError(f"{name}: training TRs: {error}") from None
    absent = np.full((1, sizes.pop()), np.nan, np.float32)
    return np.concatenate(
        [
            scaling.apply(stimulus.modalities[name])
            if name in stimulus.modalities
            else absent.repeat(stimulus.n_trs, axis=0)
            for stimulus in stimuli
        ]
    )
