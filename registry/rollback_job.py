"""Entry point: makes a version that was champion before champion again."""

from pydantic import Field

from projects.config import Config
from projects.tracking import run_without_tracking
from registry.ask import ask_to_roll_back


class RollbackConfig(Config):
    """Goes back to a version that was champion before; takes no training and no evaluation."""

    model: str = Field(min_length=1, description="registered model")
    version: str | None = Field(
        None, pattern=r"^\d+$", description="to go back to; empty for @previous"
    )
    reason: str = Field(min_length=1, description="why; it is recorded")


def roll_back(config: RollbackConfig) -> None:
    """Goes back, and says what is champion now."""
    entry = ask_to_roll_back(config.model, config.version, config.reason).entry
    print(
        f"{entry.model} version {entry.champion_after} is @champion again, "
        f"version {entry.champion_before} is @previous"
    )


if __name__ == "__main__":
    run_without_tracking(RollbackConfig, roll_back)
