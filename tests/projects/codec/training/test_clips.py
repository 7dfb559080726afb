"""Clips drawn from recordings."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from video_files import write_video

from projects.audio.decode import RecordingError
from projects.codec.training.clips import Clips

RATE = 24_000


def manifest(*paths: Path):
    names = [path.name for path in paths]
    return pd.DataFrame({"recording_id": names, "path": [str(path) for path in paths]})


def constant(folder, name, level, seconds, rate=RATE):
    path = folder / name
    soundfile.write(path, np.full(round(seconds * rate), level), rate, "PCM_16")
    return path


@pytest.fixture
def clips(tmp_path):
    """A level tells which recording a clip is of; one is ten times as long as the others."""
    kinds = ((0.1, 0.5), (0.2, 5.0), (0.3, 0.5))
    return Clips(manifest(*(constant(tmp_path, f"{v}.wav", v, s) for v, s in kinds)), RATE)


def test_clips_are_drawn_by_length_so_that_every_second_is_as_likely(clips):
    batch = clips.batch(600, 2400, np.random.default_rng(0)).numpy()
    assert batch.shape == (600, 2400)
    levels, counts = np.unique(batch[:, 0].round(2), return_counts=True)
    np.testing.assert_allclose(levels, [0.1, 0.2, 0.3], atol=1e-3)
    assert counts[1] / 600 == pytest.approx(10 / 12, abs=0.05)


def test_clips_start_anywhere_up_to_the_last(tmp_path):
    """A codec that never heard how sounds end."""
    ramp = np.arange(6000) / 6001
    soundfile.write(tmp_path / "ramp.wav", ramp, RATE, "FLOAT")
    batch = Clips(manifest(tmp_path / "ramp.wav"), RATE).batch(500, 5900, np.random.default_rng(0))
    starts = (batch[:, 0].numpy() * 6001).round()
    assert starts.min() <= 2
    assert starts.max() >= 98
    np.testing.assert_allclose(batch[0].numpy(), ramp[int(starts[0]) :][:5900], atol=3e-4)


def test_a_recording_shorter_than_a_clip_ends_in_silence(clips):
    batch = clips.batch(50, 24_000, np.random.default_rng(0)).numpy()
    short = batch[batch[:, 0] > 0.25]
    assert len(short)
    assert (short[:, :12_000] > 0.29).all()
    assert not short[:, 12_000:].any()


def test_the_same_random_state_draws_the_same_clips(clips):
    one, same = (clips.batch(9, 100, np.random.default_rng(4)) for _ in range(2))
    assert (one == same).all()


def test_clips_to_validate_on_are_the_middles_of_recordings_over_the_list(tmp_path):
    paths = [constant(tmp_path, f"{n}.wav", n / 10, 0.5) for n in range(1, 6)]
    ramp = np.arange(12_000) / 12_000
    soundfile.write(tmp_path / "ramp.wav", ramp, RATE, "FLOAT")
    clips = Clips(manifest(*paths, tmp_path / "ramp.wav"), RATE)
    spread = clips.spread(3, 2000).numpy()
    np.testing.assert_allclose(spread[:2, 0], [0.1, 0.3], atol=1e-3)
    np.testing.assert_allclose(spread[2], ramp[5000:7000], atol=1e-3)
    assert clips.spread(24, 2000).shape == (6, 2000)
    assert not clips.spread(1, 20_000)[0, 12_000:].any()


def test_recordings_of_any_rate_and_videos_too_come_at_the_codecs_rate(tmp_path, make_sound):
    film = write_video(tmp_path / "film.mp4", np.sin(np.arange(96_000, dtype=np.float32) / 20))
    clips = Clips(manifest(make_sound("8k.wav", 1, seconds=2, rate=8000), film), RATE)
    assert [len(sound) / RATE for sound in clips.sounds] == pytest.approx([2, 2], abs=0.1)


def test_what_cannot_be_read_is_named_and_the_rest_is_used(tmp_path, make_sound):
    (tmp_path / "text.wav").write_text("not audio")
    paths = (make_sound("good.wav", 1), tmp_path / "text.wav", tmp_path / "gone.wav")
    clips = Clips(manifest(*paths), RATE)
    assert len(clips.sounds) == 1
    assert set(clips.failures) == {"text.wav", "gone.wav"}
    assert "no such file" in clips.failures["gone.wav"]
    with pytest.raises(RecordingError, match="not one recording could be read"):
        Clips(manifest(*paths[1:]), RATE)


def test_samples_beyond_full_scale_do_not_wrap_round(tmp_path):
    """A peak of 1.2 would become a click of -0.8."""
    soundfile.write(tmp_path / "loud.wav", np.full(12_000, 1.2), RATE, "FLOAT")
    clips = Clips(manifest(tmp_path / "loud.wav"), RATE)
    assert (clips.batch(2, 100, np.random.default_rng(0)) == 1).all()
