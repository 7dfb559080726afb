"""The split of a species training."""

import pandas as pd
import pytest

from projects.errors import UserError
from projects.species.data import SplitConfig
from projects.species.split import split_recordings


@pytest.fixture
def manifest() -> pd.DataFrame:
    rows = [
        (f"{group:02}-{label}", f"{group}-{label}.wav", f"bird {label}", f"recordist {group}")
        for group in range(20)
        for label in range(3)
    ]
    return pd.DataFrame(rows, columns=["recording_id", "path", "label", "group"])


def usable(manifest: pd.DataFrame) -> pd.DataFrame:
    return manifest.assign(audio=manifest["recording_id"])


def test_a_file_that_cannot_be_read_today_moves_no_other_to_another_side(manifest):
    """A champion would otherwise meet its own training recordings in the next test set."""
    config = SplitConfig()
    whole = split_recordings(config, manifest, usable(manifest)).set_index("recording_id")
    for missing in ("03-1", "11-2", "19-0"):
        rest = usable(manifest[manifest["recording_id"] != missing])
        split = split_recordings(config, manifest, rest).set_index("recording_id")
        assert split["split"].equals(whole["split"].drop(missing))


def test_a_side_whose_files_all_fail_is_named(manifest):
    config = SplitConfig()
    whole = split_recordings(config, manifest, usable(manifest))
    rest = whole[whole["split"] != "test"].drop(columns="split")
    with pytest.raises(UserError, match="no recording is left for test"):
        split_recordings(config, manifest, rest)


def test_a_label_without_training_recordings_is_refused(manifest):
    config = SplitConfig()
    whole = split_recordings(config, manifest, usable(manifest))
    lost = (whole["split"] == "train") & (whole["label"] == "bird 1")
    with pytest.raises(UserError, match="no training recording of 'bird 1'"):
        split_recordings(config, manifest, whole[~lost].drop(columns="split"))
