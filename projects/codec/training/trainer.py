"""Training of a codec, a step at a time."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn
from transformers import EncodecModel

from projects.codec.training.adversary import Adversary
from projects.codec.training.clips import Clips
from projects.codec.training.config import TrainCodecConfig
from projects.codec.training.losses import MultiScaleMel, error_to_signal
from projects.codec.training.quantiser import Quantised, ResidualQuantiser
from projects.codec.training.unit_variance import bring_to_unit_variance

WARMUP_STEPS = 100
BETAS = (0.8, 0.99)
LARGEST_GRADIENT = 1.0
START_BATCHES = 24
"""Batches that the codebooks' k-means is started on."""


class CodecTrainer:
    """A codec in training: its network, codebooks, optimisers and random state.

    Attributes:
        model: The codec.
        step_done: Steps that were taken.
        frames: Of a clip.
    """

    def __init__(self, config: TrainCodecConfig, model: EncodecModel, clips: Clips) -> None:
        """Starts at the model's weights, or brings new ones to where training can start.

        Args:
            config: The configuration.
            model: Of initial weights, or a codec where `config.pretrained` says so.
            clips: To train on.
        """
        self.config, self.model, self.clips = config, model.train(), clips
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.random = np.random.default_rng(config.seed)
        self.step_done = 0
        self.first_quantised = int(config.unquantised * config.steps)
        shape = model.config
        self.frames = max(1, round(config.clip_seconds * shape.sampling_rate / shape.hop_length))
        self.quantiser = ResidualQuantiser(
            shape.num_quantizers,
            shape.codebook_size,
            shape.codebook_dim,
            started=bool(config.pretrained),
            vectors=self.frames * config.batch_size,
        )
        if config.pretrained:
            self.quantiser.copy_from(model)
        else:
            bring_to_unit_variance(model, self._batch().cpu()[:, None])
        self.mel = MultiScaleMel(shape.sampling_rate)
        self.adversary = Adversary() if config.adversarial_weight else None
        for module in self._modules().values():
            module.to(self.device)
        self.mel.to(self.device)
        self.optimizer = _optimizer(model, config)
        self.against = _optimizer(self.adversary, config) if self.adversary else None

    def step(self) -> dict[str, float]:
        """Takes one step and returns its losses by name."""
        if self.step_done >= self.first_quantised and not self.quantiser.started:
            self._start_codebooks()
        sounds = self._batch()
        latents = self.model.encoder(sounds[:, None])
        quantised = self._quantised(latents) if self.quantiser.started else None
        made = self.model.decoder(quantised.latents if quantised else latents)[:, 0]
        losses = {"waveform": error_to_signal(made, sounds)}
        if quantised:
            # Not before: a network that knows no waveform yet meets a spectrum with noise.
            losses |= {"mel": self.mel(made, sounds), "commitment": quantised.commitment}
            if self.adversary:
                losses["adversarial"] = self._play(made, sounds)
        self._descend(losses)
        self.step_done += 1
        return {name: loss.item() for name, loss in losses.items()}

    def finished_model(self) -> EncodecModel:
        """The codec with the codebooks as they are now, in evaluation mode."""
        self.quantiser.copy_to(self.model)
        return self.model.eval()

    def state(self) -> dict[str, Any]:
        """All that `restore` needs to go on as if nothing had happened."""
        return {
            "step": self.step_done,
            "random": self.random.bit_generator.state,
            "torch_random": torch.get_rng_state(),
            "modules": {name: module.state_dict() for name, module in self._modules().items()},
            "optimizers": {name: each.state_dict() for name, each in self._optimizers().items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Goes back to a state."""
        self.step_done = state["step"]
        self.random.bit_generator.state = state["random"]
        torch.set_rng_state(state["torch_random"])
        for name, module in self._modules().items():
            module.load_state_dict(state["modules"][name])
        for name, optimizer in self._optimizers().items():
            optimizer.load_state_dict(state["optimizers"][name])

    def _modules(self) -> dict[str, nn.Module]:
        modules = {"model": self.model, "quantiser": self.quantiser}
        return modules | ({"adversary": self.adversary} if self.adversary else {})

    def _optimizers(self) -> dict[str, torch.optim.Optimizer]:
        codec = {"codec": self.optimizer}
        return codec | ({"adversary": self.against} if self.against else {})

    def _batch(self) -> torch.Tensor:
        samples = self.frames * self.model.config.hop_length
        return self.clips.batch(self.config.batch_size, samples, self.random).to(self.device)

    def _quantised(self, latents: torch.Tensor) -> Quantised:
        """Quantises with the codebooks of a bandwidth drawn for this batch."""
        bandwidth = self.random.choice(self.model.config.target_bandwidths)
        count = self.model.quantizer.get_num_quantizers_for_bandwidth(float(bandwidth))
        return self.quantiser(latents, count)

    @torch.no_grad()
    def _start_codebooks(self) -> None:
        batches = [self.model.encoder(self._batch()[:, None]) for _ in range(START_BATCHES)]
        vectors = torch.cat(batches).transpose(1, 2).flatten(0, 1)
        self.quantiser.start(vectors)

    def _play(self, made: torch.Tensor, sounds: torch.Tensor) -> torch.Tensor:
        """Lets the adversary learn from this batch, and returns what it costs the codec."""
        assert self.adversary is not None and self.against is not None
        self.against.zero_grad()
        self.adversary.own_loss(made, sounds).backward()
        self.against.step()
        return self.adversary.codec_loss(made, sounds)

    def _descend(self, losses: Mapping[str, torch.Tensor]) -> None:
        config = self.config
        weights = {
            "waveform": 1.0,
            "mel": config.mel_weight,
            "commitment": config.commitment_weight,
            "adversarial": config.adversarial_weight,
        }
        for optimizer in self._optimizers().values():
            for group in optimizer.param_groups:
                group["lr"] = config.learning_rate * _rate(self.step_done, config.steps)
        self.optimizer.zero_grad()
        torch.stack([weights[name] * loss for name, loss in losses.items()]).sum().backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), LARGEST_GRADIENT)
        self.optimizer.step()


def _optimizer(module: nn.Module, config: TrainCodecConfig) -> torch.optim.Optimizer:
    return torch.optim.AdamW(module.parameters(), config.learning_rate, BETAS, weight_decay=0.0)


def _rate(step: int, steps: int) -> float:
    """Linear warm-up and a cosine to zero, as a share of the peak."""
    warm = min(1.0, (step + 1) / min(WARMUP_STEPS, steps))
    return warm * 0.5 * (1 + math.cos(math.pi * step / steps))
