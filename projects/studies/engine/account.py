"""Which trials count, which are to be tried again, and how many are left."""

from collections.abc import Sequence

from optuna.storages import RetryHeartbeatStaleTrialCallback, fail_stale_trials
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState, create_trial

from projects.errors import UserError
from projects.studies.engine.trial_run import INTERRUPTED, REASON, RUN, reason_of

HOPELESS = 3
"""So many failures without one success are a mistake in the study, not in the trials."""

RETRIES = 2
"""A trial that three workers died of is not tried again: it may be what they died of."""

KEPT = {"fixed_params", "failed_trial", "retry_history"}
"""Optuna's attributes of a trial that hold for its next try too."""

tries_before = RetryHeartbeatStaleTrialCallback.retry_history
"""Numbers of the tries before this one, the first one first."""


class FailedStudyError(UserError):
    """The study was understood, and its trials fail."""

    exit_code = 1


def revive(study: Study) -> None:
    """Sets each trial whose worker died, or was interrupted, to wait for another try.

    To be called under the study's lock. Where it is killed itself, the next call does the rest.
    """
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        if RUN not in trial.user_attrs:
            # Killed with the lock in its hands, maybe before the first heartbeat.
            study.tell(trial.number, state=TrialState.FAIL)
    fail_stale_trials(study)
    trials = study.get_trials(deepcopy=False)
    for trial in counted(trials):
        tries = [trials[number] for number in tries_before(trial)] + [trial]
        deaths = sum(REASON not in each.user_attrs for each in tries)
        if is_lost(trial) and deaths <= RETRIES:
            _try_again(study, trial)


def is_lost(trial: FrozenTrial) -> bool:
    """Whether a trial came to no end of its own: trials that fail leave a reason."""
    reason = trial.user_attrs.get(REASON, INTERRUPTED)
    return trial.state == TrialState.FAIL and reason == INTERRUPTED


def _try_again(study: Study, trial: FrozenTrial) -> None:
    # What the last try measured must not pass for the next one's: without its other attributes.
    kept = {key: value for key, value in trial.system_attrs.items() if key in KEPT}
    again = create_trial(
        state=TrialState.FAIL,
        params=trial.params,
        distributions=trial.distributions,
        system_attrs=kept,
    )
    again.number = trial.number
    RetryHeartbeatStaleTrialCallback()(study, again)


def counted(trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
    """The last try of each trial, in the order of the first ones."""
    retried = {number for trial in trials for number in tries_before(trial)}
    last = [trial for trial in trials if trial.number not in retried]
    return sorted(last, key=lambda trial: [*tries_before(trial), trial.number][0])


def is_left(trials: Sequence[FrozenTrial], total: int) -> bool:
    """Whether another trial is to be begun, with `total` asked for in all."""
    begun = [trial for trial in counted(trials) if trial.state != TrialState.WAITING]
    return len(begun) < total


def running(trials: Sequence[FrozenTrial]) -> int:
    """How many trials a worker is at, or was when it died."""
    return sum(trial.state == TrialState.RUNNING for trial in trials)


def check_hopeful(trials: Sequence[FrozenTrial]) -> None:
    """Refuses to go on where the first trials all failed.

    Raises:
        FailedStudyError: With the first trial's reason.
    """
    failed = [trial for trial in counted(trials) if trial.state == TrialState.FAIL]
    came = any(trial.state in (TrialState.COMPLETE, TrialState.PRUNED) for trial in trials)
    if len(failed) >= HOPELESS and not came:
        raise FailedStudyError(
            f"all of the first {len(failed)} trials failed, the first with: "
            f"{reason_of(failed[0])}: mend that, and give the new study a name of its own"
        )
