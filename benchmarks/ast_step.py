"""One training step of our AST at a segment's own length, beside the same AST on padded input.

AST's own front end pads every clip to 1024 frames; Syrinx gives the network as many positions as
the segment has frames. Forward, focal loss, backward and AdamW, on the processor.
"""

from collections.abc import Callable

import torch
from pydantic import Field
from torch.nn.functional import one_hot, pad

from benchmarks.measuring import median_seconds, ratio_line, run_benchmark
from projects.config import Config
from projects.species.front_ends.log_mel import LogMel
from projects.species.losses import focal_loss
from projects.species.models.ast import build_ast

LABELS = [f"species {number}" for number in range(10)]
PADDED = 1024
GAMMA = 1.0


class StepConfig(Config):
    """Measures a training step of AST with and without padding."""

    embedding_size: int = Field(128, ge=8, le=4096, description="width")
    depth: int = Field(4, ge=1, le=48, description="layers")
    heads: int = Field(4, ge=1, le=64, description="attention heads")
    frequency_stride: int = Field(10, ge=1, le=16, description="mel bands from patch to patch")
    time_stride: int = Field(10, ge=1, le=16, description="frames from patch to patch")
    batch_size: int = Field(8, ge=1, le=4096, description="clips")
    repeats: int = Field(5, ge=1, description="timed rounds, of which the median is taken")


def measure(config: StepConfig) -> None:
    """Times both in turn and prints the ratio."""
    frames = LogMel().frames
    clips = torch.randn(config.batch_size, frames, LogMel.mels)
    seconds = median_seconds(
        {
            "own length": _step(config, clips),
            "padded": _step(config, pad(clips, (0, 0, 0, PADDED - frames))),
        },
        config.repeats,
    )
    print(
        f"data: random, {config.batch_size} clips of {frames} frames and {LogMel.mels} mels\n"
        f"measured: a training step of AST (width {config.embedding_size}, depth {config.depth}, "
        f"heads {config.heads}, strides {config.frequency_stride} and {config.time_stride}), "
        f"{torch.get_num_threads()} threads, "
        f"median of {config.repeats} rounds in turn, after one to warm up\n"
        f"{frames} frames: {1 / seconds['own length']:.2f} steps/s\n"
        f"padded to {PADDED}: {1 / seconds['padded']:.2f} steps/s"
    )
    what = f"steps/s, {frames} frames / padded to {PADDED}"
    print(ratio_line(1 / seconds["own length"], 1 / seconds["padded"], what))


def _step(config: StepConfig, clips: torch.Tensor) -> Callable[[], None]:
    model = build_ast(
        LABELS,
        clips.shape[1],
        clips.shape[2],
        embedding_size=config.embedding_size,
        depth=config.depth,
        heads=config.heads,
        frequency_stride=config.frequency_stride,
        time_stride=config.time_stride,
    ).train()
    optimizer = torch.optim.AdamW(model.parameters())
    targets = one_hot(torch.arange(len(clips)) % len(LABELS), len(LABELS)).float()

    def step() -> None:
        optimizer.zero_grad()
        focal_loss(model(input_values=clips).logits, targets, GAMMA).backward()
        optimizer.step()

    return step


if __name__ == "__main__":
    run_benchmark(StepConfig, measure)
