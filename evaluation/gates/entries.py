"""What a gate file may hold."""

from pydantic import BaseModel, ConfigDict, Field

from evaluation.gates.ceiling import Ceiling, Cost
from evaluation.gates.champion import NotWorseThanChampion
from evaluation.gates.comparison import Comparison
from evaluation.gates.floor import ClassMetric, PerClassFloor
from evaluation.gates.threshold import Bound, Threshold


class RuleEntry(BaseModel):
    """One of `rules`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    metric: str = Field(min_length=1)
    pass_when: str = Field(alias="pass")
    stop_when: str | None = Field(default=None, alias="stop")
    bound: Bound = "value"

    def rule(self) -> Threshold:
        """Returns the rule; numbers or conditions that it refuses are a UserError."""
        stop = None if self.stop_when is None else Comparison.parse(self.stop_when)
        return Threshold(self.metric, Comparison.parse(self.pass_when), stop, self.bound)


class ChampionEntry(BaseModel):
    """The key `champion`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    metric: str = Field(min_length=1)
    margin: float

    def rule(self) -> NotWorseThanChampion:
        """Returns the rule; numbers or conditions that it refuses are a UserError."""
        return NotWorseThanChampion(self.metric, self.margin)


class FloorEntry(BaseModel):
    """The key `floor`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    metric: ClassMetric
    pass_when: str = Field(alias="pass")
    support: int

    def rule(self) -> PerClassFloor:
        """Returns the rule; numbers or conditions that it refuses are a UserError."""
        return PerClassFloor(self.metric, Comparison.parse(self.pass_when), self.support)


class GateEntry(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1)
    rules: list[RuleEntry]
    champion: ChampionEntry | None = None
    floor: FloorEntry | None = None
    ceilings: dict[Cost, float] = {}

    def ceiling_rules(self) -> tuple[Ceiling, ...]:
        """Returns the ceilings by name of cost; a number out of range is a UserError."""
        return tuple(Ceiling(cost, times) for cost, times in sorted(self.ceilings.items()))
