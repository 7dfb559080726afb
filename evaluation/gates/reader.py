"""Gates from YAML files."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evaluation.gates.champion import NotWorseThanChampion
from evaluation.gates.comparison import Comparison
from evaluation.gates.gate import Gate
from evaluation.gates.threshold import Bound, Threshold
from projects.errors import UserError

BUNDLED = Path(__file__).parent


class _RuleEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    metric: str = Field(min_length=1)
    pass_when: str = Field(alias="pass")
    stop_when: str | None = Field(default=None, alias="stop")
    bound: Bound = "value"

    def rule(self) -> Threshold:
        stop = None if self.stop_when is None else Comparison.parse(self.stop_when)
        return Threshold(self.metric, Comparison.parse(self.pass_when), stop, self.bound)


class _ChampionEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    metric: str = Field(min_length=1)
    margin: float


class _GateEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1)
    rules: list[_RuleEntry]
    champion: _ChampionEntry | None = None


class _UniqueKeyLoader(yaml.SafeLoader):
    """Refuses a key given twice, where YAML would silently drop the first, limit and all."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        repeated = {key for key in keys if keys.count(key) > 1}
        if repeated:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {min(repeated)!r} given twice", node.start_mark
            )
        return super().construct_mapping(node, deep)


def load_gate(name_or_path: str | Path) -> Gate:
    """Reads a gate.

    Args:
        name_or_path: Name of a bundled gate, such as `gate_3`, or path of a YAML file.

    Returns:
        The gate.

    Raises:
        UserError: If there is no such gate, or its file is not a valid one.
    """
    bundled = {path.stem: path for path in sorted(BUNDLED.glob("*.yaml"))}
    path = bundled.get(str(name_or_path), Path(name_or_path))
    if not path.is_file():
        raise UserError(
            f"Expected a gate file or one of {', '.join(bundled)}, got {str(name_or_path)!r}:"
            " check the name."
        )
    entry = _read(path)
    rules = []
    for place, rule in enumerate(entry.rules, start=1):
        try:
            rules.append(rule.rule())
        except UserError as error:
            raise UserError(f"{path}, rule {place} ({rule.metric}): {error}") from error
    _refuse_repeats(path, rules)
    return Gate(entry.name, tuple(rules), _champion(path, entry.champion))


def _read(path: Path) -> _GateEntry:
    try:
        with path.open(encoding="utf-8") as file:
            # A SafeLoader underneath, so as safe as yaml.safe_load.
            return _GateEntry.model_validate(yaml.load(file, _UniqueKeyLoader))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(
            f'{path}: expected YAML, got {reason}: put comparisons in quotes, as in pass: "> 0.65".'
        ) from error
    except ValidationError as error:
        raise UserError(f"{path}, {_first_fault(error)}") from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    match fault["loc"]:
        case ("rules", int(place), *rest):
            where = ".".join([f"rule {place + 1}", *map(str, rest)])
        case rest:
            where = ".".join(map(str, rest)) or "gate"
    return f"{where}: {fault['msg']}, got {fault['input']!r}: see {BUNDLED / 'default.yaml'}."


def _refuse_repeats(path: Path, rules: list[Threshold]) -> None:
    seen = set()
    for place, rule in enumerate(rules, start=1):
        if (rule.metric, rule.bound) in seen:
            raise UserError(
                f"{path}, rule {place} ({rule.metric}): expected one rule a metric and bound, got"
                f" a second for its {rule.bound}: keep one."
            )
        seen.add((rule.metric, rule.bound))


def _champion(path: Path, entry: _ChampionEntry | None) -> NotWorseThanChampion | None:
    if entry is None:
        return None
    try:
        return NotWorseThanChampion(entry.metric, entry.margin)
    except UserError as error:
        raise UserError(f"{path}, champion: {error}") from error
