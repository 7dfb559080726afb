"""Video, text and responses beside the sound, from a CSV to the TRs of a training."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from tiny_codec import save_tiny_codec, speech

from projects.audio.extraction import FeatureSet, extract
from projects.audio.readers import read_csv
from projects.audio.splits import TEST, TRAIN
from projects.codec.autoencoder.stimuli import read_stimuli, samples_of
from projects.codec.features import TrExtractor
from projects.codec.load import load_codec
from projects.errors import UserError
from projects.parallel import FanOut

TR = 0.5
SECONDS = {"a": 4.0, "b": 3.0}
SIDES = [np.repeat([TRAIN, TEST], [5, 3]), np.repeat([TRAIN, TEST], [4, 2])]


@pytest.fixture(scope="module")
def codes(tmp_path_factory) -> tuple[FeatureSet, TrExtractor]:
    folder = tmp_path_factory.mktemp("codes")
    for run, (name, seconds) in enumerate(SECONDS.items()):
        soundfile.write(folder / f"{name}.wav", speech(seconds, run), 24_000)
    pd.DataFrame({"path": [f"{name}.wav" for name in SECONDS], "speaker": list(SECONDS)}).to_csv(
        folder / "list.csv", index=False
    )
    name = str(save_tiny_codec(folder / "codec"))
    extractor = TrExtractor("encodec", TR, name, load_codec(name).digest, 1.5)
    manifest = read_csv(folder / "list.csv", labelled=False)
    return extract(manifest, extractor, folder / "store", FanOut(workers=1)), extractor


def read(codes, rates=None, **columns):
    """Reads with more columns in the manifest, a value a recording."""
    features, extractor = codes
    rows = features.recordings.assign(**columns)
    return read_stimuli(
        FeatureSet(features.store, rows, features.failures, 0), extractor, rates or {}
    )


def save(path: Path, values) -> str:
    np.save(path, np.asarray(values, np.float32))
    return str(path)


def beside(codes, name: str) -> Path:
    """A path beside the recordings."""
    return Path(codes[0].recordings["path"].iloc[0]).parent / name


def noise(n, features=3, seed=0):
    return np.random.default_rng(seed).standard_normal((n, features)).astype(np.float32)


def test_without_columns_a_recording_is_its_codes(codes):
    a, b = read(codes)
    assert (a.n_trs, b.n_trs) == (8, 6)
    assert a.responses is None
    samples = samples_of([a, b], SIDES)
    assert len(samples) == 14
    assert samples.video is None
    np.testing.assert_array_equal(samples.codes[8:], b.codes.values)


def test_files_are_found_beside_the_recording_or_where_an_absolute_path_says(codes, tmp_path):
    save(beside(codes, "beside.npy"), noise(8))
    elsewhere = save(tmp_path / "elsewhere.npy", noise(6, seed=1))
    a, b = read(codes, video=["beside.npy", elsewhere])
    np.testing.assert_array_equal(a.modalities["video"], noise(8))
    np.testing.assert_array_equal(b.modalities["video"], noise(6, seed=1))


def test_a_pickle_is_refused_and_never_run(codes, tmp_path):
    """A data set from the net must not run its author's code."""
    ran = tmp_path / "ran"

    class Attack:
        def __reduce__(self):
            return (Path.touch, (ran,))

    np.save(tmp_path / "x.npy", np.array([Attack()], dtype=object), allow_pickle=True)
    with pytest.raises(UserError, match=r"video: expected a \.npy file of numbers"):
        read(codes, video=[str(tmp_path / "x.npy"), ""])
    assert not ran.exists()


@pytest.mark.parametrize("values", [np.ones(8, np.float32), np.ones((8, 3), np.int64)])
def test_arrays_that_are_not_floating_time_by_features_are_refused(codes, tmp_path, values):
    np.save(tmp_path / "x.npy", values)
    with pytest.raises(UserError, match=r"text: expected floating \(time, features\)") as refused:
        read(codes, text=[str(tmp_path / "x.npy"), ""])
    assert str(values.shape) in str(refused.value)


def test_what_is_no_npy_file_is_refused_in_one_line(codes, tmp_path):
    np.savez(tmp_path / "x.npz", a=noise(8))
    (tmp_path / "text.npy").write_text("1, 2, 3")
    (tmp_path / "empty.npy").touch()
    for name in ("x.npz", "text.npy", "empty.npy", "missing.npy"):
        with pytest.raises(UserError, match=f"responses: expected .*{name}") as refused:
            read(codes, responses=[str(tmp_path / name), ""])
        assert "\n" not in str(refused.value)


