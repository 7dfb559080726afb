"""What a decision about a model says, and how it is written as the tags of a run."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields

from projects.errors import UserError

NOTE = "mlflow.note.content"
"""What MLflow's UI shows as the description of a run."""

LONGEST_TAG = 8000
"""MLflow cuts longer ones, and the seal would not fit any more."""

PROMOTED, REFUSED, ROLLED_BACK = "promoted", "refused", "rolled back"


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
        found: What was otherwise than the entry before says.
        model_made: When the registered model was made, as `registry.standing.made_at` tells it.
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
    model_made: str = ""
    table: str = ""
    before: str = ""
    decided_at: str = ""
    digest: str = ""

    def sealed(self) -> str:
        """The digest that the other attributes have."""
        content = {each.name: getattr(self, each.name) for each in fields(self)}
        del content["digest"]
        if not self.model_made:
            del content["model_made"]  # So that decisions from before it was noted keep their seal.
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def section(self) -> str:
        """The gate's answer as a section of Markdown."""
        return f"## Gate {self.gate}: {self.outcome}\n\n{self.table}"

    def tags(self) -> dict[str, str]:
        """The entry as tags of a run.

        Raises:
            UserError: A part is too long to be kept.
        """
        tags = {_tag(each.name): getattr(self, each.name) for each in fields(self)}
        for name, text in tags.items():
            if len(text) > LONGEST_TAG:
                raise UserError(
                    f"decision: expected at most {LONGEST_TAG} characters of {name}, "
                    f"got {len(text)}"
                )
        return tags


def entry_in(tags: Mapping[str, str]) -> Entry:
    """The entry that was written as tags of a run."""
    return Entry(**{each.name: tags.get(_tag(each.name), "") for each in fields(Entry)})


def _tag(name: str) -> str:
    return NOTE if name == "table" else name.replace("_", ".")
