"""How good a codec sounds for the bits that it spends: its scores and rates, gathered."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from evaluation.bootstrap import Interval
from evaluation.clip_scores import ClipScores, intervals
from evaluation.quality.metrics import QUALITY
from projects.codec.codec import Codec
from projects.codec.reconstruct import system_name
from projects.codec.score_clips import ScoredClip


@dataclass(frozen=True, eq=False)
class RateDistortion:
    """Every system on the same clips.

    Attributes:
        scores: System to the scores of the clips.
        kbps: System to what it stores, kilobits a second of sound.
        entropy_kbps: The same, codec only, if each code took as many bits as its codebook's
            empirical entropy: what the codes carry. On few clips that is too low, as entries
            that did not turn up count as impossible.
    """

    scores: dict[str, ClipScores]
    kbps: dict[str, float]
    entropy_kbps: dict[str, float]

    @classmethod
    def gather(cls, codec: Codec, clips: Sequence[ScoredClip]) -> "RateDistortion":
        """Gathers at least one clip, all of one codec."""
        seconds = sum(clip.seconds for clip in clips)
        items, groups = [clip.item for clip in clips], [clip.group for clip in clips]
        systems = list(clips[0].scored)
        return cls(
            {s: ClipScores.gather(items, groups, [c.scored[s] for c in clips]) for s in systems},
            {s: sum(clip.bits[s] for clip in clips) / seconds / 1000 for s in systems},
            _entropy_kbps(codec, np.concatenate([clip.codes for clip in clips], axis=1), seconds),
        )

    @cached_property
    def intervals(self) -> dict[str, dict[str, Interval]]:
        """System to metric to mean with its 95 % interval over groups, where any clip has it."""
        return {system: intervals(scores) for system, scores in self.scores.items()}

    @property
    def unscored(self) -> pd.DataFrame:
        """One row for each score that is missing: `system`, `item`, `metric`, `reason`."""
        return self._of_systems({name: each.failures for name, each in self.scores.items()})

    @property
    def clips(self) -> pd.DataFrame:
        """One row a system and clip: `system`, `item`, `group` and a column for each metric."""
        return self._of_systems({name: each.to_frame() for name, each in self.scores.items()})

    @property
    def table(self) -> pd.DataFrame:
        """One row a system.

        Columns `system`, `kbps`, `entropy_kbps` and for each metric its mean, `.lower` and
        `.upper` bounds, and in `.scored` how many clips have it; NaN where there is none.
        """
        rows = []
        for system, scores in self.scores.items():
            rates = {"kbps": self.kbps[system], "entropy_kbps": self.entropy_kbps.get(system)}
            row: dict[str, object] = {"system": system, **rates}
            for metric in QUALITY:
                measured = self.intervals[system].get(metric)
                row[metric] = measured.value if measured else None
                row[f"{metric}.lower"] = measured.lower if measured else None
                row[f"{metric}.upper"] = measured.upper if measured else None
                row[f"{metric}.scored"] = scores.scored[metric]
            rows.append(row)
        table = pd.DataFrame(rows)
        return table.astype(dict.fromkeys(table.columns.drop("system"), float))

    @staticmethod
    def _of_systems(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
        table = pd.concat(frames, names=["system", None])
        return table.reset_index(level="system").reset_index(drop=True)


def _entropy_kbps(codec: Codec, codes: np.ndarray, seconds: float) -> dict[str, float]:
    """Rates of codes (codebooks, frames), each codebook coded by itself and all frames alike."""
    frames = codes.shape[1]
    bits = np.cumsum([entropy(row) for row in codes]) * frames / seconds
    return {
        system_name(bandwidth): float(bits[codec.codebooks(bandwidth) - 1]) / 1000
        for bandwidth in codec.bandwidths
    }


def entropy(codes: np.ndarray) -> float:
    """Empirical entropy of a codebook's codes, bits a code.

    Args:
        codes: (frames,) of integers from 0 on.
    """
    counts = np.bincount(codes)
    share = counts[counts > 0] / len(codes)
    return float((share * np.log2(1 / share)).sum())
