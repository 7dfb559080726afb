"""Training of an autoencoder, an epoch at a time."""

from collections.abc import Mapping
from math import ceil
from typing import Any

import torch
from torch import Tensor, nn
from transformers import get_cosine_schedule_with_warmup

from projects.codec.autoencoder.batches import Batch, to_batch
from projects.codec.autoencoder.config import AutoencoderConfig
from projects.codec.autoencoder.losses import code_loss
from projects.codec.autoencoder.network import Autoencoder
from projects.codec.autoencoder.network_config import AutoencoderNetworkConfig
from projects.codec.autoencoder.samples import TrSamples

WARMUP_SHARE = 0.05
"""Of all steps."""

PREDICTED_SHARE = 0.25
"""Of the frames at each step. A TR's frames are much alike, and the softmax over all entries of all
codebooks at every frame would be most of the work."""

LARGEST_GRADIENT = 1.0


class AutoencoderTrainer:
    """An autoencoder in training: network, optimiser, rates and random state.

    Attributes:
        network: The autoencoder, on the accelerator if there is one.
    """

    def __init__(
        self, config: AutoencoderConfig, train: TrSamples, sizes: AutoencoderNetworkConfig
    ) -> None:
        """Starts from weights that the seed decides."""
        self._config, self._train = config, train
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.network = Autoencoder(sizes).to(device)
        self._random = torch.Generator().manual_seed(config.seed)
        self._optimizer = torch.optim.AdamW(
            self.network.parameters(), config.learning_rate, weight_decay=config.weight_decay
        )
        steps = config.epochs * ceil(len(train) / config.batch_size)
        self._schedule = get_cosine_schedule_with_warmup(
            self._optimizer, ceil(WARMUP_SHARE * steps), steps
        )

    def epoch(self) -> float:
        """Trains on every TR once, and returns the mean loss on the way."""
        self.network.train()
        order = torch.randperm(len(self._train), generator=self._random)
        losses = [self._step(rows) * len(rows) for rows in order.split(self._config.batch_size)]
        return sum(losses) / len(order)

    def state(self) -> dict[str, Any]:
        """All that `restore` needs to go on as if nothing had happened."""
        return {
            "network": self.network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "random": self._random.get_state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Goes back to a state."""
        self.network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self._random.set_state(state["random"])

    def _step(self, rows: Tensor) -> float:
        batch = to_batch(self._train.part(rows.numpy()), self.network.device)
        batch["video"], batch["text"] = self._dropped(batch["video"]), self._dropped(batch["text"])
        loss = self._loss(batch)
        self._optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        self._optimizer.step()
        self._schedule.step()
        return loss.item()

    def _loss(self, batch: Batch) -> Tensor:
        """Of some frames of the batch, drawn anew at each step."""
        frames = self.network.config.frames
        order = torch.randperm(frames, generator=self._random)
        places = order[: ceil(PREDICTED_SHARE * frames)].to(self.network.device)
        predicted = self.network(**batch, places=places).predicted
        codes, mask = batch["codes"][..., places], batch["mask"][:, places]
        return code_loss(self.network.config, predicted, codes, mask).mean()

    def _dropped(self, features: Tensor | None) -> Tensor | None:
        """Keeps a modality from some TRs, so that the network learns to do without."""
        if features is None:
            return None
        drawn = torch.rand(len(features), 1, generator=self._random)
        dropped = (drawn < self._config.modality_dropout).to(features.device)
        return features.masked_fill(dropped, torch.nan)
