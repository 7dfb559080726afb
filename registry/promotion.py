"""Moving `@champion`: one decision, under a lock, written down before it takes effect."""

import getpass
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import mlflow
from filelock import FileLock
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from evaluation.gates.verdict import Outcome, Verdict
from registry.versions import CHAMPION, PREVIOUS, version_with_alias

EXPERIMENT = "promotions"
LOCKS = Path(".syrinx/locks")


@dataclass(frozen=True)
class Decision:
    """What was decided about a version.

    Attributes:
        version: The version that was judged.
        champion_before: The version that was champion, None for the first.
        verdict: What the gate says.
        run_id: The decision's own run in the experiment `promotions`.
    """

    version: str
    champion_before: str | None
    verdict: Verdict
    run_id: str

    @property
    def promoted(self) -> bool:
        """Whether the version became champion."""
        return self.verdict.outcome is Outcome.PASS


def promote(
    candidate: ModelVersion,
    judge: Callable[[ModelVersion | None], Verdict],
    dataset_digest: str,
) -> Decision:
    """Decides whether a version becomes `@champion`, and makes it so.

    Under a lock: the champion is read, the candidate is judged beside it, the decision is
    recorded as a run of its own, and then the alias is moved; the champion of before becomes
    `@previous`.

    Args:
        candidate: The version to judge.
        judge: Gives the verdict beside the champion of the moment, or None for the first.
        dataset_digest: Of the test set behind the verdict.

    Returns:
        The decision; its verdict is not PASS where the version was refused.
    """
    with _locked(candidate.name):
        champion = version_with_alias(candidate.name, CHAMPION)
        verdict = judge(champion)
        before = str(champion.version) if champion else None
        run_id = _record(candidate, before, verdict, dataset_digest)
        decision = Decision(str(candidate.version), before, verdict, run_id)
        _apply(candidate.name, decision)
    return decision


@contextmanager
def _locked(name: str) -> Iterator[None]:
    LOCKS.mkdir(parents=True, exist_ok=True)
    store = hashlib.sha256(f"{mlflow.get_registry_uri()}\n{name}".encode()).hexdigest()[:16]
    with FileLock(LOCKS / f"{store}.lock"):
        yield


def _record(
    candidate: ModelVersion, before: str | None, verdict: Verdict, dataset_digest: str
) -> str:
    client = MlflowClient()
    experiment = client.get_experiment_by_name(EXPERIMENT)
    experiment_id = experiment.experiment_id if experiment else client.create_experiment(EXPERIMENT)
    passed = verdict.outcome is Outcome.PASS
    run = client.create_run(
        experiment_id,
        run_name=f"{candidate.name} {candidate.version}: {verdict.outcome.value}",
        tags={
            "decision": "promoted" if passed else "refused",
            "model": candidate.name,
            "version": str(candidate.version),
            "champion.before": before or "",
            "champion.after": str(candidate.version) if passed else before or "",
            "gate": verdict.gate,
            "gate.outcome": verdict.outcome.value,
            "evidence.run": candidate.run_id or "",
            "dataset.digest": dataset_digest,
            "decided.by": getpass.getuser(),
        },
    )
    client.log_text(run.info.run_id, verdict.table(), "gate.md")
    client.set_terminated(run.info.run_id)
    return run.info.run_id


def _apply(name: str, decision: Decision) -> None:
    client = MlflowClient()
    verdict = decision.verdict
    client.set_model_version_tag(name, decision.version, "gate", verdict.gate)
    client.set_model_version_tag(name, decision.version, "gate.outcome", verdict.outcome.value)
    client.set_model_version_tag(name, decision.version, "decision.run", decision.run_id)
    client.update_model_version(name, decision.version, verdict.table())
    if not decision.promoted:
        return
    if decision.champion_before not in {None, decision.version}:
        client.set_registered_model_alias(name, PREVIOUS, decision.champion_before)
    client.set_registered_model_alias(name, CHAMPION, decision.version)
