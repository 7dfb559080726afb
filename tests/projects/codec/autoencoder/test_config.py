import numpy as np
import pytest

from projects.codec.autoencoder.config import AutoencoderConfig
from projects.codec.autoencoder.samples import TrSamples
from projects.codec.data import SplitConfig
from projects.errors import UserError


class Joined(SplitConfig, AutoencoderConfig):
    """As an entry point joins them."""


def test_joins_with_the_split_without_a_name_in_common():
    """One of two settings of the same name would be read by both."""
    common = set(AutoencoderConfig.model_fields) & set(SplitConfig.model_fields)
    assert not common
    joined = Joined.parse(["--bottleneck", "512", "--loss", "regression", "--demo_runs", "2"])
    assert (joined.bottleneck, joined.loss, joined.demo_runs) == (512, "regression", 2)


def test_the_network_has_the_samples_sizes_and_the_settings():
    """A setting that nothing reads would look as if it made no difference."""
    codes, mask = np.zeros((4, 16, 57), np.int16), np.ones((4, 57), bool)
    samples = TrSamples(codes, mask, text=np.zeros((4, 256), np.float32))
    config = AutoencoderConfig(embedding_size=32, bottleneck=512, width=96, loss="regression")
    sizes = config.network_config(samples, entries=512)
    assert (sizes.codebooks, sizes.frames, sizes.entries) == (16, 57, 512)
    assert (sizes.embedding_size, sizes.bottleneck, sizes.width) == (32, 512, 96)
    assert (sizes.video_size, sizes.text_size, sizes.loss) == (0, 256, "regression")


@pytest.mark.parametrize(
    "wrong", [{"loss": "mse"}, {"modality_dropout": 1.5}, {"epochs": 0}, {"bottelneck": 3}]
)
def test_a_wrong_setting_is_refused_by_name(wrong):
    with pytest.raises(UserError, match=next(iter(wrong))):
        AutoencoderConfig.validated(wrong)
