"""Features on the TR grid, of one format that is written with them and never guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from projects.codec.tr_grid import TrGrid
from projects.errors import UserError

Format = Literal["encodec", "mel_3d", "mel_2d"]


@dataclass(frozen=True)
class TrFeatures:
    """One recording's features by TR.

    Attributes:
        format: "encodec": (n_trs, codebooks, width) integers; "mel_3d": (n_trs, mels, width);
            "mel_2d": (n_trs, mels).
        source: What made them, such as the codec's digest and bandwidth; features of two sources
            do not mix.
        values: As the format says.
        grid: Which frames belong to which TR.
    """

    format: Format
    source: str
    values: np.ndarray
    grid: TrGrid

    def __post_init__(self) -> None:
        """Refuses values that are not what the format says.

        Raises:
            UserError: Naming the shape or type that was expected and what came.
        """
        dimensions = 2 if self.format == "mel_2d" else 3
        if self.values.ndim != dimensions or len(self.values) != self.grid.n_trs:
            raise UserError(
                f"expected {self.format} features of {dimensions} dimensions and "
                f"{self.grid.n_trs} TRs, got {self.values.shape}"
            )
        is_integer = np.issubdtype(self.values.dtype, np.integer)
        if is_integer != (self.format == "encodec"):
            kind = "integer codes" if self.format == "encodec" else "floating values"
            raise UserError(f"expected {self.format} as {kind}, got {self.values.dtype}")


def stacked(features: Sequence[TrFeatures]) -> np.ndarray:
    """The TRs of several recordings, one after another.

    Args:
        features: At least one; all of one format, source and TR.

    Returns:
        (TRs of all, ...) values.

    Raises:
        UserError: They are of two formats, sources or TRs.
    """
    kinds = {(each.format, each.source, each.grid.tr) for each in features}
    if len(kinds) != 1:
        found = "; ".join(
            f"{name} of {source} at TR {tr:g} s" for name, source, tr in sorted(kinds)
        )
        raise UserError(f"expected features of one format, source and TR, got {found}")
    return np.concatenate([each.values for each in features])
