import pytest
from xeno_canto_server import entry

from projects.audio.fetching.polite import BACKOFF_S, FetchError
from projects.audio.fetching.sounds import STUMBLES_IN_A_ROW, fetch_sounds, path_of


def entries(site, numbers=range(1, 6), **other):
    return [entry(n, site.address, xc_id=str(n), **other) for n in numbers]


def fetch(site, folder, polite, numbers=range(1, 6), largest=10**6):
    return fetch_sounds(entries(site, numbers), folder, polite, largest)


def test_each_recording_is_fetched_once(polite, site, tmp_path):
    assert fetch(site, tmp_path, polite).summary() == "recordings: 5 fetched, 0 kept, 0 failed"
    assert fetch(site, tmp_path, polite).summary() == "recordings: 0 fetched, 5 kept, 0 failed"
    assert len(site.asked) == 5
    assert (tmp_path / "audio/XC5.mp3").read_bytes() == site.sounds[5]


def test_a_damaged_file_is_fetched_again_and_only_that(polite, site, tmp_path):
    fetch(site, tmp_path, polite)
    (tmp_path / "audio/XC2.mp3").write_bytes(site.sounds[2][:-1])
    fetched = fetch(site, tmp_path, polite)
    assert (fetched.new, fetched.kept) == (1, 4)
    assert (tmp_path / "audio/XC2.mp3").read_bytes() == site.sounds[2]


def test_a_damaged_file_that_cannot_be_fetched_again_is_not_left_to_be_read(polite, site, tmp_path):
    fetch(site, tmp_path, polite)
    (tmp_path / "audio/XC2.mp3").write_bytes(b"damaged")
    del site.sounds[2]
    assert len(fetch(site, tmp_path, polite).failures) == 1
    assert not (tmp_path / "audio/XC2.mp3").exists()


def test_failures_are_counted_and_named_and_the_others_come(polite, site, tmp_path):
    del site.sounds[2]
    site.faults["/4/download"] = [500] * (len(BACKOFF_S) + 1)
    wanted = [*entries(site), *entries(site, [6], file="")]
    fetched = fetch_sounds(wanted, tmp_path, polite, 10**6)
    assert fetched.new == 3
    assert [(f["recording_id"], f["error"]) for f in fetched.failures] == [
        ("XC2", "HTTP 404"),
        ("XC4", "HTTP 500"),
        ("XC6", "Xeno-canto gives no address of its sound"),
    ]
    assert "failed: XC2: HTTP 404" in fetched.summary()
    assert fetched.failures[0]["url"] == "https://xeno-canto.org/2"


def test_a_server_that_is_down_is_not_asked_for_every_recording(polite, site, tmp_path):
    site.sounds = dict.fromkeys(range(1, 31), b"x")
    for number in range(2, 31):
        site.faults[f"/{number}/download"] = [503] * 20
    with pytest.raises(FetchError, match="in a row did not come"):
        fetch(site, tmp_path, polite, range(1, 31))
    assert len(site.asked) == 1 + STUMBLES_IN_A_ROW * (len(BACKOFF_S) + 1)
    site.faults.clear()
    assert fetch(site, tmp_path, polite, range(1, 31)).kept == 1


def test_an_interrupted_fetching_keeps_what_came(polite, clock, site, tmp_path, monkeypatch):
    def interrupted(seconds):
        if len(site.asked) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(polite, "_sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch(site, tmp_path, polite)
    monkeypatch.setattr(polite, "_sleep", clock.sleep)
    fetched = fetch(site, tmp_path, polite)
    assert (fetched.new, fetched.kept) == (2, 3)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("XC7-Amsel.WAV", "XC7.wav"),
        ("../../../etc/cron.d/x.mp3", "XC7.mp3"),
        ("/etc/passwd", "XC7.mp3"),
        ("x.mp3\0.sh", "XC7.mp3"),
        ("", "XC7.mp3"),
        (None, "XC7.mp3"),
    ],
)
def test_no_name_out_of_metadata_leaves_the_folder(tmp_path, name, expected):
    assert path_of(entry(7, **{"file-name": name}), tmp_path) == tmp_path / "audio" / expected
