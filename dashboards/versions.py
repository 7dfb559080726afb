"""All versions of all models, and what is on record about each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import mlflow
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion, RegisteredModel
from mlflow.exceptions import MlflowException

from dashboards import evidence
from dashboards.readers import may_read
from dashboards.untrusted import moment_of
from evaluation.bootstrap import Interval
from projects.errors import UserError
from registry.dossier import TAG, Dossier
from registry.entry import Entry

DECISION = "decision.run"
"""Tag of a version: the run of the last decision about it, see `registry.aliases`."""

Aliases = dict[tuple[str, str], tuple[str, ...]]
"""Of each version, by its model's name and its number."""


@dataclass(frozen=True, eq=False)
class Known:
    """A version and what is on record about it.

    Attributes:
        version: As the registry has it.
        aliases: On it, in alphabetical order.
        dossier: The newest about it, None where there is none.
        fault: Why there is no dossier, one line, empty where there is.
        decision: Made from that dossier, None where there is none.
        decision_run: The run that this is, empty where there is none.
    """

    version: ModelVersion
    aliases: tuple[str, ...]
    dossier: Dossier | None
    fault: str = ""
    decision: Entry | None = None
    decision_run: str = ""

    @property
    def name(self) -> str:
        """Of the registered model."""
        return str(self.version.name)

    @property
    def number(self) -> str:
        """The version's."""
        return str(self.version.version)

    @property
    def key(self) -> str:
        """As addresses have it: NAME/NUMBER."""
        return f"{self.name}/{self.number}"

    @property
    def reference(self) -> str:
        """Of the dossier that the version names, empty for none."""
        return str(self.version.tags.get(TAG, ""))

    @cached_property
    def metrics(self) -> Mapping[str, Interval]:
        """What was measured, empty where it was not evaluated."""
        return self.dossier.intervals() if self.dossier else {}

    @property
    def made(self) -> datetime:
        """When the version was registered."""
        return moment_of(self.version.creation_timestamp)


def known_versions() -> list[Known]:
    """All versions that the asker may read, the newest first.

    Two searches of MLflow's; what they name is read once and then kept.
    """
    aliases = _aliases(mlflow.search_registered_models())
    readable = filter(may_read(), mlflow.search_model_versions())
    found = [_known(version, aliases) for version in readable]
    return sorted(found, key=lambda known: known.made, reverse=True)


def known(version: ModelVersion) -> Known:
    """One version; whether the asker may read it was asked before."""
    model = MlflowClient().get_registered_model(version.name)
    return _known(version, _aliases([model]))


def _aliases(models: Iterable[RegisteredModel]) -> Aliases:
    found: Aliases = {}
    for model in models:
        for alias, number in sorted(model.aliases.items()):
            place = (model.name, str(number))
            found[place] = (*found.get(place, ()), alias)
    return found


def _known(version: ModelVersion, aliases: Aliases) -> Known:
    on_it = aliases.get((version.name, str(version.version)), ())
    try:
        return _decided(Known(version, on_it, _dossier(version)))
    except UserError as error:
        return Known(version, on_it, None, str(error))


def _dossier(version: ModelVersion) -> Dossier:
    reference = version.tags.get(TAG, "")
    if not reference:
        raise UserError("not evaluated")
    found = evidence.dossier(reference)
    # A tag may have been copied from elsewhere.
    if (found.model, found.version) != (version.name, str(version.version)):
        raise UserError(f"its evidence is about {found.model} version {found.version}")
    return found


def _decided(known: Known) -> Known:
    run_id = known.version.tags.get(DECISION, "")
    if not run_id:
        return known
    try:
        entry = evidence.decision(run_id).entry
    except (MlflowException, UserError):
        return known  # The tag is anybody's to write; what counts is in the model's history.
    if (entry.model, entry.version, entry.evidence) != (known.name, known.number, known.reference):
        return known
    if not entry.outcome:
        return known  # A rollback: no gate was asked.
    return Known(known.version, known.aliases, known.dossier, "", entry, run_id)
