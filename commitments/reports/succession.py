"""Who came after the units that have ended, and after those, until somebody is still there?"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from opd.models import UnitChange


def carriers(day: date) -> dict[str, list[str]]:
    """Code of each unit that has ended by a day -> codes of the units that carry it then, as the ladder counts."""
    changes = UnitChange.objects.exclude(change=UnitChange.Change.RENAMED).exclude(confirmed_at=None)
    ended = changes.filter(predecessors__valid_until__lte=day, successors__isnull=False)
    heirs = defaultdict(set)
    for before, after in ended.values_list("predecessors__code", "successors__code"):
        heirs[before].add(after)
    return {code: sorted(_standing(code, heirs)) for code in heirs}


def _standing(code: str, heirs: dict[str, set[str]]) -> set[str]:
    """A unit ends after those it succeeded, so this comes to an end."""
    if code not in heirs:
        return {code}
    return set().union(*(_standing(heir, heirs) for heir in heirs[code]))
