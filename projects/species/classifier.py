"""A trained network with its front end: from sound to species."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from transformers import PreTrainedModel

from projects.audio.atomic import write_text
from projects.audio.decode import Sound
from projects.errors import UserError
from projects.species.front_ends import FrontEnd, front_end_from_settings
from projects.species.front_ends.front_end import VERSION
from projects.species.models.load import load_network

FRONT_END = "front_end.json"
SEEN = "seen_audio.txt"
BATCH = 32


@dataclass(frozen=True)
class SpeciesClassifier:
    """What is trained, evaluated, registered and served.

    Attributes:
        model: Takes (clips, frames, mels), gives logits; in evaluation mode.
        front_end: Makes its input.
        labels: Species in the order of the logits.
        seen_audio: Digests of the sounds that the model was trained or selected on.
    """

    model: PreTrainedModel
    front_end: FrontEnd
    labels: list[str]
    seen_audio: frozenset[str]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads a classifier: safetensors weights and what stands beside them as text.

        Raises:
            UserError: Its features were made by another version of the front end.
        """
        device = "cuda" if torch.cuda.is_available() else "cpu"
        model = load_network(folder)
        settings = json.loads((folder / FRONT_END).read_text(encoding="utf-8"))
        version = settings.pop("version")
        if version != VERSION:
            raise UserError(
                f"the model was trained on features of version {version}, this code makes "
                f"{VERSION}: serve it from an environment of its own, or train it again"
            )
        names = model.config.id2label
        labels = [names[index] for index in range(len(names))]
        seen = frozenset((folder / SEEN).read_text(encoding="utf-8").split())
        return cls(model.to(device), front_end_from_settings(settings), labels, seen)

    def save(self, folder: Path) -> None:
        """Writes what `load` reads."""
        self.model.save_pretrained(folder)
        write_text(
            folder / FRONT_END, json.dumps({**self.front_end.model_dump(), "version": VERSION})
        )
        write_text(folder / SEEN, "\n".join(sorted(self.seen_audio)))

    def probabilities(self, sound: Sound) -> np.ndarray:
        """Probability of each species in a recording of any length and rate.

        The recording is cut into overlapping windows of a segment's length; their
        probabilities are averaged, each weighted by its share of the activity, so that a
        minute of wind does not outweigh one song.

        Args:
            sound: The recording.

        Returns:
            (labels,) float64, summing to 1.

        Raises:
            RecordingError: Nothing is left above the high-pass.
        """
        windows, shares = self.front_end.windows(self.front_end.prepared(sound))
        pooled = shares @ self.window_probabilities(windows)
        return pooled / pooled.sum()

    @torch.inference_mode()
    def window_probabilities(self, windows: np.ndarray) -> np.ndarray:
        """Probability of each species in each window by itself.

        Args:
            windows: (windows, segment_samples) float32, cut from what the front end `prepared`.

        Returns:
            (windows, labels) float64, each row summing to 1.
        """
        answers = np.empty((len(windows), len(self.labels)))
        for start in range(0, len(windows), BATCH):
            batch = torch.from_numpy(windows[start : start + BATCH])
            features = self.front_end.normalised(self.front_end.log_energies(batch))
            logits = self.model(features.to(self.model.device)).logits
            answers[start : start + BATCH] = logits.double().softmax(-1).cpu().numpy()
        return answers
