"""Faults of a chain: decisions that were removed, changed, written past the lock or left undone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from registry.chain import Decided
from registry.entry import Entry
from registry.faults.fault import Fault
from registry.standing import is_about

BACKUP = "compare with a backup of the database, and put back what it says"

Places = Mapping[int | None, Sequence[Entry]]
"""Entries by their sequence; None where that is not a number."""


def chain_faults(model: str, decided: Sequence[Decided]) -> Iterator[Fault]:
    """Looks through the decisions about a model.

    Args:
        model: Name of the registered model.
        decided: All decisions about it, in any order.
    """
    places = _by_place(decided)
    for missing in _gaps(places):
        yield Fault(
            model, "no longer there", f"decision {missing}", "restore it from a backup of the store"
        )
    for each in decided:
        faults = {
            **_damage(each.entry),
            **_misplaced(each.entry, places),
            **_unfinished(each, is_head=each is decided[-1]),
        }
        for what, remedy in faults.items():
            yield Fault(model, what, which(each), remedy)


def which(decided: Decided) -> str:
    """Names a decision so that a person finds it."""
    return f"decision {_named(decided.entry)}, run {decided.run.info.run_id}"


def _by_place(decided: Sequence[Decided]) -> Places:
    places: dict[int | None, list[Entry]] = defaultdict(list)
    for each in decided:
        places[_place(each.entry)].append(each.entry)
    return places


def _place(entry: Entry) -> int | None:
    return int(entry.sequence) if entry.sequence.isdecimal() else None


def _named(entry: Entry) -> str:
    place = _place(entry)
    return repr(entry.sequence) if place is None else str(place)


def _gaps(places: Places) -> Iterator[str]:
    last = 0
    for place in sorted(place for place in places if place is not None):
        if place > last + 1:
            yield f"{last + 1}" if place == last + 2 else f"{last + 1} to {place - 1}"
        last = place


def _damage(entry: Entry) -> dict[str, str]:
    if entry.sealed() == entry.digest:
        return {}
    return {"changed after it was sealed": BACKUP}


def _misplaced(entry: Entry, places: Places) -> dict[str, str]:
    place = _place(entry)
    if place is None:
        return {"its place is not a number": BACKUP}
    faults = {}
    if len(places[place]) > 1:
        faults["another decision has the same place"] = (
            "find who writes past the lock; the next promote goes on from one of them"
        )
    before = places.get(place - 1, ())
    if place == 1 and entry.before:
        faults["follows another decision, but is the first"] = BACKUP
    if before and entry.before not in {each.digest for each in before}:
        faults["does not follow the decision before it"] = BACKUP
    left = [_left_by(each, entry) for each in before]
    if left and entry.champion_before not in left:
        faults[
            f"found version {entry.champion_before or 'none'} as champion, "
            f"the decision before says {left[-1] or 'none'}"
        ] = BACKUP
    return faults


def _left_by(before: Entry, entry: Entry) -> str:
    """The champion that a decision leaves to the next one, which may be about a model made anew."""
    return before.champion_after if is_about(before, entry.model_made) else ""


def _unfinished(decided: Decided, is_head: bool) -> dict[str, str]:
    info, faults = decided.run.info, {}
    if info.lifecycle_stage != "active":
        faults["its run was deleted"] = f"mlflow runs restore --run-id {info.run_id}"
    if not decided.done:
        faults[f"left undone, {info.status}"] = (
            "the next promote completes it; if one is at work right now, audit again"
            if is_head
            else "nothing is lost, later decisions stand on it: set the run to FINISHED"
        )
    return faults
