"""A trial of a codec study: what it learns from, and what it must never look at."""

import numpy as np
import pytest
from optuna import TrialPruned
from tiny_codec import save_tiny_codec, speech
from tiny_runs import (
    TEST_STARTS,
    VALIDATION_STARTS,
    long_samples,
    tiny_config,
    tried,
    write_csv,
)

from evaluation.reconstruction import UNSCORED
from projects.codec.study.settings import SAMPLE_RATE
from projects.errors import UserError
from projects.held_folder import TRAININGS
from projects.studies.codec_trials import QUALITY, prepare_codec


@pytest.fixture(scope="module")
def codec(tmp_path_factory):
    return save_tiny_codec(tmp_path_factory.mktemp("codec"))


@pytest.fixture
def short(url, tmp_path):
    """Four recordings of 3 to 6 s: two to learn from, one to stop by, one to be tested on."""
    sounds = {f"{n}.wav": speech(6, n % 2)[: (6 - n) * SAMPLE_RATE] for n in range(4)}
    return write_csv(tmp_path, sounds, split=["train", "train", "validation", "test"])


def quality(trained):
    return trained.outcome(QUALITY)


def trainings():
    return [path for path in TRAININGS.iterdir() if path.is_dir()] if TRAININGS.exists() else []


def test_of_whole_recordings_the_test_side_is_not_even_read(short, codec, tmp_path, capsys):
    """A study that has tuned on the test set promises more than the champion keeps."""
    (tmp_path / "3.wav").write_text("no sound at all")
    trained = tried(tiny_config(short, codec, split="groups"))
    assert "features: 3 done, 0 cached, 0 failed" in capsys.readouterr().out
    assert {clip.group for clip in trained.clips} == {"2.wav"}
    assert len(trained.train) == 4 + 4


@pytest.mark.long
def test_of_blocks_what_is_said_in_the_test_side_changes_nothing(url, tmp_path, codec):
    """The test block is in the same recording: neither its codes nor its sound may have a say."""
    samples = long_samples()
    config = tiny_config(write_csv(tmp_path, {"a.wav": samples}), codec)
    said = tried(config, quality)
    start = round(TEST_STARTS * SAMPLE_RATE)
    noise = np.random.default_rng(0).normal(scale=0.3, size=len(samples) - start)
    samples[start:] = noise.clip(-1, 1)
    write_csv(tmp_path, {"a.wav": samples})
    other = tried(config, quality)
    assert other.values == said.values
    assert other.measured == said.measured
    assert other.items.equals(said.items)
    assert {item.split("@")[1] for item in said.items["item"]} == {"48-51s"}
    assert VALIDATION_STARTS <= 48 < 51 <= VALIDATION_STARTS + 6


def test_the_codes_of_a_second_trial_come_from_the_store(short, codec, tmp_path):
    """Of many hours of sound, each trial would otherwise take half an hour to begin."""
    config = tiny_config(short, codec, split="groups")
    tried(config)
    kept = sorted((tmp_path / ".syrinx/features").rglob("*.safetensors"))
    assert kept
    times = [path.stat().st_mtime_ns for path in kept]
    tried(config.model_copy(update={"embedding_size": 8}))
    assert sorted((tmp_path / ".syrinx/features").rglob("*.safetensors")) == kept
    assert [path.stat().st_mtime_ns for path in kept] == times


@pytest.mark.long
def test_a_trial_that_is_killed_goes_on_and_comes_to_the_same(short, codec):
    config = tiny_config(short, codec, split="groups")
    whole = tried(config, quality)
    epochs = []

    def killed(values, epoch):
        epochs.append(epoch)
        if len(epochs) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tried(config, quality, killed)
    assert len(trainings()) == 1
    again = tried(config, quality)
    assert again.items.equals(whole.items)
    assert trainings() == []


def test_a_trial_stopped_early_leaves_no_checkpoint_behind(short, codec):
    """A study of a thousand trials would fill the disk."""

    def stop(values, epoch):
        raise TrialPruned("at 1")

    with pytest.raises(TrialPruned, match="at 1"):
        tried(tiny_config(short, codec, split="groups"), quality, stop)
    assert trainings() == []


def test_a_side_without_recordings_is_refused_before_any_training(url, tmp_path, codec):
    sounds = {f"{n}.wav": speech(3) for n in range(2)}
    listed = write_csv(tmp_path, sounds, split=["train", "test"])
    with pytest.raises(UserError, match="no recording is left for validation"):
        prepare_codec(quality, tiny_config(listed, codec, split="groups"))


def test_a_sound_on_both_sides_is_refused(url, tmp_path, codec):
    """The trial that learns it by heart would win."""
    sounds = {"1.wav": speech(3), "2.wav": speech(3), "3.wav": speech(3, 1)}
    listed = write_csv(tmp_path, sounds, split=["train", "validation", "test"])
    with pytest.raises(UserError, match="the same sound is on two sides"):
        tried(tiny_config(listed, codec, split="groups"))


def test_clips_that_cannot_be_scored_are_told(short, codec):
    """A network that is silent where it is hard would otherwise gain by it."""
    trained = tried(tiny_config(short, codec, split="groups"))
    (clip,) = trained.clips
    trained.sounds[clip.item].samples[:] = 0
    outcome = quality(trained)
    assert outcome.measured[UNSCORED] == 1
    assert np.isnan(outcome.values[QUALITY])
