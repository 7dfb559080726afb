"""What a killed training leaves behind, and what the next one trusts of it."""

import pytest
from transformers.trainer_callback import TrainerState

from projects.species.training.checkpoints import STATE, last_whole_checkpoint


def checkpoint(folder, step: int, state: str | None = None):
    path = folder / f"checkpoint-{step}"
    path.mkdir()
    (path / "model.safetensors").write_bytes(b"weights")
    if state is None:
        TrainerState(global_step=step).save_to_json(str(path / STATE))
    else:
        (path / STATE).write_text(state)
    return path


def test_the_newest_whole_checkpoint_is_taken_by_number_not_by_name(tmp_path):
    checkpoint(tmp_path, 9)
    newest = checkpoint(tmp_path, 100)
    assert last_whole_checkpoint(tmp_path) == newest


@pytest.mark.parametrize("state", ["", '{"global_step": 2'])
def test_a_half_written_checkpoint_is_removed_and_the_one_before_taken(tmp_path, state):
    """Going on from half a checkpoint would give another network, silently."""
    whole = checkpoint(tmp_path, 10)
    broken = checkpoint(tmp_path, 20, state)
    assert last_whole_checkpoint(tmp_path) == whole
    assert not broken.exists()


def test_without_a_checkpoint_training_starts_anew(tmp_path):
    assert last_whole_checkpoint(tmp_path / "nothing here") is None
