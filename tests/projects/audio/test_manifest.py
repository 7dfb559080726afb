import pandas as pd
import pytest

from projects.audio.manifest import DIGEST_LENGTH, dataset_digest, validated_manifest
from projects.errors import UserError

ROWS = pd.DataFrame(
    {
        "recording_id": ["b", "a"],
        "path": ["/b.wav", "/a.wav"],
        "label": ["Robin", "Wren"],
        "group": ["Ada", "Bo"],
        "licence": ["CC0", "CC BY"],
        "audio": ["22", "11"],
    }
)


def refusal(frame):
    with pytest.raises(UserError) as caught:
        validated_manifest(frame, "birds.csv")
    assert str(caught.value).startswith("birds.csv: ")
    return str(caught.value)


def test_rows_come_in_one_order_with_their_other_columns():
    """Another order of files on another machine must not be another split."""
    manifest = validated_manifest(ROWS, "birds.csv")
    assert list(manifest["recording_id"]) == ["a", "b"]
    assert list(manifest["licence"]) == ["CC BY", "CC0"]
    pd.testing.assert_frame_equal(manifest, validated_manifest(ROWS[::-1], "birds.csv"))


def test_a_label_typed_on_a_mac_is_the_same_label():
    """Composed and decomposed letters look alike and would be two species."""
    frame = ROWS.assign(label=["Ha\u0308her", "H\u00e4her "])
    assert validated_manifest(frame, "birds.csv")["label"].nunique() == 1


def test_a_path_stays_as_the_disk_has_it():
    """Linux knows a decomposed name under no other spelling."""
    frame = ROWS.assign(path=["/Ha\u0308her.wav", "/a.wav"])
    assert validated_manifest(frame, "birds.csv")["path"][1] == "/Ha\u0308her.wav"


def test_no_rows_are_refused():
    assert "at least one recording, found none" in refusal(ROWS[:0])


def test_a_missing_column_is_named():
    assert "missing ['group']" in refusal(ROWS.drop(columns="group"))


@pytest.mark.parametrize("value", ["", "  ", None, float("nan")])
@pytest.mark.parametrize("column", ["label", "group", "path"])
def test_an_empty_cell_is_named_by_its_row(column, value):
    """Recordings without a recordist would become one recordist's, or each their own."""
    frame = ROWS.astype(object)
    frame.loc[1, column] = value
    assert f"row 2 has no {column}" in refusal(frame)


def test_a_recording_named_twice_is_refused():
    assert "'a' is named more than once" in refusal(pd.concat([ROWS, ROWS[1:]]))


def test_the_digest_is_the_content_whatever_the_order():
    digest = dataset_digest(ROWS)
    assert digest == dataset_digest(ROWS[::-1])
    assert len(digest) == DIGEST_LENGTH == 36


@pytest.mark.parametrize("column", ["recording_id", "label", "group"])
def test_another_table_is_another_digest(column):
    """Two test sets under one digest would be compared as one."""
    changed = ROWS.assign(**{column: ["c", "a"]})
    assert dataset_digest(changed) != dataset_digest(ROWS)


def test_other_audio_is_another_digest():
    assert dataset_digest(ROWS.assign(audio=["22", "33"])) != dataset_digest(ROWS)


def test_a_moved_folder_is_the_same_data():
    moved = ROWS.assign(path=["/mnt/b.wav", "/mnt/a.wav"])
    assert dataset_digest(moved) == dataset_digest(ROWS)