def test_all_is_cropped_where_one_ends_and_nothing_is_stretched(codes, tmp_path):
    """Stretched to fit, each later volume would answer to another moment of the film."""
    video = save(tmp_path / "video.npy", noise(5))
    responses = save(tmp_path / "responses.npy", noise(20, 7, seed=1))
    a, b = read(codes, video=[video, ""], responses=[responses, ""])
    assert a.n_trs == 5
    np.testing.assert_array_equal(a.modalities["video"], noise(5))
    np.testing.assert_array_equal(a.responses, noise(20, 7, seed=1)[:5])
    assert b.n_trs == 6
    samples = samples_of([a, b], [np.repeat(TRAIN, 5), SIDES[1]])
    np.testing.assert_array_equal(samples.codes[:5], a.codes.values[:5])


def test_a_rate_brings_a_modality_to_the_trs_centres(codes, tmp_path):
    """A clock at 10 Hz read at TRs of 0.5 s: 0.25, 0.75, 1.25 s, ..."""
    clock = (np.arange(40) + 0.5)[:, None] / 10
    a, _ = read(codes, {"video": 10.0}, video=[save(tmp_path / "clock.npy", clock), ""])
    expected = (np.arange(8) + 0.5) * TR
    np.testing.assert_allclose(a.modalities["video"][:, 0], expected, atol=1e-6)


def test_a_recording_without_a_modality_has_rows_of_nan(codes, tmp_path):
    """Zeros would say that there is a picture, and that it is average."""
    a, b = read(codes, text=["", save(tmp_path / "b.npy", noise(6))])
    samples = samples_of([a, b], SIDES)
    assert np.isnan(samples.text[:8]).all()
    assert np.isfinite(samples.text[8:]).all()
    assert samples.video is None


def test_modalities_are_scaled_by_the_training_trs_alone(codes, tmp_path):
    """A scale that knows the test says something of it to the network."""
    values = 5 + 3 * noise(8)
    before = samples_of(read(codes, video=[save(tmp_path / "1.npy", values), ""]), SIDES)
    values[5:] = 1000
    after = samples_of(read(codes, video=[save(tmp_path / "2.npy", values), ""]), SIDES)
    np.testing.assert_array_equal(before.video[:5], after.video[:5])
    assert (before.video[5:8] != after.video[5:8]).all()
    np.testing.assert_allclose(before.video[:5].mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(before.video[:5].std(axis=0), 1, atol=1e-5)


def test_features_of_two_sizes_are_refused(codes, tmp_path):
    paths = [save(tmp_path / "1.npy", noise(8, 3)), save(tmp_path / "2.npy", noise(6, 4))]
    stimuli = read(codes, video=paths)
    with pytest.raises(UserError, match=r"video: expected one number of features, got \[3, 4\]"):
        samples_of(stimuli, SIDES)


def test_a_modality_that_no_training_tr_has_or_with_nan_is_named(codes, tmp_path):
    """One of many files holds NaN: which kind must be said."""
    (tmp_path / "nan.npy").touch()
    stimuli = read(codes, text=[save(tmp_path / "nan.npy", np.full((8, 2), np.nan)), ""])
    with pytest.raises(UserError, match="text: training TRs: expected finite"):
        samples_of(stimuli, SIDES)
    stimuli = read(codes, text=[save(tmp_path / "1.npy", noise(8)), ""])
    with pytest.raises(UserError, match="text: training TRs: expected finite features of one TR"):
        samples_of(stimuli, [np.repeat(TEST, 8), SIDES[1]])


def test_other_pictures_with_the_same_sound_are_another_training(codes, tmp_path):
    """Told apart by sound alone, a killed training would go on with the new files' data."""
    first, second = (save(tmp_path / f"{n}.npy", noise(8, seed=n)) for n in range(2))
    given = ({"video": first}, {"video": second}, {"text": first}, {})
    columns = [{name: [path, ""] for name, path in each.items()} for each in given]
    digests = [read(codes, **each)[0].digest for each in columns]
    assert len(set(digests)) == 4
    assert read(codes, video=[first, ""])[0].digest == digests[0]
