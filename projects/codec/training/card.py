"""What goes with a trained codec: on what it was trained, and what it reaches."""

import pandas as pd

from evaluation.markdown import markdown_table, number
from projects.audio.splits import TRAIN, VALIDATION
from projects.codec.training.config import TrainCodecConfig
from projects.codec.training.fit import Curves

NAMED_SETTINGS = (
    "pretrained",
    "filters",
    "latent_size",
    "lstm_layers",
    "steps",
    "batch_size",
    "clip_seconds",
    "learning_rate",
    "unquantised",
    "mel_weight",
    "commitment_weight",
    "adversarial_weight",
    "seed",
)


SHAPE = ("filters", "latent_size", "lstm_layers", "unquantised")
"""What a codec to go on from has decided already."""


def codec_card(config: TrainCodecConfig, split: pd.DataFrame, curves: Curves) -> str:
    """Writes the card as Markdown.

    Args:
        config: Of the training.
        split: Its recordings with `label` and `split`.
        curves: What was measured, by step; the last step's are reported.
    """
    counts = split.groupby(["split", "label"]).size()
    heard = [
        (side, label, str(counts.get((side, label), 0)))
        for side in (TRAIN, VALIDATION)
        for label in sorted(split["label"].unique())
    ]
    last = curves[max(curves)]
    reached = [
        (name.removeprefix("validation."), number(value))
        for name, value in last.items()
        if name.startswith("validation.")
    ]
    named = [name for name in NAMED_SETTINGS if not (config.pretrained and name in SHAPE)]
    settings = [(name, str(getattr(config, name))) for name in named]
    before = f"It goes on from `{config.pretrained}`, and " if config.pretrained else "It "
    return "\n\n".join(
        [
            "# A codec trained by Syrinx's `train_codec`",
            "Causal EnCodec architecture, 24 kHz, one channel, 75 frames a second, 1024 entries a "
            "codebook. "
            + before
            + "was trained here on the recordings counted below; the digests of "
            "what it has heard are in `seen_audio.txt`.",
            "## Recordings",
            markdown_table(("side", "from", "recordings"), heard),
            "## Settings",
            markdown_table(("setting", "value"), settings),
            f"## Reached on {VALIDATION} clips after step {max(curves)}",
            markdown_table(("measure", "mean"), reached),
        ]
    )
