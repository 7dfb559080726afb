import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nilearn.glm.first_level.hemodynamic_models import compute_regressor
from scipy.signal import convolve

from projects.codec.hrf import HRF_SECONDS, convolve_codes_as_numbers, convolve_hrf, hrf_kernel
from projects.errors import UserError

TRS = st.floats(0.2, 10)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def impulse_at_50():
    impulse = np.zeros(120, np.float32)
    impulse[50] = 1
    return impulse


def test_an_impulse_at_tr_50_peaks_six_seconds_later_and_not_before_its_cause():
    """The seed's fault: centred trimming showed the response 15 s before the sound."""
    response = convolve_hrf(impulse_at_50(), 1.5)
    assert response.argmax() == 54
    assert not response[:51].any()
    assert response[51:60].max() > 0
    assert response[58:70].min() < 0, "no undershoot"


def test_centred_trimming_would_be_caught():
    """The test above must fail on the seed's way, or it guards nothing."""
    seeds_way = convolve(impulse_at_50(), hrf_kernel(1.5), mode="same")
    early = (54 - seeds_way.argmax()) * 1.5
    assert early == pytest.approx(16.5, abs=1.5)
    assert seeds_way[:51].any()


@pytest.mark.parametrize("tr", [0.2, 0.72, 1.5, 2.0, 3.0, 10.0])
def test_the_kernel_is_nilearns_answer_to_a_stimulus_of_one_tr(tr):
    """Glover's response at another delay would align nothing with the scan."""
    event = np.array([[20 * tr], [tr], [1.0]])
    regressor, _ = compute_regressor(event, "glover", tr * np.arange(200))
    kernel = hrf_kernel(tr)
    answer = regressor[20 : 20 + len(kernel), 0]
    np.testing.assert_allclose(kernel, answer / answer.sum(), atol=0.02 * kernel.max())


@settings(deadline=None)
@given(tr=TRS)
def test_the_kernel_weighs_one_and_lasts_the_whole_response(tr):
    """A sum other than 1 would scale features with the TR."""
    kernel = hrf_kernel(tr)
    assert kernel.sum() == pytest.approx(1)
    assert kernel[0] == 0
    assert (len(kernel) - 2) * tr < HRF_SECONDS <= (len(kernel) - 1) * tr + 1e-6


@settings(max_examples=40, deadline=None)
@given(tr=TRS, n_trs=st.integers(1, 200), seed=st.integers(0, 99))
def test_it_is_scipys_convolution_cut_at_the_end(tr, n_trs, seed):
    """The fast way must give what the plain one does, at any length and TR."""
    features = noise(n_trs, 2, 3, seed=seed)
    convolved = convolve_hrf(features, tr)
    kernel = hrf_kernel(tr)[:, None, None]
    expected = convolve(features.astype(float), kernel)[:n_trs]
    np.testing.assert_allclose(convolved, expected, atol=1e-5)
    assert convolved.dtype == np.float32


@settings(max_examples=40, deadline=None)
@given(n_trs=st.integers(2, 200), data=st.data())
def test_the_past_does_not_change_with_the_future(n_trs, data):
    """A model would be handed what has not been heard yet."""
    now = data.draw(st.integers(0, n_trs - 1))
    features = noise(n_trs, 3)
    before = convolve_hrf(features, 1.5)
    features[now:] += noise(n_trs - now, 3, seed=1)
    np.testing.assert_array_equal(convolve_hrf(features, 1.5)[: now + 1], before[: now + 1])


def test_it_is_linear_and_leaves_a_constant_as_it_is():
    one, other = noise(100, 4), noise(100, 4, seed=1)
    together = convolve_hrf(2 * one - 3 * other, 1.5)
    apart = 2 * convolve_hrf(one, 1.5) - 3 * convolve_hrf(other, 1.5)
    np.testing.assert_allclose(together, apart, atol=1e-5)
    np.testing.assert_allclose(convolve_hrf(np.ones(100), 1.5)[22:], 1, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_any_floats_in_any_order_are_left_as_they_were(dtype):
    """Memory-mapped features may not be written to, and views are no copies."""
    features = noise(4, 40).astype(dtype).T[::-1]
    features.flags.writeable = False
    copy = features.copy()
    expected = convolve(copy.astype(float), hrf_kernel(2.0)[:, None])[:40]
    np.testing.assert_allclose(convolve_hrf(features, 2.0), expected, atol=1e-5)
    np.testing.assert_array_equal(features, copy)


def test_no_memory_is_taken_but_the_outputs():
    """An FFT of 23 minutes of embedded codes takes gigabytes."""
    features = noise(920, 2000)
    hrf_kernel(1.5)
    tracemalloc.start()
    convolve_hrf(features, 1.5)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.1 * features.nbytes


@pytest.mark.parametrize("shape", [(70,), (70, 5)])
@pytest.mark.parametrize("place", [0, 15, 16, 33, 69])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_refused_wherever_they_stand(shape, place, value):
    """One NaN would spread over its neighbours, those before it too."""
    features = noise(*shape)
    features[place] = value
    with pytest.raises(UserError, match="expected finite features, got NaN or inf") as refused:
        convolve_hrf(features, 1.5)
    start = place // 16 * 16
    assert str(refused.value).endswith(f"in TR {start} to {min(start + 15, 69)}")


@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.uint8, bool])
def test_codes_are_refused_for_they_are_names(dtype):
    """The seed's fault: entry 512 is not half of entry 1024."""
    with pytest.raises(UserError, match=r"^expected embeddings or latents.*codes are names[^\n]*$"):
        convolve_hrf(np.ones((40, 8), dtype), 1.5)


def test_nothing_is_refused():
    with pytest.raises(UserError, match="one TR or more"):
        convolve_hrf(np.ones((0, 8)), 1.5)


def test_codes_as_numbers_is_round_and_clip_of_the_convolution():
    """The seed's way could not be shown for what it is."""
    codes = np.random.default_rng(0).integers(0, 1024, (60, 8, 5)).astype(np.int16)
    codes[20:] = 1023
    codes[40:] = 0
    convolved = convolve_codes_as_numbers(codes, 1.5)
    plain = convolve(codes.astype(float), hrf_kernel(1.5)[:, None, None])[:60]
    assert plain.max() > 1024, "nothing to clip above"
    assert plain.min() < -1, "nothing to clip below"
    assert convolved.dtype == np.int16
    np.testing.assert_allclose(convolved, np.clip(plain, 0, 1023), atol=0.501)


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (np.ones((40, 8)), "integers, got float64"),
        (np.full((40, 8), 1024), "from 0 to 1023, got 1024 to 1024"),
        (np.full((40, 8), -1), "from 0 to 1023, got -1 to -1"),
    ],
)
def test_what_names_no_entry_is_no_code(codes, message):
    with pytest.raises(UserError, match=message):
        convolve_codes_as_numbers(codes, 1.5)
