"""Studies: parents of trials, as `mlflow run . -e tune` makes them."""

import json
import math
import shlex
from dataclasses import dataclass
from datetime import datetime

from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE

from dashboards.lineage import STUDY
from dashboards.readers import readable_experiments
from dashboards.trials import Objectives
from dashboards.untrusted import moment_of

NAME, TEXT, OBJECTIVES = "study.name", "study.question", "study.objectives"
"""Tags of a study's run, see `projects.studies.engine.join`."""

ENTRY_POINT, BEST = "study.entry_point", "study/best.yaml"
"""A tag and a file of it, see `projects.studies.engine.finish`."""

ASKED_TRIALS = "config.trials"
"""Parameter that only a run of `tune` has."""

CONFIRMED = "train_ast"
"""The entry point whose studies `-e confirm` takes."""

STATES = {"FINISHED": "answered", "RUNNING": "running", "KILLED": "broken off"}
DIRECTIONS = ("maximize", "minimize")
LISTED = 200
"""Studies on a page, the newest first."""


@dataclass(frozen=True, eq=False)
class Study:
    """What a study's run says of it."""

    run: Run

    @property
    def name(self) -> str:
        """That it was given, or the question's own."""
        return self._tag(NAME) or self.run.data.params.get("config.study", "")

    @property
    def question(self) -> str:
        """It asks, empty where it did not say."""
        return self._tag(TEXT)

    @property
    def answer(self) -> str:
        """A paragraph, empty while there is none."""
        return self._tag(MLFLOW_RUN_NOTE)

    @property
    def objectives(self) -> Objectives:
        """What makes a trial good; empty where it did not say so."""
        try:
            told = json.loads(self._tag(OBJECTIVES) or "{}")
        except (ValueError, RecursionError):
            return {}  # Anybody may write a tag.
        known = isinstance(told, dict) and all(each in DIRECTIONS for each in told.values())
        return told if known else {}

    @property
    def best(self) -> dict[str, float]:
        """The best trial's values, by objective."""
        metrics = self.run.data.metrics
        return {
            name: metrics[f"best.{name}"] for name in self.objectives if f"best.{name}" in metrics
        }

    @property
    def state(self) -> str:
        """Whether it is at work, and whether it has its answer."""
        return STATES.get(self.run.info.status, "failed")

    @property
    def asked_trials(self) -> str:
        """How many trials it was to have."""
        return str(self.run.data.params.get(ASKED_TRIALS, ""))

    @property
    def done_trials(self) -> int | None:
        """How many came to an end, None while there is no answer."""
        metrics = self.run.data.metrics.items()
        counts = [count for name, count in metrics if name.startswith("trials.")]
        return int(sum(counts)) if counts and math.isfinite(sum(counts)) else None

    @property
    def begun(self) -> datetime:
        """When."""
        return moment_of(self.run.info.start_time)

    @property
    def entry_point(self) -> str:
        """That takes the best configuration, empty for none."""
        return self._tag(ENTRY_POINT)

    @property
    def commands(self) -> list[str]:
        """What to type to take the best configuration, and to see whether it holds."""
        if not self.entry_point:
            return []
        run = self.run.info.run_id
        take = f"mlflow run . -e {shlex.quote(self.entry_point)} -P config=runs:/{run}/{BEST}"
        confirm = f"mlflow run . -e confirm -P study={run}"
        return [take, confirm] if self.entry_point == CONFIRMED else [take]

    def _tag(self, name: str) -> str:
        return str(self.run.data.tags.get(name, ""))


def known_studies() -> list[Study]:
    """The newest studies that the asker may read."""
    readable, token = readable_experiments(), None
    found: list[Study] = []
    while len(found) < LISTED:
        runs = MlflowClient().search_runs(
            readable,
            f"params.`{ASKED_TRIALS}` != ''",
            max_results=LISTED,
            order_by=["attributes.start_time DESC"],
            page_token=token,
        )
        # The others are of workers that joined.
        found += [Study(run) for run in runs if STUDY not in run.data.tags]
        token = runs.token
        if not token:
            break
    return found[:LISTED]
