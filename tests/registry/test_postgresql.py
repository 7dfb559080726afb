"""The same decisions on a store that several machines share."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from candidates import make_candidate
from local_store import tracking
from mlflow import MlflowClient
from postgres import running_postgresql

from registry import chain
from registry.audit import audited
from registry.promotion import Asked, promote
from registry.rollback import roll_back
from registry.versions import CHAMPION, PREVIOUS, version_with_alias

pytestmark = pytest.mark.long

MODEL = "wrens of the marsh"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MlflowClient]:
    artifacts: Path = tmp_path_factory.mktemp("artifacts")
    with running_postgresql() as uri, tracking(uri) as client:
        for name in ("trainings", chain.EXPERIMENT):
            client.create_experiment(name, artifacts.as_uri())
        yield client


def alias(name: str) -> str | None:
    found = version_with_alias(MODEL, name)
    return str(found.version) if found else None


def test_promoted_refused_rolled_back_and_audited(client):
    """SQL that sqlite alone understands would show on the cluster, not on the laptop."""
    for accuracy in (0.8, 0.9, 0.5):
        make_candidate(client, MODEL, accuracy)
    decided = [promote(Asked(MODEL, version, "ann")).promoted for version in ("1", "2", "3")]
    assert decided == [True, True, False]
    assert (alias(CHAMPION), alias(PREVIOUS)) == ("2", "1")
    roll_back(MODEL, None, "juveniles missed", "ann")
    assert (alias(CHAMPION), alias(PREVIOUS)) == ("1", "2")
    assert audited(MODEL) == ([], 4)


def test_two_promotions_at_once_come_one_after_the_other(client):
    name = "robins"
    for _ in range(4):
        make_candidate(client, name, 0.9)
    with ThreadPoolExecutor(4) as threads:
        asked = [Asked(name, str(version), "ann") for version in range(1, 5)]
        assert all(decision.promoted for decision in threads.map(promote, asked))
    faults, decisions = audited(name)
    assert (faults, decisions) == ([], 4)
    entries = [each.entry for each in chain.decisions(name)]
    assert [each.champion_before for each in entries[1:]] == [
        each.champion_after for each in entries[:-1]
    ]
