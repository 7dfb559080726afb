"""A checkpoint fills a backbone as a whole or is refused: never a silent random start."""

from projects.errors import UserError


def refuse(setting: str, source: str, fault: str, names: set[str], kind: str) -> None:
    """Refuses a checkpoint in which something is wrong with some weights.

    Args:
        setting: With which it was asked for, for the error.
        source: Of the checkpoint.
        fault: What is wrong with these weights.
        names: Of the weights; of none, nothing is wrong.
        kind: Of the checkpoint that was expected.

    Raises:
        UserError: There are such weights.
    """
    if names:
        raise UserError(
            f"{setting}: expected the whole backbone in {source!r}, but the checkpoint {fault} "
            f"{len(names)} weights, {min(names)} among them; give a complete {kind} checkpoint"
        )
