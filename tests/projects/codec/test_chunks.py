"""Windows side by side against the network's own answer to each sound whole."""

import pytest
import torch
from tiny_codec import speech, tiny_model

from projects.codec import chunks

SHAPES = {
    "as EnCodec": {},
    "as Syrinx trains": {"pad_mode": "constant", "num_lstm_layers": 2},
    "other ratios": {"upsampling_ratios": [5, 3, 2], "use_conv_shortcut": False},
    "dilated": {"num_residual_layers": 3, "upsampling_ratios": [8, 5]},
    "much dilated": {"num_residual_layers": 3, "dilation_growth_rate": 4, "num_filters": 2},
    "other kernels": {
        "upsampling_ratios": [5, 4, 2],
        "residual_kernel_size": 5,
        "kernel_size": 9,
        "last_kernel_size": 3,
    },
}
FRAMES = (7, 75, 90, 240, 40)
"""Less than a window, its edges, several, and not in order."""


@pytest.fixture(scope="module", params=SHAPES)
def model(request):
    with torch.inference_mode():
        return tiny_model(**SHAPES[request.param])


def sounds(model, frames):
    hop = model.config.hop_length
    talk = torch.from_numpy(speech(8)).repeat(2)
    return [talk[1000 * n :][: count * hop] for n, count in enumerate(frames)]


@torch.inference_mode()
def test_sounds_side_by_side_are_encoded_as_each_alone(model):
    """Codes would depend on what else was in the batch, and on where windows were cut."""
    given = sounds(model, FRAMES)
    ours = chunks.downsampled(model.encoder.layers, given)
    for sound, count, latent in zip(given, FRAMES, ours, strict=True):
        whole = model.encoder(sound[None, None])[0]
        assert latent.shape == (model.config.hidden_size, count)
        torch.testing.assert_close(latent, whole, atol=1e-5, rtol=1e-5)


@torch.inference_mode()
def test_latents_side_by_side_are_decoded_as_each_alone(model):
    """A click would be heard at each window's edge."""
    latents = [model.encoder(sound[None, None])[0] for sound in sounds(model, FRAMES)]
    for latent, sound in zip(latents, chunks.upsampled(model.decoder.layers, latents), strict=True):
        whole = model.decoder(latent[None])[0, 0]
        assert sound.shape == (latent.shape[1] * model.config.hop_length,)
        torch.testing.assert_close(sound, whole, atol=1e-5, rtol=1e-5)


@torch.inference_mode()
@pytest.mark.parametrize("frames", [2, 3])
def test_a_sound_of_a_few_frames_is_as_the_network_has_it(frames):
    model = tiny_model()
    (sound,) = sounds(model, [frames])
    (latent,) = chunks.downsampled(model.encoder.layers, [sound])
    torch.testing.assert_close(latent, model.encoder(sound[None, None])[0], atol=1e-5, rtol=1e-5)
    (made,) = chunks.upsampled(model.decoder.layers, [latent])
    torch.testing.assert_close(made, model.decoder(latent[None])[0, 0], atol=1e-5, rtol=1e-5)


@torch.inference_mode()
def test_no_sound_gives_nothing():
    """A shard whose files are all damaged must not stop the others."""
    model = tiny_model()
    assert chunks.downsampled(model.encoder.layers, []) == []
    assert chunks.upsampled(model.decoder.layers, []) == []
