"""How large are the embeddings of codes, and the bottleneck, to be?"""

import time
from functools import partial

import numpy as np

from projects.codec.autoencoder.job import TrainAutoencoderConfig
from projects.codec.autoencoder.trainer import AutoencoderTrainer
from projects.studies.codec_trials import QUALITY, Trained, prepare_codec
from projects.studies.engine.question import Outcome, Question
from projects.studies.engine.space import Choice, Space

SPACE: Space = {
    "embedding_size": Choice((32, 64, 128)),
    "bottleneck": Choice((256, 512, 1024, 2048)),
    "loss": Choice(("cross_entropy", "regression")),
}

STEPS_TIMED = 8


def measure(trained: Trained) -> Outcome:
    """Scores of the validation clips, and what the network costs."""
    parameters = float(trained.network.num_parameters())
    return trained.outcome(QUALITY, parameters=parameters, step_seconds=step_seconds(trained))


def step_seconds(trained: Trained) -> float:
    """Seconds that a training step takes, the quickest of a few: other work only adds to it.

    Not taken from the training, which may have gone on after a kill.
    """
    batch = trained.train.part(np.arange(min(trained.config.batch_size, len(trained.train))))
    trainer = AutoencoderTrainer(trained.config, batch, trained.network.config)
    seconds = []
    for _ in range(STEPS_TIMED):
        start = time.perf_counter()
        trainer.epoch()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


QUESTION = Question(
    text="How large should the embeddings of codes and the bottleneck be?",
    objectives={QUALITY: "maximize", "parameters": "minimize", "step_seconds": "minimize"},
    kind="reconstruction",
    job=TrainAutoencoderConfig,
    entry_point="train_autoencoder",
    space=lambda config: SPACE,
    base={"epochs": 5},
    prepare=partial(prepare_codec, measure),
)
