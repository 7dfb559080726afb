"""Training of a codec, a step at a time."""

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch
from tiny_codec import speech, tiny_model
from transformers import EncodecConfig, EncodecModel

from projects.codec.training.clips import Clips
from projects.codec.training.config import TrainCodecConfig
from projects.codec.training.trainer import CodecTrainer
from projects.codec.training.validation import _si_sdr

RATE = 24_000
SHAPE = {
    "num_filters": 4,
    "hidden_size": 8,
    "num_lstm_layers": 1,
    "upsampling_ratios": [4, 4],
    "codebook_size": 64,
    "target_bandwidths": [9.0, 18.0, 36.0],
    "pad_mode": "constant",
}
"""1500 frames a second of 6 bits: 1, 2 and 4 codebooks."""

QUICK = {"steps": 8, "batch_size": 4, "clip_seconds": 0.1, "unquantised": 0.25}


class OneClip(Clips):
    """One clip over and over, and no files."""

    def __init__(self, seconds=0.1):
        self.sounds = [(speech(2)[12_000:][: round(seconds * RATE)] * 32767).astype(np.int16)]
        self.failures = {}


def make(clips=None, model=None, **settings):
    config = TrainCodecConfig.validated({**QUICK, **settings})
    torch.manual_seed(config.seed)
    return CodecTrainer(config, model or EncodecModel(EncodecConfig(**SHAPE)), clips or OneClip())


def run(trainer, steps=None):
    return [trainer.step() for _ in range(steps or trainer.config.steps)]


def weights(trainer):
    return trainer.finished_model().state_dict()


def differing(one, other):
    return {name for name in one if not torch.equal(one[name], other[name])}


def test_it_learns_one_clip_by_heart():
    """A falling loss is not learning; the sound that comes back is."""
    trainer = make(steps=150, batch_size=1, unquantised=0.6, learning_rate=0.005, mel_weight=0)
    losses = [each["waveform"] for each in run(trainer)]
    assert losses[0] > 0.8
    assert min(losses[-5:]) < 0.3 * losses[0]
    sound = OneClip().spread(1, 2400)
    with torch.inference_mode():
        model = trainer.finished_model()
        made = model(sound[:, None], bandwidth=36.0).audio_values[:, 0]
    assert _si_sdr(made, sound).item() > 3


def test_codebooks_and_mel_loss_come_after_the_unquantised_steps():
    trainer = make(steps=8, unquantised=0.5)
    losses = run(trainer)
    assert [set(each) for each in losses[:4]] == [{"waveform"}] * 4
    assert [set(each) for each in losses[4:]] == [{"waveform", "mel", "commitment"}] * 4
    assert trainer.quantiser.started
    assert trainer.step_done == 8


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    """A codec could never be made again."""
    losses, ends = [], []
    for seed in (1, 1, 2):
        trainer = make(OneClip(1), seed=seed)
        losses.append(run(trainer))
        ends.append(trainer)
    one, same, other = ends
    assert losses[0] == losses[1] != losses[2]
    assert not differing(weights(one), weights(same))
    assert differing(weights(one), weights(other))


@pytest.mark.parametrize("at", [1, 5])
def test_a_restored_training_goes_on_as_if_nothing_had_happened(at):
    """Before the codebooks have started, and after."""
    settings = {"adversarial_weight": 1.0, "steps": 7, "batch_size": 2}
    whole = make(OneClip(1), **settings)
    losses = run(whole)
    cut = make(OneClip(1), **settings)
    run(cut, at)
    state = cut.state()
    resumed = make(OneClip(1), **settings)
    torch.manual_seed(99)
    resumed.restore(state)
    assert run(resumed, 7 - at) == losses[at:]
    assert not differing(weights(whole), weights(resumed))


def test_every_bandwidth_is_trained():
    """A codec that was trained at 24 kbit/s alone gives noise at 1.5."""
    trainer = make(steps=30, batch_size=1, unquantised=0, mel_weight=0)
    counts = []
    forward = trainer.quantiser.forward
    trainer.quantiser.forward = lambda latents, count: (
        counts.append(count) or forward(latents, count)
    )
    run(trainer)
    assert set(counts) == {1, 2, 4}


def pretrained_model():
    """Its codebooks are the k-means of its own latents."""
    model = tiny_model(**SHAPE)
    return model.requires_grad_(True)


def test_a_pretrained_codec_goes_on_from_where_it_is():
    """Else fine-tuning is training anew, and nothing says so."""
    before = {name: tensor.clone() for name, tensor in pretrained_model().state_dict().items()}
    trainer = make(OneClip(1), pretrained_model(), pretrained="a codec", learning_rate=1e-5)
    assert trainer.quantiser.started
    start = weights(trainer)
    assert not {n for n in differing(before, start) if not n.endswith(("cluster_size", "_avg"))}
    trainer = make(OneClip(1), pretrained_model(), pretrained="a codec", learning_rate=1e-5)
    (losses,) = run(trainer, 1)
    assert set(losses) == {"waveform", "mel", "commitment"}
    for name, tensor in weights(trainer).items():
        if name.startswith(("encoder", "decoder")):
            torch.testing.assert_close(tensor, before[name], atol=1e-3, rtol=1e-2)


def test_an_adversary_plays_once_the_codebooks_have_started_and_learns():
    trainer = make(adversarial_weight=1.0, steps=4, batch_size=2, unquantised=0.5)
    before = {name: t.clone() for name, t in trainer.adversary.state_dict().items()}
    first, second, third, fourth = run(trainer, 4)
    assert "adversarial" not in first | second
    assert {"adversarial", "mel"} <= set(third) & set(fourth)
    assert np.isfinite(fourth["adversarial"])
    assert differing(before, trainer.adversary.state_dict())


def test_the_adversary_pulls_the_codec():
    """A weight that changed nothing would be a parameter that does nothing."""
    ends = []
    for weight in (1e-3, 1):
        trainer = make(adversarial_weight=weight, steps=3, batch_size=2, unquantised=0)
        run(trainer)
        ends.append(weights(trainer))
    assert differing(*ends)


@pytest.mark.parametrize("weight", ["mel_weight", "commitment_weight"])
def test_each_weight_has_its_effect(weight):
    ends = []
    for value in (0, 3):
        trainer = make(unquantised=0, steps=3, batch_size=2, **{weight: value})
        run(trainer)
        ends.append(weights(trainer))
    assert differing(*ends)


def test_the_learning_rate_rises_and_falls_to_nothing():
    trainer = make(steps=8, unquantised=0.9)
    rates = []
    for _ in range(8):
        trainer.step()
        rates.append(trainer.optimizer.param_groups[0]["lr"])
    top = int(np.argmax(rates))
    assert 0 < top < 7
    assert rates[:top] == sorted(rates[:top])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert rates[-1] < 0.05 * 1e-3


def test_clips_come_from_files(tmp_path):
    soundfile.write(tmp_path / "a.wav", speech(1), RATE)
    clips = Clips(pd.DataFrame({"recording_id": ["a"], "path": [str(tmp_path / "a.wav")]}), RATE)
    assert np.isfinite(run(make(clips), 1)[0]["waveform"])
