"""Where a trial keeps its training, so that a killed one goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from optuna import TrialPruned

from projects.held_folder import TRAININGS, held_folder


@contextmanager
def trial_folder(what: dict[str, Any]) -> Iterator[Path]:
    """A `held_folder` to wait for, that goes too where the trial is stopped early: nobody goes on.

    Args:
        what: All that the training depends on; JSON values.

    Raises:
        TrialPruned: As the block raised it.
    """
    stopped = None
    # A worker that was held to be dead may wake up in the same training: it leaves when it knows.
    with held_folder(TRAININGS, what, wait=True) as folder:
        try:
            yield folder
        except TrialPruned as pruned:
            stopped = pruned
    if stopped:
        raise stopped
