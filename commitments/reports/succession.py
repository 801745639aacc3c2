"""The units that carry on what ended units owed: successors, and their successors, up to those that still exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from commitments.ladder.rows import NamedUnitRow
from opd.models import Unit, UnitChange


@dataclass(frozen=True)
class SharedOffice:
    """A unit that carries several signatures: its own and those of units that ended, or only of those."""

    unit: Unit  # with its name on the day
    signers: tuple[NamedUnitRow, ...]


def shared_offices(signers: Iterable[NamedUnitRow], day: date) -> list[SharedOffice]:
    """Signers that are one office on a day; each still counts one. Those carried by several units are not among them.

    Two queries when there are any, one otherwise.
    """
    after = last_successors(day)
    carried: dict[str, list[NamedUnitRow]] = defaultdict(list)
    for signer in signers:
        carriers = after.get(signer.code, [signer.code])
        if len(carriers) == 1:
            carried[carriers[0]].append(signer)
    shared = {code: tuple(several) for code, several in carried.items() if len(several) > 1}
    units = Unit.objects.with_names(day).filter(code__in=shared) if shared else ()
    return sorted(
        (SharedOffice(unit, shared[unit.code]) for unit in units), key=lambda office: office.unit.name.casefold()
    )


def last_successors(day: date) -> dict[str, list[str]]:
    """Code of each unit that has ended by a day -> codes of its last successors on that day, as the ladder counts."""
    changes = UnitChange.objects.carried_out()
    ended = changes.filter(predecessors__valid_until__lte=day, successors__isnull=False)
    successors = defaultdict(set)
    for before, after in ended.values_list("predecessors__code", "successors__code"):
        successors[before].add(after)
    return {code: sorted(_last_of(code, successors)) for code in successors}


def _last_of(code: str, successors: dict[str, set[str]]) -> set[str]:
    """Codes at the end of the chain. A unit ends after those that it succeeds, so the chain has an end."""
    if code not in successors:
        return {code}
    return set().union(*(_last_of(after, successors) for after in successors[code]))
