"""A whole codec training, cut anywhere; and its validation."""

import numpy as np
import pytest
import torch
from pulled_plug import PulledPlugError, interrupt_at
from tiny_codec import speech
from torchmetrics.functional.audio import scale_invariant_signal_distortion_ratio
from transformers import EncodecConfig, EncodecModel

from projects.codec.training.clips import Clips
from projects.codec.training.config import TrainCodecConfig
from projects.codec.training.fit import CHECKPOINT, fit
from projects.codec.training.trainer import CodecTrainer
from projects.codec.training.validation import validate

SHAPE = {
    "num_filters": 4,
    "hidden_size": 8,
    "num_lstm_layers": 1,
    "upsampling_ratios": [4, 4],
    "codebook_size": 32,
    "target_bandwidths": [7.5, 30.0],
}
QUICK = {
    "steps": 8,
    "batch_size": 2,
    "clip_seconds": 0.1,
    "unquantised": 0.3,
    "validate_every": 2,
    "adversarial_weight": 0.1,
}


class Talk(Clips):
    """A second of speech, and no files."""

    def __init__(self):
        self.sounds = [(speech(1) * 32767).astype(np.int16)]
        self.failures = {}


def make(**settings):
    config = TrainCodecConfig.validated({**QUICK, **settings})
    torch.manual_seed(0)
    return CodecTrainer(config, EncodecModel(EncodecConfig(**SHAPE)), Talk())


def train(folder, log=lambda values, step: None, **settings):
    trainer = make(**settings)
    curves = fit(trainer, Talk().spread(1, 4800), folder, log)
    return trainer.finished_model().state_dict(), curves


@pytest.mark.parametrize("at", [4, 6])
def test_an_interrupted_training_ends_as_an_uninterrupted_one(tmp_path, at):
    """A codec would depend on when the machine went down; 4 is before codebooks are saved."""
    logged = {}
    weights, curves = train(tmp_path / "whole", lambda values, step: logged.update({step: values}))
    with pytest.raises(PulledPlugError):
        train(tmp_path / "cut", interrupt_at(at))
    torch.manual_seed(6)
    relogged = {}
    cut, again = train(tmp_path / "cut", lambda values, step: relogged.update({step: values}))
    assert curves == again == logged == relogged
    assert list(curves) == [2, 4, 6, 8]
    for name, weight in weights.items():
        assert torch.equal(weight, cut[name]), name


def test_a_finished_training_is_read_and_not_repeated(tmp_path):
    """Hours would be spent again where only the saving failed."""
    weights, curves = train(tmp_path)
    before = (tmp_path / CHECKPOINT).stat().st_mtime_ns
    again, read = train(tmp_path)
    assert read == curves
    assert all(torch.equal(weight, again[name]) for name, weight in weights.items())
    assert (tmp_path / CHECKPOINT).stat().st_mtime_ns == before


def test_the_last_step_is_measured_whatever_the_interval(tmp_path):
    _, curves = train(tmp_path, steps=5, validate_every=3, adversarial_weight=0)
    assert list(curves) == [3, 5]
    assert {"train.waveform", "train.mel", "validation.mel.30kbps"} <= set(curves[5])


def test_how_often_it_is_measured_changes_no_weight(tmp_path):
    """Runs under another interval could not be compared, nor go on from each other."""
    often, _ = train(tmp_path / "often", validate_every=1, adversarial_weight=0)
    once, _ = train(tmp_path / "once", validate_every=100, adversarial_weight=0)
    assert all(torch.equal(weight, once[name]) for name, weight in often.items())


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path):
    torch.save({"trainer": make, "curves": {}}, tmp_path / CHECKPOINT)
    with pytest.raises(Exception, match=r"[Ww]eights.only"):
        train(tmp_path)


def test_validation_is_what_the_saved_codec_gives_at_each_bandwidth():
    """The card would promise what the codec does not keep."""
    trainer, sounds = make(adversarial_weight=0), Talk().spread(1, 4800)
    assert set(validate(trainer, sounds)) == {"si_sdr.unquantised", "mel.unquantised"}
    for _ in range(5):
        trainer.step()
    found = validate(trainer, sounds)
    assert 0 < found["codebooks_in_use"] <= 1
    assert trainer.model.training
    assert trainer.quantiser.training
    model = trainer.finished_model()
    for bandwidth in (7.5, 30.0):
        with torch.inference_mode():
            made = model(sounds[:, None], bandwidth=bandwidth).audio_values[:, 0]
        own = scale_invariant_signal_distortion_ratio(made, sounds).mean().item()
        assert found[f"si_sdr.{bandwidth:g}kbps"] == pytest.approx(own, abs=0.02)


def test_validation_moves_nothing():
    """Validation clips would be trained on."""
    trainer = make(unquantised=0)
    trainer.step()
    before = {name: t.clone() for name, t in trainer.quantiser.state_dict().items()}
    first, second = (validate(trainer, Talk().spread(1, 4800)) for _ in range(2))
    assert first == second
    assert all(torch.equal(t, before[n]) for n, t in trainer.quantiser.state_dict().items())
