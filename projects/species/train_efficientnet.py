"""Entry point: an EfficientNet, or any image network of timm, from recordings to a promotion."""

from pydantic import Field
from transformers import PreTrainedModel

from projects.species.front_ends import FrontEnd
from projects.species.models.timm_network import build_timm, load_timm
from projects.species.train import train_species
from projects.species.training.config import TrainConfig
from projects.tracking import run_entry_point


class EfficientNetConfig(TrainConfig):
    """Trains a timm network on recordings, evaluates it, and promotes it if its gate passes."""

    family = "timm"

    architecture: str = Field(
        "efficientnet_b2", description="timm's name of a network; unused with pretrained"
    )
    pretrained: str | None = Field(
        None,
        description="folder or hub id of a timm network to fine-tune; empty for random weights",
    )
    dropout: float = Field(0.3, ge=0, lt=1, description="before the head, in training")

    @property
    def network_name(self) -> str:
        """The checkpoint, or timm's name."""
        return self.pretrained or self.architecture

    def network(self, labels: list[str], front_end: FrontEnd) -> PreTrainedModel:
        """A network of this architecture, or the checkpoint's."""
        if self.pretrained:
            return load_timm(
                self.pretrained, labels, front_end.frames, front_end.mels, dropout=self.dropout
            )
        return build_timm(
            self.architecture, labels, front_end.frames, front_end.mels, dropout=self.dropout
        )


if __name__ == "__main__":
    run_entry_point(EfficientNetConfig, train_species, experiment="species")
