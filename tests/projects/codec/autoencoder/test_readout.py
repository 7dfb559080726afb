import numpy as np
import pytest
from scipy.stats import pearsonr

from projects.audio.splits import TEST, TRAIN, VALIDATION
from projects.codec.autoencoder.readout import VoxelReadout
from projects.codec.autoencoder.runs import Run, check_runs
from projects.codec.blocks import block_split
from projects.codec.hrf import convolve_hrf
from projects.errors import UserError

TR = 1.5
FEATURES, VOXELS, N_TRS = 12, 20, 400
CARRYING = np.arange(VOXELS) < 15


def planted(n_runs=2, noise=0.5, seed=0):
    """Responses that are known weights of delayed features, and noise; the last voxels are all
    noise. Feature i is 10**(i % 3) times larger than the first."""
    random = np.random.default_rng(seed)
    weights = random.standard_normal((FEATURES, VOXELS)) * CARRYING
    scale = 10.0 ** (np.arange(FEATURES) % 3)
    runs = []
    for _ in range(n_runs):
        features = random.standard_normal((N_TRS, FEATURES))
        signal = convolve_hrf(features, TR) @ weights
        level = noise * max(signal.std(), 1e-9)
        responses = signal + level * random.standard_normal((N_TRS, VOXELS))
        runs.append(Run(scale * features + 3, responses, block_split(N_TRS, TR, 0.2, 0.2)))
    return runs


def scores(runs):
    return VoxelReadout.fit(runs, TR).score(runs)


def with_responses(runs, change):
    return [Run(run.features, change(run.responses), run.sides) for run in runs]


def test_planted_weights_are_found_where_they_are():
    """Without it no correlation that is reported means anything."""
    found = scores(planted())
    ceiling = 1 / np.sqrt(1 + 0.5**2)
    assert found.constant == ()
    assert np.all(found.correlations[CARRYING] > 0.6)
    assert abs(np.median(found.correlations[CARRYING]) - ceiling) < 0.07
    assert np.abs(found.correlations[~CARRYING]).max() < 0.3
    assert found.mean == pytest.approx(found.correlations.mean())
    assert found.median == pytest.approx(np.median(found.correlations))


def test_without_noise_the_weights_themselves_come_out():
    """Scaled or delayed twice, they would be other weights."""
    runs = planted(noise=0)
    readout = VoxelReadout.fit(runs, TR)
    random = np.random.default_rng(0)
    weights = random.standard_normal((FEATURES, VOXELS)) * CARRYING
    np.testing.assert_allclose(
        readout.weights
        / readout.standardiser.scale[:, None]
        * (10.0 ** (np.arange(FEATURES) % 3))[:, None],
        weights,
        atol=0.1,
    )


def test_shuffled_responses_are_at_chance():
    """A correlation here would be leakage from the test block."""
    random = np.random.default_rng(1)
    shuffled = scores(with_responses(planted(), random.permutation))
    assert abs(shuffled.mean) < 0.1
    assert np.abs(shuffled.correlations).max() < 0.4


def test_responses_15_s_early_or_late_score_worse():
    """The seed's HRF was shifted by as much, and nothing told."""
    runs = planted()
    in_time = scores(runs).mean
    for shift in (-10, 10):
        moved = with_responses(runs, lambda responses, by=shift: np.roll(responses, by, axis=0))
        assert scores(moved).mean < 0.5 * in_time


def test_a_runs_stimulus_does_not_reach_into_the_next_run():
    """The last sound of a run would be blamed for the first responses of another."""
    runs = planted()
    readout = VoxelReadout.fit(runs, TR)
    quiet = np.tile(readout.standardiser.mean, (30, 1))
    assert np.abs(readout.predict(quiet)).max() < 1e-4


