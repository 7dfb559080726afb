import pytest

from projects.audio.fetching import download as module
from projects.audio.fetching.download import download
from projects.audio.fetching.polite import BACKOFF_S, RefusedError, StumbleError

PATH = "/3/download"


def left(folder):
    return sorted(path.name for path in folder.iterdir())


def get(polite, site, folder, largest=10**6):
    download(polite, site.address + PATH, folder / "XC3.mp3", largest)
    return (folder / "XC3.mp3").read_bytes()


def begins(site):
    """Of the parts that were asked for."""
    return [int(headers.get("Range", "bytes=0-")[6:-1]) for _, _, headers in site.asked]


def test_a_file_comes_whole_and_alone(polite, site, tmp_path):
    assert get(polite, site, tmp_path) == site.sounds[3]
    assert left(tmp_path) == ["XC3.mp3"]


def test_a_cut_download_goes_on_where_it_was_cut(polite, site, tmp_path):
    """Hours of sound over a bad line must not begin anew at every cut."""
    site.sounds[3] = bytes(range(256)) * 1000
    site.faults[PATH] = ["cut", "cut"]
    assert get(polite, site, tmp_path) == bytes(range(256)) * 1000
    first, second, third = begins(site)
    assert first == 0 and 100_000 < second <= 128_000 and 170_000 < third <= 192_000


def test_a_killed_run_goes_on_with_what_it_had(polite, site, tmp_path):
    site.sounds[3] = bytes(range(256)) * 1000
    site.faults[PATH] = ["cut", *[500] * len(BACKOFF_S)]
    with pytest.raises(StumbleError):
        get(polite, site, tmp_path)
    assert not (tmp_path / "XC3.mp3").exists()
    assert get(polite, site, tmp_path) == bytes(range(256)) * 1000
    assert 100_000 < begins(site)[-1] <= 128_000


def test_a_file_that_changed_meanwhile_begins_anew(polite, site, tmp_path):
    """Half of the old and half of the new sound would have the right length."""
    site.faults[PATH] = ["cut", *[500] * len(BACKOFF_S)]
    with pytest.raises(StumbleError):
        get(polite, site, tmp_path)
    site.tag, site.sounds[3] = '"v2"', b"new" * 20_000
    assert get(polite, site, tmp_path) == b"new" * 20_000


@pytest.mark.parametrize("tag", ["", 'W/"v1"'])
def test_without_a_name_of_the_files_state_it_begins_anew(polite, site, tmp_path, tag):
    site.tag = tag
    site.faults[PATH] = ["cut"]
    assert get(polite, site, tmp_path) == site.sounds[3]
    assert begins(site) == [0, 0]


def test_another_part_than_asked_for_is_not_taken(polite, site, tmp_path):
    site.faults[PATH] = ["cut", "stranger"]
    assert get(polite, site, tmp_path) == site.sounds[3]


def test_a_file_that_never_has_its_length_is_not_there(polite, site, tmp_path):
    site.faults[PATH] = ["long"] * 20
    with pytest.raises(StumbleError):
        get(polite, site, tmp_path)
    assert not (tmp_path / "XC3.mp3").exists()


@pytest.mark.parametrize(
    ("fault", "expected"), [("page", "expected sound, got text/html"), (403, "HTTP 403")]
)
def test_what_is_not_sound_is_refused_at_once(polite, site, tmp_path, fault, expected):
    """A log-in page saved as an mp3 would fail only in training."""
    site.faults[PATH] = [fault]
    with pytest.raises(RefusedError, match=expected):
        get(polite, site, tmp_path)
    assert (left(tmp_path), len(site.asked)) == ([], 1)


def test_a_file_larger_than_allowed_is_not_fetched(polite, site, tmp_path):
    with pytest.raises(RefusedError, match=r"larger than 0\.04 MB"):
        get(polite, site, tmp_path, largest=40_000)
    assert left(tmp_path) == []


def test_a_file_that_hides_its_size_is_stopped_at_the_limit(polite, site, tmp_path, monkeypatch):
    """A server that does not say how much will come must not fill the disk."""
    monkeypatch.setattr(module, "_PIECE", 1000)
    monkeypatch.setattr("xeno_canto_server._Handler.send_header", without_length)
    with pytest.raises(RefusedError, match="larger than"):
        get(polite, site, tmp_path, largest=40_000)
    assert left(tmp_path) == []


def without_length(handler, name, value):
    if name != "Content-Length":
        handler._headers_buffer.append(f"{name}: {value}\r\n".encode("latin-1"))


def test_an_empty_file_is_none(polite, site, tmp_path):
    site.sounds[3] = b""
    with pytest.raises(RefusedError, match="an empty file came"):
        get(polite, site, tmp_path)
    assert left(tmp_path) == []


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x/y.mp3", "/etc/passwd", "x"])
def test_only_the_web_is_fetched_from(polite, tmp_path, address):
    """An address out of metadata must not copy a file of this machine into a data set."""
    with pytest.raises(RefusedError, match="expected an address with http"):
        download(polite, address, tmp_path / "XC3.mp3", 10**6)
    assert left(tmp_path) == []
