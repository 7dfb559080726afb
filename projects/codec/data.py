"""Which sound a codec's entry point works on, and how it is split."""

from pathlib import Path
from typing import Any, Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from projects.audio.readers import read_csv, read_sound_folders
from projects.audio.source import check_data_given
from projects.codec.study import Study, read_study
from projects.errors import UserError
from projects.fan_out_config import FanOutConfig

DEMO = Path(".syrinx/study")


class SoundConfig(FanOutConfig):
    """Where the recordings are."""

    data: str | None = Field(
        None, description="CSV, or folders of sound with commas between; none for the demo"
    )
    format: Literal["demo", "folder", "csv"] = Field(
        "demo", description="how to read data; demo: a simulated study"
    )
    group: str | None = Field(
        None, description="CSV column that must not be on two sides of a split, as speaker"
    )
    demo_runs: int = Field(3, ge=1, le=20, description="runs of the simulated study")
    demo_minutes: float = Field(4.0, ge=1, le=60, description="of each run of the simulated study")
    demo_seed: int = Field(0, ge=0, lt=2**31, description="of the simulated study")

    @model_validator(mode="after")
    def _needs_data(self) -> Self:
        check_data_given(self.format, self.data)
        return self

    def study(self) -> dict[str, Any]:
        """Settings of the simulated study."""
        return {"runs": self.demo_runs, "minutes": self.demo_minutes, "seed": self.demo_seed}

    def manifest(self) -> pd.DataFrame:
        """Reads, or for the demo makes, the recordings."""
        if self.data is None:
            return read_study(DEMO, Study.validated(self.study()))
        # What follows a last comma would be the folder that one is in.
        paths = [Path(part.strip()) for part in self.data.split(",") if part.strip()]
        for path in paths:
            if not path.exists():
                raise UserError(f"data: no such file or folder: {str(path)!r}")
        if self.format == "folder":
            return read_sound_folders(paths)
        if len(paths) != 1:
            raise UserError(f"data: expected one CSV with format=csv, got {self.data!r}")
        return read_csv(paths[0], self.group, labelled=False)


class SplitConfig(SoundConfig):
    """How the recordings are split into training, validation and test."""

    test_fraction: float = Field(0.15, gt=0, le=0.5, description="of the groups, about")
    validation_fraction: float = Field(0.15, gt=0, le=0.5, description="of the groups, about")
    split_seed: int = Field(0, ge=0, lt=2**31, description="of the split into groups")

    @model_validator(mode="after")
    def _leaves_training(self) -> Self:
        if self.test_fraction + self.validation_fraction >= 1:
            raise ValueError("test_fraction and validation_fraction below 1 together")
        return self
