import tracemalloc

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.audio.decode import RecordingError, decode
from projects.audio.stretches import seconds_of, stretches

RATE = 8000


def noise(frames, channels=1, seed=0):
    random = np.random.default_rng(seed)
    return random.uniform(-0.5, 0.5, (frames, channels)).astype(np.float32)


def proper(stretch):
    """The stretch without its margins."""
    rate = stretch.sound.sample_rate
    first = stretch.before * rate
    return stretch.sound.samples[first : first + round(stretch.seconds * rate)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("stretches")


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
@settings(max_examples=15, deadline=None)
@given(
    frames=st.integers(RATE // 4, 9 * RATE) | st.sampled_from([2 * RATE, 3 * RATE, 7 * RATE]),
    seconds=st.integers(1, 4),
    before=st.integers(0, 2),
    after=st.integers(1, 3),
)
def test_joined_they_are_the_whole_recording(folder, suffix, frames, seconds, before, after):
    """A call that is lost between two stretches, or heard twice, would be counted wrongly."""
    path = folder / f"sound.{suffix}"
    soundfile.write(path, noise(frames, channels=2), RATE)
    whole = decode(path).samples
    parts = list(stretches(path, seconds, before, after))
    np.testing.assert_allclose(np.concatenate([proper(part) for part in parts]), whole, atol=1e-6)
    assert [part.begin for part in parts] == [n * seconds for n in range(len(parts))]
    assert [part.last for part in parts] == [False] * (len(parts) - 1) + [True]
    for part in parts:
        first = (part.begin - part.before) * RATE
        around = whole[first : first + len(part.sound.samples)]
        np.testing.assert_allclose(part.sound.samples, around, atol=1e-6)
        assert part.before == min(before, part.begin)
        behind = part.sound.seconds - part.before - part.seconds
        assert behind == pytest.approx(0 if part.last else after, abs=1e-6)
    assert len(parts) == 1 or parts[-1].seconds >= after


def test_memory_does_not_grow_with_the_recording(folder):
    """Hours at 48 kHz are gigabytes."""
    path = folder / "long.wav"
    peaks = []
    for minutes in (1, 10):
        soundfile.write(path, noise(60 * RATE * minutes), RATE)
        tracemalloc.start()
        for _ in stretches(path, 10, 1, 5):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.05 * peaks[0]
    assert peaks[1] < 4 * 16 * RATE * np.dtype(np.float32).itemsize


def test_the_length_is_told_before_the_hours_are_read(folder):
    soundfile.write(folder / "short.flac", noise(RATE), RATE)
    assert seconds_of(folder / "short.flac") == 1


def reason(path) -> str:
    with pytest.raises(RecordingError) as caught:
        list(stretches(path, 2, 1, 1))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(("suffix", "kept"), [("flac", 0.3), ("flac", 0.9), ("mp3", 0.5)])
def test_a_truncated_file_is_no_recording(folder, suffix, kept):
    """The hour that a dead battery cut off would pass for an hour in which nothing sang."""
    path = folder / f"cut.{suffix}"
    soundfile.write(path, noise(20 * RATE), RATE)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    assert reason(path)


def test_a_file_that_is_missing_or_no_sound_is_named_so(folder):
    assert reason(folder / "none.wav") == "no such file"
    (folder / "text.wav").write_text("dawn chorus, May\n" * 50)
    assert reason(folder / "text.wav").startswith("expected WAV, FLAC, OGG or MP3 audio")
    with pytest.raises(RecordingError, match="expected WAV"):
        seconds_of(folder / "text.wav")


def test_a_flac_without_its_length_is_named_so(folder):
    """Whether it was cut off cannot be told."""
    path = folder / "streamed.flac"
    soundfile.write(path, noise(RATE), RATE)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    path.write_bytes(data)
    assert "write the file anew" in reason(path)


def test_samples_that_are_no_sound_are_found_in_any_stretch(folder):
    samples = noise(9 * RATE)
    samples[8 * RATE] = np.nan
    soundfile.write(folder / "nan.wav", samples, RATE, subtype="FLOAT")
    assert "are NaN" in reason(folder / "nan.wav")


def test_a_stretch_of_digital_silence_is_sound(folder):
    """A recorder that was muted for a minute must not cost the hour."""
    samples = noise(9 * RATE)
    samples[2 * RATE : 6 * RATE] = 0
    soundfile.write(folder / "muted.wav", samples, RATE)
    assert sum(part.seconds for part in stretches(folder / "muted.wav", 2, 0, 1)) == 9
