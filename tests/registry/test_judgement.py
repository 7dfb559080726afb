"""Judging is a pure function: nothing here needs a store."""

import math
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd
import pytest
from candidates import DATASET, GATE, findings, predictions
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.findings import Findings
from evaluation.gates.canonical import gate_digest, gate_text
from evaluation.gates.gate import Gate
from evaluation.gates.reader import parse_gate
from evaluation.gates.verdict import Outcome, Row, Verdict
from projects.errors import UserError
from registry.dossier import Dossier
from registry.judgement import Examined, judge, overwritten
from registry.model_files import ModelFiles
from registry.reigning import Reigning

PASS, INVESTIGATE, STOP, ERROR = Outcome
OTHER_DATASET = "e" * 36
OTHER_GATE = replace(GATE, name="another")
CEILINGS = parse_gate(
    gate_text(GATE)[:-1] + ',"ceilings":{"latency":1.5,"size":1.5}}', "a gate with ceilings"
)


@dataclass(frozen=True)
class Scene:
    """All that is judged."""

    gate: Gate
    candidate: Examined
    champion: Reigning | None

    @property
    def verdict(self) -> Verdict:
        return judge(self.gate, self.candidate, self.champion)

    @property
    def outcome(self) -> Outcome:
        return self.verdict.outcome

    def row(self, rule: str) -> Row:
        (found,) = [row for row in self.verdict.rows if rule in row.rule]
        return found

    def by(self, gate: Gate) -> "Scene":
        return replace(self, gate=gate)

    def candidate_with(self, **changes) -> "Scene":
        return replace(self, candidate=replace(self.candidate, **changes))

    def sealed(self, **changes) -> "Scene":
        """With another dossier of the candidate."""
        return self.candidate_with(dossier=self.candidate.dossier.model_copy(update=changes))

    def measured(self, metric: str, value: float, *bounds: float | None) -> "Scene":
        """With another metric, which the run shows too."""
        metrics = {**self.candidate.dossier.metrics, metric: (value, *bounds)}
        shown = {**self.candidate.shown, f"test.{metric}": value}
        return self.sealed(metrics=metrics).candidate_with(shown=shown)

    def champion_with(self, **changes) -> "Scene":
        """With something else about the champion, where there is one."""
        return replace(self, champion=self.champion and replace(self.champion, **changes))

    def champion_sealed(self, **changes) -> "Scene":
        """With another dossier of the champion, where there is one."""
        if self.champion is None or isinstance(self.champion.dossier, UserError):
            return self
        return self.champion_with(dossier=self.champion.dossier.model_copy(update=changes))


@cache
def measured(accuracy: float) -> Findings:
    return findings(accuracy)


def dossier(version: str, found: Findings) -> Dossier:
    return Dossier(
        model="wrens",
        version=version,
        model_digest=f"files of {version}",
        code_digest=f"code of {version}",
        kind=found.kind,
        dataset=DATASET,
        metrics={
            name: (each.value, each.lower, each.upper) for name, each in found.metrics.items()
        },
        classes={},
        costs={"latency": 0.01, "size": 1000.0},
        machine="ours",
        items="digest of the table",
        gate=gate_text(GATE),
        beside=None,
    )


def scene(found: Findings, champions: Findings | None = None, gate: Gate = GATE) -> Scene:
    """Version 2 is the candidate; version 1 is champion if there are findings of it."""
    files = ModelFiles("files of 2", "code of 2", 1000)
    shown = {f"test.{name}": each.value for name, each in found.metrics.items()}
    sealed = dossier("2", found)
    candidate = Examined("wrens", "2", "reference", sealed, found.items, files, shown)
    if champions is None:
        return Scene(gate, candidate, None)
    champion = Reigning("1", gate, DATASET, dossier("1", champions), champions.items)
    return Scene(gate, candidate, champion)


FIRST = scene(measured(0.9))
LATER = scene(measured(0.95), measured(0.8))


