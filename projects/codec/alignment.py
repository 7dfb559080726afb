"""Sound, video and text on one TR grid: brought there by time, cropped where they end.

Sample j of a modality stands for the time from j / rate to (j + 1) / rate, and TR i for that from
i * tr to (i + 1) * tr. Both are asked at their centres, so a modality that has the TR's rate
already comes through as it is. Nothing is ever stretched to make lengths agree.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Literal

import numpy as np

from projects.codec.tr_grid import samples_per_tr
from projects.errors import UserError


def align(
    features: np.ndarray,
    rate: float,
    tr: float,
    n_trs: int,
    how: Literal["nearest", "linear"],
) -> np.ndarray:
    """Samples a modality at the TRs' centres.

    Args:
        features: (n, ...), time first, at an even rate from the first TR's onset.
        rate: Samples a second, Hz.
        tr: Seconds, in [0.2, 10].
        n_trs: TRs wanted, 1 or more.
        how: "nearest" takes the sample that the centre lies in, and is the one way for integer
            codes; "linear" goes between the two samples beside it, and holds the first and the
            last for the half sample before and behind their centres.

    Returns:
        (covered, ...) of the same type; covered is `n_trs`, or less where the modality ends.

    Raises:
        UserError: Linear between integers, an unknown way, or a modality that covers no TR.
    """
    if n_trs < 1:
        raise UserError(f"n_trs: expected 1 or more, got {n_trs}")
    covered = min(n_trs, common_length({"the modality": (len(features), rate)}, tr))
    per_tr = samples_per_tr(tr, rate)
    if how == "nearest":
        return features[_sample_at_centre(covered, per_tr)]
    if how == "linear":
        return _between(features, covered, per_tr)
    raise UserError(f"how: expected nearest or linear, got {how!r}")


def common_length(modalities: Mapping[str, tuple[int, float]], tr: float) -> int:
    """How many TRs all modalities cover; a TR is covered if its centre is.

    Args:
        modalities: Number of samples and rate in Hz, by name.
        tr: Seconds, in [0.2, 10].

    Raises:
        UserError: No modality, or one that covers no TR, which is named.
    """
    if not modalities:
        raise UserError("expected one modality or more, got none")
    lengths = {name: _covered(*sampling, tr) for name, sampling in modalities.items()}
    shortest = min(lengths, key=lambda name: lengths[name])
    if lengths[shortest] < 1:
        samples, rate = modalities[shortest]
        raise UserError(
            f"{shortest}: expected half a TR or more, {tr / 2:g} s, "
            f"got {samples} samples at {rate:g} Hz"
        )
    return lengths[shortest]


def _covered(samples: int, rate: float, tr: float) -> int:
    # The TRs i with (i + 1/2) * per_tr < samples.
    return ceil(samples / samples_per_tr(tr, rate) - Fraction(1, 2))


def _sample_at_centre(n_trs: int, per_tr: Fraction) -> np.ndarray:
    top, bottom = per_tr.as_integer_ratio()
    return (2 * np.arange(n_trs, dtype=np.int64) + 1) * top // (2 * bottom)


def _between(features: np.ndarray, n_trs: int, per_tr: Fraction) -> np.ndarray:
    if not np.issubdtype(features.dtype, np.floating):
        raise UserError(
            f"linear: expected floating features, got {features.dtype}: codes are names, take "
            "how='nearest'"
        )
    places = (np.arange(n_trs) + 0.5) * float(per_tr) - 0.5
    places = np.clip(places, 0, len(features) - 1)
    below = places.astype(np.int64)
    above = np.minimum(below + 1, len(features) - 1)
    share = (places - below).astype(features.dtype)
    share = share.reshape(-1, *[1] * (features.ndim - 1))
    return features[below] + share * (features[above] - features[below])
