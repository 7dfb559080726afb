"""How wide and how deep must an AST be?"""

import time
from functools import partial

import numpy as np
import torch

from projects.species.train_ast import AstConfig
from projects.studies.engine.question import Outcome, Question
from projects.studies.engine.space import Choice, Space
from projects.studies.species_trials import Trained, prepare_species, scores_of

SPACE: Space = {
    "embedding_size": Choice((32, 64, 96, 128, 192, 256)),
    "depth": Choice((1, 2, 3, 4, 6)),
}

STEPS_TIMED = 5


def measure(trained: Trained) -> Outcome:
    """Scores of the validation recordings, parameters, and seconds of a training step."""
    scores = scores_of(trained.predictions)
    values = {
        "macro_f1": scores.pop("macro_f1"),
        "parameters": float(trained.model.num_parameters()),
        "step_seconds": step_seconds(trained),
    }
    return Outcome(values, trained.predictions.to_table(), scores)


def step_seconds(trained: Trained) -> float:
    """Seconds of one forward and backward pass over a batch, the median of a few."""
    material, model = trained.material, trained.model.train()
    clips = [material.train[index] for index in range(min(len(material.train), trained.batch_size))]
    batch = material.plain(material.stack(clips))
    seconds = []
    for _ in range(STEPS_TIMED + 1):
        start = time.perf_counter()
        logits = model(batch["input_values"]).logits
        torch.nn.functional.cross_entropy(logits, batch["labels"]).backward()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds[1:]))  # The first also sets the memory up.


QUESTION = Question(
    text="How wide and how deep must an AST be, for what it costs?",
    objectives={"macro_f1": "maximize", "parameters": "minimize", "step_seconds": "minimize"},
    kind="classification",
    job=AstConfig,
    entry_point="train_ast",
    space=lambda config: SPACE,
    base={"epochs": 30, "patience": 30},
    prepare=partial(prepare_species, measure),
)
