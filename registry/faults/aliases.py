"""Faults of `@champion` and `@previous`: not where the last decision put them."""

from collections.abc import Iterator, Mapping, Sequence

from registry.chain import Decided
from registry.faults.fault import Fault
from registry.standing import about, promotion_of
from registry.versions import CHAMPION, PREVIOUS


def alias_faults(
    model: str, aliases: Mapping[str, str], decided: Sequence[Decided]
) -> Iterator[Fault]:
    """Compares a model's aliases with the decisions about it.

    Args:
        model: Name of the registered model.
        aliases: Alias to version.
        decided: All decisions about the model, the first one first.
    """
    decided = about(model, decided)
    if not decided:
        yield from _unfounded(model, aliases)
        return
    last = decided[-1].entry
    if last.champion_after and not promotion_of(last.champion_after, decided):
        yield _never_passed(model, last.champion_after)
    if not decided[-1].done:
        return  # What is on the way is reported as undone.
    for alias, wanted in ((CHAMPION, last.champion_after), (PREVIOUS, last.previous_after)):
        found = aliases.get(alias, "")
        if found != wanted:
            yield Fault(
                model,
                f"moved behind our back: on {_named(found)}, "
                f"decision {last.sequence.lstrip('0')} says {_named(wanted)}",
                f"@{alias}",
                "the next decision puts it back, be it a refusal",
            )


def _unfounded(model: str, aliases: Mapping[str, str]) -> Iterator[Fault]:
    for alias in (CHAMPION, PREVIOUS):
        if alias in aliases:
            yield _never_passed(model, aliases[alias], alias)


def _never_passed(model: str, version: str, alias: str = CHAMPION) -> Fault:
    return Fault(
        model,
        "no decision says that it passed",
        f"@{alias}, version {version}",
        "promote the version" if alias == CHAMPION else "the next decision takes it off",
    )


def _named(version: str) -> str:
    return f"version {version}" if version else "no version"