def test_test_responses_change_nothing_that_is_learnt():
    """The test block would have been learnt from, or have chosen the penalty."""
    runs = planted()
    noisy = [
        Run(
            np.where((run.sides == TEST)[:, None], 0, run.features),
            np.where((run.sides == TEST)[:, None], 100 * run.responses, run.responses),
            run.sides,
        )
        for run in runs
    ]
    before, after = VoxelReadout.fit(runs, TR), VoxelReadout.fit(noisy, TR)
    np.testing.assert_array_equal(before.weights, after.weights)
    np.testing.assert_array_equal(before.standardiser.mean, after.standardiser.mean)
    assert before.alpha == after.alpha


def test_the_penalty_is_chosen_on_validation():
    """Features that say nothing would be fitted to the training block's noise."""
    random = np.random.default_rng(2)
    runs = planted(noise=1)
    crowded = [
        Run(
            np.hstack([run.features, random.standard_normal((N_TRS, 400))]),
            run.responses,
            run.sides,
        )
        for run in runs
    ]
    assert VoxelReadout.fit(planted(noise=0), TR).alpha < VoxelReadout.fit(crowded, TR).alpha
    assert scores(crowded).correlations[CARRYING].mean() > 0.2


def test_a_baseline_of_its_own_changes_no_score():
    """Scanners drift between runs; the difference would drown or fake what is within them."""
    runs = planted()
    moved = [
        Run(run.features, run.responses + 1000 * number, run.sides)
        for number, run in enumerate(runs)
    ]
    np.testing.assert_allclose(scores(moved).correlations, scores(runs).correlations, atol=1e-6)


def test_correlations_are_scipys():
    runs = planted(n_runs=1)
    readout = VoxelReadout.fit(runs, TR)
    here = runs[0].sides == TEST
    predicted = readout.predict(runs[0].features)[here]
    expected = [
        pearsonr(*pair).statistic
        for pair in zip(predicted.T, runs[0].responses[here].T, strict=True)
    ]
    np.testing.assert_allclose(readout.score(runs).correlations, expected)


@pytest.mark.parametrize("side", [TRAIN, VALIDATION, TEST])
def test_constant_voxels_are_named_and_not_averaged(side):
    """Voxels outside the brain would be averaged in as 0, or make the mean NaN."""
    runs = planted()
    dead = [
        Run(
            run.features,
            np.where((run.sides == side)[:, None] & (np.arange(VOXELS) == 3), 0.1, run.responses),
            run.sides,
        )
        for run in runs
    ]
    found = scores(dead)
    assert found.constant == (3,)
    assert np.flatnonzero(np.isnan(found.correlations)).tolist() == [3]
    assert found.mean == pytest.approx(np.delete(found.correlations, 3).mean())
    assert found.median == pytest.approx(np.median(np.delete(found.correlations, 3)))


def test_features_that_say_nothing_score_0():
    runs = [Run(np.ones((N_TRS, 3)), run.responses, run.sides) for run in planted()]
    assert not scores(runs).correlations.any()


def test_whole_runs_may_be_held_out():
    """Studies with runs too short for three blocks could not be scored."""
    runs = planted(4)
    sides = [TRAIN, TRAIN, VALIDATION, TEST]
    held = [
        Run(run.features, run.responses, np.full(N_TRS, side))
        for run, side in zip(runs, sides, strict=True)
    ]
    assert np.all(scores(held).correlations[CARRYING] > 0.6)


def test_what_cannot_be_fitted_is_refused_in_one_line():
    run = planted(1)[0]
    with pytest.raises(UserError, match="of equal length, got 400, 399 and 400 TRs"):
        Run(run.features, run.responses[1:], run.sides)
    with pytest.raises(UserError, match="responses: expected finite"):
        Run(run.features, np.full_like(run.responses, np.nan), run.sides)
    with pytest.raises(UserError, match="got 2 kinds"):
        check_runs([run, Run(run.features[:, 1:], run.responses, run.sides)], [TEST])
    with pytest.raises(UserError, match="got 0 kinds"):
        check_runs([], [TEST])
    with pytest.raises(UserError, match="'validation', got 0"):
        VoxelReadout.fit([Run(run.features, run.responses, np.full(N_TRS, TRAIN))], TR)
    with pytest.raises(UserError, match="a voxel or more that changes"):
        VoxelReadout.fit(with_responses([run], np.zeros_like), TR)
