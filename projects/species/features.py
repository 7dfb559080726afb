"""A front end's features of recordings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from projects.audio.decode import RecordingError, decode
from projects.audio.extraction import FeatureSet, extract
from projects.audio.store import Item
from projects.parallel import FanOut
from projects.species.front_ends.front_end import BACKGROUND, SEGMENT, VERSION, FrontEnd


@dataclass(frozen=True)
class SegmentFeatures:
    """Log energies of each recording's most active segment and of its background.

    Attributes:
        front_end: That makes them.
    """

    front_end: FrontEnd

    @property
    def name(self) -> str:
        """The front end's."""
        return self.front_end.name

    @property
    def settings(self) -> Mapping[str, Any]:
        """The front end's, with the version of its code."""
        return {**self.front_end.model_dump(), "version": VERSION}

    def features(self, paths: Mapping[str, Path]) -> tuple[dict[str, Item], dict[str, str]]:
        """Features of recordings by audio digest, and the reasons of those without."""
        items: dict[str, Item] = {}
        errors: dict[str, str] = {}
        for audio, path in paths.items():
            try:
                items[audio] = self._of_one(path)
            except RecordingError as error:
                errors[audio] = str(error)
        return items, errors

    def _of_one(self, path: Path) -> Item:
        samples = self.front_end.prepared(decode(path))
        waveforms = {
            SEGMENT: self.front_end.most_active_segment(samples),
            BACKGROUND: self.front_end.background(samples),
        }
        # One at a time: a batch's spectra would not fit in the processor's cache.
        return {
            kind: self.front_end.log_energies(torch.from_numpy(waveform)[None])[0].half().numpy()
            for kind, waveform in waveforms.items()
            if waveform is not None
        }


def extract_features(
    manifest: pd.DataFrame, front_end: FrontEnd, root: Path, fan_out: FanOut
) -> FeatureSet:
    """Computes what of a manifest's features is not in the store yet; see `extract`."""
    return extract(manifest, SegmentFeatures(front_end), root, fan_out)