def test_a_first_model_passes_and_nothing_is_asked_of_a_champion():
    """Else no registry could ever begin."""
    assert FIRST.outcome is PASS
    assert FIRST.row("champion's >").note == "first model"
    assert all(row.outcome is PASS for row in FIRST.verdict.rows)
    assert not [row for row in FIRST.verdict.rows if row.rule.endswith("is the champion's")]


def test_a_better_model_passes():
    assert LATER.outcome is PASS
    assert LATER.row("champion's >").measured.value > 0


def test_a_verdict_can_be_repeated_from_what_is_on_record():
    """A decision that came out otherwise the second time would prove nothing."""
    recorded = parse_gate(gate_text(GATE), "the record")
    assert LATER.by(recorded).verdict == LATER.verdict


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [(0.85, 0.85, PASS), (0.8, 0.85, INVESTIGATE), (0.6, 0.85, STOP), (0.1, 0.05, STOP)],
)
def test_a_model_must_be_good_and_not_worse_than_the_champion(ours, theirs, expected):
    """Good enough by itself, it would still be a step back for whoever uses the champion."""
    assert scene(measured(ours), measured(theirs)).outcome is expected


def never_answers(**latency: float):
    """The doubt about a model with such a latency, or without one."""
    costs = {"size": 1000.0, **latency}
    return lambda s: s.sealed(costs=costs), "model loads and answers", "has not answered"


def not_finite(*accuracy: float):
    """The doubt about a model with such an accuracy."""
    return lambda s: s.measured("accuracy", *accuracy), "accuracy >", "not finite"


DOUBTS = {
    "evidence about another model": (
        lambda s: s.sealed(model="owls"),
        "evidence is about",
        "it is about owls version 2",
    ),
    "evidence about another version": (
        lambda s: s.sealed(version="7"),
        "evidence is about",
        "it is about wrens version 7",
    ),
    "changed files": (
        lambda s: s.candidate_with(files=ModelFiles("other files", "code of 2", 1000)),
        "model is what was evaluated",
        "files of 2, now other files",
    ),
    "a metric written over": (
        lambda s: s.candidate_with(shown={**s.candidate.shown, "test.map": 0.999}),
        "run shows what was measured",
        "the run now says 0.999",
    ),
    "a metric that the run does not have": (
        lambda s: s.candidate_with(shown={}),
        "run shows what was measured",
        "the run does not say it",
    ),
    "a model that was never timed": never_answers(),
    "a latency of zero": never_answers(latency=0.0),
    "a latency that is no number": never_answers(latency=math.nan),
    "a latency without end": never_answers(latency=math.inf),
    "no digest of the data": (
        lambda s: s.sealed(dataset=""),
        "data and code have digests",
        "a digest is missing",
    ),
    "no digest of the code": (
        lambda s: s.sealed(code_digest=""),
        "data and code have digests",
        "a digest is missing",
    ),
    "a gate that asks nothing of the champion": (
        lambda s: s.by(replace(s.gate, champion=None)),
        "gate names a champion rule",
        "it does not",
    ),
    "a gate without rules": (
        lambda s: s.by(replace(s.gate, rules=())),
        "at least one rule",
        "the gate has no rules",
    ),
    "a metric that is no number": not_finite(math.nan, 0.8, 0.95),
    "an infinite metric": not_finite(math.inf, 0.8, math.inf),
    "a bound that is no number": not_finite(0.9, math.nan, 0.95),
    "a metric that was not measured": (
        lambda s: s.sealed(metrics={}),
        "accuracy >",
        "not measured",
    ),
}


@pytest.mark.parametrize(("doubted", "rule", "note"), DOUBTS.values(), ids=DOUBTS.keys())
@pytest.mark.parametrize("scene", [FIRST, LATER], ids=["first", "later"])
def test_each_doubt_is_an_error_that_says_what_is_wrong(scene, doubted, rule, note):
    """Evidence that may be about something else would let anything through."""
    found = doubted(scene)
    assert found.outcome is ERROR
    row = found.row(rule)
    assert row.outcome is ERROR
    assert note in row.note


