"""A study with its trials, and which of them is the best."""

from collections.abc import Sequence
from dataclasses import dataclass

from mlflow import MlflowClient
from mlflow.entities import Run

from dashboards.lineage import STUDY
from dashboards.studies import ASKED_TRIALS, Study
from dashboards.trials import Trial, front, trials_of
from projects.errors import UserError

MOST_TRIALS = 10_000
"""That a study may have."""


@dataclass(frozen=True, eq=False)
class Tried:
    """A study with its trials.

    Attributes:
        study: It.
        trials: By their numbers.
        front: Those than which none is better, the best by the first objective first.
    """

    study: Study
    trials: Sequence[Trial]
    front: Sequence[Trial]

    @property
    def best(self) -> Trial | None:
        """The first of the front."""
        return self.front[0] if self.front else None

    @property
    def as_it_stood(self) -> Trial | None:
        """The trial of the configuration that nothing was changed in."""
        return next((each for each in self.trials if each.number == 0), None)

    @property
    def changes(self) -> bool:
        """Whether the best trial is another than that of the configuration as it stood."""
        best, stood = self.best, self.as_it_stood
        return bool(best and stood and best.settings != stood.settings)

    @property
    def unchanged(self) -> bool:
        """Whether the configuration as it stood is, at the end, the only one on the front."""
        return self.front == [self.as_it_stood] and self.study.state != "running"


def tried(run: Run) -> Tried:
    """A study with all its trials, by one search; whether the asker may read it was asked before.

    Raises:
        UserError: The run is that of no study.
    """
    if STUDY in run.data.tags:
        raise UserError(
            f"run: expected that of a study, got one of its trials or workers: its study is run "
            f"{run.data.tags[STUDY]}"
        )
    if ASKED_TRIALS not in run.data.params:
        raise UserError(
            f"run: expected that of a study, got {run.info.run_id}: choose one on the page of "
            "studies"
        )
    study = Study(run)
    runs = MlflowClient().search_runs(
        [run.info.experiment_id],
        f"tags.`{STUDY}` = '{run.info.run_id}'",
        max_results=MOST_TRIALS,
    )
    trials = trials_of(runs, study.objectives)
    return Tried(study, trials, front(trials, study.objectives))
