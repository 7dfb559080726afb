"""One clip as it was and as each system gave it back, to be switched while it plays."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dashboards.codec_evaluations import MEL, ORIGINAL
from dashboards.filters import cut
from dashboards.sounds import Sound

# As `projects.codec.listening` and `projects.codec.train_autoencoder` name them.
CODEC = "codec"
_NAME = re.compile(r"(\d+)-(?:(.+)-)?([^-]+)")
_RATE = re.compile(r"(\d+(?:\.\d+)?)kbps")


@dataclass(frozen=True)
class Variant:
    """A clip from one system.

    Attributes:
        sound: The file.
        system: As its name says.
    """

    sound: Sound
    system: str

    @property
    def label(self) -> str:
        """The system, for people."""
        rate = _RATE.fullmatch(self.system)
        if rate:
            return f"{rate[1]} kbit/s"
        known = {ORIGINAL: "Original", MEL: "mel + Griffin-Lim"}
        return known.get(self.system, cut(self.system, 40))

    @property
    def order(self) -> tuple[int, float]:
        """The original first, the codec by its bitrate, the baseline last."""
        rate = _RATE.fullmatch(self.system)
        if rate:
            return 1, float(rate[1])
        return {ORIGINAL: 0, CODEC: 1, MEL: 3}.get(self.system, 2), 0.0


@dataclass(frozen=True)
class Clip:
    """What can be compared by ear.

    Attributes:
        number: In its evaluation, from 1.
        name: Of the clip, empty where the files do not say it.
        variants: Two or more, the original first.
    """

    number: int
    name: str
    variants: tuple[Variant, ...]


def clips(sounds: Iterable[Sound]) -> list[Clip]:
    """Groups the sounds of an evaluation by the clip that they are of.

    What is not named as a variant of a clip, or is the only one of it, is left out.
    """
    found: dict[tuple[int, str], list[Variant]] = {}
    for sound in sounds:
        named = _NAME.fullmatch(Path(sound.path).stem)
        if named:
            clip = int(named[1]), named[2] or ""
            found.setdefault(clip, []).append(Variant(sound, named[3]))
    return [
        Clip(number, name, tuple(sorted(variants, key=lambda each: each.order)))
        for (number, name), variants in sorted(found.items())
        if len(variants) > 1
    ]
