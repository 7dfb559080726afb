"""Everything that the training job of an autoencoder can be told."""

from pydantic import Field

from projects.codec.autoencoder.config import AutoencoderConfig
from projects.codec.autoencoder.sides import Split
from projects.codec.clips import Cutting
from projects.codec.data import SplitConfig
from projects.codec.generate_codes import CodesConfig
from projects.settings_file import SettingsFile

USUAL_GATE = "codec"


class TrainAutoencoderConfig(SettingsFile, CodesConfig, SplitConfig, AutoencoderConfig):
    """Trains, evaluates, judges and registers an autoencoder of sound on the TR grid."""

    split: Split = Field(
        "blocks", description="blocks of each recording, or groups: whole recordings"
    )
    video_rate: float | None = Field(
        None, gt=0, description="Hz of the files in the column video; empty for one a TR"
    )
    text_rate: float | None = Field(
        None, gt=0, description="Hz of the files in the column text; empty for one a TR"
    )
    clip_seconds: float = Field(10.0, ge=1, le=20, description="length of a test clip")
    clips_a_recording: int = Field(12, ge=1, description="test clips, at most")
    gate: str = Field(USUAL_GATE, description="a gate of evaluation/gates, or a YAML file")
    model_name: str = Field("audio-autoencoder", pattern=r"^[^/:]+$", description="registered as")

    def what_is_trained(self) -> dict[str, object]:
        """The settings that the trained network depends on, as JSON values."""
        elsewhere = {"config", "store", "backend", "scheduler", "workers", "gate", "model_name"}
        evaluated = {"clip_seconds", "clips_a_recording"}
        return self.model_dump(mode="json", exclude=elsewhere | evaluated)

    @property
    def cutting(self) -> Cutting:
        """How the test side is cut into clips."""
        return Cutting(self.clip_seconds, self.clips_a_recording)

    def rates(self) -> dict[str, float]:
        """Samples a second of the modalities whose rate is given."""
        given = {"video": self.video_rate, "text": self.text_rate}
        return {name: rate for name, rate in given.items() if rate is not None}
