"""What rose, fell, slipped and fell silent between two days?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Max, OuterRef, Subquery

from commitments.ladder import among
from commitments.models import Assignment, Decision, RevisedField, ServiceTarget, TargetRevision
from commitments.models.querysets import units_with_rung
from commitments.reports.month_ends import rungs_on
from commitments.reports.target_standing import TargetStanding
from opd import clock
from opd.models import Unit
from opd.models.unit import holding_on

USUAL_MONTHS_BACK = 3  # back to the end of a month, about one reporting cycle, unless a reader asks for another day
SHOWN_OF_EACH = 4  # of each kind before the rest is folded away


def usual_since(day: date) -> date:
    """The end of the third month before that of `day`; months that are over are kept, so it costs little."""
    for _ in range(USUAL_MONTHS_BACK):
        day = day.replace(day=1) - timedelta(days=1)
    return day


@dataclass(frozen=True)
class UnitMove:
    """A unit's rung on two days, and when something about its targets was last decided between them."""

    unit: Any
    before: int
    decided_at: datetime | None

    @property
    def after(self) -> int:
        return self.unit.rung


@dataclass(frozen=True)
class MovedDueDate:
    """A due date that was moved: the last such revision of a target within the window."""

    unit: Any
    revision: TargetRevision


@dataclass(frozen=True)
class RisesAndFalls:
    since: date
    rises: tuple[UnitMove, ...]
    falls: tuple[UnitMove, ...]
    silences: tuple[Any, ...]
    slips: tuple[MovedDueDate, ...]

    def __bool__(self) -> bool:
        return bool(self.rises or self.falls or self.silences or self.slips)


def moves(units: Iterable[Any], memorandum: Any, since: date, day: date) -> RisesAndFalls:
    """Compares the ladders of two days, the newest decisions first. `units` carry the ladder of `day`."""
    units = list(units)
    before = rungs_on(memorandum, since)
    moved = [unit for unit in units if unit.code in before and unit.rung != before[unit.code][0]]
    decided = last_decided(since, day)
    both = [UnitMove(unit, before[unit.code][0], decided.get(unit.pk)) for unit in moved]
    both.sort(key=lambda move: (move.decided_at or clock.end_of(since), abs(move.after - move.before)), reverse=True)
    return RisesAndFalls(
        since=since,
        rises=tuple(move for move in both if move.after > move.before),
        falls=tuple(move for move in both if move.after < move.before),
        silences=tuple(unit for unit in units if unit.silent and unit.code in before and not before[unit.code][1]),
        slips=slips(units, since, day),
    )


def last_decided(since: date, day: date) -> dict[int, datetime]:
    """Unit (by primary key) -> the last decision on what it owes on `day`, after `since`; one query."""
    between = Decision.objects.filter(at__gte=clock.end_of(since), at__lt=clock.end_of(day))
    owed = Assignment.objects.filter(holding_on(day), commitment=OuterRef("measurement__target__commitment"))
    by_unit = between.annotate(unit_id=Subquery(owed.values("unit")[:1])).order_by().values_list("unit_id")
    return dict(by_unit.annotate(Max("at")))


@dataclass(frozen=True)
class TargetMove:
    """A live target whose rung is another one than on the first day, or that has been announced since (None)."""

    row: TargetStanding
    before: int | None

    @property
    def fell(self) -> bool:
        return self.before is not None and self.row.rung < self.before


@dataclass(frozen=True)
class UnitMoves:
    since: date
    before: int | None  # the unit's rung; None where there was no such unit
    targets: tuple[TargetMove, ...]
    slips: tuple[MovedDueDate, ...]
    silences: tuple[TargetStanding, ...]

    def __bool__(self) -> bool:
        return bool(self.targets or self.slips or self.silences)


def unit_moves(unit: Any, live: Iterable[TargetStanding], since: date, day: date) -> UnitMoves:
    """What moved for one unit between two days; `unit` and `live` carry the ladder of `day`. Three queries."""
    rows = list(live)
    mine = ServiceTarget.objects.filter(pk__in=[row.target.pk for row in rows])
    known = mine.with_rung(since, narrowed=among([row.target.pk for row in rows])).values_list("pk", "rung", "silent")
    then = {pk: (rung, silent) for pk, rung, silent in known}
    before = units_with_rung(Unit.objects.filter(pk=unit.pk), since).values_list("rung", flat=True).first()
    moved = [TargetMove(row, then.get(row.target.pk, (None, 0))[0]) for row in rows]
    return UnitMoves(
        since=since,
        before=before,
        targets=tuple(move for move in moved if move.before != move.row.rung),
        slips=slips([unit], since, day),
        silences=tuple(row for row in rows if row.is_silent and not then.get(row.target.pk, (None, 0))[1]),
    )


def slips(units: Iterable[Any], since: date, day: date) -> tuple[MovedDueDate, ...]:
    """Due dates put off after `since`, the last of each target, newest first; one query."""
    by_pk: dict[int, Unit] = {unit.pk: unit for unit in units}
    owed = Assignment.objects.filter(holding_on(day), commitment=OuterRef("target__commitment"))
    revisions = (
        TargetRevision.objects.approved_on(day)
        .filter(field=RevisedField.DUE, new_on__gt=F("old_on"), approved_at__gte=clock.end_of(since))
        .annotate(unit_id=Subquery(owed.values("unit")[:1]))
        .select_related("target")
        .order_by("-approved_at", "-pk")
    )
    latest: dict[int, TargetRevision] = {}
    for revision in revisions:
        latest.setdefault(revision.target_id, revision)
    return tuple(MovedDueDate(by_pk[row.unit_id], row) for row in latest.values() if row.unit_id in by_pk)  # type: ignore[attr-defined]
