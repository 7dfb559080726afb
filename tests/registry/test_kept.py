"""What a champion rests on, and the decisions about it, are there when somebody asks for them."""

import mlflow
import pytest
from candidates import findings, logged_model, make_candidate, new_version, put_on_record
from mlflow.entities import Metric, RunTag
from mlflow.exceptions import MlflowException

from registry import chain
from registry.dossier import TAG, evidence_run
from registry.versions import CHAMPION, PREVIOUS

pytestmark = pytest.mark.slow


def evidence_of(client, name, version) -> str:
    return evidence_run(client.get_model_version(name, version).tags[TAG])


def training(client, name) -> str:
    return client.get_run(evidence_of(client, name, "2")).info.experiment_id


def model_of_champion(client, name) -> str:
    return logged_model(client.get_model_version(name, "2"))


DELETIONS = {
    "alias champion": lambda c, name: c.delete_registered_model_alias(name, CHAMPION),
    "alias previous": lambda c, name: c.delete_registered_model_alias(name, PREVIOUS),
    "champion": lambda c, name: c.delete_model_version(name, "2"),
    "champion as 02": lambda c, name: c.delete_model_version(name, "02"),
    "previous": lambda c, name: c.delete_model_version(name, "1"),
    "model": lambda c, name: c.delete_registered_model(name),
    "name": lambda c, name: c.rename_registered_model(name, "free"),
    "logged model": lambda c, name: c.delete_logged_model(model_of_champion(c, name)),
    "champion's evidence": lambda c, name: c.delete_run(evidence_of(c, name, "2")),
    "previous one's evidence": lambda c, name: c.delete_run(evidence_of(c, name, "1")),
    "experiment of the evidence": lambda c, name: c.delete_experiment(training(c, name)),
    "decision": lambda c, name: c.delete_run(chain.head(name).run.info.run_id),
    "decisions": lambda c, name: c.delete_experiment(chain.experiment_id()),
    "decisions as 01": lambda c, name: c.delete_experiment(f"0{chain.experiment_id()}"),
    "name of the decisions": lambda c, name: c.rename_experiment(chain.experiment_id(), "others"),
}


@pytest.mark.parametrize("delete", DELETIONS.values(), ids=DELETIONS)
def test_what_the_champion_rests_on_stays(client, reigning, delete):
    with pytest.raises(MlflowException, match=r"stays|keeps its name") as error:
        delete(client, reigning)
    assert "\n" not in str(error.value)
    assert client.get_registered_model(reigning).aliases == {CHAMPION: "2", PREVIOUS: "1"}
    assert mlflow.pyfunc.load_model(f"models:/{reigning}@champion").predict(["abc"]) == ["c"]


def test_no_other_model_takes_over_a_history(client, reigning):
    client.create_registered_model("nameless")
    with pytest.raises(MlflowException, match="keeps its name"):
        client.rename_registered_model("nameless", reigning)


def test_a_training_run_stays_though_the_evidence_is_in_another(client):
    name = "trained elsewhere"
    evaluated = new_version(client, name)
    version = new_version(client, name)
    put_on_record(client, version, evaluated.run_id, findings(0.9))
    client.set_registered_model_alias(name, CHAMPION, version.version)
    with pytest.raises(MlflowException, match="stays, it made trained elsewhere version 2"):
        client.delete_run(version.run_id)


def test_evidence_stays_after_other_versions_took_over(client):
    """A rollback to a champion of long ago reads what it once passed on."""
    name = "of long ago"
    versions = [make_candidate(client, name) for _ in range(3)]
    for version in versions:
        client.set_registered_model_alias(name, CHAMPION, version.version)
    with pytest.raises(MlflowException, match="stays, it is the evidence"):
        client.delete_run(versions[0].run_id)


def tagged(run, **tags):
    return {**run.data.tags, **tags}


FORGERIES = {
    "new as 01": lambda c, run: c.create_run(f"0{run.info.experiment_id}", tags=run.data.tags),
    "new": lambda c, run: c.create_run(run.info.experiment_id, tags=tagged(run, sequence="9" * 8)),
    "tag": lambda c, run: c.set_tag(run.info.run_id, "champion.after", "7"),
    "tag in a batch": lambda c, run: c.log_batch(
        run.info.run_id, [Metric("a", 1, 0, 0)], [], [RunTag("champion.after", "7")]
    ),
    "no tag": lambda c, run: c.delete_tag(run.info.run_id, "sequence"),
    "undone": lambda c, run: c.update_run(run.info.run_id, status="RUNNING"),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_nobody_else_writes_decisions(client, reigning, forge):
    """The next promotion would bring the aliases in line with a forged one."""
    last = chain.head(reigning)
    with pytest.raises(MlflowException, match="decision") as error:
        forge(client, last.run)
    assert "\n" not in str(error.value)
    assert chain.head(reigning).entry == last.entry
