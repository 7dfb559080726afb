"""Gates from YAML, in files and elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from pydantic import ValidationError

from evaluation.gates.entries import GateEntry
from evaluation.gates.gate import Gate
from evaluation.gates.loader import GateLoader
from evaluation.gates.threshold import Threshold
from projects.errors import UserError

BUNDLED = Path(__file__).parent


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
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: expected UTF-8 text, got {error}: save it as UTF-8.") from error
    return parse_gate(text, str(path))


def parse_gate(text: str, source: str) -> Gate:
    """Reads a gate from the text of a gate file, or of `evaluation.gates.canonical.gate_text`.

    Args:
        text: YAML or JSON.
        source: Where the text is from, for the errors.

    Returns:
        The gate, its rules in the order of the text and its ceilings in that of their names.

    Raises:
        UserError: If the text is not that of a valid gate.
    """
    entry = _parse(text, source)
    rules = []
    for place, rule in enumerate(entry.rules, start=1):
        with _errors_from(f"{source}, rule {place} ({rule.metric})"):
            rules.append(rule.rule())
    _refuse_repeats(source, rules)
    with _errors_from(f"{source}, champion"):
        champion = None if entry.champion is None else entry.champion.rule()
    with _errors_from(f"{source}, floor"):
        floor = None if entry.floor is None else entry.floor.rule()
    with _errors_from(f"{source}, ceilings"):
        ceilings = entry.ceiling_rules()
    return Gate(entry.name, tuple(rules), champion, floor, ceilings)


@contextmanager
def _errors_from(place: str) -> Iterator[None]:
    try:
        yield
    except UserError as error:
        raise UserError(f"{place}: {error}") from error


def _parse(text: str, source: str) -> GateEntry:
    try:
        # A SafeLoader underneath, so as safe as yaml.safe_load.
        return GateEntry.model_validate(yaml.load(text, GateLoader))
    except ValidationError as error:
        raise UserError(f"{source}, {_first_fault(error)}") from error
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UserError(
            f"{source}: expected YAML, got {reason}: put comparisons in quotes, as in"
            ' pass: "> 0.65".'
        ) from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    match fault["loc"]:
        case ("rules", int(place), *rest):
            where = ".".join([f"rule {place + 1}", *map(str, rest)])
        case rest:
            where = ".".join(map(str, rest)) or "gate"
    return f"{where}: {fault['msg']}, got {fault['input']!r}: see {BUNDLED / 'default.yaml'}."


def _refuse_repeats(source: str, rules: list[Threshold]) -> None:
    seen = set()
    for place, rule in enumerate(rules, start=1):
        if (rule.metric, rule.bound) in seen:
            raise UserError(
                f"{source}, rule {place} ({rule.metric}): expected one rule a metric and bound, got"
                f" a second for its {rule.bound}: keep one."
            )
        seen.add((rule.metric, rule.bound))
