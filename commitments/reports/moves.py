"""What rose, fell, slipped and fell silent between two days?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Subquery

from commitments.models import Assignment, TargetRevision
from commitments.querysets import units_with_rung
from commitments.reports.wall import signers
from opd import clock
from opd.models import Unit
from opd.models.unit import holding_on

WINDOW = 90  # days: one reporting cycle, unless a reader asks for another day
SHOWN = 4  # of each kind on the first page


@dataclass(frozen=True)
class Move:
    """A unit's rung on two days."""

    unit: Any
    before: int

    @property
    def after(self) -> int:
        return self.unit.rung


@dataclass(frozen=True)
class Slip:
    """A due date that was moved: the last such revision of a target within the window."""

    unit: Any
    revision: TargetRevision


@dataclass(frozen=True)
class Moves:
    since: date
    rises: tuple[Move, ...]
    falls: tuple[Move, ...]
    silences: tuple[Any, ...]
    slips: tuple[Slip, ...]

    def __bool__(self) -> bool:
        return bool(self.rises or self.falls or self.silences or self.slips)


def moves(units: Iterable[Any], memorandum: Any, since: date, day: date) -> Moves:
    """Compares the ladders of two days; two queries. `units` carry the ladder of `day`."""
    units = list(units)
    before = {unit.pk: unit for unit in units_with_rung(signers(memorandum), since)}
    both = [Move(unit, before[unit.pk].rung) for unit in units if unit.pk in before]
    return Moves(
        since=since,
        rises=tuple(sorted((move for move in both if move.after > move.before), key=lambda m: m.before - m.after)),
        falls=tuple(sorted((move for move in both if move.after < move.before), key=lambda m: m.after - m.before)),
        silences=tuple(unit for unit in units if unit.silent and unit.pk in before and not before[unit.pk].silent),
        slips=slips(units, since, day),
    )


def slips(units: Iterable[Any], since: date, day: date) -> tuple[Slip, ...]:
    """Due dates put off after `since`, newest first."""
    by_pk: dict[int, Unit] = {unit.pk: unit for unit in units}
    owed = Assignment.objects.filter(holding_on(day), commitment=OuterRef("target__commitment"))
    revisions = (
        TargetRevision.objects.approved_on(day)
        .filter(field=TargetRevision.Field.DUE, new_on__gt=F("old_on"), approved_at__gte=clock.end_of(since))
        .annotate(unit_id=Subquery(owed.values("unit")[:1]))
        .select_related("target")
        .order_by("-approved_at", "-pk")
    )
    latest: dict[int, TargetRevision] = {}
    for revision in revisions:
        latest.setdefault(revision.target_id, revision)
    return tuple(Slip(by_pk[row.unit_id], row) for row in latest.values() if row.unit_id in by_pk)  # type: ignore[attr-defined]
