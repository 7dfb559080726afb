import re

from benchmarks.study import StudyConfig, measure


def test_study_shows_the_overhead_along_the_study_and_a_ratio(capsys):
    """The claim of less than half a second a trial could not be checked."""
    measure(StudyConfig.validated({"trials": 20, "clips": 4}))
    out = capsys.readouterr().out
    assert re.search(r"^\| 11 to 20 .*\| \d+\.\d{3}", out, re.MULTILINE)
    match = re.fullmatch(r"ratio (\d+\.\d\d) s/trial, syrinx / optuna", out.splitlines()[-1])
    assert match
    assert float(match[1]) > 0
