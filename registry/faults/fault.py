"""What an audit finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """Something that does not add up.

    Attributes:
        where: Name of the registered model, or of the experiment.
        what: Does not add up.
        which: Decision, version, alias or run it is about.
        remedy: What to do about it.
    """

    where: str
    what: str
    which: str
    remedy: str
