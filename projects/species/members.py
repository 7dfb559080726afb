"""Registered classifiers that are to answer together, and the split that they share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from mlflow import MlflowClient
from mlflow.pyfunc import PyFuncModel

from evaluation.scoring import load_model
from projects.audio.digests import with_digests
from projects.audio.manifest import dataset_digest
from projects.audio.splits import TEST, VALIDATION
from projects.errors import UserError
from projects.species.classifier import SpeciesClassifier
from projects.species.ensemble import check_same_labels
from projects.species.what_is_trained import NETWORK, RECIPE
from registry.versions import pinned

VERSION = re.compile(r"models:/[^/@:]+/[1-9]\d*")
"""Any other address could mean another model tomorrow, or the same one once more."""


@dataclass(frozen=True, eq=False)
class Member:
    """A registered classifier.

    Attributes:
        uri: `models:/NAME/VERSION`.
        served: The model as it is served.
        classifier: The network in it.
        run_id: Of its training.
        network: What people call it.
        recipe: What it shares with its other seeds; its model's id where it has none.
        digests: Side of its split to digest of the recordings there.
    """

    uri: str
    served: PyFuncModel
    classifier: SpeciesClassifier
    run_id: str
    network: str
    recipe: str
    digests: dict[str, str]

    @property
    def model_id(self) -> str:
        """Of the logged model, which several versions may share."""
        return self.served.metadata.model_id

    def what(self, weight: float) -> dict[str, object]:
        """As the ensemble names it, JSON values."""
        return {
            "model": self.uri,
            "model_id": self.model_id,
            "run_id": self.run_id,
            "network": self.network,
            "weight": weight,
        }


def read_members(uris: Sequence[str]) -> list[Member]:
    """Loads the members of an ensemble.

    Args:
        uris: `models:/NAME/VERSION` or `models:/NAME@ALIAS`.

    Raises:
        UserError: One is no registered version, cannot be loaded, is itself an ensemble, or
            stands there twice; or they tell other species apart, or were not validated and tested
            on the same recordings.
    """
    members = [_member(_version(uri)) for uri in uris]
    first = members[0]
    for place, member in enumerate(members):
        for other in members[:place]:
            if member.model_id == other.model_id:
                raise UserError(
                    f"members: expected each once, {other.uri} and {member.uri} are one network"
                )
        for side in (VALIDATION, TEST):
            if member.digests.get(side) != first.digests.get(side):
                raise UserError(
                    f"members: expected networks of one split, {member.uri} has the {side} "
                    f"digest {member.digests.get(side)}, {first.uri} {first.digests.get(side)}; "
                    "train them with the same data, test_fold and split_seed"
                )
    check_same_labels([member.classifier for member in members])
    return members


def held_out(
    member: Member, split: pd.DataFrame, manifest: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """The validation and the test recordings of a member.

    Args:
        member: One of those that share a split.
        split: Their split.
        manifest: The recordings that they were trained on.

    Returns:
        Side to its rows of the manifest, with their `audio` digests.

    Raises:
        UserError: These are other recordings.
    """
    sides = {}
    for side in (VALIDATION, TEST):
        names = split.loc[split["split"] == side, "recording_id"]
        rows = with_digests(manifest[manifest["recording_id"].isin(names)])
        sides[side] = rows.reset_index(drop=True)
        if (found := dataset_digest(rows)) != member.digests[side]:
            raise UserError(
                f"data: expected the {len(names)} {side} recordings of {member.uri}, digest "
                f"{member.digests[side]}, got {len(rows)} with digest {found}; give the data that "
                "the members were trained on"
            )
    return sides


def _version(uri: str) -> str:
    version = pinned(uri)
    if not VERSION.fullmatch(version):
        raise UserError(
            "members: expected models:/NAME/VERSION, or models:/NAME@ALIAS with an alias that is "
            f"there, got {uri!r}"
        )
    return version


def _member(uri: str) -> Member:
    served = load_model(uri)
    classifier = served.unwrap_python_model().classifier
    if not isinstance(classifier, SpeciesClassifier):
        raise UserError(f"members: expected single networks, {uri} is not one: name its members")
    run = MlflowClient().get_run(served.metadata.run_id)
    digests = {
        tag.value: given.dataset.digest
        for given in run.inputs.dataset_inputs
        for tag in given.tags
        if tag.key == "mlflow.data.context"
    }
    tags = run.data.tags
    return Member(
        uri,
        served,
        classifier,
        run.info.run_id,
        tags.get(NETWORK, uri),
        tags.get(RECIPE, served.metadata.model_id),
        digests,
    )
