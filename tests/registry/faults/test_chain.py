"""Decisions that were removed, changed, forged, doubled, deleted and left undone."""

from dataclasses import replace

from damage import assert_only, entry_of, forged, gone_for_good, run_of, sql

from registry import chain
from registry.promotion import Asked, promote


def test_a_decision_taken_out_of_the_middle(audited):
    """A refusal disappears from the history."""
    gone_for_good(run_of("wrens", 2))
    code, lines = audited()
    assert code == 1
    assert any("no longer there | decision 2 |" in line for line in lines)


def test_the_last_decision_taken_away(audited):
    """Nothing follows a last decision that could miss it; the version remembers."""
    gone_for_good(run_of("wrens", 3))
    assert_only(audited(), "claims refused, STOP: no decision says so | version 3")


def test_a_decision_changed(audited, damaged):
    """Another person would be said to have accepted it."""
    damaged.set_tag(run_of("wrens", 1), "decided.by", "eve")
    assert_only(audited(), "changed after it was sealed | decision 1, run ")


def test_a_decision_changed_and_sealed_anew(audited):
    """The seal is no secret: only the decisions behind it can tell."""
    forged("wrens", 1, decided_by="eve")
    assert_only(audited(), "does not follow the decision before it | decision 2")


def test_a_decision_hung_up_elsewhere(audited):
    """The first decisions would be replaced by others."""
    forged("wrens", 3, before="0" * 64)
    forged("owls", 1, before="0" * 64)
    assert_only(
        audited(),
        "| owls | follows another decision, but is the first | decision 1",
        "| wrens | does not follow the decision before it | decision 3",
    )


def test_a_decision_that_found_another_champion(audited):
    """A champion would come from nowhere between two decisions."""
    forged("wrens", 3, champion_before="1")
    assert_only(audited(), "found version 1 as champion, the decision before says 2 | decision 3")


def test_two_decisions_with_one_place(audited):
    """Two who promoted past the lock: one of the two is not what serves."""
    chain.finish(chain.append(entry_of("wrens", 3), entry_of("wrens", 2)))
    twice = "another decision has the same place | decision 3"
    assert_only(audited(), twice, twice)


def test_a_decision_whose_place_is_no_number(audited, damaged):
    """A broken entry would end the audit with a traceback."""
    damaged.set_tag(run_of("wrens", 1), "sequence", "first")
    code, lines = audited()
    assert code == 1
    assert any("its place is not a number | decision 'first'" in line for line in lines)
    assert any("no longer there | decision 1 |" in line for line in lines)


def test_a_deleted_decision(audited, damaged):
    """The next `mlflow gc` would take it away for good."""
    run = run_of("wrens", 3)
    damaged.delete_run(run)
    assert_only(audited(), f"its run was deleted | decision 3, run {run} | mlflow runs restore")
    damaged.restore_run(run)
    assert audited()[0] == 0  # The remedy holds.


def test_a_decision_left_undone(audited):
    """The champion is not yet what was decided, and nobody knows."""
    entry = replace(entry_of("wrens", 1), champion_before="2", previous_after="2")
    chain.append(entry, entry_of("wrens", 3))
    assert_only(audited(), "left undone, RUNNING | decision 4, run ")
    promote(Asked("wrens", "3", "ada"))
    assert not any("undone" in line for line in audited()[1])  # The remedy holds.


def test_a_decision_in_the_middle_left_undone(audited):
    sql("UPDATE runs SET status = 'RUNNING' WHERE run_uuid = ?", run_of("wrens", 1))
    assert_only(audited(), "left undone, RUNNING | decision 1, run ")
