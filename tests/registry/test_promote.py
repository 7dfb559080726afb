"""The entry point, mostly on a store in which `train_ast` has made version 1 champion.

Version 2 is the same model, registered once more by hand, so there is no evidence about it.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import urlsplit

import mlflow
import pytest
import soundfile
from candidates import new_version
from conftest import Workplace, command, run_module, write_chirps
from local_store import local_store
from mlflow import MlflowClient
from tiny_codec import speech
from tiny_reconstructor import make_reconstructor

from projects.codec.autoencoder.packaging import log_reconstructor
from projects.tracking import run_entry_point
from registry import chain
from registry.dossier import FOLDER, TAG, read_dossier, read_items
from registry.promote import PromoteConfig, promote
from registry.versions import register_candidate

pytestmark = pytest.mark.slow

NAME = "species-classifier"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def strict_gate(tmp_path_factory) -> Path:
    return write_gate(tmp_path_factory.mktemp("strict"), "strict", "> 1")


@pytest.fixture(scope="module")
def mild_gate(tmp_path_factory) -> Path:
    """Which the version passes, but which is not the champion's."""
    return write_gate(tmp_path_factory.mktemp("mild"), "mild", ">= 0")


def write_gate(folder: Path, name: str, limit: str) -> Path:
    path = folder / f"{name}.yaml"
    rule = f'{{metric: accuracy, pass: "{limit}"}}'
    path.write_text(f"name: {name}\nrules: [{rule}]\nchampion: {{metric: macro_f1, margin: 1.0}}\n")
    return path


@pytest.fixture(scope="module")
def registered(trained: Workplace, tmp_path_factory) -> Path:
    """The database of a store with version 2."""
    folder = tmp_path_factory.mktemp("registered")
    with local_store(trained.folder / "mlflow.db", folder) as client:
        first = client.get_model_version(NAME, "1")
        client.create_model_version(NAME, first.source, first.run_id, model_id=first.model_id)
    return folder / "mlflow.db"


@pytest.fixture(scope="module")
def refused(
    registered: Path, trained: Workplace, strict_gate: Path, tmp_path_factory
) -> tuple[Path, CompletedProcess[str]]:
    """The database after version 2 was evaluated and refused, and what was said of it."""
    folder = tmp_path_factory.mktemp("refused")
    shutil.copy(registered, folder)
    data = trained.recordings
    done = run_module(
        "registry.promote", folder, version=2, format="csv", data=data, gate=strict_gate
    )
    return folder / "mlflow.db", done


@pytest.fixture
def without_evidence(registered: Path, tmp_path: Path) -> Iterator[MlflowClient]:
    """A store of its own in which nothing is on record about version 2."""
    with local_store(registered, tmp_path) as client:
        yield client


@pytest.fixture
def with_evidence(refused, tmp_path: Path) -> Iterator[MlflowClient]:
    """A store of its own in which version 2 was evaluated, and refused by the strict gate."""
    with local_store(refused[0], tmp_path) as client:
        yield client


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the entry point where it is tracked now; gives exit code, stdout and stderr."""
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

    def go(**parameters: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", command("registry.promote", **parameters)[2:])
        capsys.readouterr()
        code = 0
        try:
            run_entry_point(PromoteConfig, promote, experiment="promote")
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


def errors(stderr: str) -> list[str]:
    assert "Traceback" not in stderr
    return [line for line in stderr.splitlines() if line.startswith("error: ")]


def aliases(client: MlflowClient) -> dict[str, str]:
    found = client.get_registered_model(NAME).aliases
    return {alias: str(version) for alias, version in found.items()}


def test_a_refusal_is_exit_code_1_with_one_line_and_the_table(refused):
    """A script that promotes and then deploys must stop here, and a person must see why."""
    _, done = refused
    assert done.returncode == 1
    (error,) = errors(done.stderr)
    assert error == (
        f"error: {NAME} version 2: INVESTIGATE by gate strict, @champion stays on 1"
    ), done.stderr
    assert "| accuracy > 1 " in done.stdout
    assert f"{NAME} version 2 is refused; @champion stays on 1" in done.stdout


def test_a_refused_version_has_its_evidence_all_the_same(with_evidence):
    """The next question about it needs no evaluation, and shows the champion's own test set."""
    first, second = (with_evidence.get_model_version(NAME, version).tags for version in ("1", "2"))
    dossiers = [read_dossier(tags[TAG]) for tags in (first, second)]
    assert dossiers[0].dataset == dossiers[1].dataset
    clips = [
        set(read_items(tags[TAG], dossier)["item"])
        for tags, dossier in zip((first, second), dossiers, strict=True)
    ]
    assert clips[0] == clips[1]
    assert (second["gate"], second["gate.outcome"]) == ("strict", "INVESTIGATE")


