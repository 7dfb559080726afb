"""Entry point: an Audio Spectrogram Transformer, from recordings to a promoted model."""

from pydantic import Field
from transformers import PreTrainedModel

from projects.species.front_ends import FrontEnd
from projects.species.models.ast import build_ast, load_ast
from projects.species.train import train_species
from projects.species.training.config import TrainConfig
from projects.tracking import run_entry_point


class AstConfig(TrainConfig):
    """Trains an AST on recordings, evaluates it, and promotes it if its gate passes."""

    family = "AST"

    pretrained: str | None = Field(
        None, description="folder or hub id of an AST to fine-tune; empty for random weights"
    )
    embedding_size: int = Field(
        128, ge=8, le=4096, multiple_of=2, description="width; unused with pretrained"
    )
    depth: int = Field(3, ge=1, le=48, description="layers; unused with pretrained")
    heads: int = Field(4, ge=1, le=64, description="attention heads; unused with pretrained")
    frequency_stride: int = Field(
        8, ge=1, le=16, description="mel bands from patch to patch; unused with pretrained"
    )
    time_stride: int = Field(
        16, ge=1, le=16, description="frames from patch to patch; unused with pretrained"
    )
    dropout: float = Field(0.0, ge=0, lt=1, description="in training; unused with pretrained")

    def network(self, labels: list[str], front_end: FrontEnd) -> PreTrainedModel:
        """An AST of these sizes, or the checkpoint's."""
        if self.pretrained:
            return load_ast(self.pretrained, labels, front_end.frames, front_end.mels)
        return build_ast(
            labels,
            front_end.frames,
            front_end.mels,
            embedding_size=self.embedding_size,
            depth=self.depth,
            heads=self.heads,
            frequency_stride=self.frequency_stride,
            time_stride=self.time_stride,
            dropout=self.dropout,
        )


if __name__ == "__main__":
    run_entry_point(AstConfig, train_species, experiment="species")
