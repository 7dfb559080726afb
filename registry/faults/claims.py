"""Faults of what versions say of themselves: tags that were copied, or set by hand."""

from collections.abc import Iterator, Sequence

import mlflow
from mlflow.entities.model_registry import ModelVersion

from projects.errors import UserError
from registry.chain import Decided, quote_around
from registry.faults.fault import Fault
from registry.standing import about

CLAIMS = ("decision.run", "decision", "gate.outcome")
"""Tags that `registry.aliases` gives a version when it was decided about."""


def claim_faults(model: str, decided: Sequence[Decided]) -> Iterator[Fault]:
    """Looks for versions that claim a decision which the chain does not have.

    Args:
        model: Name of the registered model.
        decided: All decisions about it, the first one first.

    Raises:
        UserError: The model's name cannot be asked for.
    """
    quote = quote_around(model)
    if quote is None:
        raise UserError(f"expected a name that can be quoted, got {model!r}")
    own = about(model, decided)
    said = {
        (each.entry.version, each.run.info.run_id, each.entry.decision, each.entry.outcome)
        for each in own
    }
    # While its tags are being written, they are those of two decisions.
    underway = {each.entry.version for each in own if not each.done}
    for version in mlflow.search_model_versions(filter_string=f"name = {quote}{model}{quote}"):
        claim = tuple(version.tags.get(name, "") for name in CLAIMS)
        number = str(version.version)
        if any(claim) and number not in underway and (number, *claim) not in said:
            yield _fault(version, claim)


def _fault(version: ModelVersion, claim: tuple[str, ...]) -> Fault:
    _, decision, outcome = claim
    return Fault(
        version.name,
        f"claims {decision or 'no decision'}, {outcome or 'no outcome'}: no decision says so",
        f"version {version.version}",
        f"believe nothing of it; delete its tags {', '.join(CLAIMS)}",
    )
