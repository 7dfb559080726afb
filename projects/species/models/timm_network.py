"""Any image network of timm on spectrograms, EfficientNet-B2 (arXiv:1905.11946) the usual one.

A spectrogram is a grey image, mel bands by frames.
"""

from typing import Any

import timm
import torch
from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from projects.errors import UserError
from projects.species.models.labels import label_names
from projects.species.models.timm_checkpoint import fill_backbone, read_checkpoint

COLOURS = 3
"""Channels of what timm's checkpoints were trained on."""


class TimmNetworkConfig(PreTrainedConfig):
    """Which network, of how many input channels, and the dropout before its head."""

    model_type = "syrinx-timm"

    architecture: str = "efficientnet_b2"
    channels: int = 1
    dropout: float = 0.0


class TimmNetwork(PreTrainedModel):
    """Takes (clips, frames, mels), gives logits (clips, labels)."""

    config_class = TimmNetworkConfig
    main_input_name = "input_values"
    backbone: Any

    def __init__(self, config: TimmNetworkConfig) -> None:
        """Random weights, drawn from torch's global generator."""
        super().__init__(config)
        self.backbone = timm.create_model(
            config.architecture, pretrained=False, in_chans=config.channels, num_classes=0
        )
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(self.backbone.head_hidden_size, config.num_labels)
        self.post_init()

    def forward(self, input_values: Tensor, **_: Any) -> SequenceClassifierOutput:
        """Logits of normalised log energies (clips, frames, mels)."""
        image = input_values.transpose(1, 2)[:, None].expand(-1, self.config.channels, -1, -1)
        # A CPU takes two thirds of the time for images whose channels lie side by side.
        image = image.contiguous(memory_format=torch.channels_last)
        return SequenceClassifierOutput(logits=self.classifier(self.dropout(self.backbone(image))))

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        # Layers keep what they were made with; but a network that is read back is made without
        # values, and what timm does not save has to be computed.
        compute: Any = getattr(module, "init_non_persistent_buffers", None)
        if compute is not None:
            compute()


def build_timm(
    architecture: str,
    labels: list[str],
    frames: int,
    mels: int,
    *,
    channels: int = 1,
    dropout: float = 0.0,
) -> TimmNetwork:
    """Builds a network with random weights, drawn from torch's global generator.

    Args:
        architecture: timm's name of it.
        labels: Class names in the order of the logits.
        frames: Frames of a clip.
        mels: Mel bands of a clip.
        channels: Of the image, all alike.
        dropout: Share of the pooled features dropped in training, 0 to below 1.

    Raises:
        UserError: timm knows no such network, or it cannot take such clips.
    """
    if not timm.is_model(architecture):
        near = timm.list_models(f"*{architecture[:12]}*")[:3] or ["efficientnet_b2"]
        raise UserError(
            f"architecture: expected a name of timm, as {', '.join(near)}; got {architecture!r}"
        )
    config = TimmNetworkConfig(
        architecture=architecture, channels=channels, dropout=dropout, **label_names(labels)
    )
    try:
        network = TimmNetwork(config)
        with torch.no_grad():
            network.eval()(torch.zeros(1, frames, mels))
    except (AssertionError, RuntimeError, TypeError, ValueError, AttributeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise UserError(
            f"architecture: expected one that takes images of {mels} by {frames}, got "
            f"{architecture!r}: {reason}; choose other segment_seconds, or a network that takes "
            "any size, as efficientnet_b2"
        ) from error
    return network.train()


def load_timm(
    source: str, labels: list[str], frames: int, mels: int, *, dropout: float = 0.0
) -> TimmNetwork:
    """Builds a checkpoint's network with all its weights but those of its head.

    It sees the spectrogram as it would a grey picture, three times. Summing its first kernel over
    the colours would be quicker, and wrong where the network standardises its kernels.

    Args:
        source: A folder as timm's hub has them (config.json, model.safetensors), or a hub id.
        labels: Class names in the order of the logits.
        frames: Frames of a clip.
        mels: Mel bands of a clip.
        dropout: Share of the pooled features dropped in training, 0 to below 1.

    Raises:
        UserError: The checkpoint is not there, or does not hold the whole backbone.
    """
    architecture, weights = read_checkpoint(source)
    network = build_timm(architecture, labels, frames, mels, channels=COLOURS, dropout=dropout)
    fill_backbone(network.backbone, weights, source)
    return network
