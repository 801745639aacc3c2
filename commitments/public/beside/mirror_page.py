"""The figures of the outside mirror on a day: each scheme on its own scale, in the order of the alphabet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from commitments.ladder.rows import UnitOnLadder
from commitments.models import Assessment
from commitments.models.querysets import units_with_rung
from commitments.public.beside.scheme_chart import SchemeChart, scheme_chart
from commitments.reports.home_page import in_order
from opd.models import Unit


@dataclass(frozen=True)
class UnitsOfYear:
    """What a scheme says of single units in one year, each beside the unit as it stands on the day."""

    year: int
    rows: tuple[tuple[UnitOnLadder, Assessment], ...]  # in the order of the alphabet

    @property
    def with_target(self) -> int:
        return sum(bool(unit.live_targets) for unit, _ in self.rows)

    @property
    def sources(self) -> tuple[Assessment, ...]:
        """One row for each source: most name several units."""
        return tuple({(row.source, row.certainty, row.published_on): row for _, row in self.rows}.values())


@dataclass(frozen=True)
class Scheme:
    """All that is known of one scheme: of the whole city by year, and of units."""

    name: str
    assessors: tuple[str, ...]
    of_city: tuple[Assessment, ...]
    of_units: tuple[UnitsOfYear, ...]
    chart: SchemeChart | None


@dataclass(frozen=True)
class MirrorPage:
    schemes: tuple[Scheme, ...]
    withdrawn: tuple[Assessment, ...]


def mirror_page(day: date) -> MirrorPage:
    """Four queries at most for any number of assessments."""
    known = list(Assessment.objects.known_on(day).order_by("pk"))
    of_units = {row.unit_id for row in known if row.unit_id}
    units = in_order(units_with_rung(Unit.objects.filter(pk__in=of_units).with_names(day), day)) if of_units else []
    known.sort(key=lambda row: row.scheme.casefold())
    return MirrorPage(
        schemes=tuple(_scheme(rows, units) for _, rows in groupby(known, key=lambda row: row.scheme.casefold())),
        withdrawn=tuple(Assessment.objects.withdrawn_by(day).order_by("-withdrawn_at", "pk")),
    )


def _scheme(rows: Iterable[Assessment], units: list[UnitOnLadder]) -> Scheme:
    # A year's change of method comes before its value.
    ordered = sorted(rows, key=lambda row: (row.year, not row.is_break, row.pk))
    of_city = tuple(row for row in ordered if row.unit_id is None)
    years = groupby((row for row in ordered if row.unit_id), key=lambda row: row.year)
    return Scheme(
        name=ordered[0].scheme,
        assessors=tuple(dict.fromkeys(row.assessor for row in ordered)),
        of_city=of_city,
        of_units=tuple(UnitsOfYear(year, _beside_units(found, units)) for year, found in years),
        chart=scheme_chart(of_city),
    )


def _beside_units(
    rows: Iterable[Assessment], units: list[UnitOnLadder]
) -> tuple[tuple[UnitOnLadder, Assessment], ...]:
    of_unit = {row.unit_id: row for row in rows}
    return tuple((unit, of_unit[unit.pk]) for unit in units if unit.pk in of_unit)
