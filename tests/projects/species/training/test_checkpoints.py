"""What a killed training leaves behind, and what the next one trusts of it."""

import pytest
from transformers.trainer_callback import TrainerState

from projects.errors import UserError
from projects.species.training.checkpoints import STATE, held_folder, last_whole_checkpoint

WHAT = {"settings": {"seed": 0}, "split": "a"}


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


def test_the_folder_stays_after_a_failure_and_goes_after_success(tmp_path):
    with pytest.raises(RuntimeError), held_folder(tmp_path, WHAT) as folder:
        (folder / "state").write_text("epoch 1")
        raise RuntimeError
    with held_folder(tmp_path, WHAT) as again:
        assert (again / "state").read_text() == "epoch 1"
    assert not again.exists()


def test_another_setting_or_split_never_finds_the_state_of_this_one(tmp_path):
    with held_folder(tmp_path, WHAT) as one, held_folder(tmp_path, {**WHAT, "split": "b"}) as two:
        assert one != two


def test_the_same_training_twice_at_once_is_refused(tmp_path):
    """Two processes writing one state would spoil both."""
    with (
        held_folder(tmp_path, WHAT),
        pytest.raises(UserError, match="running already"),
        held_folder(tmp_path, WHAT),
    ):
        pass
