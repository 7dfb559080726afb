from evaluation.quality.metrics import HIGHER_IS_BETTER, QUALITY


def test_every_metric_has_its_direction():
    """A metric without one could not be compared with a champion's."""
    assert HIGHER_IS_BETTER.keys() == QUALITY.keys()
    assert [name for name in QUALITY if not HIGHER_IS_BETTER[name]] == ["log_mel_distance"]
