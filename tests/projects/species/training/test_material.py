"""What a network is trained on, and what it must never see."""

import numpy as np
import pandas as pd
import pytest
import torch

from projects.audio.store import FeatureStore, write_shard
from projects.species.front_ends.front_end import BACKGROUND, SEGMENT
from projects.species.front_ends.log_mel import LogMel
from projects.species.train_ast import AstConfig
from projects.species.training.material import gather_material

FRONT_END = LogMel(segment_seconds=1)
LABELS = ["chiff", "chaff"]
SIDES = ["train"] * 6 + ["validation"] * 2 + ["test"] * 2


@pytest.fixture
def split() -> pd.DataFrame:
    rows = [(f"{n:032x}", LABELS[n % 2], side) for n, side in enumerate(SIDES)]
    return pd.DataFrame(rows, columns=["audio", "label", "split"])


@pytest.fixture
def store(tmp_path, split) -> FeatureStore:
    """Each sound's features and background are one value, the number of its row."""
    shape = (FRONT_END.frames, FRONT_END.mels)
    store = FeatureStore(tmp_path, "log_mel", {})
    items = {
        audio: {
            SEGMENT: np.full(shape, -float(n), np.float16),
            BACKGROUND: np.full((5, FRONT_END.mels), -float(n), np.float16),
        }
        for n, audio in enumerate(split["audio"])
    }
    write_shard(store.folder, items)
    store.refresh()
    return store


def material(store, split, **settings):
    config = AstConfig.validated(settings)
    return gather_material(config, FRONT_END, store, split, LABELS)


def batch_of(gathered):
    return gathered.stack([gathered.train[n] for n in range(len(gathered.train))])


def test_the_test_set_is_seen_by_neither_training_nor_validation_nor_noise(store, split):
    """The seed chose its epoch on the recordings that it then reported."""
    split.loc[split["split"] == "test", "audio"] = "not in the store: reading it would fail"
    gathered = material(store, split, noise_probability=1)
    assert [-gathered.train[n]["log_energies"][0, 0] for n in range(6)] == [0, 1, 2, 3, 4, 5]
    assert [-gathered.validation[n]["log_energies"][0, 0] for n in range(2)] == [6, 7]
    gathered.augment(batch_of(gathered))


def test_background_noise_comes_from_training_recordings_only(store, split):
    """Noise of the validation recordings would carry their recordist into training."""
    split.loc[split["split"] != "train", "audio"] = split["audio"].iloc[0]
    gathered = material(store, split, noise_probability=1)
    powers = gathered.augment._bank[:, 0, 0]
    np.testing.assert_allclose(powers, 10 ** (-np.arange(6) / 10), rtol=1e-3)


@pytest.mark.parametrize(
    "switched_on",
    [
        {"mixup_probability": 1},
        {"spec_augment_probability": 1},
        {"noise_probability": 1},
        {"frequency_shift": 20},
        {"time_shift_probability": 1},
    ],
)
def test_each_augmentation_that_is_asked_for_changes_the_batch(store, split, switched_on):
    """The seed parsed its MixUp flags and never used them."""
    off = dict.fromkeys(
        [
            "mixup_probability",
            "spec_augment_probability",
            "noise_probability",
            "time_shift_probability",
            "frequency_shift",
        ],
        0,
    )
    random = np.random.default_rng(0)
    gathered = material(store, split, **off)
    batch = batch_of(gathered)
    batch["input_values"] = torch.from_numpy(
        random.uniform(-80, 0, batch["input_values"].shape).astype(np.float32)
    )
    plain = gathered.plain(batch)
    same = gathered.augment(batch)
    assert torch.allclose(same["input_values"], plain["input_values"], atol=1e-4)
    torch.manual_seed(1)
    changed = material(store, split, **{**off, **switched_on}).augment(batch)
    assert not torch.allclose(changed["input_values"], plain["input_values"], atol=1e-2)
    assert torch.allclose(changed["labels"].sum(dim=1), torch.ones(6))


def test_batches_are_time_first_as_ast_takes_them(store, split):
    """The seed fed AST transposed spectrograms, and no error told."""
    batch = batch_of(material(store, split))
    assert batch["input_values"].shape == (6, FRONT_END.frames, FRONT_END.mels)
    assert batch["labels"].shape == (6, 2)
