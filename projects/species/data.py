"""Which features an entry point works on, and how the recordings are split."""

from pathlib import Path

from pydantic import Field

from projects.audio.source import DataConfig
from projects.species.front_ends import FrontEnd, FrontEndName, front_end_from_settings


class FeatureConfig(DataConfig):
    """What to compute from the recordings, and where to keep it."""

    store: Path = Field(Path(".syrinx/features"), description="folder of the feature store")
    front_end: FrontEndName = Field("log_mel", description="log_mel or ast_fbank")
    high_pass: float | None = Field(
        None, ge=0, le=5000, description="Hz; empty for the front end's own: 500, or 0 (ast_fbank)"
    )
    segment_seconds: float = Field(4.0, ge=1, le=30, description="length of a segment")

    def built_front_end(self) -> FrontEnd:
        """The front end with these settings."""
        settings: dict[str, object] = {
            "kind": self.front_end,
            "segment_seconds": self.segment_seconds,
        }
        if self.high_pass is not None:
            settings["high_pass"] = self.high_pass
        return front_end_from_settings(settings)


class SplitConfig(FeatureConfig):
    """How the recordings are split into training, validation and test."""

    test_fold: str | None = Field(
        None, description="value of the column fold that is the test set; empty to draw one"
    )
    test_fraction: float = Field(0.15, gt=0, le=0.5, description="of the recordings, about")
    validation_fraction: float = Field(0.15, gt=0, le=0.5, description="of the recordings, about")
    split_seed: int = Field(0, ge=0, lt=2**31, description="of the split")
