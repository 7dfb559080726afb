import json
import os
import signal
from multiprocessing import get_context

import numpy as np
import pytest
import torch
from pulled_plug import PulledPlugError, interrupt_at
from safetensors.torch import load_file

from projects.codec.autoencoder.config import AutoencoderConfig
from projects.codec.autoencoder.fit import CHECKPOINT, fit
from projects.codec.autoencoder.inference import infer
from projects.codec.autoencoder.load import load_autoencoder
from projects.codec.autoencoder.samples import TrSamples
from projects.codec.autoencoder.scores import score
from projects.errors import UserError

ENTRIES = 16
QUICK = {
    "embedding_size": 8,
    "width": 16,
    "bottleneck": 32,
    "epochs": 4,
    "patience": 10,
    "batch_size": 8,
    "learning_rate": 0.01,
}


def trs(count, seed, video=True):
    """Each TR repeats one of a few patterns, so that what is learnt on some is true of others."""
    random = np.random.default_rng(seed)
    patterns = np.random.default_rng(99).integers(0, ENTRIES, (4, 2, 13))
    kinds = random.integers(0, 4, count)
    mask = np.ones((count, 13), bool)
    mask[::2, -1] = False
    pictures = random.standard_normal((count, 3)) + kinds[:, None]
    pictures[0] = np.nan
    return TrSamples(patterns[kinds].astype(np.int16), mask, pictures if video else None)


def train(folder, log=lambda values, epoch: None, video=True, **settings):
    config = AutoencoderConfig.validated(QUICK | settings)
    samples = trs(40, 0, video)
    sizes = config.network_config(samples, ENTRIES)
    return fit(config, samples, trs(20, 1, video), sizes, folder, log)


def weights(fitted):
    return load_file(fitted.folder / "model.safetensors")


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name, weight in one.items():
        assert torch.equal(weight, other[name]), name


def test_an_interrupted_training_ends_as_an_uninterrupted_one(tmp_path):
    """A model would depend on when the machine went down."""
    torch.manual_seed(5)
    logged, relogged = {}, {}
    whole = train(tmp_path / "whole", lambda values, epoch: logged.update({epoch: values}))
    with pytest.raises(PulledPlugError):
        train(tmp_path / "cut", interrupt_at(3))
    torch.manual_seed(6)
    np.random.seed(6)
    cut = train(tmp_path / "cut", lambda values, epoch: relogged.update({epoch: values}))
    assert_same(weights(whole), weights(cut))
    assert logged == relogged == whole.curves == cut.curves
    assert list(logged) == [1, 2, 3, 4]
    assert (whole.train, whole.validation) == (cut.train, cut.validation)


def _killed(folder):
    torch.set_num_threads(1)
    train(folder, lambda values, epoch: epoch == 3 and os.kill(os.getpid(), signal.SIGKILL))


@pytest.mark.slow
def test_a_killed_training_goes_on(tmp_path):
    """As above, with a process that has no time to tidy up."""
    process = get_context("spawn").Process(target=_killed, args=(tmp_path / "killed",))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        epochs = []
        killed = train(tmp_path / "killed", lambda values, epoch: epochs.append(epoch))
        whole = train(tmp_path / "whole")
    finally:
        torch.set_num_threads(threads)
    assert epochs == [1, 2, 3, 4]
    assert_same(weights(whole), weights(killed))


def test_a_finished_training_is_read_and_not_repeated(tmp_path):
    """Hours would be spent again after the last step before registration failed."""
    first = train(tmp_path)
    (tmp_path / CHECKPOINT).unlink()
    epochs = []
    assert train(tmp_path, lambda values, epoch: epochs.append(epoch)) == first
    assert epochs == [1, 2, 3, 4]
    assert not list(tmp_path.rglob(".partial*"))


def test_seeds_decide_the_weights_and_leave_the_callers_random_state_alone(tmp_path):
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    one = train(tmp_path / "one", epochs=1)
    assert torch.rand(1) == expected
    assert_same(weights(one), weights(train(tmp_path / "two", epochs=1)))
    other = weights(train(tmp_path / "three", epochs=1, seed=1))
    assert any(not torch.equal(weight, other[name]) for name, weight in weights(one).items())


