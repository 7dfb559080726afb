"""Deciding about `@champion` where the store is: under its lock, written down before it is done."""

from dataclasses import dataclass, replace

import mlflow

from evaluation.gates.canonical import gate_text
from evaluation.gates.gate import Gate
from evaluation.gates.verdict import Outcome, Row
from projects.errors import UserError
from registry import chain
from registry.aliases import bring_in_line, caught_up, champion_found, still_there
from registry.entry import PROMOTED, REFUSED, Entry
from registry.judgement import judge
from registry.lock import locked
from registry.record import examined, found_version, recorded_gate, reigning
from registry.standing import champions_decision, made_at, standing


@dataclass(frozen=True)
class Asked:
    """What is asked for.

    Attributes:
        model: Name of the registered model.
        version: That shall become champion.
        by: Who asks.
        gate: To judge by; None for the one that the champion passed, or that the version was
            evaluated for where there is no champion.
        accept: A person's reason to take what the gate would INVESTIGATE; empty for none.
        evidence: Reference of the dossier to judge by, empty for the one that the version names.
    """

    model: str
    version: str
    by: str
    gate: Gate | None = None
    accept: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Decision:
    """What was decided about a version.

    Attributes:
        entry: As it is on record.
        run_id: The decision's own run in the experiment `promotions`, None for a dry run.
        rows: What the gate found; none for a rollback, or if a server decided.
    """

    entry: Entry
    run_id: str | None
    rows: tuple[Row, ...] = ()

    @property
    def promoted(self) -> bool:
        """Whether the version is champion now; in a dry run, whether it would be."""
        return self.entry.decision == PROMOTED


def promote(asked: Asked) -> Decision:
    """Decides whether a version becomes `@champion`, and makes it so.

    Under the lock: what an earlier process left undone is completed, the champion is read, the
    candidate is judged beside it, the decision is recorded, and then the aliases are moved.

    Returns:
        The decision, refused or not.

    Raises:
        UserError: There is no such version, no evidence about it, or it is champion already.
    """
    with locked(mlflow.get_registry_uri(), asked.model):
        last, found = caught_up(asked.model)
        weighed = _weighed(asked, last)
        decided = carried_out(replace(weighed.entry, found=found), last)
        return replace(decided, rows=weighed.rows)


def try_out(asked: Asked) -> Decision:
    """What `promote` would decide; changes nothing.

    Raises:
        UserError: As in `promote`.
    """
    last = chain.head(asked.model)
    return _weighed(asked, standing(last and chain.intact(last)))


def carried_out(entry: Entry, last: Entry | None) -> Decision:
    """Writes a decision behind the last one and does what it says.

    The caller holds the model's lock.
    """
    decided = chain.append(entry, last)
    bring_in_line(decided)
    return Decision(decided.entry, decided.run.info.run_id)


def _weighed(asked: Asked, last: Entry | None) -> Decision:
    before = last.champion_after if last else champion_found(asked.model)
    found = found_version(asked.model, asked.version)
    version = str(found.version)  # Asked for as 07, it is 7.
    # Where it came under the alias by hand, it has to pass like any first one.
    if before == version and champions_decision(last):
        raise UserError(f"{asked.model} version {version} is @champion already")
    candidate = examined(found, asked.evidence)
    beaten = before if before != version else ""
    champion = reigning(asked.model, beaten, candidate.dossier, last) if beaten else None
    gate = asked.gate or (champion and champion.gate) or recorded_gate(candidate.dossier.gate)
    verdict = judge(gate, candidate, champion)
    reason = asked.accept.strip()
    accepted = verdict.outcome is Outcome.INVESTIGATE and bool(reason)
    promoted = verdict.outcome is Outcome.PASS or accepted
    previous = last.previous_after if last else ""
    # The place of the entry itself is where a new champion passed.
    place = f"{int(last.sequence) + 1 if last else 1:08}"
    entry = Entry(
        model=asked.model,
        decision=PROMOTED if promoted else REFUSED,
        version=version,
        champion_before=before,
        champion_after=version if promoted else before,
        previous_after=still_there(asked.model, beaten) if promoted else previous,
        outcome=verdict.outcome.value,
        gate=verdict.gate,
        gate_text=gate_text(gate),
        evidence=candidate.reference,
        dataset=candidate.dossier.dataset,
        champion_decision=place if promoted else (last.champion_decision if last else ""),
        decided_by=asked.by,
        reason=reason if accepted else "",
        model_made=made_at(asked.model),
        table=verdict.table(),
    )
    return Decision(entry, None, verdict.rows)
