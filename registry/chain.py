"""The decisions about a model: runs in the experiment `promotions`, each sealed on the one before.

A decision is written in one piece, as the tags of its run: there is all of it or nothing. It says
what shall be so; whoever finds it brings the aliases in line (`registry.aliases`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from mlflow import MlflowClient
from mlflow.entities import LifecycleStage, Run, ViewType
from mlflow.exceptions import MlflowException

from projects.errors import UserError
from registry.entry import Entry, entry_in

EXPERIMENT = "promotions"
PAGE = 500


@dataclass(frozen=True)
class Decided:
    """An entry and the run that it is.

    Attributes:
        entry: What was decided.
        run: Of the experiment `promotions`; RUNNING until the aliases are in line.
    """

    entry: Entry
    run: Run

    @property
    def done(self) -> bool:
        """Whether the aliases were brought in line after it."""
        return self.run.info.status == "FINISHED"


def head(model: str) -> Decided | None:
    """The last decision about a model, deleted or not; None where there is none."""
    return next(_decisions(model, "DESC", 1), None)


def decisions(model: str) -> list[Decided]:
    """All decisions about a model, deleted or not, the first one first."""
    return list(_decisions(model, "ASC", PAGE))


def entry_at(model: str, sequence: str) -> Entry | None:
    """One decision about a model, None where it is not there.

    Raises:
        UserError: It was changed after it was sealed.
    """
    if not sequence.isdecimal():
        return None
    found = next(_decisions(model, "ASC", 1, f"= '{sequence}'"), None)
    return intact(found).entry if found else None


def intact(decided: Decided) -> Decided:
    """The same; one that was changed would be followed as if it had been decided so.

    Raises:
        UserError: It was changed after it was sealed.
    """
    entry = decided.entry
    if entry.sealed() != entry.digest:
        raise UserError(
            f"{entry.model}: expected decision {entry.sequence} as it was sealed, got a changed "
            f"one in run {decided.run.info.run_id}: see mlflow run . -e audit"
        )
    return decided


def append(entry: Entry, last: Entry | None) -> Decided:
    """Writes a decision behind the last one. The caller holds the model's lock.

    Args:
        entry: Its place, time and digests are filled in here.
        last: The chain's head.

    Raises:
        UserError: A part is too long to be kept, or the model's name cannot be asked for.
    """
    if quote_around(entry.model) is None:
        raise UserError(f"model: expected a name that can be quoted, got {entry.model!r}")
    place = int(last.sequence) + 1 if last else 1
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    before = last.digest if last else ""
    entry = replace(entry, sequence=f"{place:08}", before=before, decided_at=now)
    entry = replace(entry, digest=entry.sealed())
    client = MlflowClient()
    run = client.create_run(
        made_experiment_id(),
        run_name=f"{entry.model} {entry.version}: {entry.decision}",
        tags=entry.tags(),
    )
    return Decided(entry, run)


def finish(decided: Decided) -> None:
    """Notes that the aliases are in line with a decision; in a deleted one nothing can be noted."""
    if decided.run.info.lifecycle_stage == LifecycleStage.ACTIVE:
        MlflowClient().set_terminated(decided.run.info.run_id)


def experiment_id() -> str | None:
    """The experiment `promotions`, None before the first decision."""
    found = MlflowClient().get_experiment_by_name(EXPERIMENT)
    return found.experiment_id if found else None


def made_experiment_id() -> str:
    """The experiment `promotions`, made where there is none yet."""
    found = experiment_id()
    if found:
        return found
    try:
        return MlflowClient().create_experiment(EXPERIMENT)
    except MlflowException:
        # Another process was first.
        again = experiment_id()
        if again is None:
            raise
        return again


def quote_around(model: str) -> str | None:
    """What MLflow's filters take around a model's name; None where there is nothing."""
    if "\\" in model:
        return None
    return next((quote for quote in ("'", '"') if quote not in model), None)


def _decisions(model: str, order: str, page: int, sequence: str = "LIKE '%'") -> Iterator[Decided]:
    client, experiment = MlflowClient(), experiment_id()
    if experiment is None:
        return
    quote = quote_around(model)
    if quote is None:
        return
    token = None
    while True:
        runs = client.search_runs(
            [experiment],
            filter_string=f"tags.model = {quote}{model}{quote} AND tags.sequence {sequence}",
            run_view_type=ViewType.ALL,
            order_by=[f"tags.sequence {order}"],
            max_results=page,
            page_token=token,
        )
        yield from (Decided(entry_in(run.data.tags), run) for run in runs)
        token = runs.token
        if not token:
            return
