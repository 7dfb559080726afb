"""The copied pages: whole, linked with each other, and in need of nothing else."""

import re
from contextlib import chdir
from html import unescape
from pathlib import Path

import pytest
from local_store import tracking

from dashboards.copies import Copies
from dashboards.dashboard import DashboardConfig, dashboard


@pytest.fixture(scope="module")
def out(built_store, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("copies") / "out"
    with chdir(built_store), tracking(f"sqlite:///{built_store / 'mlflow.db'}"):
        dashboard(DashboardConfig(out=folder))
    return folder


@pytest.fixture(scope="module")
def texts(out) -> dict[str, str]:
    """Name to text of each page."""
    return {path.name: path.read_text() for path in out.glob("*.html")}


def test_every_link_goes_to_a_file_that_is_there(out, texts):
    """Whoever was sent the folder has nothing else."""
    for text in texts.values():
        for address in re.findall(r'(?:href|src|action)="([^"#][^"]*)"', text):
            assert (out / unescape(address)).is_file(), address


def test_versions_decisions_and_comparisons_are_there(texts):
    whole = "".join(texts.values())
    for number in range(1, 6):
        assert re.search(rf"<h1><bdi>wrens</bdi> {number}</h1>", whole)
    assert "<bdi>owls</bdi> 1</h1>" in whole
    assert "wrens</bdi> 3: refused" in whole
    assert any(name.startswith("compare-") for name in texts)
    assert {"index.html", "codec.html", "studies.html"} <= set(texts)


def test_each_test_set_has_its_leaderboard(texts):
    index = texts["index.html"]
    others = re.findall(r'Test sets: .*?href="(leaderboard-[0-9a-f]{16}\.html)"', index)
    assert len(others) == 1
    assert re.search(r"<code>d{36}</code>|<code>e{36}</code>", texts[others[0]])


def test_nothing_asks_for_a_server(texts):
    for text in texts.values():
        for trace in ("<form", "<button", "<textarea", 'type="checkbox"', "/syrinx", "Promote …"):
            assert trace not in text
        assert "http-equiv" in text


def test_files_are_not_named_by_the_store(out):
    """A model that is named as a path would otherwise write where it likes."""
    strict = re.compile(
        r"[a-z]+(-[0-9a-f]{16})?\.html|static/[a-z.]+|sounds/sound-[0-9a-f]{16}\.(flac|png)"
        r"|copied-by-syrinx\.txt"
    )
    for path in out.rglob("*"):
        name = path.relative_to(out).as_posix()
        assert path.is_dir() or strict.fullmatch(name), name


def test_links_into_mlflow_stay_where_there_is_a_server(tmp_path):
    with tracking("http://ada:secret@registry.example:5000/mlflow/"):
        goes = Copies(tmp_path).link("/#/models/wrens/versions/1")
    assert goes == "http://registry.example:5000/mlflow/#/models/wrens/versions/1"
    with tracking(f"sqlite:///{tmp_path / 'mlflow.db'}"):
        assert Copies(tmp_path).link("/#/models/wrens/versions/1") is None


@pytest.mark.parametrize(
    "address",
    [
        "/syrinx/decide/promotion?version=wrens/2",
        "/syrinx/version?version=wrens/2&made=up",
        "/syrinx/nowhere/../../etc",
        "/api/2.0/mlflow/runs/search",
    ],
)
def test_what_needs_the_server_is_not_copied(tmp_path, address):
    assert Copies(tmp_path).link(address) is None
    assert list(tmp_path.iterdir()) == []


def test_a_version_is_one_file_however_its_name_is_written(tmp_path, built_store):
    with chdir(built_store), tracking(f"sqlite:///{built_store / 'mlflow.db'}"):
        copies = Copies(tmp_path)
        links = {copies.link(f"/syrinx/version?version=my{blank}wrens/1") for blank in ("+", "%20")}
    assert len(links) == 1
