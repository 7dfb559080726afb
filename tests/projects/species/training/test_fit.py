"""The training loop: what it hands on, and that every network gets through it."""

import json
from functools import partial

import pytest
import torch
from torch.utils.data import Dataset

from projects.species.models.timm_network import build_timm
from projects.species.train_baseline import BaselineConfig
from projects.species.training.batches import Stack
from projects.species.training.fit import FINISHED, HISTORY, fit
from projects.species.training.material import Material

CURVES = {1: {"validation.accuracy": 0.4}, 2: {"validation.accuracy": 0.7}}


def test_a_training_that_was_finished_by_a_run_that_failed_later_keeps_its_curves(tmp_path):
    """The run that registers the network would be without epochs in every comparison."""
    (tmp_path / FINISHED).mkdir()
    history = {
        "curves": CURVES,
        "best_epoch": 2,
        "train_accuracy": 0.9,
        "validation_accuracy": 0.7,
        "parameters": 10,
        "seconds": 3.0,
    }
    (tmp_path / FINISHED / HISTORY).write_text(json.dumps(history))
    logged = []

    def build():
        raise AssertionError("it is trained already")

    def log(values, epoch):
        logged.append((epoch, values))

    fitted = fit(BaselineConfig(), None, build, tmp_path, log)
    assert logged == list(CURVES.items())
    assert fitted.curves == CURVES


class Tones(Dataset):
    """Clips of two labels."""

    def __init__(self, clips: int):
        self.targets = [clip % 2 for clip in range(clips)]

    def __len__(self):
        return len(self.targets)

    def __getitem__(self, clip):
        energies = torch.full((32, 64), -10.0 * self.targets[clip])
        return {"log_energies": energies, "label": self.targets[clip]}


@pytest.mark.parametrize(("clips", "batches"), [(5, [4]), (6, [4, 2]), (9, [4, 4])])
def test_one_clip_left_for_the_last_batch_stops_no_network(tmp_path, clips, batches):
    """mobilenetv4 normalises pooled features, and of one clip they have no variance."""
    trained, measured = [], []

    def seen(sizes):
        def take(batch):
            sizes.append(len(batch["labels"]))
            return batch

        return take

    material = Material(
        Tones(clips), Tones(33), Stack(2), augment=seen(trained), plain=seen(measured), labels=2
    )
    config = BaselineConfig(epochs=1, batch_size=4)
    build = partial(build_timm, "mobilenetv4_conv_small", ["owl", "wren"], 32, 64)
    fitted = fit(config, material, build, tmp_path, lambda values, epoch: None)
    assert trained == batches
    assert sum(measured) == 33 + clips
    assert fitted.best_epoch == 1
