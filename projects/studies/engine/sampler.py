"""Proposals that depend on the seed, the trial's number and the trials before, on nothing else."""

from collections.abc import Callable
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

REDRAWS = 100
"""Of a small space all may have been tried."""


class NumberedSampler(BaseSampler):
    """Another sampler, seeded anew for every trial.

    With one seed a worker, two workers would propose the same; and a study that goes on after
    a kill would propose its first trials again.
    """

    def __init__(self, make: Callable[[int], BaseSampler], seed: int) -> None:
        """Takes what makes the sampler from a seed, and the study's seed."""
        self._make = make
        self._seed = seed
        self._sampler = make(seed)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """Seeds the sampler for this trial."""
        (seed,) = np.random.SeedSequence([self._seed, trial.number]).generate_state(1)
        self._sampler = self._make(int(seed))
        self._sampler.before_trial(study, trial)

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """The sampler's."""
        return self._sampler.infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """The sampler's, or one by chance where that was tried already: it would say no more."""
        others = [t.params for t in study.get_trials(deepcopy=False) if t.number != trial.number]
        tried = [{name: params.get(name) for name in search_space} for params in others]
        params = self._sampler.sample_relative(study, trial, search_space)
        for _ in range(REDRAWS if search_space else 0):
            if params and params not in tried:
                break
            params = {
                name: self._sampler.sample_independent(study, trial, name, distribution)
                for name, distribution in search_space.items()
            }
        return params

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """The sampler's."""
        return self._sampler.sample_independent(study, trial, param_name, param_distribution)

    def after_trial(self, study: Study, trial: FrozenTrial, state: TrialState, values: Any) -> None:
        """The sampler's."""
        self._sampler.after_trial(study, trial, state, values)
