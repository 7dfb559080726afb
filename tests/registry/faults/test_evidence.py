"""What promotions were decided from: gone, changed, or of another version."""

import pytest
from damage import assert_only, entry_of, evidence_file, forged, gone_for_good

from registry.dossier import evidence_run


def test_evidence_of_a_promotion_deleted(audited, damaged):
    """The next `mlflow gc` would take away what the promotion was decided from."""
    run = evidence_run(entry_of("wrens", 1).evidence)
    damaged.delete_run(run)
    assert_only(audited(), f"its run was deleted | evidence of version 1, run {run}")


def test_evidence_of_a_promotion_gone_for_good(audited):
    gone_for_good(evidence_run(entry_of("owls", 1).evidence))
    code, lines = audited()
    assert code == 1
    assert "| owls | its run is gone: " in lines[0]


@pytest.mark.parametrize("suffix", [".json", ".parquet"])
def test_evidence_changed_or_missing(audited, suffix):
    """A promotion that nobody can check again, or that looks better than it was."""
    file = evidence_file("wrens", 1, suffix)
    file.write_bytes(file.read_bytes() + b" ")
    changed = f"{file.name} was changed after it was sealed | evidence of version 1"
    assert_only(audited(), changed)
    file.unlink()
    assert_only(audited(), f"expected {file.name}, got none")


def test_evidence_about_another_version(audited):
    """A bad version would be promoted on the word of a good one."""
    forged("owls", 1, evidence=entry_of("wrens", 2).evidence)
    assert_only(audited(), "| owls | it is about wrens version 2, data ddd")
