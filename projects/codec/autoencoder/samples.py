"""TRs to be compressed: codes, and video and text features where there are."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from projects.errors import UserError


@dataclass(frozen=True)
class TrSamples:
    """TRs, one a row.

    Attributes:
        codes: (n, codebooks, width) integers, 0 or more.
        mask: (n, width) bool, False where a TR is padded; each TR has a frame.
        video: (n, features) floating, a row of NaN for a TR that has none; None for no video.
        text: (n, features), likewise.
    """

    codes: np.ndarray
    mask: np.ndarray
    video: np.ndarray | None = None
    text: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Refuses arrays that do not belong together.

        Raises:
            UserError: A shape or type is wrong, a TR has no frame, or a row is NaN in part.
        """
        self._check_codes()
        wanted = (len(self.codes), self.codes.shape[2])
        if self.mask.dtype != bool or self.mask.shape != wanted:
            raise UserError(
                f"mask: expected bool of shape {wanted} as the codes have, "
                f"got {self.mask.dtype} of {self.mask.shape}"
            )
        if not self.mask.any(axis=1).all():
            empty = int(np.flatnonzero(~self.mask.any(axis=1))[0])
            raise UserError(f"mask: expected a frame or more in each TR, got none in TR {empty}")
        for name, features in {"video": self.video, "text": self.text}.items():
            if features is not None:
                _check_features(name, features, len(self.codes))

    def __len__(self) -> int:
        """Number of TRs."""
        return len(self.codes)

    def part(self, indices: np.ndarray) -> Self:
        """Some TRs: integer indices, or a (n,) bool that picks them."""
        return type(self)(
            self.codes[indices],
            self.mask[indices],
            None if self.video is None else self.video[indices],
            None if self.text is None else self.text[indices],
        )

    def _check_codes(self) -> None:
        codes = self.codes
        if not np.issubdtype(codes.dtype, np.integer):
            raise UserError(
                f"codes: expected integers, got {codes.dtype}: codes are names of entries, and mel "
                "bands or convolved features are none"
            )
        if codes.ndim != 3 or not codes.size:
            raise UserError(f"codes: expected shape (n, codebooks, width), got {codes.shape}")
        if codes.min() < 0:
            raise UserError(f"codes: expected 0 or more, got {codes.min()}")


def _check_features(name: str, features: np.ndarray, count: int) -> None:
    if not np.issubdtype(features.dtype, np.floating) or features.ndim != 2:
        raise UserError(
            f"{name}: expected floating features of shape (n, features), "
            f"got {features.dtype} of {features.shape}"
        )
    if len(features) != count:
        raise UserError(f"{name}: expected {count} rows as there are TRs, got {len(features)}")
    finite = np.isfinite(features).all(axis=1)
    wrong = np.flatnonzero(~finite & ~np.isnan(features).all(axis=1))
    if len(wrong):
        raise UserError(
            f"{name}: expected finite features, or a row of NaN for a TR without, "
            f"got NaN or inf among others in TR {wrong[0]}"
        )
