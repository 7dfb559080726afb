"""What a study asks, and how a trial answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

import pandas as pd
from optuna.pruners import BasePruner, NopPruner

from evaluation.findings import Kind
from projects.config import Config
from projects.studies.engine.space import Space

C = TypeVar("C", bound=Config)

Direction = Literal["maximize", "minimize"]

Report = Callable[[Mapping[str, float], int], None]
"""Takes an epoch's or step's values and its number; raises `TrialPruned` where that is enough."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a trial measured, on validation data alone.

    Attributes:
        values: Of every objective of the question, by name.
        items: One row a validation clip, to compare two trials clip by clip; see `Findings`.
        measured: What else is worth a column, by name.
        constraints: Name to a value that is at most 0 where it is met.
    """

    values: Mapping[str, float]
    items: pd.DataFrame
    measured: Mapping[str, float] = field(default_factory=dict)
    constraints: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Prepared(Generic[C]):
    """What all trials of a worker share.

    Attributes:
        try_out: Does a trial with its configuration.
        digest: Of the data that trials learn from and are measured on.
    """

    try_out: Callable[[C, Report], Outcome]
    digest: str


@dataclass(frozen=True, eq=False)
class Question(Generic[C]):
    """A study before it is run.

    Attributes:
        text: What it asks, ending in a question mark.
        objectives: Name to the direction in which it is better. The first is the quality that
            the answer's interval is about, a metric that `evaluation.findings.paired` knows.
        kind: Of the items.
        job: Configuration of a trial.
        entry_point: That takes the best configuration; empty where none does.
        space: Settings of the job to seek, given the configuration as it stands without them.
        base: Settings of every trial where the user says nothing: how long it trains.
        prepare: Does once what all trials share.
        watched: The value by which a trial is stopped early, of those it reports; empty for none.
        pruner: That stops it, given the configuration.
        exhaustive: Tries every combination of choices, rather than what a sampler proposes.
        tell: Puts the complete trials, rows of `Answer.trials`, into words, where the best one
            beside the first is not what matters.
        own: Settings of the job that the entry point does not have: they are not among the best.
    """

    text: str
    objectives: Mapping[str, Direction]
    kind: Kind
    job: type[C]
    entry_point: str
    space: Callable[[C], Space]
    base: Mapping[str, Any]
    prepare: Callable[[C], Prepared[C]]
    watched: str = ""
    pruner: Callable[[C], BasePruner] = lambda config: NopPruner()
    exhaustive: bool = False
    tell: Callable[[pd.DataFrame], str] | None = None
    own: frozenset[str] = frozenset()

    @property
    def quality(self) -> str:
        """The first objective."""
        return next(iter(self.objectives))

    def gains(self, values: Sequence[float]) -> list[float]:
        """The objectives' values, turned so that more is better."""
        directions = zip(values, self.objectives.values(), strict=True)
        return [value if direction == "maximize" else -value for value, direction in directions]

    def described(self, values: Sequence[float]) -> str:
        """The objectives' values in a line."""
        named = zip(self.objectives, values, strict=True)
        return ", ".join(f"{name} {value:.4g}" for name, value in named)
