"""Which features are made of recordings for the TR grid: codes, or the mel baseline."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from projects.audio.decode import RecordingError
from projects.audio.resample import resample
from projects.audio.sound import read_sound
from projects.audio.store import FeatureStore, Item
from projects.codec.load import same_codec
from projects.codec.mel import MelBaseline
from projects.codec.mel_formats import mel_2d, mel_3d
from projects.codec.tr_features import Format, TrFeatures
from projects.codec.tr_grid import TrGrid
from projects.errors import UserError

VERSION = 1
"""Raise it when the same settings begin to give other features; old ones are then made anew."""

FRAMES, EDGES = "frames", "edges"
"""Arrays of the store: (frames, codebooks or mels), and (TRs + 1,) first frame of each TR."""

BATCH_SECONDS = 600
"""Sound that is encoded side by side, so that a shard of films fits in memory."""


@dataclass(frozen=True)
class TrExtractor:
    """Makes the frames of recordings and the grid that they lie on.

    Attributes:
        format: Of the features; the two mel formats are cut from the same frames.
        tr: Seconds.
        codec: Name of the codec; encodec only.
        codec_digest: Of its weights.
        bandwidth: kbit/s; encodec only.
        mels: Bands; mel formats only.
    """

    format: Format
    tr: float
    codec: str = ""
    codec_digest: str = ""
    bandwidth: float = 0.0
    mels: int = 0

    @property
    def name(self) -> str:
        """The format's."""
        return self.format

    @property
    def settings(self) -> Mapping[str, Any]:
        """What the frames depend on; not the codec's name, which says nothing of its weights."""
        # As JSON a 6 is not a 6.0, and the same codes would have two stores.
        kept = {"format": self.format, "tr": float(self.tr), "version": VERSION}
        if self.format == "encodec":
            return {**kept, "codec": self.codec_digest, "bandwidth": float(self.bandwidth)}
        return {**kept, "mels": self.mels}

    @property
    def source(self) -> str:
        """What made the values, in one line."""
        if self.format == "encodec":
            return f"codec {self.codec_digest} at {self.bandwidth:g} kbit/s"
        return f"{self.mels} mels"

    @property
    def frame_rate(self) -> float:
        """Frames a second."""
        if self.format == "encodec":
            return same_codec(self.codec, self.codec_digest).frame_rate
        return MelBaseline(mels=self.mels).frame_rate

    def features(self, paths: Mapping[str, Path]) -> tuple[dict[str, Item], dict[str, str]]:
        """Frames and edges of recordings by audio digest, and the reasons of those without."""
        sounds: dict[str, np.ndarray] = {}
        errors: dict[str, str] = {}
        items: dict[str, Item] = {}
        for audio, path in paths.items():
            try:
                sounds[audio] = resample(read_sound(path), self._sample_rate).samples
            except RecordingError as error:
                errors[audio] = str(error)
            if sum(map(len, sounds.values())) > BATCH_SECONDS * self._sample_rate:
                items |= self._items(sounds)
                sounds = {}
        return items | self._items(sounds), errors

    def read(self, store: FeatureStore, audio: str) -> TrFeatures:
        """The stored features of one sound, on their grid.

        Raises:
            KeyError: The sound is not in the store.
            UserError: The store is one of codes where mels are wanted, or the other way round, or
                its grid is another.
        """
        frames, edges = store.read(audio, FRAMES), store.read(audio, EDGES)
        assert frames is not None and edges is not None  # Written for every sound.
        if np.issubdtype(frames.dtype, np.integer) != (self.format == "encodec"):
            raise UserError(f"{store.folder}: expected {self.format} frames, got {frames.dtype}")
        grid = TrGrid(self.tr, self.frame_rate, len(frames))
        if not np.array_equal(edges, grid.edges):
            raise UserError(f"{store.folder}: expected the grid of TR {self.tr:g} s for {audio}")
        if self.format == "encodec":
            values = grid.cut_codes(np.ascontiguousarray(frames.T))
        else:
            cut = mel_3d if self.format == "mel_3d" else mel_2d
            values = cut(frames.astype(np.float32), grid)
        return TrFeatures(self.format, self.source, values, grid)

    @property
    def _sample_rate(self) -> int:
        if self.format == "encodec":
            return same_codec(self.codec, self.codec_digest).sample_rate
        return MelBaseline(mels=self.mels).sample_rate

    def _items(self, sounds: Mapping[str, np.ndarray]) -> dict[str, Item]:
        if self.format == "encodec":
            codec = same_codec(self.codec, self.codec_digest)
            frames = [codes.T for codes in codec.encode(list(sounds.values()), self.bandwidth)]
        else:
            baseline = MelBaseline(mels=self.mels)
            frames = [baseline.spectrogram(each).astype(np.float16) for each in sounds.values()]
        return {
            audio: {FRAMES: np.ascontiguousarray(each), EDGES: self._edges(len(each))}
            for audio, each in zip(sounds, frames, strict=True)
        }

    def _edges(self, frames: int) -> np.ndarray:
        return TrGrid(self.tr, self.frame_rate, frames).edges.astype(np.int32)
