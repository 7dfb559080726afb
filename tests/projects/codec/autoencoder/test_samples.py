import numpy as np
import pytest

from projects.codec.autoencoder.batches import check_fits, to_batch
from projects.codec.autoencoder.network_config import AutoencoderNetworkConfig
from projects.codec.autoencoder.samples import TrSamples
from projects.errors import UserError

CODES = np.arange(6 * 2 * 5, dtype=np.int16).reshape(6, 2, 5)
MASK = np.ones((6, 5), bool)
VIDEO = np.arange(24, dtype=np.float32).reshape(6, 4)


def test_a_part_keeps_together_what_belongs_together():
    """Codes would be trained with another TR's picture."""
    samples = TrSamples(CODES, MASK, VIDEO)
    rows = np.array([4, 1])
    part = samples.part(rows)
    assert len(part) == 2 and part.text is None
    np.testing.assert_array_equal(part.codes, CODES[rows])
    np.testing.assert_array_equal(part.video, VIDEO[rows])
    picked = samples.part(np.array([False, True, False, False, False, True]))
    np.testing.assert_array_equal(picked.codes, CODES[[1, 5]])


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"codes": CODES.astype(np.float32)}, "codes: expected integers, got float32"),
        ({"codes": CODES[0]}, r"codes: expected shape \(n, codebooks, width\), got \(2, 5\)"),
        ({"codes": CODES[:0]}, r"got \(0, 2, 5\)"),
        ({"codes": CODES - 1}, "codes: expected 0 or more, got -1"),
        ({"mask": MASK[:5]}, r"mask: expected bool of shape \(6, 5\)"),
        ({"mask": MASK.astype(np.int8)}, "mask: expected bool"),
        ({"mask": MASK & (np.arange(6) != 3)[:, None]}, "got none in TR 3"),
        ({"video": VIDEO[:5]}, "video: expected 6 rows as there are TRs, got 5"),
        ({"video": VIDEO.astype(int)}, "video: expected floating features"),
        ({"text": VIDEO[:, 0]}, "text: expected floating features of shape"),
        ({"text": np.where(VIDEO == 9, np.nan, VIDEO)}, "text: .* in TR 2"),
        ({"text": np.where(VIDEO == 9, np.inf, VIDEO)}, "text: .* in TR 2"),
    ],
)
def test_what_does_not_belong_together_is_refused_in_one_line(arrays, message):
    """Mel bands or convolved codes would be looked up as names of entries."""
    with pytest.raises(UserError, match=message) as refusal:
        TrSamples(**({"codes": CODES, "mask": MASK} | arrays))
    assert "\n" not in str(refusal.value)


def test_rows_without_a_modality_are_allowed():
    video = VIDEO.copy()
    video[2] = np.nan
    batch = to_batch(TrSamples(CODES, MASK, video), "cpu")
    assert batch["video"].isnan().any(dim=1).tolist() == [False, False, True, False, False, False]
    assert batch["text"] is None


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"codebooks": 4}, "expected 4 codebooks of 5 frames as the autoencoder has, got 2 of 5"),
        ({"frames": 113}, "expected 2 codebooks of 113 frames"),
        ({"entries": 59}, "codes: expected below 59, got 59"),
        ({"video_size": 0}, "video: expected 0 features as the autoencoder has, got 4"),
    ],
)
def test_samples_of_another_network_are_refused(sizes, message):
    config = AutoencoderNetworkConfig(**({"codebooks": 2, "frames": 5, "video_size": 4} | sizes))
    with pytest.raises(UserError, match=message):
        check_fits(TrSamples(CODES, MASK, VIDEO), config)
