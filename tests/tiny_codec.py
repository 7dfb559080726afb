"""A codec of random weights that several tests send sound through, and speech to send."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from transformers import EncodecConfig, EncodecModel

from projects.codec.load import SEEN
from projects.codec.study.settings import SAMPLE_RATE, Study
from projects.codec.study.stimulus import soundtrack
from projects.codec.training.unit_variance import bring_to_unit_variance


def tiny_model(**shape: object) -> EncodecModel:
    """EnCodec's bandwidths and frames in a network of a few thousand weights, always the same."""
    small = {"num_filters": 4, "hidden_size": 16, "num_lstm_layers": 1}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = EncodecModel(EncodecConfig(**{**small, **shape}))
        # As they come, the network says nearly the same of all sound, and the codebooks are zero.
        bring_to_unit_variance(model, torch.from_numpy(speech(2))[None, None])
        for layer in model.quantizer.layers:
            layer.codebook.embed.normal_(std=0.5)
    return model.eval()


def save_tiny_codec(folder: Path, seen: Iterable[str] = ()) -> Path:
    """Saves `tiny_model` as a codec."""
    tiny_model().save_pretrained(folder)
    (folder / SEEN).write_text("\n".join(seen))
    return folder


def speech(seconds: float, run: int = 0) -> np.ndarray:
    """Synthetic narration at 24 kHz, from where it has begun; up to 13 s, another one a run."""
    sound = soundtrack(Study(runs=2, minutes=0.25), run)
    return sound[2 * SAMPLE_RATE :][: round(seconds * SAMPLE_RATE)]
