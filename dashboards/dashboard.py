"""Entry point: the pages as files, to be sent to somebody who has no server."""

from pathlib import Path

from pydantic import Field

from dashboards.copied_folder import copied_folder
from dashboards.copies import START, Copies
from projects.config import Config
from projects.tracking import run_without_tracking


class DashboardConfig(Config):
    """Copies the pages into a folder that needs neither server nor network."""

    out: Path = Field(description="folder; an earlier copy in it is replaced")


def dashboard(config: DashboardConfig) -> None:
    """Copies all pages of the store that MLFLOW_TRACKING_URI names, and says where they begin.

    Raises:
        UserError: The folder holds other files, or there is no leaderboard to begin with.
    """
    with copied_folder(config.out) as folder:
        count = Copies(folder).copy()
    print(f"{count} files: open {config.out / START}")


if __name__ == "__main__":
    run_without_tracking(DashboardConfig, dashboard)
