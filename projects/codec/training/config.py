"""What a codec is trained on, and how."""

from pathlib import Path

from pydantic import Field

from projects.codec.data import SplitConfig
from projects.settings_file import SettingsFile


class TrainCodecConfig(SettingsFile, SplitConfig):
    """Trains the EnCodec architecture on a person's sound, or fine-tunes a codec."""

    pretrained: str | None = Field(
        None, description="codec to go on from: bundled, a folder or a hub id; empty for none"
    )
    out: Path = Field(Path(".syrinx/codecs/trained"), description="folder for the trained codec")
    filters: int = Field(8, ge=4, le=64, description="of the first convolution, without pretrained")
    latent_size: int = Field(64, ge=8, le=256, description="dimensions, without pretrained")
    lstm_layers: int = Field(1, ge=1, le=4, description="without pretrained")
    steps: int = Field(400, ge=1, description="batches")
    batch_size: int = Field(12, ge=1, description="clips a batch")
    clip_seconds: float = Field(0.32, ge=0.1, le=10, description="length of a clip")
    learning_rate: float = Field(1e-3, gt=0, le=1, description="at its peak; cosine to zero")
    unquantised: float = Field(
        0.15,
        ge=0,
        lt=1,
        description="share of the steps before codebooks and mel loss start, without pretrained",
    )
    mel_weight: float = Field(0.5, ge=0, description="of the multi-scale mel loss")
    commitment_weight: float = Field(0.5, ge=0, description="of the commitment loss")
    adversarial_weight: float = Field(
        0.0, ge=0, description="of the multi-scale STFT discriminator; 0 for none"
    )
    validate_every: int = Field(100, ge=1, description="steps between validations and checkpoints")
    seed: int = Field(0, ge=0, lt=2**31, description="of weights and clips")

    def what_is_trained(self) -> dict[str, object]:
        """All settings that the weights depend on, as JSON values."""
        elsewhere = {"config", "out", "backend", "scheduler", "workers", "validate_every"}
        return self.model_dump(mode="json", exclude=elsewhere)
