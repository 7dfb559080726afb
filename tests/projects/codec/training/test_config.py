import pytest

from projects.codec.training.config import TrainCodecConfig
from projects.errors import UserError


def test_what_is_trained_says_all_that_the_weights_depend_on():
    """Else one training would go on from another's checkpoint."""
    where = {"config", "out", "backend", "scheduler", "workers", "validate_every"}
    assert set(TrainCodecConfig().what_is_trained()) == set(TrainCodecConfig.model_fields) - where
    one, other = (TrainCodecConfig(filters=f).what_is_trained() for f in (8, 16))
    assert one != other


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 0),
        ("unquantised", 1),
        ("clip_seconds", 0.05),
        ("learning_rate", 0),
        ("filters", 2),
        ("adversarial_weight", -1),
        ("mel_wieght", 1),
        ("test_fraction", 0.6),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(name, value):
    with pytest.raises(UserError, match=name) as refused:
        TrainCodecConfig.validated({name: value})
    assert "\n" not in str(refused.value)
