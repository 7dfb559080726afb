"""Champion and previous that are no longer what passed."""

import shutil

from candidates import make_candidate
from damage import assert_only, entry_of, model_file, sql

from registry.dossier import evidence_run
from registry.promotion import Asked, promote


def test_files_of_champion_and_previous_changed(audited):
    """What serves is not what passed."""
    model_file().write_text("changed = True")
    found = audited()
    assert_only(found, *["its files changed: "] * 3)
    assert ["| owls " in line for line in found[1]] == [True, False, False]
    assert "version 2" in found[1][1]
    assert "version 1" in found[1][2]


def test_files_of_champion_and_previous_missing(audited):
    """The next start of the server fails, and so does the rollback."""
    shutil.rmtree(model_file().parent)
    assert_only(audited(), *["expected its files in the store, got none: "] * 3)


def test_champion_deleted(audited, damaged):
    """Serving goes on until it starts again."""
    damaged.delete_model_version("wrens", "2")
    assert_only(
        audited(),
        "on no version, decision 3 says version 2 | @champion",
        "expected a version of wrens, got '2': none is there | version 2",
    )


def test_a_model_deleted(audited, damaged):
    """Its history is all that is left, and must not be passed over."""
    damaged.delete_registered_model("owls")
    code, lines = audited()
    assert code == 1
    assert all("| owls |" in line for line in lines)
    assert any("on no version, decision 1 says version 1 | @champion" in line for line in lines)


def test_a_model_made_anew_under_an_old_name(audited, damaged):
    """Its version 1 would be champion because another version 1 passed once."""
    damaged.delete_registered_model("owls")
    make_candidate(damaged, "owls")
    damaged.set_registered_model_alias("owls", "champion", "1")
    assert_only(
        audited(),
        "| owls | no decision says that it passed | @champion, version 1",
        "| owls | deleted and made anew: what was decided before is about another model, of which "
        "version 1 was champion | decision 1 and those before it",
    )
    assert promote(Asked("owls", "1", "ada")).promoted
    assert audited()[0] == 0  # The remedy holds.


def test_a_version_made_anew_under_an_old_number(audited):
    """It would be champion because another version of its number passed once."""
    made = str(2**42)
    sql("UPDATE model_versions SET creation_time = ? WHERE name = 'owls'", made)
    assert_only(audited(), "| owls | made after the decision that let it pass, ")


def test_metrics_written_over(audited, damaged):
    """The UI would show a champion better than it is."""
    run = evidence_run(entry_of("wrens", 2).evidence)
    damaged.log_metric(run, "test.accuracy", 0.99)
    written = f"accuracy was 0.9, the run now says 0.99 | version 2, run {run}"
    assert_only(audited(), written)
