"""Entry point: what was decided about a registered model, when, by whom and on what evidence."""

import mlflow
from pydantic import Field

from evaluation.markdown import markdown_table
from projects.config import Config
from projects.errors import UserError
from projects.tracking import run_without_tracking
from registry import chain
from registry.chain import Decided

HEADER = (
    "when (UTC)",
    "who",
    "decision",
    "from",
    "to",
    "version",
    "verdict",
    "evidence",
    "reason",
)


class HistoryConfig(Config):
    """Prints all decisions about a registered model."""

    model: str = Field(min_length=1, description="registered model")


def history(config: HistoryConfig) -> None:
    """Prints one row a decision, the first one first.

    Raises:
        UserError: There is no such model.
    """
    decided = chain.decisions(config.model)
    if decided:
        print(markdown_table(HEADER, [_row(each) for each in decided]))
        return
    known = [model.name for model in mlflow.search_registered_models()]
    if config.model not in known:
        raise UserError(
            f"model: expected one of {', '.join(known) or 'those to come'}, got {config.model!r}"
        )
    print(f"nothing was decided about {config.model} yet")


def _row(decided: Decided) -> tuple[str, ...]:
    entry = decided.entry
    return (
        entry.decided_at[:19].replace("T", " "),
        entry.decided_by,
        entry.decision if decided.done else f"{entry.decision}, not done yet",
        entry.champion_before or "-",
        entry.champion_after or "-",
        entry.version,
        f"{entry.outcome} by {entry.gate}" if entry.outcome else "-",
        entry.evidence[:8],
        "; ".join(filter(None, (entry.reason, entry.found))),
    )


if __name__ == "__main__":
    run_without_tracking(HistoryConfig, history)