def of_sound() -> pd.DataFrame:
    """Scores of the clips, in place of answers."""
    return measured(0.8).items[["item", "group"]].assign(si_sdr=1.0)


LABELS_CHANGED = replace(predictions(0.8), labels=["blackbird", "robin", "tit"])
ONE_RECORDIST = replace(predictions(0.8), groups=["one"] * 60)
TAMPERED = UserError("evidence in run 1: x.json was changed after it was sealed")

INCOMPARABLE = {
    "other labels": (
        lambda s: s.champion_with(items=LABELS_CHANGED.to_table()),
        "it tells other labels apart",
    ),
    "another kind": (
        lambda s: s.champion_sealed(kind="reconstruction").champion_with(items=of_sound()),
        "it is of another kind, reconstruction",
    ),
    "a tampered dossier": (
        lambda s: s.champion_with(dossier=TAMPERED, items=None),
        str(TAMPERED),
    ),
    "clips that the candidate could not score": (
        lambda s: s.champion_with(items=predictions(0.8, clips=72).to_table()),
        "it could score clips that the candidate could not",
    ),
    "clips of other recordists": (
        lambda s: s.champion_with(items=ONE_RECORDIST.to_table()),
        "Expected candidate and champion with the same groups",
    ),
    "no clips": (
        lambda s: s.champion_with(items=predictions(0.8).to_table().iloc[:0]),
        "Expected at least one scored clip",
    ),
}


@pytest.mark.parametrize(("changed", "note"), INCOMPARABLE.values(), ids=INCOMPARABLE.keys())
def test_a_champion_that_cannot_be_compared_with_is_an_error_with_the_reason(changed, note):
    """Left out of the comparison, it would lose to any model."""
    found = changed(LATER)
    row = found.row("champion's >")
    assert (found.outcome, row.outcome) == (ERROR, ERROR)
    assert row.note.startswith(f"cannot be compared: version 1: {note}")
    assert "\n" not in row.note


def test_a_champions_dossier_of_another_test_set_is_an_error():
    """Clips of the same names may be other clips."""
    found = LATER.champion_sealed(dataset=OTHER_DATASET)
    assert found.outcome is ERROR
    assert found.row("champion's >").note.startswith(f"was compared on dataset {OTHER_DATASET}")


def test_a_champion_metric_that_a_classifier_does_not_have_is_an_error():
    gate = parse_gate(gate_text(GATE).replace("macro_f1", "si_sdr"), "a gate of sound")
    assert "got 'si_sdr'" in LATER.by(gate).row("champion's >").note
    assert LATER.by(gate).outcome is ERROR


def test_another_test_set_than_the_champions_needs_a_person():
    """An easy test set would make any model a champion."""
    found = LATER.champion_with(dataset=OTHER_DATASET)
    row = found.row("test set is the champion's")
    assert (found.outcome, row.outcome) == (INVESTIGATE, INVESTIGATE)
    assert row.note == f"was {OTHER_DATASET}, is {DATASET}"
    assert found.row("gate is the champion's").outcome is PASS


def test_another_gate_than_the_champions_needs_a_person():
    """An easy gate would as well."""
    found = LATER.by(OTHER_GATE)
    row = found.row("gate is the champion's")
    assert (found.outcome, row.outcome) == (INVESTIGATE, INVESTIGATE)
    assert row.note == f"was {gate_digest(GATE)}, is {gate_digest(OTHER_GATE)}"
    assert found.row("test set is the champion's").outcome is PASS


def test_what_is_not_on_record_of_a_champion_is_not_asked_for():
    """One that was made before there were decisions has no terms, but has to be beaten."""
    found = LATER.champion_with(gate=None, dataset=None)
    assert found.outcome is PASS
    assert not [row for row in found.verdict.rows if row.rule.endswith("is the champion's")]
    assert found.row("champion's >").measured is not None


