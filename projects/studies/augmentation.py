"""Which augmentation makes a species classifier hear better?"""

from functools import partial

from optuna.pruners import BasePruner, PercentilePruner

from projects.species.train_ast import AstConfig
from projects.studies.engine.question import Outcome, Question
from projects.studies.engine.space import Real, Space, Whole
from projects.studies.species_trials import Trained, prepare_species, scores_of

LOWEST_SNR, HIGHEST_SNR = -5.0, 25.0


def space(config: AstConfig) -> Space:
    """Masks, mixup, noise and the focus of the loss."""
    return {
        "frequency_mask": Whole(0, 40),
        "time_mask": Whole(0, min(80, config.built_front_end().frames)),
        "masks": Whole(1, 3),
        "spec_augment_probability": Real(0, 1),
        "mixup_alpha": Real(0.1, 4, log=True),
        "mixup_probability": Real(0, 1),
        "noise_probability": Real(0, 1),
        "noise_snr_low": Real(LOWEST_SNR, max(LOWEST_SNR, min(HIGHEST_SNR, config.noise_snr_high))),
        "focal_gamma": Real(0, 3),
    }


def measure(trained: Trained) -> Outcome:
    """Scores of the validation recordings."""
    scores = scores_of(trained.predictions)
    return Outcome({"macro_f1": scores.pop("macro_f1")}, trained.predictions.to_table(), scores)


def pruner(config: AstConfig) -> BasePruner:
    """Stops the worst quarter, from half of the epochs on.

    Weak augmentation learns fast and ends low, so the first half says little.
    """
    return PercentilePruner(75, n_startup_trials=4, n_warmup_steps=config.epochs // 2)


QUESTION = Question(
    text="Which augmentation and loss focus make a species classifier hear better?",
    objectives={"macro_f1": "maximize"},
    kind="classification",
    job=AstConfig,
    entry_point="train_ast",
    space=space,
    base={"epochs": 30, "patience": 30},
    prepare=partial(prepare_species, measure),
    watched="validation.macro_f1",
    pruner=pruner,
)
