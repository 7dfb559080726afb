"""A dossier says what was measured, and nobody can make it say anything else."""

import hashlib
import json
import math
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from candidates import DATASET, GATE, findings, new_version
from local_store import local_store
from pandas.testing import assert_frame_equal

from evaluation.bootstrap import Interval
from evaluation.findings import Findings, by_class
from evaluation.gates.reader import parse_gate
from evaluation.predictions import Predictions
from projects.environment import machine
from projects.errors import UserError
from registry.dossier import Dossier, evidence_run, read_dossier, read_items, write_dossier
from registry.model_files import model_files

NAME = "wrens"
ODD = {
    "no number": Interval(math.nan, 0.1, math.inf),
    "infinite": Interval(math.inf),
    "below all": Interval(-math.inf, -math.inf, 0.0),
    "small": Interval(5e-324, -0.0, 1 / 3),
    "ünïcode\n🐦": Interval(1.0, None, 2.0),
}
LABELS = ["Grus grus 🐦", "élan\n|", ""]


@pytest.fixture(scope="module")
def client(tmp_path_factory, empty_database):
    with local_store(empty_database, tmp_path_factory.mktemp("dossiers")) as client:
        yield client


@pytest.fixture
def version(client):
    return new_version(client, NAME)


@pytest.fixture
def sealed(client, version):
    """The reference of a dossier, and the folder that its files are in."""
    return write_dossier(version.run_id, version, findings(0.9), GATE), folder(client, version)


def folder(client, version) -> Path:
    uri = client.get_run(version.run_id).info.artifact_uri
    return Path(urlsplit(uri).path) / "evidence"


def odd_findings() -> Findings:
    answers = findings(0.8)
    renamed = Predictions.from_table(answers.items)
    renamed = Predictions(
        renamed.item_ids, renamed.groups, renamed.truth, renamed.probabilities, LABELS
    )
    classes = by_class(renamed.part(renamed.truth > 0))
    return Findings("classification", DATASET, ODD, renamed.to_table(), 0.25, classes)


def as_text(numbers) -> str:
    """So that NaN is like NaN, and 0.0 unlike -0.0."""
    return json.dumps(numbers, sort_keys=True, default=vars)


def test_what_was_written_is_read_back(version):
    """A NaN that became 0, or a bound that became none, would be judged as something else."""
    found = odd_findings()
    reference = write_dossier(version.run_id, version, found, GATE)
    dossier = read_dossier(reference)
    assert as_text(dossier.intervals()) == as_text(found.metrics)
    assert as_text(dossier.classes) == as_text(found.classes)
    assert math.isnan(dossier.classes[LABELS[0]]["recall"])
    assert (dossier.kind, dossier.dataset) == (found.kind, found.dataset)
    assert_frame_equal(read_items(reference, dossier), found.items)


def test_it_says_which_version_was_measured_where_and_for_which_gate(version):
    """Else it could be shown for another model, or its seconds be compared with other seconds."""
    dossier = read_dossier(write_dossier(version.run_id, version, findings(0.9), GATE))
    files = model_files(NAME, str(version.version))
    assert (dossier.model, dossier.version) == (NAME, str(version.version))
    assert (dossier.model_digest, dossier.code_digest) == (files.digest, files.code)
    assert dossier.costs == {"latency": 0.01, "size": files.size}
    assert dossier.machine == machine()
    assert parse_gate(dossier.gate, "the dossier") == GATE
    assert dossier.beside is None


def test_it_names_the_champions_dossier_beside_it(version):
    other = write_dossier(version.run_id, version, findings(0.8), GATE)
    reference = write_dossier(version.run_id, version, findings(0.9), GATE, other)
    assert read_dossier(reference).beside == other
    assert evidence_run(reference) == version.run_id


def test_two_dossiers_of_one_run_do_not_overwrite_each_other(client, version):
    """A candidate's and its champion's are written by one run, and one run may try again."""
    accuracies = (0.7, 0.8, 0.9)
    references = [
        write_dossier(version.run_id, version, findings(accuracy), GATE) for accuracy in accuracies
    ]
    for accuracy, reference in zip(accuracies, references, strict=True):
        dossier = read_dossier(reference)
        assert dossier.intervals()["accuracy"].value == pytest.approx(accuracy, abs=0.01)
        assert_frame_equal(read_items(reference, dossier), findings(accuracy).items)
    assert len(list(folder(client, version).iterdir())) == 2 * len(accuracies)


def test_the_same_evidence_has_the_same_name(version):
    """Writing it again after an error must not look like other evidence."""
    twice = {write_dossier(version.run_id, version, findings(0.9), GATE) for _ in range(2)}
    assert len(twice) == 1


