"""How well an autoencoder predicts codes, a codebook at a time."""

from dataclasses import dataclass

import torch

from projects.codec.autoencoder.batches import in_order
from projects.codec.autoencoder.losses import code_accuracy, code_loss
from projects.codec.autoencoder.network import Autoencoder
from projects.codec.autoencoder.samples import TrSamples


@dataclass(frozen=True)
class Scores:
    """Over all frames that are not padding, a value a codebook.

    Attributes:
        loss: As the network was trained with.
        accuracy: Share of frames whose code is right; chance is one in the number of entries.
    """

    loss: tuple[float, ...]
    accuracy: tuple[float, ...]

    @property
    def mean_loss(self) -> float:
        """Over codebooks."""
        return sum(self.loss) / len(self.loss)

    @property
    def mean_accuracy(self) -> float:
        """Over codebooks."""
        return sum(self.accuracy) / len(self.accuracy)

    def by_name(self) -> dict[str, float]:
        """All values for a log; the first codebook, which sounds the most, is codebook_1."""
        named = {"loss": self.mean_loss, "accuracy": self.mean_accuracy}
        for book, (loss, accuracy) in enumerate(zip(self.loss, self.accuracy, strict=True), 1):
            named |= {f"loss.codebook_{book}": loss, f"accuracy.codebook_{book}": accuracy}
        return named


@torch.inference_mode()
def score(network: Autoencoder, samples: TrSamples) -> Scores:
    """Scores a network, in evaluation mode, which it is left in."""
    network.eval()
    sums = torch.zeros(2, network.config.codebooks, dtype=torch.float64)
    frames = 0
    for batch in in_order(samples, network.device):
        output, codes, mask = network(**batch), batch["codes"], batch["mask"]
        loss = code_loss(network.config, output.predicted, codes, mask)
        accuracy = code_accuracy(network.predicted_codes(output), codes, mask)
        here = int(mask.sum())
        sums += here * torch.stack([loss, accuracy]).double().cpu()
        frames += here
    loss, accuracy = (sums / frames).tolist()
    return Scores(tuple(loss), tuple(accuracy))
