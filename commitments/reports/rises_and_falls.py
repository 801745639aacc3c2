"""Rises and falls between two days: changed rungs, due dates put off, targets and units that became silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from django.db.models import F, Max

from commitments.ladder.rows import OwnedRevision, UnitOnLadder
from commitments.ladder.statements import only_targets
from commitments.models import Decision, Memorandum, RevisedField, ServiceTarget, TargetRevision
from commitments.models.querysets import owner_on, units_with_rung
from commitments.reports.month_ends import rungs_on
from commitments.reports.target_standing import TargetStanding
from opd import clock
from opd.models import Unit

USUAL_MONTHS_BACK = 3  # months, about one reporting cycle


def usual_since(day: date) -> date:
    """The end of the third month before the month of `day`. Ends of months are stored, so they are quick to read."""
    for _ in range(USUAL_MONTHS_BACK):
        day = day.replace(day=1) - timedelta(days=1)
    return day


@dataclass(frozen=True)
class UnitRungChange:
    """A unit whose rung differs on two days, and the moment of the last decision about its targets between them."""

    unit: UnitOnLadder
    before: int
    decided_at: datetime | None

    @property
    def after(self) -> int:
        return self.unit.rung


@dataclass(frozen=True)
class MovedDueDate:
    """A due date that was put off: the last such revision of a target between the two days."""

    unit: Unit
    revision: TargetRevision


@dataclass(frozen=True)
class RisesAndFalls:
    """What changed for all signers between `since` and the day of the page."""

    since: date
    rises: tuple[UnitRungChange, ...]
    falls: tuple[UnitRungChange, ...]
    silences: tuple[UnitOnLadder, ...]
    slips: tuple[MovedDueDate, ...]

    def __bool__(self) -> bool:
        return bool(self.rises or self.falls or self.silences or self.slips)


def rises_and_falls(
    units: Iterable[UnitOnLadder], memorandum: Memorandum | None, since: date, day: date
) -> RisesAndFalls:
    """What changed for all signers between two days, the newest decisions first. `units` have the ladder of `day`."""
    units = list(units)
    before = rungs_on(memorandum, since)
    changed = [unit for unit in units if unit.code in before and unit.rung != before[unit.code][0]]
    decided = last_decided(since, day)
    both = [UnitRungChange(unit, before[unit.code][0], decided.get(unit.pk)) for unit in changed]
    both.sort(key=lambda one: (one.decided_at or clock.end_of(since), abs(one.after - one.before)), reverse=True)
    return RisesAndFalls(
        since=since,
        rises=tuple(one for one in both if one.after > one.before),
        falls=tuple(one for one in both if one.after < one.before),
        silences=tuple(unit for unit in units if unit.silent and unit.code in before and not before[unit.code][1]),
        slips=slips(units, since, day),
    )


def last_decided(since: date, day: date) -> dict[int, datetime]:
    """Unit (primary key) -> the moment of the last decision after `since` on what it owes on `day`; one query."""
    between = Decision.objects.filter(at__gte=clock.end_of(since), at__lt=clock.end_of(day))
    by_unit = between.annotate(unit_id=owner_on(day, "measurement__target__commitment"))
    return dict(by_unit.order_by().values_list("unit_id").annotate(Max("at")))


@dataclass(frozen=True)
class TargetRungChange:
    """A live target whose rung differs on the two days."""

    row: TargetStanding
    before: int | None  # None: published since then

    @property
    def fell(self) -> bool:
        return self.before is not None and self.row.rung < self.before


@dataclass(frozen=True)
class UnitRisesAndFalls:
    """What changed for one unit between `since` and the day of the page."""

    since: date
    before: int | None  # the unit's rung; None when the unit was not in the register yet
    targets: tuple[TargetRungChange, ...]
    slips: tuple[MovedDueDate, ...]
    silences: tuple[TargetStanding, ...]

    def __bool__(self) -> bool:
        return bool(self.targets or self.slips or self.silences)


def unit_rises_and_falls(unit: Unit, live: Iterable[TargetStanding], since: date, day: date) -> UnitRisesAndFalls:
    """What changed for one unit between two days; `unit` and `live` have the ladder of `day`. Three queries."""
    rows = list(live)
    pks = [row.target.pk for row in rows]
    on_ladder = ServiceTarget.objects.filter(pk__in=pks).with_rung(since, narrowed=only_targets(pks))
    then = {pk: (rung, silent) for pk, rung, silent in on_ladder.values_list("pk", "rung", "silent")}
    before = units_with_rung(Unit.objects.filter(pk=unit.pk), since).values_list("rung", flat=True).first()
    both = [TargetRungChange(row, then.get(row.target.pk, (None, 0))[0]) for row in rows]
    return UnitRisesAndFalls(
        since=since,
        before=before,
        targets=tuple(one for one in both if one.before != one.row.rung),
        slips=slips([unit], since, day),
        silences=tuple(row for row in rows if row.is_silent and not then.get(row.target.pk, (None, 0))[1]),
    )


def slips(units: Iterable[Unit], since: date, day: date) -> tuple[MovedDueDate, ...]:
    """The due dates put off after `since`: the last revision of each target, newest first; one query."""
    latest: dict[int, MovedDueDate] = {}
    for slip in every_slip(units, since, day):
        latest.setdefault(slip.revision.target_id, slip)
    return tuple(latest.values())


def every_slip(units: Iterable[Unit], since: date, day: date) -> Iterator[MovedDueDate]:
    """Each revision that put off a due date after `since`, newest first; one query."""
    by_pk: dict[int, Unit] = {unit.pk: unit for unit in units}
    revisions = (
        TargetRevision.objects.approved_on(day)
        .filter(field=RevisedField.DUE, new_on__gt=F("old_on"), approved_at__gte=clock.end_of(since))
        .with_unit(day)
        .select_related("target")
        .order_by("-approved_at", "-pk")
    )
    owned = cast("Iterable[OwnedRevision]", revisions)
    return (MovedDueDate(by_pk[row.unit_id_then], row) for row in owned if row.unit_id_then in by_pk)
