"""An autoencoder of random weights on a tiny codec: it gives noise back, of the right length."""

from pathlib import Path

import torch
from tiny_codec import save_tiny_codec

from projects.codec.autoencoder.network import Autoencoder
from projects.codec.autoencoder.network_config import AutoencoderNetworkConfig
from projects.codec.autoencoder.reconstructor import Reconstructor
from projects.codec.autoencoder.seen import Seen
from projects.codec.load import load_codec


def make_reconstructor(folder: Path, seed: int = 0) -> Reconstructor:
    """Two codebooks, TRs of 1.5 s; it says that it has heard 30 s of one recording."""
    codec = load_codec(str(save_tiny_codec(folder)))
    sizes = AutoencoderNetworkConfig(codebooks=2, embedding_size=4, width=4, bottleneck=16)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = Autoencoder(sizes).eval()
    return Reconstructor(network, codec, 1.5, 1.5, Seen.from_rows([["trained on", 0, 30]]))
