"""A training that is cut between two steps, as where the power goes."""

from collections.abc import Callable, Mapping


class PulledPlugError(Exception):
    """The training ended here."""


def interrupt_at(wanted: int) -> Callable[[Mapping[str, float], int], None]:
    """What a training tells each of its steps, or epochs, to; it ends at the one that is wanted."""

    def log(values: Mapping[str, float], step: int) -> None:
        if step == wanted:
            raise PulledPlugError

    return log