def test_what_is_on_record_is_enough_to_promote(with_evidence, run):
    code, out, err = run(version=2, accept="", gate="", data="")
    assert (code, errors(err)) == (0, [])
    assert f"{NAME} version 2 is @champion; before: 1" in out
    assert aliases(with_evidence) == {"champion": "2", "previous": "1", "candidate": "1"}
    entry = chain.head(NAME).entry
    assert (entry.gate, entry.outcome, entry.reason) == ("easy", "PASS", "")


def test_a_dry_run_says_what_would_be_and_changes_nothing(with_evidence, run):
    """A question must not be an answer."""
    code, out, err = run(version=2, dry_run="true")
    assert (code, errors(err)) == (0, [])
    assert f"{NAME} version 2 would be @champion after 1; nothing was changed" in out
    assert aliases(with_evidence) == {"champion": "1", "candidate": "1"}
    assert len(chain.decisions(NAME)) == 2


def test_a_dry_run_that_would_be_refused_is_exit_code_1(with_evidence, run, strict_gate):
    code, _, err = run(version=2, dry_run="true", gate=strict_gate)
    assert (code, len(errors(err))) == (1, 1)
    assert len(chain.decisions(NAME)) == 2


def test_a_reason_is_put_on_record(with_evidence, run, mild_gate):
    """The way round a gate is open to a person, but not unseen."""
    code, _, err = run(version=2, gate=mild_gate)
    assert (code, len(errors(err))) == (1, 1)
    code, _, err = run(version=2, gate=mild_gate, accept="  ")
    assert (code, len(errors(err))) == (1, 1)
    code, _, err = run(version=2, gate=mild_gate, accept="agreed on 3 May")
    assert (code, errors(err)) == (0, [])
    entry = chain.head(NAME).entry
    assert (entry.decision, entry.outcome) == ("promoted", "INVESTIGATE")
    assert (entry.gate, entry.reason) == ("mild", "agreed on 3 May")
    assert aliases(with_evidence)["champion"] == "2"


def test_no_reason_lets_through_what_cannot_be_judged(with_evidence, run):
    """A gate of sound: the classifier has none of its metrics."""
    code, out, err = run(version=2, gate="codec", accept="I want it")
    (error,) = errors(err)
    assert (code, "ERROR by gate codec" in error) == (1, True)
    assert "not measured" in out
    assert aliases(with_evidence)["champion"] == "1"


def test_a_version_without_evidence_says_how_to_get_some(without_evidence, run):
    code, out, err = run(version=2)
    (error,) = errors(err)
    assert (code, out) == (2, "")
    assert "-e promote -P model=species-classifier -P version=2 -P format=" in error


def test_other_recordings_are_another_test_set_on_which_the_champion_is_examined_too(
    without_evidence, run, tmp_path
):
    """Two scores of two test sets say nothing of which model is better.

    Their names are those of the first set, as names often are: 001.wav tells nothing.
    """
    (tmp_path / "new").mkdir()
    recordings = write_chirps(tmp_path / "new", groups=3, seed=100)
    code, out, err = run(version=2, format="csv", data=recordings, dry_run="true")
    (error,) = errors(err)
    assert (code, "INVESTIGATE by gate easy" in error) == (1, True)
    assert "test set is the champion's" in out
    (row,) = [line for line in out.splitlines() if "champion's > -1" in line]
    assert "| PASS " in row
    (tried,) = mlflow.search_runs(experiment_names=["promote"], output_format="list")
    assert tried.data.metrics["test.recordings"] == 9
    assert tried.data.tags["gate.outcome"] == "INVESTIGATE"
    assert TAG not in without_evidence.get_model_version(NAME, "2").tags


