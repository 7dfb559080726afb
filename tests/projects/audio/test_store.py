import logging

import numpy as np
import pytest

from projects.audio.store import FeatureStore, write_shard

SETTINGS = {"kind": "log_mel", "high_pass": 500.0, "segment_seconds": 4.0}
RANDOM = np.random.default_rng(0)
ITEMS = {
    name: {
        "segment": RANDOM.standard_normal((frames, 4)).astype(np.float16),
        "background": RANDOM.standard_normal((2, 4)).astype(np.float16),
    }
    for name, frames in (("c", 3), ("a", 5), ("b", 1))
}
del ITEMS["b"]["background"]


@pytest.fixture
def store(tmp_path):
    store = FeatureStore(tmp_path, "log_mel", SETTINGS)
    write_shard(store.folder, ITEMS)
    store.refresh()
    return store


def shard_of(store):
    return next(store.folder.glob("*.safetensors"))


def test_each_sound_gets_its_own_features_back(store):
    for name, item in ITEMS.items():
        assert store.has(name)
        for kind, array in item.items():
            np.testing.assert_array_equal(store.read(name, kind), array)


def test_a_sound_without_background_has_none_rather_than_anothers(store):
    assert store.read("b", "background") is None


def test_a_sound_that_is_not_there_is_an_error_not_zeros(store):
    assert not store.has("nobody")
    with pytest.raises(KeyError, match="no features of the sound nobody"):
        store.read("nobody", "segment")


def test_what_is_written_is_there_the_next_day(store, tmp_path):
    np.testing.assert_array_equal(
        FeatureStore(tmp_path, "log_mel", SETTINGS).read("a", "segment"), ITEMS["a"]["segment"]
    )


@pytest.mark.parametrize(
    "changed", [{"kind": "ast_fbank"}, {"high_pass": 501.0}, {"segment_seconds": 4.1}, {"new": 1}]
)
def test_another_setting_never_sees_these_features(store, tmp_path, changed):
    other = FeatureStore(tmp_path, "log_mel", {**SETTINGS, **changed})
    assert other.folder != store.folder
    assert not other.has("a")


def test_the_order_of_settings_is_no_setting(store, tmp_path):
    swapped = dict(reversed(SETTINGS.items()))
    assert FeatureStore(tmp_path, "log_mel", swapped).folder == store.folder


def test_a_shard_is_the_same_file_whoever_writes_it(store):
    """Two runs at once: an index must never be read against another order of rows."""
    before = shard_of(store).read_bytes()
    swapped = {name: dict(reversed(ITEMS[name].items())) for name in reversed(ITEMS)}
    write_shard(store.folder, swapped)
    assert [path.read_bytes() for path in store.folder.glob("*.safetensors")] == [before]
    store.refresh()
    np.testing.assert_array_equal(store.read("c", "segment"), ITEMS["c"]["segment"])


def test_the_index_comes_after_the_shard(tmp_path, monkeypatch):
    """Killed between the two: nothing may be promised that is not there."""
    store = FeatureStore(tmp_path, "log_mel", SETTINGS)

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("projects.audio.store.save_file", killed)
    with pytest.raises(KeyboardInterrupt):
        write_shard(store.folder, ITEMS)
    store.refresh()
    assert not store.has("a")
    assert not list(store.folder.glob("index/*"))


@pytest.mark.parametrize("damage", ["truncated", "emptied", "deleted"])
@pytest.mark.parametrize("what", ["shard", "index"])
def test_a_damaged_shard_is_noticed_and_forgotten(store, tmp_path, caplog, damage, what):
    """Bad features would train a bad model without a word."""
    path = shard_of(store) if what == "shard" else next(store.folder.glob("index/*.parquet"))
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: -20 if damage == "truncated" else 0])
    with caplog.at_level(logging.WARNING):
        again = FeatureStore(tmp_path, "log_mel", SETTINGS)
    assert not again.has("a")
    if (what, damage) != ("index", "deleted"):
        assert "will be computed again" in caplog.text
    write_shard(again.folder, ITEMS)
    again.refresh()
    np.testing.assert_array_equal(again.read("a", "segment"), ITEMS["a"]["segment"])


def test_what_a_killed_writer_left_is_never_read(store, tmp_path, caplog):
    """Half files would be half features."""
    shard = shard_of(store)
    (store.folder / ".partial-1.safetensors").write_bytes(shard.read_bytes()[:50])
    (store.folder / "index" / ".partial-1.parquet").write_bytes(b"PAR1")
    again = FeatureStore(tmp_path, "log_mel", SETTINGS)
    assert all(again.has(name) for name in ITEMS)
    assert not caplog.records