def test_a_model_that_costs_too_much_beside_the_champion_needs_a_person():
    dear = scene(measured(0.95), measured(0.8), CEILINGS)
    assert dear.outcome is PASS
    slow = dear.sealed(costs={"latency": 0.1, "size": 1000.0})
    assert (slow.outcome, slow.row("latency").outcome) == (INVESTIGATE, INVESTIGATE)
    large = dear.sealed(costs={"latency": 0.01, "size": 9000.0})
    assert (large.outcome, large.row("size").measured.value) == (INVESTIGATE, 9)


def test_seconds_of_two_machines_are_not_compared_but_bytes_are():
    """On a fast machine a slow model would pass, on a slow one a fast model would not."""
    found = scene(measured(0.95), measured(0.8), CEILINGS).champion_sealed(machine="theirs")
    assert found.row("latency").outcome is ERROR
    assert found.row("latency").note == "the champion has no latency above 0"
    assert found.row("latency").measured is None
    assert found.row("size").outcome is PASS


def test_a_champion_that_was_never_timed_is_an_error_and_not_a_crash():
    found = scene(measured(0.95), measured(0.8), CEILINGS)
    untimed = found.champion_sealed(machine="theirs", costs={"size": 1000.0})
    assert untimed.row("latency").outcome is ERROR


SPOILT = {
    **{(name, rule): change for name, (change, rule, _) in DOUBTS.items()},
    **{(name, "champion's >"): change for name, (change, _) in INCOMPARABLE.items()},
    ("too few right", "accuracy >"): lambda s: s.measured("accuracy", 0.1, 0.0, 0.2),
    ("slow", "model loads and answers"): lambda s: s.sealed(costs={"latency": 1.0, "size": 1.0}),
    ("other machine", "latency"): lambda s: s.champion_sealed(machine="theirs"),
    ("other test set", "test set"): lambda s: s.champion_with(dataset=OTHER_DATASET),
    ("other gate", "gate"): lambda s: s.champion_with(gate=OTHER_GATE),
}
"""What is changed, and the rule that it concerns: of each, only one can be changed at a time."""


@settings(max_examples=60, deadline=None)
@given(
    begin=st.sampled_from([FIRST, LATER, scene(measured(0.6), measured(0.8), CEILINGS)]),
    names=st.lists(st.sampled_from(sorted(SPOILT)), unique_by=lambda name: name[1], max_size=4),
)
def test_no_doubt_that_is_added_makes_an_outcome_better(begin, names):
    """Whoever wants a version through must gain nothing by spoiling the evidence further."""
    worst = begin.outcome
    for name in names:
        begin = SPOILT[name](begin)
        verdict = begin.verdict
        assert (verdict.outcome is PASS) == all(row.outcome is PASS for row in verdict.rows)
        assert verdict.outcome.severity == max(row.outcome.severity for row in verdict.rows)
        assert verdict.outcome.severity >= worst.severity
        worst = verdict.outcome


def test_what_a_run_shows_is_compared_metric_by_metric():
    """Metrics can be logged again after the fact, and the UI shows the last ones."""
    sealed = FIRST.candidate.dossier
    assert overwritten(sealed, FIRST.candidate.shown) == ""
    more = {**FIRST.candidate.shown, "loss": 1.0}
    assert overwritten(sealed, more) == ""
    without = {name: value for name, value in more.items() if name != "test.map"}
    assert "map was" in overwritten(sealed, without)


def test_a_metric_that_never_was_a_number_has_not_changed():
    sealed = FIRST.measured("map", math.nan, 0.0, 1.0).candidate
    assert overwritten(sealed.dossier, sealed.shown) == ""
    assert "was nan, the run now says 0.9" in overwritten(
        sealed.dossier, {**sealed.shown, "test.map": 0.9}
    )


def test_what_the_training_measured_stands_in_the_run_without_a_prefix():
    sealed = FIRST.measured("epochs_to_best", 7.0, None, None).candidate.dossier
    shown = {**FIRST.candidate.shown, "epochs_to_best": 7.0}
    assert overwritten(sealed, shown) == ""
    assert "epochs_to_best was 7, the run now says 8" in overwritten(
        sealed, {**shown, "epochs_to_best": 8.0}
    )