def test_the_best_epoch_is_what_is_kept(tmp_path):
    """The last epoch of an overfitted training would be served."""
    fitted = train(tmp_path, epochs=12, patience=2, learning_rate=0.1)
    losses = {epoch: values["validation.loss"] for epoch, values in fitted.curves.items()}
    assert fitted.best_epoch == min(losses, key=losses.get)
    assert len(losses) == min(12, fitted.best_epoch + 2)
    again = score(load_autoencoder(fitted.folder), trs(20, 1))
    assert again == fitted.validation
    assert again.mean_loss == losses[fitted.best_epoch]


def test_patterns_are_learnt_and_known_again_by_sound_alone(tmp_path):
    """At serving there may be no video: without dropping it in training, sound would be ignored."""
    fitted = train(tmp_path, epochs=40)
    assert min(fitted.validation.accuracy) > 0.9
    silent = trs(20, 1, video=False)
    network = load_autoencoder(fitted.folder)
    assert min(score(network, silent).accuracy) > 0.9
    curve = fitted.curves[fitted.best_epoch]
    assert curve["validation.accuracy.codebook_2"] == fitted.validation.accuracy[1]
    inferred = infer(network, silent)
    assert inferred.codes.shape == silent.codes.shape and inferred.codes.dtype == np.int16
    assert inferred.bottleneck.shape == (20, 32)
    right = (inferred.codes == silent.codes).swapaxes(1, 2)[silent.mask].mean(axis=0)
    np.testing.assert_allclose(right, score(network, silent).accuracy)


def test_what_is_random_is_not_predicted(tmp_path):
    """Accuracy above chance on codes that follow nothing would mean that validation leaks."""
    random = np.random.default_rng(0)
    codes = random.integers(0, ENTRIES, (300, 2, 13))
    samples = TrSamples(codes, np.ones((300, 13), bool))
    config = AutoencoderConfig.validated(QUICK | {"bottleneck": 1, "epochs": 1})
    sizes = config.network_config(samples, ENTRIES)
    one, other = samples.part(np.arange(100)), samples.part(np.arange(100, 300))
    fitted = fit(config, one, other, sizes, tmp_path, lambda values, epoch: None)
    np.testing.assert_allclose(fitted.validation.accuracy, 1 / ENTRIES, atol=0.025)
    np.testing.assert_allclose(fitted.validation.loss, np.log(ENTRIES), atol=0.3)


def test_scores_do_not_depend_on_the_batches(tmp_path):
    """A loss would be that of the last batch's size."""
    network = load_autoencoder(train(tmp_path, epochs=1).folder)
    samples = trs(45, 2)
    whole = score(network, samples)
    rows = [samples.part(np.array([row])) for row in range(45)]
    frames = [int(row.mask.sum()) for row in rows]
    losses = [score(network, row).loss for row in rows]
    np.testing.assert_allclose(whole.loss, np.average(losses, axis=0, weights=frames), rtol=1e-5)


def test_a_checkpoint_holds_no_pickled_code(tmp_path):
    train(tmp_path, epochs=1)
    assert torch.load(tmp_path / CHECKPOINT, weights_only=True)["progress"]["best_epoch"] == 1
    history = json.loads((tmp_path / "finished" / "history.json").read_text())
    assert history["best_epoch"] == 1


def test_a_training_that_diverges_says_so(tmp_path):
    """NaN would be kept as the best epoch."""
    samples = trs(8, 0)
    huge = TrSamples(samples.codes, samples.mask, np.full((8, 3), 3e38))
    config = AutoencoderConfig.validated(QUICK | {"modality_dropout": 0})
    sizes = config.network_config(huge, ENTRIES)
    with pytest.raises(UserError, match="expected a finite validation loss, got nan in epoch 1"):
        fit(config, huge, huge, sizes, tmp_path, lambda values, epoch: None)


def test_samples_that_do_not_fit_are_refused_before_training(tmp_path):
    config = AutoencoderConfig.validated(QUICK)
    samples = trs(8, 0)
    with pytest.raises(UserError, match="codes: expected below 4"):
        fit(config, samples, samples, config.network_config(samples, 4), tmp_path, print)
