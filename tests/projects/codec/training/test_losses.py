"""What a codec is trained to make small."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_codec import speech

from projects.codec.training.losses import QUIET, MultiScaleMel, error_to_signal

torch.manual_seed(0)
CLIPS = torch.from_numpy(speech(2)).reshape(4, -1)
CLIPS = 0.1 * CLIPS / CLIPS.std(1, keepdim=True)


@given(st.floats(-35, 10), st.integers(1, 4))
def test_silence_costs_one_whatever_the_level(level, clips):
    """Under a plain difference silence is a good answer to quiet clips, and it stays there."""
    sounds = CLIPS[:clips] * 10 ** (level / 20)
    assert error_to_signal(0 * sounds, sounds).item() == pytest.approx(1, rel=1e-3)


def test_a_quiet_clip_counts_as_much_as_a_loud_one():
    levels = torch.tensor([1.0, 0.1, 0.03, 0.3])[:, None]
    one_lost = [(levels * CLIPS) * (torch.arange(4) != lost)[:, None] for lost in range(4)]
    found = [error_to_signal(made, levels * CLIPS).item() for made in one_lost]
    assert found == pytest.approx([0.25] * 4, rel=1e-3)


def test_noise_below_hearing_is_not_worth_learning():
    """Digital silence would divide by zero, and its dither would drown all else."""
    assert error_to_signal(torch.zeros(1, 100), torch.zeros(1, 100)) == 0
    faint = torch.full((1, 100), QUIET / 10)
    assert error_to_signal(0 * faint, faint).item() == pytest.approx(0.01)


def test_equal_sounds_cost_nothing():
    assert error_to_signal(CLIPS, CLIPS) == 0
    assert MultiScaleMel(24_000)(CLIPS, CLIPS) == 0


def test_mel_distance_grows_with_noise():
    mel = MultiScaleMel(24_000)
    noise = torch.randn(CLIPS.shape)
    found = [mel(CLIPS + level * noise, CLIPS).item() for level in (0, 1e-3, 1e-2, 1e-1)]
    assert found == sorted(found)
    assert found[-1] > 4 * found[1] > 0


def test_mel_distance_is_of_levels_in_natural_logarithms():
    """A sound twice as loud is ln 4 away where it is heard."""
    tone = 0.5 * torch.randn(2, 24_000)
    assert MultiScaleMel(24_000)(2 * tone, tone).item() == pytest.approx(1.386, abs=0.02)


def test_mel_distance_hears_no_sign_and_the_waveform_does():
    """Which is why both are there."""
    assert MultiScaleMel(24_000)(-CLIPS, CLIPS).item() == pytest.approx(0, abs=1e-6)
    assert error_to_signal(-CLIPS, CLIPS).item() == pytest.approx(4, rel=1e-3)


def test_the_shortest_clip_has_a_spectrum():
    """0.1 s is what the configuration allows."""
    short = CLIPS[:, :2400].clone().requires_grad_()
    MultiScaleMel(24_000)(short, CLIPS[:, 2400:4800]).backward()
    assert torch.isfinite(short.grad).all()
