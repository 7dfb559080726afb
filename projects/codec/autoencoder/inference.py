"""What a trained autoencoder makes of TRs: codes to decode, and features to read fMRI from."""

from dataclasses import dataclass

import numpy as np
import torch

from projects.codec.autoencoder.batches import check_fits, in_order
from projects.codec.autoencoder.network import Autoencoder
from projects.codec.autoencoder.samples import TrSamples


@dataclass(frozen=True)
class Inferred:
    """What came out.

    Attributes:
        codes: (n, codebooks, width) int16; those below the mask mean nothing.
        bottleneck: (n, bottleneck) float32.
    """

    codes: np.ndarray
    bottleneck: np.ndarray


@torch.inference_mode()
def infer(network: Autoencoder, samples: TrSamples) -> Inferred:
    """Sends TRs through an autoencoder, a few at a time.

    Args:
        network: In evaluation mode, on any device.
        samples: Without video and text where only sound is known.

    Raises:
        UserError: Samples that do not fit the network.
    """
    check_fits(samples, network.config)
    codes, bottleneck = [], []
    for batch in in_order(samples, network.device):
        output = network(**batch)
        codes.append(network.predicted_codes(output).cpu().numpy().astype(np.int16))
        bottleneck.append(output.bottleneck.cpu().numpy())
    return Inferred(np.concatenate(codes), np.concatenate(bottleneck))
