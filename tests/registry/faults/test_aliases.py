"""`@champion` and `@previous` where no decision put them."""

from candidates import make_candidate
from damage import assert_only

from registry import chain
from registry.promotion import Asked, promote


def test_champion_moved_by_hand(damaged, audited):
    """Serving goes on with a version that never passed the gate."""
    damaged.set_registered_model_alias("wrens", "champion", "3")
    moved = "moved behind our back: on version 3, decision 3 says version 2 | @champion"
    assert_only(audited(), moved)
    assert not promote(Asked("wrens", "3", "ada")).promoted
    assert audited()[0] == 0  # The remedy holds.


def test_previous_moved_by_hand(damaged, audited):
    """A rollback in an emergency goes to a version that never passed."""
    damaged.delete_registered_model_alias("wrens", "previous")
    assert_only(audited(), "on no version, decision 3 says version 1 | @previous")


def test_champion_without_a_decision(damaged, audited):
    """Someone set the alias in the UI of a new model."""
    make_candidate(damaged, "finches")
    damaged.set_registered_model_alias("finches", "champion", "1")
    assert_only(audited(), "| finches | no decision says that it passed | @champion, version 1")
    promote(Asked("finches", "1", "ada"))
    assert audited()[0] == 0  # The remedy holds.


def test_a_champion_from_before_the_first_decision(damaged, audited):
    """One refusal beside it would make it look decided about."""
    make_candidate(damaged, "finches")
    make_candidate(damaged, "finches", accuracy=0.1)
    damaged.set_registered_model_alias("finches", "champion", "1")
    promote(Asked("finches", "2", "ada"))
    assert_only(audited(), "no decision says that it passed | @champion, version 1")
    promote(Asked("finches", "1", "ada"))
    assert audited()[0] == 0  # The remedy holds.


def test_all_decisions_hidden_by_renaming_their_experiment(damaged, audited):
    """The history would begin anew, and champions stand without one."""
    damaged.rename_experiment(chain.experiment_id(), "elsewhere")
    code, lines = audited()
    assert code == 1
    assert sum("no decision says that it passed" in line for line in lines) == 3
    assert sum("claims" in line for line in lines) == 4
