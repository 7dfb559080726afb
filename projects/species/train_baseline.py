"""Entry point: the baseline that other networks have to beat, from recordings to a promotion."""

from pydantic import Field
from transformers import PreTrainedModel

from projects.species.front_ends import FrontEnd
from projects.species.models.mfcc_cnn import build_mfcc_cnn
from projects.species.train import train_species
from projects.species.training.config import TrainConfig
from projects.tracking import run_entry_point


class BaselineConfig(TrainConfig):
    """Trains a small network on MFCCs with focal loss and, unless asked for, no augmentation.

    The seed's Phase 2B (seeds/audio_feature_engineering.md), where focal loss had a gamma of 2.
    """

    family = "MFCC CNN"

    coefficients: int = Field(40, ge=1, le=128, description="cepstral coefficients")
    dropout: float = Field(0.3, ge=0, lt=1, description="before the head, in training")

    focal_gamma: float = Field(2.0, ge=0, le=10, description="0 for cross-entropy")
    mixup_probability: float = Field(0.0, ge=0, le=1, description="share of clips mixed")
    spec_augment_probability: float = Field(0.0, ge=0, le=1, description="share of clips masked")
    time_shift_probability: float = Field(0.0, ge=0, le=1, description="share of clips rolled")
    frequency_shift: int = Field(0, ge=0, le=64, description="furthest shift, mel bands")
    noise_probability: float = Field(0.0, ge=0, le=1, description="share of clips made noisy")

    def network(self, labels: list[str], front_end: FrontEnd) -> PreTrainedModel:
        """A network on as many coefficients."""
        return build_mfcc_cnn(
            labels, front_end.mels, coefficients=self.coefficients, dropout=self.dropout
        )


if __name__ == "__main__":
    run_entry_point(BaselineConfig, train_species, experiment="species")
