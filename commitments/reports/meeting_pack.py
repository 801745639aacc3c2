"""What does an evaluation meeting need on paper: all signers, what moved, and each unit's sheet?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from commitments.ladder import PAST_CEREMONY
from commitments.models import ServiceTarget
from commitments.reports import home_page as wall_
from commitments.reports import rises_and_falls as moves_
from commitments.reports.target_standing import TargetStanding, standings
from opd.models import Tenure, Unit


@dataclass(frozen=True)
class UnitSheet:
    """One unit's page of the pack: who answers for it, and how each of its live targets stands."""

    unit: Any  # with names and the ladder's columns
    office: Tenure | None
    heirs: tuple[Unit, ...]  # of a unit that has ended
    rows: tuple[TargetStanding, ...]  # live targets, by reference

    @property
    def late(self) -> tuple[TargetStanding, ...]:
        return tuple(row for row in self.rows if row.is_overdue)

    @property
    def improved(self) -> int:
        return sum(row.rung >= PAST_CEREMONY for row in self.rows)


@dataclass(frozen=True)
class MeetingPack:
    """The meeting's papers: as of `day`, compared with `since`."""

    day: date
    since: date
    wall: wall_.HomePage
    moves: moves_.RisesAndFalls
    best: tuple[tuple[Any, TargetStanding], ...]
    sheets: tuple[UnitSheet, ...]

    @property
    def silent(self) -> tuple[UnitSheet, ...]:
        """The longest silence first."""
        quiet = [sheet for sheet in self.sheets if sheet.unit.silent and sheet.rows]
        return tuple(sorted(quiet, key=lambda sheet: -min(row.clock_days for row in sheet.rows)))

    @property
    def overdue(self) -> tuple[tuple[Any, tuple[TargetStanding, ...]], ...]:
        """Units with targets past their original due date and not met, the longest overdue first, in both."""
        late = [
            (one.unit, tuple(sorted(one.late, key=lambda row: -row.overdue_days))) for one in self.sheets if one.late
        ]
        return tuple(sorted(late, key=lambda pair: -pair[1][0].overdue_days))


def pack(day: date, since: date) -> MeetingPack:
    """Everything for a meeting; the same number of queries, however many units there are."""
    wall = wall_.home_page(day)
    return MeetingPack(
        day=day,
        since=since,
        wall=wall,
        moves=moves_.moves(wall.units, wall.memorandum, since, day),
        best=tuple(wall_.best(wall.units, day)),
        sheets=sheets([unit for group in wall.groups for unit in group.units], day),
    )


def sheets(units: Iterable[Any], day: date) -> tuple[UnitSheet, ...]:
    """A sheet of each unit, in the order given; `units` carry names and the ladder of `day`."""
    units = list(units)
    offices, owed, after = _offices(units, day), _owed(units, day), wall_.heirs(units, day)
    return tuple(
        UnitSheet(unit, offices.get(unit.pk), tuple(after.get(unit.pk, ())), tuple(owed[unit.pk])) for unit in units
    )


def sheet(code: str, day: date) -> UnitSheet | None:
    """One unit's, or None for a code that nobody has."""
    found = sheets(wall_.named(Unit.objects.filter(code=code), day), day)
    return found[0] if found else None


def _offices(units: list[Any], day: date) -> dict[int, Tenure]:
    """Who is known to hold each office on a day: the latest to begin."""
    known = Tenure.objects.holding(day).filter(unit__in=[unit.pk for unit in units])
    return {tenure.unit_id: tenure for tenure in known.select_related("person").reverse()}


def _owed(units: list[Any], day: date) -> dict[int, list[TargetStanding]]:
    found: dict[int, list[TargetStanding]] = defaultdict(list)
    targets = ServiceTarget.objects.with_unit(day).with_rung(day)
    wanted = {unit.pk for unit in units}
    owed = [target for target in targets.order_by("reference") if target.unit_id_then in wanted]
    for row in standings(owed, day):
        found[row.target.unit_id_then].append(row)  # type: ignore[attr-defined]  # annotated by `with_unit`
    return found
