"""What is trained, evaluated, registered and served: sound in, sound out."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from projects.audio.atomic import write_text
from projects.audio.decode import Sound
from projects.audio.resample import resample
from projects.codec.autoencoder.inference import infer
from projects.codec.autoencoder.load import load_autoencoder
from projects.codec.autoencoder.network import Autoencoder
from projects.codec.autoencoder.samples import TrSamples
from projects.codec.autoencoder.seen import Seen
from projects.codec.codec import Codec
from projects.codec.load import load_codec
from projects.codec.tr_grid import TrGrid
from projects.errors import UserError

NETWORK, CODEC, SETTINGS = "network", "codec", "settings.json"


@dataclass(frozen=True)
class Reconstructor:
    """An autoencoder with the codec whose codes it takes and gives.

    Attributes:
        network: In evaluation mode.
        codec: Frozen.
        bandwidth: kbit/s of the codes.
        tr: Seconds.
        seen: What network and codec were trained or selected on.
    """

    network: Autoencoder
    codec: Codec
    bandwidth: float
    tr: float
    seen: Seen

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads safetensors weights and what stands beside them as text.

        Raises:
            UserError: Something is missing, or the codec is not the one of the training.
        """
        try:
            settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UserError(f"expected an autoencoder's {SETTINGS}: {error}") from None
        codec = load_codec(str(folder / CODEC))
        if codec.digest != settings["codec_digest"]:
            raise UserError(
                f"expected the codec {settings['codec_digest']} that the autoencoder was trained "
                f"on, got {codec.digest}: it would speak another language"
            )
        network = load_autoencoder(folder / NETWORK)
        return cls(
            network, codec, settings["bandwidth"], settings["tr"], Seen.from_rows(settings["seen"])
        )

    def save(self, folder: Path) -> None:
        """Writes what `load` reads."""
        self.network.save_pretrained(folder / NETWORK)
        self.codec.model.save_pretrained(folder / CODEC)
        settings = {
            "bandwidth": self.bandwidth,
            "tr": self.tr,
            "codec_digest": self.codec.digest,
            "seen": self.seen.rows(),
        }
        write_text(folder / SETTINGS, json.dumps(settings))

    def sound(self, sound: Sound) -> Sound:
        """What comes back of a sound of any length and rate.

        Returns:
            As many seconds at the codec's rate.
        """
        samples = resample(sound, self.codec.sample_rate).samples
        (codes,) = self.codec.encode([samples], self.bandwidth)
        (made,) = self.codec.decode([self.codes(codes)])
        return Sound(made[: len(samples)], self.codec.sample_rate)

    def codes(self, codes: np.ndarray) -> np.ndarray:
        """The autoencoder's own codes for (codebooks, frames) of a sound."""
        grid = TrGrid(self.tr, self.codec.frame_rate, codes.shape[1])
        samples = TrSamples(grid.cut_codes(codes), grid.mask)
        return grid.join_codes(infer(self.network, samples).codes)
