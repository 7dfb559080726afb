import re

import pytest
import soundfile
from tiny_codec import save_tiny_codec, speech

from benchmarks import codes
from benchmarks.codes import CodesConfig, measure
from projects.codec.codec import Codec


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    codec = save_tiny_codec(tmp_path_factory.mktemp("codec"))
    return {"codec": str(codec), "clips": 2, "repeats": 1}


def test_codes_finds_equal_codes_and_a_ratio(small, capsys):
    """The claim that many sounds at once are encoded faster could not be checked."""
    measure(CodesConfig.validated(small))
    out = capsys.readouterr().out
    match = re.fullmatch(
        r"ratio (\d+\.\d\d) seconds of audio/s, syrinx / transformers clip by clip",
        out.splitlines()[-1],
    )
    assert match
    assert float(match[1]) > 0
    equal = re.search(r"equal: (\S+)% of the codes", out)
    assert float(equal[1]) >= 99.9


def test_codes_reads_a_folder_of_sound(small, tmp_path, capsys):
    """The figure could not be had on speech that people know."""
    soundfile.write(tmp_path / "one.flac", speech(0.71), 24_000)
    soundfile.write(tmp_path / "two.flac", speech(0.4)[::3], 8_000)
    measure(CodesConfig.validated(small | {"data": str(tmp_path), "clips": 5}))
    assert f"data: 2 clips, 1 s, {tmp_path}; " in capsys.readouterr().out


def test_codes_times_nothing_that_gives_other_codes(small, monkeypatch):
    """A window that forgets what came before would be called fast without being right."""
    right = Codec.encode
    monkeypatch.setattr(Codec, "encode", lambda *given: [each ^ 1 for each in right(*given)])
    with pytest.raises(AssertionError, match=r"only 0\.00% of the codes are equal"):
        codes.measure(CodesConfig.validated(small))
