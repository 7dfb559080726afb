"""Are codes to be told apart by cross-entropy, or regressed as the seed first had it?"""

from collections.abc import Iterable
from functools import partial

import pandas as pd

from evaluation.findings import paired
from evaluation.noise import in_words
from projects.codec.autoencoder.job import TrainAutoencoderConfig
from projects.studies.codec_trials import QUALITY, prepare_codec
from projects.studies.engine.question import Question
from projects.studies.engine.space import Choice, Space
from projects.studies.engine.trial_run import read_items

LOSSES = ("cross_entropy", "regression")

SEEDS = 3


def space(config: TrainAutoencoderConfig) -> Space:
    """Each loss from a few starts: a difference within their spread is none.

    The loss comes last, where it changes fastest: a study broken off has as many of each.
    """
    seeds = tuple(range(config.seed, config.seed + SEEDS))
    return {"seed": Choice(seeds), "loss": Choice(LOSSES)}


def tell(trials: pd.DataFrame) -> str:
    """Each loss over its starts, and the difference of their means clip by clip."""
    runs = {loss: trials.loc[trials["loss"] == loss, "run"] for loss in LOSSES}
    if any(each.empty for each in runs.values()):
        return "not both losses have a complete trial yet, do more trials."
    losses = "; ".join(_of_loss(loss, trials[trials["loss"] == loss]) for loss in LOSSES)
    ours, theirs = (mean_items(map(read_items, runs[loss])) for loss in LOSSES)
    difference = paired("reconstruction", ours, theirs, QUALITY)
    told = in_words(difference, ours["group"].nunique())
    return f"{losses}. {LOSSES[0]} minus {LOSSES[1]} on the same clips: {told}."


def mean_items(starts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Each clip's mean scores over the trainings that could score it."""
    return pd.concat(starts).groupby(["item", "group"], as_index=False, sort=False).mean()


def _of_loss(loss: str, trials: pd.DataFrame) -> str:
    found, accuracy = trials[QUALITY], trials["accuracy"].mean()
    return (
        f"{loss} has {QUALITY} {found.mean():.3f} ({found.min():.3f} to {found.max():.3f} over "
        f"{len(found)} seeds) and names {accuracy:.2%} of the codes right"
    )


QUESTION = Question(
    text="Cross-entropy over the entries of a codebook, or regression on their numbers?",
    objectives={QUALITY: "maximize"},
    kind="reconstruction",
    job=TrainAutoencoderConfig,
    entry_point="train_autoencoder",
    space=space,
    base={"epochs": 5},
    prepare=partial(prepare_codec, lambda trained: trained.outcome(QUALITY)),
    exhaustive=True,
    tell=tell,
    # The luckiest start is no setting to take over.
    own=frozenset({"seed"}),
)
