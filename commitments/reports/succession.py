"""The units that carry on what ended units owed: successors, and their successors, up to those that still exist."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from opd.models import UnitChange


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
