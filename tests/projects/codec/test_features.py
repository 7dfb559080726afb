"""Features on the TR grid, out of the store and as they were made."""

import json

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch
from tiny_codec import save_tiny_codec, speech
from transformers import EncodecModel
from video_files import write_video

from projects.audio.decode import RecordingError
from projects.audio.extraction import extract
from projects.audio.resample import resample
from projects.audio.sound import read_sound
from projects.audio.store import FeatureStore, write_shard
from projects.codec import features
from projects.codec.features import TrExtractor
from projects.codec.load import load_codec, same_codec
from projects.codec.mel import MelBaseline
from projects.codec.tr_features import stacked
from projects.errors import UserError
from projects.parallel import FanOut


class HereFanOut(FanOut):
    """Jobs in this process: a worker takes seconds to start."""

    def run(self, function, jobs):
        for job in jobs:
            yield job, function(job)


HERE = HereFanOut(workers=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two recordings, one damaged, and a codec."""
    folder = tmp_path_factory.mktemp("features")
    save_tiny_codec(folder / "codec")
    soundfile.write(folder / "1.wav", speech(4), 24_000)
    soundfile.write(folder / "2.wav", speech(2.3, 1), 24_000)
    (folder / "3.wav").write_text("not audio")
    return folder


@pytest.fixture(scope="module")
def codec(folder):
    return load_codec(str(folder / "codec"))


def encodec(codec, bandwidth=6.0, tr=1.5):
    return TrExtractor("encodec", tr, codec.name, codec.digest, bandwidth)


def manifest(*paths):
    return pd.DataFrame({"recording_id": [p.name for p in paths], "path": [str(p) for p in paths]})


def extracted(folder, extractor, root, names=("1.wav", "2.wav")):
    return extract(manifest(*(folder / name for name in names)), extractor, root, HERE)


def read_all(extractor, found):
    return [extractor.read(found.store, audio) for audio in found.recordings["audio"]]


def test_codes_out_of_the_store_are_the_codecs_own(folder, codec, tmp_path):
    """Every frame: the seed lost 6 s of a film by cutting at 112 frames a TR."""
    extractor = encodec(codec)
    found = extracted(folder, extractor, tmp_path)
    for path, each in zip(found.recordings["path"], read_all(extractor, found), strict=True):
        (codes,) = codec.encode([soundfile.read(path, dtype="float32")[0]], 6)
        assert each.format == "encodec"
        assert each.values.shape == (each.grid.n_trs, 8, 113)
        np.testing.assert_array_equal(each.grid.join_codes(each.values), codes)


def test_mel_formats_are_the_baselines_own(folder, tmp_path):
    sound = soundfile.read(folder / "1.wav", dtype="float32")[0]
    expected = MelBaseline(mels=16).spectrogram(sound)
    full, mean = (TrExtractor(kind, 1.5, mels=16) for kind in ("mel_3d", "mel_2d"))
    found = [extracted(folder, each, tmp_path, ["1.wav"]) for each in (full, mean)]
    (three,), (two,) = read_all(full, found[0]), read_all(mean, found[1])
    joined = three.grid.join_codes(three.values)
    np.testing.assert_allclose(joined.T, expected, atol=0.02)
    assert two.values.shape == (3, 16)
    np.testing.assert_allclose(two.values[0], expected[:113].mean(axis=0), atol=0.02)


def test_each_format_has_a_store_of_its_own_that_says_what_it_holds(folder, codec, tmp_path):
    makers = [encodec(codec), *(TrExtractor(kind, 1.5, mels=16) for kind in ("mel_3d", "mel_2d"))]
    stores = [extracted(folder, each, tmp_path, ["2.wav"]).store.folder for each in makers]
    assert len(set(stores)) == 3
    for maker, store in zip(makers, stores, strict=True):
        assert json.loads((store / "settings.json").read_text())["format"] == maker.format
        assert store.name.startswith(maker.format)


def test_codes_are_never_read_as_mels_nor_mels_as_codes(folder, codec, tmp_path):
    """Names of entries averaged as if they were levels."""
    codes, mels = encodec(codec), TrExtractor("mel_3d", 1.5, mels=16)
    of_codes = extracted(folder, codes, tmp_path, ["2.wav"])
    of_mels = extracted(folder, mels, tmp_path, ["2.wav"])
    audio = of_codes.recordings["audio"][0]
    with pytest.raises(UserError, match="expected mel_3d frames, got int16"):
        mels.read(of_codes.store, audio)
    with pytest.raises(UserError, match="expected encodec frames, got float16"):
        codes.read(of_mels.store, audio)


@pytest.mark.parametrize("other", ["format", "bandwidth", "codec"])
def test_features_of_two_kinds_do_not_mix(folder, codec, tmp_path, other):
    ours = encodec(codec)
    if other == "format":
        theirs = TrExtractor("mel_3d", 1.5, mels=16)
    elif other == "bandwidth":
        theirs = encodec(codec, 3.0)
    else:
        theirs = encodec(changed_codec(tmp_path / "other"))
    both = [
        read_all(each, extracted(folder, each, tmp_path, ["2.wav"]))[0] for each in (ours, theirs)
    ]
    with pytest.raises(UserError, match="one format, source and TR"):
        stacked(both)


def changed_codec(folder):
    model = EncodecModel.from_pretrained(save_tiny_codec(folder))
    with torch.no_grad():
        model.quantizer.layers[0].codebook.embed += 0.01
    model.save_pretrained(folder)
    return load_codec(str(folder))


def test_what_is_there_is_not_made_again_and_what_changed_is(folder, codec, tmp_path):
    """Old features under new settings: an experiment that compares a thing with itself."""
    done = extracted(folder, encodec(codec), tmp_path).done
    again = extracted(folder, encodec(codec), tmp_path)
    assert (done, again.done, again.cached) == (2, 0, 2)
    for other in (encodec(codec, 3.0), encodec(codec, tr=2.0)):
        assert extracted(folder, other, tmp_path).done == 2


def test_the_codecs_name_does_not_matter_and_its_weights_do(codec, tmp_path):
    same = TrExtractor("encodec", 1.5, "another name", codec.digest, 6.0)
    other = TrExtractor("encodec", 1.5, codec.name, "0" * 16, 6.0)
    assert same.settings == encodec(codec).settings != other.settings
    whole, real = (json.dumps(encodec(codec, *each).settings) for each in ((6, 2), (6.0, 2.0)))
    assert whole == real, "the default 6 and a typed 6 would each have a store"
    mels = TrExtractor("mel_2d", 1.5, mels=16)
    assert mels.settings != TrExtractor("mel_2d", 1.5, mels=32).settings


def test_a_codec_that_was_replaced_meanwhile_makes_no_codes_under_the_old_ones_name(
    folder, tmp_path
):
    """They would be read as the other codec's ever after."""
    name = tmp_path / "codec"
    before = load_codec(str(save_tiny_codec(name)))
    extracted(folder, encodec(before), tmp_path, ["2.wav"])
    after = changed_codec(name)
    assert after.digest != before.digest
    found = extracted(folder, encodec(after), tmp_path, ["2.wav"])
    (codes,) = read_all(encodec(after), found)
    own = after.encode([soundfile.read(folder / "2.wav", dtype="float32")[0]], 6)
    np.testing.assert_array_equal(codes.grid.join_codes(codes.values), own[0])
    same_codec.cache_clear()
    with pytest.raises(UserError, match="replaced meanwhile"):
        extracted(folder, encodec(before, 3.0), tmp_path, ["2.wav"])


@pytest.mark.parametrize("kind", ["encodec", "mel_2d"])
def test_a_file_that_cannot_be_read_is_listed_and_costs_no_other(folder, codec, tmp_path, kind):
    extractor = encodec(codec) if kind == "encodec" else TrExtractor(kind, 1.5, mels=16)
    found = extracted(folder, extractor, tmp_path, ["1.wav", "3.wav", "2.wav", "gone.wav"])
    assert (found.done, len(found.failures)) == (2, 2)
    errors = found.failures.set_index("recording_id")["error"]
    assert "expected WAV, FLAC, OGG or MP3" in errors["3.wav"]
    assert "no such file" in errors["gone.wav"]
    with pytest.raises(RecordingError, match="not one of 1 recordings"):
        extracted(folder, extractor, tmp_path, ["3.wav"])


def test_long_recordings_are_encoded_in_turns_with_the_same_result(
    folder, codec, tmp_path, monkeypatch
):
    """A shard of films would not fit in memory."""
    extractor, paths = encodec(codec), {"a": folder / "1.wav", "b": folder / "2.wav"}
    together, _ = extractor.features(paths)
    monkeypatch.setattr(features, "BATCH_SECONDS", 0.1)
    in_turns, _ = extractor.features(paths)
    for audio in paths:
        np.testing.assert_array_equal(together[audio]["frames"], in_turns[audio]["frames"])
        grid = extractor.read(_store(tmp_path, extractor, together), audio).grid
        np.testing.assert_array_equal(together[audio]["edges"], grid.edges)


def _store(root, extractor, items):
    store = FeatureStore(root, extractor.name, extractor.settings)
    write_shard(store.folder, items)
    store.refresh()
    return store


def test_the_sound_of_a_video_becomes_codes_too(codec, tmp_path):
    """The seed's stimulus was a film."""
    film = write_video(tmp_path / "film.mp4", 0.3 * speech(3).astype(np.float32), rate=24_000)
    extractor = encodec(codec)
    found = extract(manifest(film), extractor, tmp_path / "store", HERE)
    (each,) = read_all(extractor, found)
    sound = resample(read_sound(film), 24_000).samples
    np.testing.assert_array_equal(each.grid.join_codes(each.values), codec.encode([sound], 6)[0])
    assert each.grid.n_frames == pytest.approx(225, abs=8)
