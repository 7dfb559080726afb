"""What a codebook is said to carry is what is lost without it, on recordings that are no test."""

import shutil

import mlflow
import numpy as np
import pandas as pd
import pytest
from speakers import write_speakers
from tiny_codec import save_tiny_codec, speech, tiny_model

from projects.audio.digests import audio_digests
from projects.codec.codec import Codec
from projects.errors import UserError
from projects.studies.codebooks import CodebooksConfig, carried, prepare, space, tell, without
from projects.studies.tune import TuneConfig, tune

EMPTY = 2
"""The codebook whose entries are all zero."""

SETTINGS = {"bandwidth": 3, "clip_seconds": 1, "workers": 1}


def write_codec(folder):
    """A codec of which one codebook says nothing."""
    model = tiny_model()
    model.quantizer.layers[EMPTY - 1].codebook.embed.zero_()
    model.save_pretrained(folder)
    return folder


@pytest.fixture
def place(tmp_path, url):
    """Recordings and a codec beside the stores."""
    write_speakers(tmp_path)
    write_codec(tmp_path / "codec")
    return tmp_path


def config(**changes):
    given = {"format": "csv", "data": "list.csv", "codec": "codec", **SETTINGS}
    return CodebooksConfig.validated({**given, **changes})


def prepared():
    with mlflow.start_run():
        return prepare(config())


def outcome(study, dropped):
    return study.try_out(config(dropped=dropped), lambda values, step: None)


def test_a_codebook_of_zeros_costs_nothing_and_one_that_says_something_does(place):
    study = prepared()
    whole, first, empty = (outcome(study, dropped) for dropped in (0, 1, EMPTY))
    assert empty.values == whole.values
    assert empty.measured["si_sdr_lost"] == 0
    assert empty.measured["entropy"] == 0
    pd.testing.assert_frame_equal(empty.items, whole.items)
    lost = whole.values["si_sdr"] - first.values["si_sdr"]
    assert first.measured["si_sdr_lost"] == pytest.approx(lost)
    assert abs(lost) > 0.1
    lower, upper = (first.measured[f"si_sdr_lost.{end}"] for end in ("lower", "upper"))
    assert lower < lost < upper


def test_what_is_left_out_is_that_codebooks_part_of_the_sum_and_no_other():
    codec = Codec(tiny_model(), "tiny", "")
    (codes,) = codec.encode([speech(1)], 3)
    left_out = codec.latents(codes) - without(codec, 3).latents(codes)
    assert np.allclose(left_out.T, codec.tables[2][codes[2]], atol=1e-5)
    assert without(codec, 0) is codec


def test_the_codec_itself_is_left_as_it_was():
    codec = Codec(tiny_model(), "tiny", "")
    without(codec, 1)
    assert codec.model.quantizer.layers[0].codebook.embed.abs().sum() > 0


def test_entropy_and_use_of_known_codes():
    codes = np.repeat(np.arange(4, dtype=np.int16), [4, 2, 1, 1])
    assert carried(codes, 8) == {"entropy": 1.75, "in_use": 0.5}
    assert carried(np.zeros(5, np.int16), 8) == {"entropy": 0, "in_use": 1 / 8}


def test_nothing_of_the_test_side_is_read(place):
    """Else the test recordings would have had a say before the test."""
    before = prepared()
    (place / "d.wav").unlink()
    after = prepared()
    assert after.digest == before.digest
    whole = outcome(after, 0)
    assert whole.values == outcome(before, 0).values
    assert set(whole.items["group"]) == {"a", "b", "c", "e"}


def test_recordings_that_the_codec_was_trained_on_do_not_count(place):
    known = audio_digests([place / f"{name}.wav" for name in "abc"])
    shutil.rmtree("codec")
    save_tiny_codec(place / "codec", known)
    assert set(outcome(prepared(), 0).items["group"]) == {"e"}
    save_tiny_codec(place / "codec", [*known, *audio_digests([place / "e.wav"])])
    with pytest.raises(UserError, match="the codec was trained on all"):
        prepared()


def test_as_many_codebooks_are_left_out_as_the_bit_rate_buys(place):
    assert space(config())["dropped"].values == (0, 1, 2, 3, 4)
    with pytest.raises(UserError, match="bandwidth"):
        space(config(bandwidth=5))


def test_the_answer_names_every_codebook_once():
    """Trials beyond the last codebook repeat one."""
    rows = {
        "dropped": [0, 2, 1, 1],
        "si_sdr": [6.0, 5.0, 1.0, 1.0],
        "si_sdr_lost": [None, 1.0, 5.0, 5.0],
        "si_sdr_lost.lower": [None, 0.5, None, None],
        "si_sdr_lost.upper": [None, 1.5, None, None],
        "entropy": [None, 9.0, 8.0, 8.0],
        "in_use": [None, 0.9, 0.7, 0.7],
    }
    told = tell(pd.DataFrame(rows))
    assert "codebook 1 5.00, too few groups" in told
    assert "codebook 2 1.00 (0.50 to 1.50)." in told
    assert "6.00 dB" in told
    assert "8.0, 9.0 bits, and 70%, 90% of" in told
    assert told.count("codebook 1") == 1


@pytest.mark.long
def test_the_study_says_what_each_codebook_carries(place, url, worker_run, capsys):
    lines = [f"{name}: {value}\n" for name, value in {**SETTINGS, "codec": "codec"}.items()]
    (place / "mine.yaml").write_text("".join(lines))
    asked = {"study": "codebooks", "trials": 3, "data": "list.csv", "format": "csv"}
    tune(TuneConfig.validated({**asked, "config": "mine.yaml", "storage": url}))
    printed = capsys.readouterr().out
    assert "codebook 1 " in printed
    assert "codebook 2 0.00 (0.00 to 0.00)" in printed
    assert "take the best" not in printed
