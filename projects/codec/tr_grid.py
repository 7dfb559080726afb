"""Frames on the fMRI time grid, none lost: each belongs to exactly one TR."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from projects.errors import UserError

SHORTEST_TR, LONGEST_TR = 0.2, 10.0
"""Repetition times that scanners are run at, with room on both sides, s."""


def check_tr(tr: float) -> None:
    """Refuses what cannot be a repetition time in seconds.

    Raises:
        UserError: It is not from 0.2 to 10 s.
    """
    if not SHORTEST_TR <= tr <= LONGEST_TR:
        raise UserError(f"tr: expected {SHORTEST_TR:g} to {LONGEST_TR:g} seconds, got {tr:g}")


def samples_per_tr(tr: float, rate: float) -> Fraction:
    """How many samples of a rate a TR lasts, exactly: 0.58 s at 75 Hz are 43.5, not 43.4999...

    Args:
        tr: Seconds from one fMRI volume to the next.
        rate: Samples a second, Hz.

    Raises:
        UserError: The TR or the rate is out of range.
    """
    check_tr(tr)
    if not 0 < rate < math.inf:
        raise UserError(f"rate: expected a positive number of samples a second, got {rate:g}")
    return Fraction(float(tr * rate)).limit_denominator(1_000_000)


@dataclass(frozen=True)
class TrGrid:
    """Which frames belong to which TR.

    TR i owns the frames from round(i * tr * frame_rate) up to round((i + 1) * tr * frame_rate),
    halves rounded up. So TRs differ by a frame in width where a TR is no whole number of frames,
    and no error adds up. Frames that are cut into TRs are padded with zeros, which for codes
    are names of an entry too: only `mask` tells them apart.

    Attributes:
        tr: Seconds from one fMRI volume to the next, in [0.2, 10].
        frame_rate: Frames a second; a TR has one or more.
        n_frames: Frames of the recording, one or more.
    """

    tr: float
    frame_rate: float
    n_frames: int

    def __post_init__(self) -> None:
        """Refuses a grid on which a TR has no frame.

        Raises:
            UserError: The TR, the frame rate or the number of frames is out of range.
        """
        if samples_per_tr(self.tr, self.frame_rate) < 1:
            raise UserError(
                f"frame_rate: expected a frame or more in each TR of {self.tr:g} s, "
                f"got {self.frame_rate:g} Hz"
            )
        if self.n_frames < 1:
            raise UserError(f"n_frames: expected 1 or more, got {self.n_frames}")

    @cached_property
    def n_trs(self) -> int:
        """The fewest TRs that own all frames; the last may be filled in part."""
        return math.ceil((self.n_frames - Fraction(1, 2)) / self._per_tr)

    @cached_property
    def width(self) -> int:
        """Frames of the widest TR; equal for all recordings of one TR and rate, so they stack."""
        return math.ceil(self._per_tr)

    @cached_property
    def edges(self) -> np.ndarray:
        """(n_trs + 1,) int64; TR i owns the frames from edges[i] up to edges[i + 1]."""
        top, bottom = self._per_tr.as_integer_ratio()
        trs = np.arange(self.n_trs + 1, dtype=np.int64)
        # In whole numbers, floor(trs * top / bottom + 1/2).
        return np.minimum((2 * trs * top + bottom) // (2 * bottom), self.n_frames)

    @cached_property
    def mask(self) -> np.ndarray:
        """(n_trs, width) bool; False where a TR is padded."""
        return np.arange(self.width) < np.diff(self.edges)[:, None]

    def cut_frames(self, frames: np.ndarray) -> np.ndarray:
        """Cuts frames into TRs.

        Args:
            frames: (n_frames, ...).

        Returns:
            (n_trs, width, ...) of the same type, zero where `mask` is False.

        Raises:
            UserError: Another number of frames than the grid's.
        """
        if len(frames) != self.n_frames:
            raise UserError(f"expected {self.n_frames} frames as on the grid, got {len(frames)}")
        cut = np.zeros((*self.mask.shape, *frames.shape[1:]), frames.dtype)
        # A mask takes values row by row, which is the frames' own order.
        cut[self.mask] = frames
        return cut

    def join_frames(self, cut: np.ndarray) -> np.ndarray:
        """Undoes `cut_frames`: (n_trs, width, ...) to (n_frames, ...), padding left out.

        Raises:
            UserError: Another shape than the grid's.
        """
        if cut.shape[:2] != self.mask.shape:
            raise UserError(
                f"expected {self.n_trs} TRs of {self.width} frames, got {cut.shape[:2]}"
            )
        return cut[self.mask]

    def cut_codes(self, codes: np.ndarray) -> np.ndarray:
        """Cuts codes into TRs.

        Args:
            codes: (codebooks, n_frames).

        Returns:
            (n_trs, codebooks, width) of the same type, 0 where `mask` is False.

        Raises:
            UserError: Another number of frames than the grid's.
        """
        return np.ascontiguousarray(self.cut_frames(codes.T).swapaxes(1, 2))

    def join_codes(self, cut: np.ndarray) -> np.ndarray:
        """Undoes `cut_codes`: (n_trs, codebooks, width) to (codebooks, n_frames), all of them.

        Raises:
            UserError: Another shape than the grid's.
        """
        return np.ascontiguousarray(self.join_frames(cut.swapaxes(1, 2)).T)

    @property
    def _per_tr(self) -> Fraction:
        return samples_per_tr(self.tr, self.frame_rate)
