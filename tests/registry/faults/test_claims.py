"""Versions whose tags say what nobody decided."""

import pytest
from damage import assert_only


def test_tags_that_were_copied(audited, damaged):
    """A copy under another name would look as if it had passed there."""
    damaged.copy_model_version("models:/wrens/2", "finches")
    claim = "| finches | claims promoted, PASS: no decision says so | version 1"
    assert_only(audited(), claim)


@pytest.mark.parametrize(("tag", "value"), [("decision", "promoted"), ("gate.outcome", "PASS")])
def test_tags_that_were_set_by_hand(audited, damaged, tag, value):
    """A refused version would look as if it had passed."""
    damaged.set_model_version_tag("wrens", "3", tag, value)
    assert_only(audited(), "no decision says so | version 3")
