"""Features that say what they are."""

import numpy as np
import pytest

from projects.codec.tr_features import TrFeatures, stacked
from projects.codec.tr_grid import TrGrid
from projects.errors import UserError

GRID = TrGrid(1.5, 75, 300)
CODES = np.zeros((3, 8, 113), np.int16)
MELS = np.zeros((3, 128, 113), np.float32)


def refusal(call, *arguments):
    with pytest.raises(UserError) as refused:
        call(*arguments)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("encodec", CODES.astype(np.float32), "encodec as integer codes, got float32"),
        ("mel_3d", CODES, "mel_3d as floating values, got int16"),
        ("mel_2d", MELS, "mel_2d features of 2 dimensions"),
        ("mel_3d", MELS[:, :, 0], "mel_3d features of 3 dimensions"),
        ("encodec", CODES[:2], "3 TRs, got (2, 8, 113)"),
    ],
)
def test_values_that_are_not_what_the_format_says_are_refused(kind, values, expected):
    """The seed guessed the format by its shape: mel bands would be taken for codes."""
    assert expected in refusal(TrFeatures, kind, "a", values, GRID)


def test_recordings_of_one_kind_are_stacked_in_order():
    one, other = (TrFeatures("encodec", "a", CODES + n, GRID) for n in (1, 2))
    found = stacked([one, other])
    assert found.shape == (6, 8, 113)
    assert (found[:3] == 1).all()
    assert (found[3:] == 2).all()


@pytest.mark.parametrize(
    "other",
    [
        TrFeatures("mel_3d", "a", MELS, GRID),
        TrFeatures("encodec", "b", CODES, GRID),
        TrFeatures("encodec", "a", np.zeros((2, 8, 150), np.int16), TrGrid(2.0, 75, 300)),
    ],
    ids=["format", "source", "TR"],
)
def test_two_kinds_do_not_mix(other):
    message = refusal(stacked, [TrFeatures("encodec", "a", CODES, GRID), other])
    assert "one format, source and TR, got" in message
    assert f"{other.format} of {other.source} at TR {other.grid.tr:g} s" in message
