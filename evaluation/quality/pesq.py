"""How good speech sounds, as the ITU's model of a listener would say."""

import numpy as np
from pesq import PesqError, pesq

from evaluation.quality.pair import UnscorableClip, pair_at

SHORTEST_SECONDS = 0.25
LONGEST_SECONDS = 20
"""The ITU's C code has room for 50 utterances, each at least 0.2 s long and 0.2 s from the next,
and writes past it without a check: a longer clip may get a wrong score or end the process."""


def pesq_wb(reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
    """Perceptual evaluation of speech quality in the wide band, ITU-T P.862.2, at 16 kHz.

    Args:
        reference: What the speech should be, (n,).
        estimate: What it became, (n,).
        sample_rate: Hz, of both, at least 16,000.

    Returns:
        Mean opinion score, up to 4.64; higher is better.

    Raises:
        UnscorableClip: Not between 0.25 and 20 s, nothing that PESQ takes for an utterance, or as
            in `pair_at`.
    """
    return _score("wb", 16_000, *pair_at(16_000, reference, estimate, sample_rate))


def pesq_nb(reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
    """Perceptual evaluation of speech quality in the telephone band, ITU-T P.862.1, at 8 kHz.

    Args:
        reference: What the speech should be, (n,).
        estimate: What it became, (n,).
        sample_rate: Hz, of both, at least 8,000.

    Returns:
        Mean opinion score, up to 4.55; higher is better.

    Raises:
        UnscorableClip: As in `pesq_wb`.
    """
    return _score("nb", 8_000, *pair_at(8_000, reference, estimate, sample_rate))


def _score(mode: str, rate: int, reference: np.ndarray, estimate: np.ndarray) -> float:
    seconds = len(reference) / rate
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise UnscorableClip(
            f"PESQ expects {SHORTEST_SECONDS} to {LONGEST_SECONDS} s of speech, got {seconds:.3f} s"
        )
    try:
        return float(pesq(rate, reference, estimate, mode))
    except PesqError as error:
        raise UnscorableClip(f"PESQ: {error.args[0].decode()}") from None
    except ValueError:  # What the package makes of a NaN from the C code.
        raise UnscorableClip("PESQ came to NaN: there is too little speech in the clip") from None
