import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from projects.codec.autoencoder.load import load_autoencoder
from projects.codec.autoencoder.network import Autoencoder
from projects.codec.autoencoder.network_config import AutoencoderNetworkConfig
from projects.errors import UserError


@pytest.fixture
def saved(tmp_path):
    torch.manual_seed(0)
    sizes = AutoencoderNetworkConfig(
        codebooks=2, entries=16, frames=9, width=8, bottleneck=16, video_size=3
    )
    network = Autoencoder(sizes).eval()
    torch.nn.init.normal_(network.absent["video"])
    network.save_pretrained(tmp_path)
    return network, tmp_path


def test_what_is_saved_is_what_is_loaded(saved):
    """A served autoencoder would not be the trained one."""
    network, folder = saved
    assert (folder / "model.safetensors").exists()
    assert json.loads((folder / "config.json").read_text())["loss"] == "cross_entropy"
    loaded = load_autoencoder(folder)
    assert not loaded.training
    codes, mask = torch.randint(0, 16, (3, 2, 9)), torch.ones(3, 9, dtype=torch.bool)
    torch.testing.assert_close(
        loaded(codes, mask).predicted, network(codes, mask).predicted, rtol=0, atol=0
    )


def test_a_folder_that_lacks_a_weight_is_refused(saved):
    """The rest would start from chance, and no one be told."""
    _, folder = saved
    weights = load_file(folder / "model.safetensors")
    del weights["absent.video"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UserError, match=r"1 are missing or do not fit, 'absent.video'"):
        load_autoencoder(folder)


def test_no_folder_is_refused_in_one_line(tmp_path):
    with pytest.raises(UserError, match="expected an autoencoder in") as refusal:
        load_autoencoder(tmp_path / "none")
    assert "\n" not in str(refusal.value)
