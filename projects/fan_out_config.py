"""Where an entry point does its coarse jobs."""

from typing import Literal

from pydantic import Field

from projects.config import Config
from projects.parallel import FanOut


class FanOutConfig(Config):
    """Cores of this machine, or a cluster."""

    backend: Literal["loky", "dask"] = Field(
        "loky", description="loky: this machine's cores; dask: a cluster"
    )
    scheduler: str | None = Field(None, description="the dask scheduler, tcp://HOST:PORT")
    workers: int | None = Field(None, ge=1, description="processes; empty for one a core")

    @property
    def fan_out(self) -> FanOut:
        """Where coarse jobs run."""
        return FanOut(backend=self.backend, scheduler=self.scheduler, workers=self.workers)
