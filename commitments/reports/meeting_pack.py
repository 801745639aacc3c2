"""The figures of the meeting pack: all signers, what rose and fell, and a report card of each unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from commitments.ladder.rows import UnitOnLadder
from commitments.models import ServiceTarget
from commitments.reports import home_page
from commitments.reports.rises_and_falls import RisesAndFalls, rises_and_falls
from commitments.reports.target_standing import TargetStanding, improving, standings
from opd.models import Tenure, Unit


@dataclass(frozen=True)
class UnitSheet:
    """The report card of a unit: its head, and each of its live targets."""

    unit: UnitOnLadder  # with its names of the day
    office: Tenure | None
    successors: tuple[Unit, ...]  # of a unit that has ended
    rows: tuple[TargetStanding, ...]  # live targets, by reference

    @property
    def late(self) -> tuple[TargetStanding, ...]:
        return tuple(row for row in self.rows if row.is_overdue)

    @property
    def improved(self) -> int:
        return improving(self.rows)


@dataclass(frozen=True)
class MeetingPack:
    """The meeting's papers: as of `day`, compared with `since`."""

    day: date
    since: date
    home: home_page.HomePage
    changes: RisesAndFalls
    best: tuple[tuple[UnitOnLadder, TargetStanding], ...]
    sheets: tuple[UnitSheet, ...]

    @property
    def silent(self) -> tuple[UnitSheet, ...]:
        """The silent units, the longest silence first."""
        silent = [sheet for sheet in self.sheets if sheet.unit.silent and sheet.rows]
        return tuple(sorted(silent, key=lambda sheet: -(sheet.unit.quiet_days or 0)))

    @property
    def overdue(self) -> tuple[tuple[UnitOnLadder, tuple[TargetStanding, ...]], ...]:
        """(unit, its overdue targets) of each unit that has any; units and targets by days overdue, most first."""
        late = [
            (one.unit, tuple(sorted(one.late, key=lambda row: -row.overdue_days))) for one in self.sheets if one.late
        ]
        return tuple(sorted(late, key=lambda pair: -pair[1][0].overdue_days))


def pack(day: date, since: date) -> MeetingPack:
    """Everything for a meeting; the same number of queries for any number of units."""
    home = home_page.home_page(day)
    return MeetingPack(
        day=day,
        since=since,
        home=home,
        changes=rises_and_falls(home.units, home.memorandum, since, day),
        best=tuple(home_page.best_improvements(home, day)),
        sheets=sheets([unit for group in home.groups for unit in group.units], day),
    )


def sheets(units: Iterable[UnitOnLadder], day: date) -> tuple[UnitSheet, ...]:
    """The report card of each unit, in the same order; `units` have the names and the ladder of `day`."""
    units = list(units)
    offices, owed, after = _offices(units, day), _owed(units, day), home_page.successors(units, day)
    return tuple(
        UnitSheet(unit, offices.get(unit.pk), tuple(after.get(unit.pk, ())), tuple(owed[unit.pk])) for unit in units
    )


def sheet(code: str, day: date) -> UnitSheet | None:
    """The report card of the unit with this code, or None when there is no such unit."""
    found = sheets(home_page.units_on(Unit.objects.filter(code=code), day), day)
    return found[0] if found else None


def _offices(units: list[UnitOnLadder], day: date) -> dict[int, Tenure]:
    """Unit (primary key) -> the tenure of its head on a day; of several, the one that began last."""
    known = Tenure.objects.holding(day).filter(unit__in=[unit.pk for unit in units])
    return {tenure.unit_id: tenure for tenure in known.select_related("person").reverse()}


def _owed(units: list[UnitOnLadder], day: date) -> dict[int, list[TargetStanding]]:
    """Unit (primary key) -> the live targets that it owes, by reference."""
    found: dict[int, list[TargetStanding]] = defaultdict(list)
    targets = ServiceTarget.objects.with_unit(day).with_rung(day)
    pks = {unit.pk for unit in units}
    owed = [target for target in targets.order_by("reference") if target.unit_id_then in pks]
    for row in standings(owed, day):
        found[row.target.unit_id_then].append(row)
    return found
