"""Entry point: fills the store with codes, or the mel baseline, on the TR grid."""

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from pydantic import Field

from projects.audio.extraction import extract
from projects.codec.data import SoundConfig
from projects.codec.features import TrExtractor
from projects.codec.load import BUNDLED, load_codec
from projects.codec.tr_features import Format
from projects.feature_log import log_features
from projects.tracking import run_entry_point


class CodesConfig(SoundConfig):
    """Which codec makes codes, on which grid, and where they are kept."""

    store: Path = Field(Path(".syrinx/features"), description="folder of the feature store")
    codec: str = Field(BUNDLED, description="bundled, a folder, or a hub id")
    bandwidth: float = Field(6, gt=0, le=24, description="kbit/s: 1.5, 3, 6, 12 or 24")
    tr: float = Field(1.5, ge=0.2, le=10, description="seconds from one fMRI volume to the next")

    def study(self) -> dict[str, Any]:
        """Settings of the simulated study, scanned at the TR of the grid."""
        return {**super().study(), "tr": self.tr}

    def code_extractor(self) -> TrExtractor:
        """What makes the codes."""
        codec = load_codec(self.codec)
        codec.codebooks(self.bandwidth)
        return TrExtractor("encodec", self.tr, self.codec, codec.digest, self.bandwidth)


class GenerateCodesConfig(CodesConfig):
    """Computes features on the TR grid."""

    features: Format = Field("encodec", description="encodec, mel_3d or mel_2d")
    mels: int = Field(128, ge=8, le=256, description="bands of the mel formats")

    def extractor(self) -> TrExtractor:
        """What makes the features."""
        if self.features == "encodec":
            return self.code_extractor()
        return TrExtractor(self.features, self.tr, mels=self.mels)


def generate_codes(config: GenerateCodesConfig) -> None:
    """Computes the features that are missing and logs the summary and the grid."""
    extractor = config.extractor()
    features = extract(config.manifest(), extractor, config.store, config.fan_out)
    log_features(features)
    rows = [
        (row.recording_id, *extractor.read(features.store, row.audio).values.shape)
        for row in features.recordings.itertuples()
    ]
    shape = ["mels"] if config.features == "mel_2d" else ["channels", "frames"]
    grid = pd.DataFrame(rows, columns=["recording_id", "trs", *shape])
    mlflow.log_text(grid.to_csv(index=False), "features/grid.csv")
    print(f"{config.features} of {extractor.source}, TR {config.tr:g} s: {features.store.folder}")
    for row in rows[:5]:
        print(f"  {row[0]}: {row[1:]}")


if __name__ == "__main__":
    run_entry_point(GenerateCodesConfig, generate_codes, experiment="codec")
