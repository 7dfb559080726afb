"""Any trained network of ours, from its folder."""

from pathlib import Path

from transformers import AutoConfig, AutoModelForAudioClassification, PreTrainedModel

from projects.species.models.mfcc_cnn import MfccCnn, MfccCnnConfig
from projects.species.models.timm_network import TimmNetwork, TimmNetworkConfig

for _config, _network in ((TimmNetworkConfig, TimmNetwork), (MfccCnnConfig, MfccCnn)):
    AutoConfig.register(_config.model_type, _config)
    AutoModelForAudioClassification.register(_config, _network)


def load_network(folder: Path) -> PreTrainedModel:
    """Reads a network that takes (clips, frames, mels) and gives logits, in evaluation mode.

    Args:
        folder: In the `save_pretrained` form; only safetensors are read.
    """
    return AutoModelForAudioClassification.from_pretrained(folder, use_safetensors=True).eval()