def test_a_champion_whose_evidence_is_lost_can_be_evaluated_anew(with_evidence, run, trained):
    """Else no version could be promoted any more: what to do about it leads here."""
    run_id, digest = chain.decisions(NAME)[0].entry.evidence.split("/")
    artifacts = Path(urlsplit(with_evidence.get_run(run_id).info.artifact_uri).path)
    dossier = artifacts / FOLDER / f"{digest}.json"
    lost = dossier.rename(artifacts / "lost.json")
    try:
        code, out, _ = run(version=2)
        assert (code, f"evidence in run {run_id}: expected" in out) == (1, True)
        code, out, err = run(version=2, format="csv", data=trained.recordings)
    finally:
        lost.rename(dossier)  # Other tests look at the same training.
    assert (code, errors(err)) == (0, [])
    assert aliases(with_evidence)["champion"] == "2"


def test_recordings_of_unknown_species_are_one_line(without_evidence, run, tmp_path):
    (tmp_path / "new").mkdir()
    recordings = write_chirps(tmp_path / "new", labels=4, groups=1, seed=100)
    code, _, err = run(version=2, format="csv", data=recordings)
    (error,) = errors(err)
    assert (code, "'bird 3'" in error) == (2, True)


def test_an_autoencoder_is_evaluated_too(tmp_path, empty_database, run):
    """Its evidence may be missing as well: trained elsewhere, copied, or on a new test set."""
    (tmp_path / "sound").mkdir()
    soundfile.write(tmp_path / "sound" / "a.wav", speech(2), 24_000)
    with local_store(empty_database, tmp_path):
        mlflow.set_experiment("codec")
        with mlflow.start_run():
            register_candidate(log_reconstructor(make_reconstructor(tmp_path / "codec")), "voice")
        here = {"model": "voice", "version": 1, "format": "folder", "data": "sound", "workers": 1}
        code, out, err = run(**here)
        (error,) = errors(err)
        assert (code, "by gate codec, @champion stays on no version" in error) == (1, True)
        assert "| si_sdr > 15 " in out
        assert "on 1 of 1 test clips" in out
        code, out, err = run(**here, gate="default")
        (error,) = errors(err)
        assert (code, "got 'accuracy'" in error) == (2, True)


def test_a_model_of_another_kind_is_one_line(tmp_path, empty_database, run):
    """What does not say what it was trained on could be scored on just that."""
    with local_store(empty_database, tmp_path) as client:
        new_version(client, "loudest")
        code, out, err = run(model="loudest", version=1, format="demo")
    (error,) = errors(err)
    assert (code, out) == (2, "")
    assert "loudest version 1: expected a species classifier or an audio autoencoder" in error


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"version": "7"}, f"expected a version of {NAME}, got '7'"),
        ({"version": "1"}, "version 1 is @champion already"),
        ({"version": "2", "model": "owls"}, "expected a version of owls, got '2'"),
        ({"version": "abc"}, "version: expected"),
        ({"version": "2b"}, "version: expected"),
        ({"version": "-2"}, "version: expected"),
        ({"version": ""}, "version: expected"),
        ({}, "version: expected a value, got none"),
        ({"version": "2", "gate": "no_such"}, "Expected a gate file or one of"),
        ({"version": "2", "data": "x.csv"}, "expected format=folder or format=csv"),
        ({"version": "2", "format": "csv"}, "expected data=PATH with format=csv"),
        ({"version": "2", "format": "zip"}, "format: expected"),
        ({"version": "2", "dry_run": "perhaps"}, "dry_run: expected"),
        ({"version": "2", "accepted": "yes"}, "unknown parameter '--accepted'"),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_code_2(without_evidence, run, parameters, says):
    """Whoever mistypes must learn at once what was expected."""
    code, out, err = run(**parameters)
    (error,) = errors(err)
    assert (code, out) == (2, "")
    assert says in error
    assert aliases(without_evidence) == {"champion": "1", "candidate": "1"}
