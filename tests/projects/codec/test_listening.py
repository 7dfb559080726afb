from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import soundfile
from tiny_codec import save_tiny_codec, speech

from projects.codec.clips import Cutting
from projects.codec.listening import clips_to_hear, write_sounds
from projects.codec.load import load_codec

CUTTING = Cutting(1.0, 4)


@pytest.fixture(scope="module")
def codec(tmp_path_factory):
    return load_codec(str(save_tiny_codec(tmp_path_factory.mktemp("codec"))))


def clip(path, item, start=0.0):
    return SimpleNamespace(path=path, item=item, start=start)


def test_the_worst_comes_first_and_what_has_no_score_is_not_chosen(codec):
    """Bad clips are what a person must hear; the mean hides them."""
    scores = pd.DataFrame({"si_sdr": [3.0, np.nan, -1.0, 9.0, 5.0]}, index=list("abcde"))
    measured = SimpleNamespace(scores={"24kbps": SimpleNamespace(values=scores)})
    clips = [clip(None, item) for item in "abcde"]
    assert [each.item for each in clips_to_hear(codec, measured, clips, 2)] == ["c", "d"]
    assert [each.item for each in clips_to_hear(codec, measured, clips, 9)] == list("caed")


def test_the_sounds_are_those_of_the_clip_and_of_no_other_part(codec, tmp_path):
    recording = speech(3)
    soundfile.write(tmp_path / "a.wav", recording, 24_000, "FLOAT")
    out = tmp_path / "out"
    out.mkdir()
    clips = [clip(tmp_path / "a.wav", name, 1.0) for name in ("x/a.wav@1s", "x_a.wav@1s")]
    write_sounds(codec, clips, CUTTING, out)
    names = sorted(path.name for path in out.iterdir())
    assert len(names) == 2 * 7
    assert "1-x_a_wav_1s-original.flac" in names
    original, rate = soundfile.read(out / "2-x_a_wav_1s-original.flac")
    assert rate == 24_000
    np.testing.assert_allclose(original, recording[24_000:48_000], atol=1e-4)
    (expected,) = codec.decode(codec.encode([recording[24_000:48_000]], 6.0))
    made, _ = soundfile.read(out / "1-x_a_wav_1s-6kbps.flac")
    assert np.corrcoef(made, expected)[0, 1] > 0.99