@pytest.mark.parametrize("place", [0.0, 0.3, 0.6, 0.9, 1.0])
@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_one_changed_byte_is_found(sealed, kind, place):
    """Whoever can write to the artifacts could otherwise write himself a better score."""
    reference, where = sealed
    dossier = read_dossier(reference)
    (path,) = where.glob(f"*.{kind}")
    content = bytearray(path.read_bytes())
    content[round(place * (len(content) - 1))] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="was changed after it was sealed") as error:
        read_items(reference, read_dossier(reference) if kind == "json" else dossier)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_more_at_the_end_is_found(sealed, kind):
    reference, where = sealed
    dossier = read_dossier(reference)
    (path,) = where.glob(f"*.{kind}")
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(UserError, match="was changed after it was sealed"):
        read_items(reference, read_dossier(reference) if kind == "json" else dossier)


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_two_exchanged_files_are_found(client, version, kind):
    """Each is whole, but it is the other's."""
    references = [
        write_dossier(version.run_id, version, findings(accuracy), GATE) for accuracy in (0.7, 0.9)
    ]
    dossiers = [read_dossier(reference) for reference in references]
    one, other = folder(client, version).glob(f"*.{kind}")
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    for reference, dossier in zip(references, dossiers, strict=True):
        with pytest.raises(UserError, match="was changed after it was sealed"):
            read_items(reference, read_dossier(reference) if kind == "json" else dossier)


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_a_file_that_is_gone_is_one_line(sealed, kind):
    reference, where = sealed
    dossier = read_dossier(reference)
    (path,) = where.glob(f"*.{kind}")
    path.unlink()
    with pytest.raises(UserError, match=rf"expected {path.name}, got none") as error:
        read_items(reference, read_dossier(reference) if kind == "json" else dossier)
    assert "\n" not in str(error.value)


def test_a_run_that_is_not_there_is_one_line(client):
    with pytest.raises(UserError, match=f"evidence in run {'0' * 32}: expected") as error:
        read_dossier(f"{'0' * 32}/{'0' * 64}")
    assert "\n" not in str(error.value)


RUN, DIGEST = "a" * 32, "b" * 64


@pytest.mark.parametrize(
    "reference",
    [
        "",
        RUN,
        f"../../{RUN}/{DIGEST}",
        f"{RUN}/../{DIGEST}",
        f"{RUN}/{DIGEST}/..",
        f"/{RUN}/{DIGEST}",
        f"{RUN.upper()}/{DIGEST}",
        f"{RUN}/{DIGEST.upper()}",
        f"{RUN}/{DIGEST}\n",
        f" {RUN}/{DIGEST}",
        f"{RUN}/{DIGEST}b",
        f"{RUN}//{DIGEST}",
        f"runs:/{RUN}/{DIGEST}",
        "\u0661" * 32 + f"/{DIGEST}",
    ],
)
def test_a_reference_of_another_form_leads_nowhere(reference):
    """A tag is anybody's to write, and must not make the server read where it should not."""
    for read in (read_dossier, evidence_run):
        with pytest.raises(UserError, match="expected RUN/DIGEST"):
            read(reference)


def planted(sealed, change) -> str:
    """The reference of other JSON that has its right digest."""
    reference, where = sealed
    run, digest = reference.split("/")
    text = change(json.loads((where / f"{digest}.json").read_text())).encode()
    digest = hashlib.sha256(text).hexdigest()
    (where / f"{digest}.json").write_bytes(text)
    return f"{run}/{digest}"


@pytest.mark.parametrize(
    "change",
    [
        lambda found: json.dumps({**found, "outcome": "PASS"}),
        lambda found: json.dumps({name: found[name] for name in found if name != "gate"}),
        lambda found: json.dumps({**found, "metrics": {"accuracy": "0.9"}}),
        lambda found: json.dumps([found]),
        lambda found: "{",
        lambda found: "",
    ],
)
def test_other_json_is_no_dossier_even_with_the_right_digest(sealed, change):
    with pytest.raises(UserError, match="expected a dossier, got other JSON"):
        read_dossier(planted(sealed, change))


def test_the_digest_of_the_clips_cannot_lead_out_of_the_folder(sealed):
    """It is read from a file that anybody may plant, and it becomes a path."""
    reference = planted(sealed, lambda found: json.dumps({**found, "items": "../../x"}))
    with pytest.raises(UserError, match=r"got none|was changed"):
        read_items(reference, read_dossier(reference))


def test_a_dossier_that_was_read_cannot_be_changed(sealed):
    dossier: Dossier = read_dossier(sealed[0])
    with pytest.raises(ValueError, match="frozen"):
        dossier.version = "2"


def test_json_without_end_is_no_dossier(sealed):
    """It would else shut the page that lists all versions."""
    reference, where = sealed
    content = b"[" * 200_000
    digest = hashlib.sha256(content).hexdigest()
    (where / f"{digest}.json").write_bytes(content)
    with pytest.raises(UserError, match="expected a dossier"):
        read_dossier(f"{evidence_run(reference)}/{digest}")


def test_what_is_no_table_is_one_line(sealed):
    reference, where = sealed
    content = b"no Parquet"
    digest = hashlib.sha256(content).hexdigest()
    (where / f"{digest}.parquet").write_bytes(content)
    changed = read_dossier(reference).model_copy(update={"items": digest})
    with pytest.raises(UserError, match="expected a table"):
        read_items(reference, changed)
