"""Which recordings an entry point works on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field, model_validator

from projects.audio.aviary import Aviary
from projects.audio.demo import read_demo
from projects.audio.readers import read_csv, read_folder
from projects.audio.xeno_canto import read_xeno_canto
from projects.errors import UserError
from projects.fan_out_config import FanOutConfig


class DataConfig(FanOutConfig):
    """Where the recordings are."""

    data: Path | None = Field(None, description="folder or CSV of recordings; none for the demo")
    format: Literal["demo", "folder", "csv", "xeno_canto"] = Field(
        "demo", description="how to read data; xeno_canto: pages of its API, or CSVs, and sound"
    )
    group: str | None = Field(
        None, description="column that must not be on two sides of a split, as recordist"
    )
    demo_species: int = Field(10, ge=2, le=90, description="species in the demo aviary")
    demo_recordings: int = Field(320, ge=12, description="recordings in the demo aviary")

    @model_validator(mode="after")
    def _needs_data(self) -> "DataConfig":
        check_data_given(self.format, self.data, ("folder", "csv", "xeno_canto"))
        return self

    def manifest(self) -> pd.DataFrame:
        """Reads, or for the demo makes, the recordings."""
        if self.format == "demo" or self.data is None:
            aviary = Aviary(species=self.demo_species, recordings=self.demo_recordings)
            return read_demo(Path(".syrinx/demo"), aviary, self.fan_out)
        if not self.data.exists():
            raise UserError(f"data: no such file or folder: {str(self.data)!r}")
        if self.format == "folder":
            return read_folder(self.data)
        if self.format == "xeno_canto":
            return read_xeno_canto(self.data, self.group)
        return read_csv(self.data, self.group)


def check_data_given(
    format_: str, data: Path | str | None, reading: Sequence[str] = ("folder", "csv")
) -> None:
    """Refuses data without its format, and a format without data.

    Args:
        format_: As given.
        data: As given.
        reading: The formats that read data.

    Raises:
        ValueError: What was expected, as a validator says it.
    """
    if format_ in reading and data is None:
        raise ValueError(f"data=PATH with format={format_}")
    if format_ not in reading and data is not None:
        formats = " or ".join(f"format={name}" for name in reading)
        raise ValueError(f"{formats} with data={data}")
