"""The digest of a version's files: by it a model that was exchanged is found out."""

import hashlib
import shutil

import pytest
from local_store import local_store

from projects.errors import UserError
from registry.model_files import model_files

NAME = "wrens"
FILES = {
    "MLmodel": "flavors: {}",
    "artifacts/model/weights.safetensors": "weights",
    "code/projects/model.py": "import torch",
    "code/projects/species/labels.py": "LABELS = []",
    "registered_model_meta": "model_version: 1",
}
CHANGED = sorted(set(FILES) - {"registered_model_meta"})


@pytest.fixture(scope="module")
def client(tmp_path_factory, empty_database):
    with local_store(empty_database, tmp_path_factory.mktemp("files")) as client:
        client.create_registered_model(NAME)
        yield client


@pytest.fixture
def version(client, tmp_path):
    """A function that reads a version's files, and the folder in which they stand."""
    folder = tmp_path / "model"
    for name, text in FILES.items():
        write(folder / name, text)
    return registered(client, folder), folder


def registered(client, folder):
    found = client.create_model_version(NAME, folder.as_uri())
    return lambda: model_files(NAME, str(found.version))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("name", CHANGED)
def test_each_file_counts_by_its_content(version, name):
    """Other weights, or one other line of code, are another model."""
    read, folder = version
    before = read()
    write(folder / name, FILES[name].swapcase())
    after = read()
    assert after.digest != before.digest
    assert after.size == before.size
    write(folder / name, FILES[name])
    assert read() == before


@pytest.mark.parametrize("name", CHANGED)
def test_each_file_counts_by_its_name(version, name):
    """Two exchanged files are another model as well."""
    read, folder = version
    before = read()
    (folder / name).rename((folder / name).with_name("other"))
    assert read().digest != before.digest
    assert read().size == before.size


@pytest.mark.parametrize("name", CHANGED)
def test_a_file_that_is_gone_counts(version, name):
    read, folder = version
    before = read()
    (folder / name).unlink()
    assert read().digest != before.digest
    assert read().size == before.size - len(FILES[name])


def test_a_file_that_came_counts(version):
    """One more module beside the others is imported in place of an installed one."""
    read, folder = version
    before = read()
    write(folder / "code/torch.py", "")
    assert read().digest != before.digest
    assert read().code != before.code


@pytest.mark.parametrize("name", CHANGED)
def test_the_digest_of_the_code_is_of_the_code_alone(version, name):
    """Two trainings by one code have it in common."""
    read, folder = version
    before = read()
    write(folder / name, "other")
    assert (read().code != before.code) == name.startswith("code/")


def test_a_model_that_brings_no_code_has_no_digest_of_it(version):
    read, folder = version
    shutil.rmtree(folder / "code")
    write(folder / "artifacts/code/model.py", "not what the model is loaded with")
    assert read().code == ""


def test_what_using_a_model_leaves_behind_is_no_change(version):
    """Else a champion that was once loaded in place could not be compared with any more."""
    read, folder = version
    before = read()
    write(folder / "code/projects/__pycache__/model.cpython-311.pyc", "compiled")
    write(folder / "registered_model_meta", "model_version: 2")
    assert read() == before


def test_the_place_of_the_files_is_no_part_of_them(version, client, tmp_path):
    """A store that moves to another disk keeps its evidence."""
    read, folder = version
    copied = shutil.copytree(folder, tmp_path / "elsewhere" / "model")
    assert registered(client, copied)() == read()


def test_one_file_cannot_be_named_so_as_to_pass_for_two(version):
    """A name may hold a line break, and with it what a list of two files would look like."""
    read, folder = version
    write(folder / "a", "first")
    write(folder / "b", "second")
    before = read()
    (folder / "a").unlink()
    (folder / "b").rename(folder / f"a {hashlib.sha256(b'first').hexdigest()}\nb")
    assert read().digest != before.digest


def test_a_name_that_is_no_text_can_be_read(version):
    read, folder = version
    (folder / "code" / b"\xff.py".decode(errors="surrogateescape")).touch()
    assert len(read().digest) == 16


def test_files_that_are_gone_are_one_line(version):
    """Whoever asks must learn which version has lost them."""
    read, folder = version
    shutil.rmtree(folder)
    with pytest.raises(UserError, match=r"version \d+: expected its files in the store") as error:
        read()
    assert "\n" not in str(error.value)


def test_a_version_that_is_not_there_is_one_line(client):
    with pytest.raises(UserError, match="owls version 7: expected its files") as error:
        model_files("owls", "7")
    assert "\n" not in str(error.value)
