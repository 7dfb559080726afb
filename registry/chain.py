"""The decisions about a model: runs in the experiment `promotions`, each sealed on the one before.

A decision is written in one piece, as the tags of its run: there is all of it or nothing. It says
what shall be so; whoever finds it brings the aliases in line (`registry.aliases`).
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

from mlflow import MlflowClient
from mlflow.entities import LifecycleStage, Run, ViewType
from mlflow.exceptions import MlflowException

from projects.errors import UserError

EXPERIMENT = "promotions"
NOTE = "mlflow.note.content"
"""What MLflow's UI shows as the description of a run."""

LONGEST_TAG = 8000
"""MLflow cuts longer ones, and the seal would not fit any more."""

PROMOTED, REFUSED, ROLLED_BACK = "promoted", "refused", "rolled back"

PAGE = 500


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One decision; text only, empty where there is none.

    Attributes:
        sequence: Place in the model's chain, from 1, in eight digits.
        model: Name of the registered model.
        decision: promoted, refused or rolled back.
        version: That it is about.
        champion_before: Version that was champion.
        champion_after: Version that is champion from here on.
        previous_after: Version to which a rollback goes from here on.
        outcome: Of the gate; empty for a rollback.
        gate: The gate's name.
        gate_text: The gate in canonical form.
        evidence: Reference of the version's dossier.
        dataset: Digest of the test set of that.
        champion_decision: Sequence of the entry by which `champion_after` once passed.
        decided_by: A person or an account.
        decided_at: ISO 8601, UTC.
        reason: Why a person accepted it, or went back.
        found: What stood under the alias where that was not what the entry before says.
        table: The gate's rows, as Markdown.
        before: Digest of the entry before.
        digest: Over all of the above, 64 hexadecimal digits.
    """

    sequence: str = ""
    model: str = ""
    decision: str = ""
    version: str = ""
    champion_before: str = ""
    champion_after: str = ""
    previous_after: str = ""
    outcome: str = ""
    gate: str = ""
    gate_text: str = ""
    evidence: str = ""
    dataset: str = ""
    champion_decision: str = ""
    decided_by: str = ""
    reason: str = ""
    found: str = ""
    table: str = ""
    before: str = ""
    decided_at: str = ""
    digest: str = ""

    def sealed(self) -> str:
        """The digest that the other attributes have."""
        content = {each.name: getattr(self, each.name) for each in fields(self)}
        del content["digest"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def section(self) -> str:
        """The gate's answer as a section of Markdown."""
        return f"## Gate {self.gate}: {self.outcome}\n\n{self.table}"


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


def champions_decision(last: Entry | None) -> Entry | None:
    """The decision by which the champion passed, None where there is no champion by a decision.

    Args:
        last: The chain's head.

    Raises:
        UserError: It was changed after it was sealed.
    """
    return entry_at(last.model, last.champion_decision) if last else None


def promotion_of(version: str, decided: Sequence[Decided]) -> Entry | None:
    """The last decision that made a version champion by a gate."""
    entries = (each.entry for each in reversed(decided))
    return next((e for e in entries if (e.decision, e.version) == (PROMOTED, version)), None)


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
        tags=_tags(entry),
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
        yield from (Decided(_entry(run), run) for run in runs)
        token = runs.token
        if not token:
            return


def _tags(entry: Entry) -> dict[str, str]:
    tags = {_tag(each.name): getattr(entry, each.name) for each in fields(entry)}
    for name, text in tags.items():
        if len(text) > LONGEST_TAG:
            raise UserError(
                f"decision: expected at most {LONGEST_TAG} characters of {name}, got {len(text)}"
            )
    return tags


def _entry(run: Run) -> Entry:
    tags = run.data.tags
    return Entry(**{each.name: tags.get(_tag(each.name), "") for each in fields(Entry)})


def _tag(name: str) -> str:
    return NOTE if name == "table" else name.replace("_", ".")


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
