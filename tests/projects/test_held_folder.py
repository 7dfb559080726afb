"""What a killed training keeps, and whom it is kept from."""

import pytest

from projects.errors import UserError
from projects.held_folder import held_folder

WHAT = {"settings": {"seed": 0}, "split": "a"}


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
