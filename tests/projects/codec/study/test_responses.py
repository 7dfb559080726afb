import numpy as np
import pytest
from nilearn.glm.first_level import glover_hrf

from projects.codec.study import Study
from projects.codec.study.features import FEATURES
from projects.codec.study.responses import (
    AUTOCORRELATION,
    NULL_SHARE,
    SNR,
    simulate_responses,
)

STUDY = Study(runs=3, minutes=20, voxels=80)
FINE = 30  # steps of a TR


@pytest.fixture(scope="module")
def simulated():
    rng = np.random.default_rng(0)
    features = {f"run-{k}": rng.normal(-40, 12, (STUDY.n_trs, len(FEATURES))) for k in range(3)}
    return simulate_responses(STUDY, features)


def delayed(features):
    """The HRF without this project's: Glover's curve over steps of a thirtieth of a TR."""
    curve = glover_hrf(STUDY.tr, oversampling=FINE)
    fine = np.repeat(features, FINE, axis=0)
    return np.stack([np.convolve(column, curve)[: len(fine) : FINE] for column in fine.T], axis=1)


def stacked(by_run):
    return np.concatenate([by_run[run] for run in sorted(by_run)])


def test_regression_finds_the_weights_and_their_signs(simulated):
    """The study could not tell a right analysis from a wrong one."""
    responses, truth = simulated
    design = np.concatenate([delayed(truth.features[run]) for run in sorted(responses)])
    found = np.linalg.lstsq(design, stacked(responses), rcond=None)[0]
    error = found - truth.weights
    assert np.corrcoef(found.ravel(), truth.weights.ravel())[0, 1] > 0.98
    assert np.abs(error).max() < 6 * error[:, ~truth.carries].std() < 0.6 * truth.weights.std()
    sure = np.abs(truth.weights) > 0.5 * truth.weights.std()
    assert (np.sign(found) == np.sign(truth.weights))[sure].all()


def test_the_response_comes_about_five_seconds_late_and_upright(simulated):
    """An HRF that is centred, early or upside down would go unnoticed."""
    responses, truth = simulated
    drive = stacked(truth.features) @ truth.weights[:, truth.carries]
    response = stacked(responses)[:, truth.carries]
    lags = np.arange(-10, 20)
    correlation = [np.mean(np.roll(drive, lag, axis=0) * response) for lag in lags]
    peak_s = lags[np.argmax(correlation)] * STUDY.tr
    assert 4 <= peak_s <= 6
    assert truth.lag_s == peak_s
    before = np.array(correlation)[lags <= 0]
    assert np.abs(before).max() < 0.1 * max(correlation)


def test_null_voxels_are_at_chance_and_the_others_at_the_ceiling(simulated):
    """A model could score on voxels in which there is nothing, or not where there is."""
    responses, truth = simulated
    *train, test = sorted(responses)
    weights = np.linalg.lstsq(
        np.concatenate([delayed(truth.features[run]) for run in train]),
        np.concatenate([responses[run] for run in train]),
        rcond=None,
    )[0]
    predicted = delayed(truth.features[test]) @ weights
    scores = np.array(
        [np.corrcoef(p, r)[0, 1] for p, r in zip(predicted.T, responses[test].T, strict=True)]
    )
    assert np.mean(~truth.carries) == NULL_SHARE
    assert np.all(truth.weights[:, ~truth.carries] == 0)
    assert np.abs(scores[~truth.carries]).max() < 0.2
    assert abs(scores[~truth.carries].mean()) < 0.05
    ceiling = SNR / np.sqrt(1 + SNR**2)
    assert scores[truth.carries].mean() == pytest.approx(ceiling, abs=0.04)


def test_the_noise_is_as_stated(simulated):
    """Intervals that take TRs for independent could not be caught out."""
    responses, truth = simulated
    noise = stacked(responses)[:, ~truth.carries]
    signal = np.concatenate([delayed(truth.features[run]) for run in sorted(responses)])
    signal = signal @ truth.weights[:, truth.carries]
    for lag in (1, 2):
        correlation = np.mean(noise[lag:] * noise[:-lag]) / np.mean(noise**2)
        assert correlation == pytest.approx(AUTOCORRELATION**lag, abs=0.03)
    assert np.mean(signal.std(axis=0)) / np.mean(noise.std(axis=0)) == pytest.approx(SNR, rel=0.05)


def test_features_are_standard_over_the_study_and_not_by_run(simulated):
    """A run of quiet sound would be taken for as loud as the others."""
    rng = np.random.default_rng(1)
    quiet, loud = (rng.normal(mean, 5, (STUDY.n_trs, len(FEATURES))) for mean in (-60, -20))
    _, truth = simulate_responses(STUDY, {"a": quiet, "b": loud})
    assert truth.features["a"].mean() < -0.8 < 0.8 < truth.features["b"].mean()
    both = stacked(truth.features)
    assert np.allclose(both.mean(axis=0), 0) and np.allclose(both.std(axis=0), 1)


def test_a_study_is_the_same_each_time_and_runs_have_their_own_noise(simulated):
    """Two makings would differ, or the noise of one run predict another's."""
    responses, truth = simulated
    again, _ = simulate_responses(STUDY, truth.features)
    null = {run: each[:, ~truth.carries] for run, each in responses.items()}
    assert all(np.allclose(again[run], responses[run], atol=1e-5) for run in responses)
    assert abs(np.corrcoef(null["run-0"].ravel(), null["run-1"].ravel())[0, 1]) < 0.05
    assert all(each.dtype == np.float32 for each in responses.values())
