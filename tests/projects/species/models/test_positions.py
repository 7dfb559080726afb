import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.species.models.positions import interpolate_positions


def field(frequencies: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
    """A smooth function of both axes, not symmetric in them: (1, 2 + patches, 3)."""
    f, t = torch.meshgrid(frequencies, times, indexing="ij")
    patches = torch.stack((torch.sin(5 * t), f * torch.cos(3 * t), f**2 + 0 * t), dim=-1)
    tokens = torch.tensor([[[7.0, 8.0, 9.0], [-7.0, -8.0, -9.0]]])
    return torch.cat((tokens, patches.flatten(0, 1)[None]), dim=1)


def centres(patches: int) -> torch.Tensor:
    return (torch.arange(patches) + 0.5) / patches


def test_a_smooth_function_of_time_is_met_at_the_new_places():
    """Frequency and time exchanged, or patches in another order, would scramble the backbone."""
    checkpoint = field(centres(12), centres(101))
    found = interpolate_positions(checkpoint, (12, 101), (12, 16))
    assert found.shape == (1, 2 + 12 * 16, 3)
    torch.testing.assert_close(found, field(centres(12), centres(16)), atol=3e-3, rtol=0)


def test_frequency_is_untouched_where_only_the_time_changes():
    torch.manual_seed(0)
    per_band = torch.randn(12, 4)
    patches = per_band[:, None].expand(12, 101, 4).reshape(1, -1, 4)
    positions = torch.cat((torch.zeros(1, 2, 4), patches), dim=1)
    found = interpolate_positions(positions, (12, 101), (12, 16))[:, 2:].view(12, 16, 4)
    torch.testing.assert_close(found, per_band[:, None].expand(12, 16, 4), atol=1e-5, rtol=0)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 6), st.integers(1, 9), st.integers(1, 6), st.integers(1, 9))
def test_tokens_are_kept_and_an_equal_grid_is_the_identity(f, t, new_f, new_t):
    torch.manual_seed(f * 10 + t)
    positions = torch.randn(1, 2 + f * t, 5)
    assert torch.equal(interpolate_positions(positions, (f, t), (f, t)), positions)
    found = interpolate_positions(positions, (f, t), (new_f, new_t))
    assert found.shape == (1, 2 + new_f * new_t, 5)
    assert torch.equal(found[:, :2], positions[:, :2])


def cubic_weight(distance: np.ndarray) -> np.ndarray:
    """Keys (1981), with a = -0.75."""
    x, a = np.abs(distance), -0.75
    near = (a + 2) * x**3 - (a + 3) * x**2 + 1
    far = a * (x**3 - 5 * x**2 + 8 * x - 4)
    return np.where(x <= 1, near, np.where(x < 2, far, 0))


def test_values_are_those_of_the_cubic_convolution_formula():
    torch.manual_seed(1)
    row = torch.randn(9)
    positions = torch.cat((torch.zeros(1, 2, 1), row.view(1, 9, 1)), dim=1)
    found = interpolate_positions(positions, (1, 9), (1, 5))[0, 2:, 0]
    places = (np.arange(5) + 0.5) * 9 / 5 - 0.5
    taps = np.arange(-2, 12)
    values = row.numpy()[taps.clip(0, 8)]
    expected = (cubic_weight(places[:, None] - taps) * values).sum(axis=1)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)
