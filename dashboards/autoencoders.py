"""Versions of autoencoders of sound that were evaluated, and at which bitrate they work."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from dashboards.lineage import source
from dashboards.versions import Known
from evaluation.bootstrap import Interval

BANDWIDTH = "config.bandwidth"
"""Parameter of their training, see `projects.codec.autoencoder.job`."""

CODECS, LOST = "codec_", "_lost"
"""Around a metric's name: of the codec alone, and by how much the autoencoder is worse."""

SHOWN = 12
"""The newest of them."""


@dataclass(frozen=True, eq=False)
class Autoencoder:
    """One version.

    Attributes:
        known: What is on record about it.
        kbps: Of the codes that it gives back.
    """

    known: Known
    kbps: float

    def measured(self, metric: str) -> Interval | None:
        """Of its evaluation, None where it is not known."""
        return self.known.metrics.get(metric)

    def ceiling(self, metric: str) -> Interval | None:
        """The same of the codec alone, on the same clips."""
        return self.measured(CODECS + metric)

    def lost(self, metric: str) -> Interval | None:
        """By how much it is worse than that, paired."""
        return self.measured(metric + LOST)


def autoencoders(versions: Iterable[Known]) -> list[Autoencoder]:
    """Those among versions whose evidence can be read, in the same order, at most `SHOWN`.

    One whose training the asker may not read is left out: only that knows the bitrate.
    """
    found = []
    for known in versions:
        kbps = _bandwidth(known)
        if kbps is not None:
            found.append(Autoencoder(known, kbps))
        if len(found) == SHOWN:
            break
    return found


def _bandwidth(known: Known) -> float | None:
    if known.dossier is None or known.dossier.kind != "reconstruction":
        return None
    training = source(known.version.run_id)
    text = training.parameters.get(BANDWIDTH, "") if training else ""
    try:
        kbps = float(text)
    except ValueError:
        return None
    # A logarithmic axis has no place for other rates.
    return kbps if 0 < kbps < math.inf else None
