"""Templates of targets: services that units of the city offer, with what is known about their standards.

They come from `fixtures/target_templates.csv`. A standard is somebody else's limit: it stands beside the form, and is
never filled in as what the unit itself promises.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings

from commitments.models import ServiceTarget
from commitments.reports.target_standing import TargetStanding, standings
from opd import clock
from opd.models import Unit

TEMPLATES_FILE = settings.BASE_DIR / "fixtures" / "target_templates.csv"
EVERY_UNIT = "*"
SHOWN_OF_OTHERS = 6
LIMIT_KINDS = {"standar": "Standar", "pembanding": "Pembanding"}
CERTAINTIES = {
    "documented": "tercatat di sumber",
    "analog": "dari daerah lain, atau dikutip sumber lain",
    "weak": "sumber lemah",
}
TARGET_FIELDS = (
    *("service", "family", "unit_of_measure", "statistic", "direction"),
    *("lower_bound", "upper_bound"),
)
TEMPLATE_NUMBERS = ("limit_value", "lower_bound", "upper_bound")
COMMITMENT_FIELDS = ("title", "benefit", "dimension")


@dataclass(frozen=True)
class TargetTemplate:
    """One service with the way to measure it; `units`: codes, or kinds, of those that offer it."""

    slug: str
    units: tuple[str, ...]
    service: str
    words: str  # by which targets of other units for the same service are found
    family: str
    unit_of_measure: str
    statistic: str
    direction: str
    lower_bound: Decimal | None  # of the scale of a survey
    upper_bound: Decimal | None
    dimension: str
    title: str
    benefit: str
    measured_from: str
    limit_value: Decimal | None
    limit_kind: str
    limit_text: str
    source: str
    certainty: str

    @property
    def limit_label(self) -> str:
        return LIMIT_KINDS[self.limit_kind]

    @property
    def certainty_label(self) -> str:
        return CERTAINTIES[self.certainty]

    @property
    def target_facts(self) -> dict[str, Any]:
        """What the form of a target begins with."""
        facts = {name: getattr(self, name) for name in TARGET_FIELDS}
        return {**facts, "known_limits": "", "baseline_method": self.measured_from}

    @property
    def commitment_facts(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in COMMITMENT_FIELDS}

    @property
    def is_for_all(self) -> bool:
        return EVERY_UNIT in self.units

    def fits(self, unit: Unit) -> bool:
        return self.is_for_all or not {unit.code, unit.unit_kind}.isdisjoint(self.units)


@cache
def every_template() -> tuple[TargetTemplate, ...]:
    """All templates, read once."""
    with TEMPLATES_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_template(row) for row in csv.DictReader(file))


def _template(row: dict[str, str]) -> TargetTemplate:
    facts: dict[str, Any] = dict(row)
    facts["units"] = tuple(row["units"].split())
    for name in TEMPLATE_NUMBERS:
        facts[name] = Decimal(row[name]) if row[name] else None
    return TargetTemplate(**facts)


def templates_for(unit: Unit) -> list[TargetTemplate]:
    """The templates of what a unit offers, its own services first."""
    return sorted((one for one in every_template() if one.fits(unit)), key=lambda one: one.is_for_all)


def template_named(slug: str) -> TargetTemplate | None:
    return next((one for one in every_template() if one.slug == slug), None)


def promised_by_others(words: str, unit: Unit) -> list[TargetStanding]:
    """Live targets of other units for the same service, as they stand today; by their numbers."""
    today = clock.today()
    rows = ServiceTarget.objects.with_unit(today).with_rung(today).filter(service__icontains=words)
    found = rows.exclude(unit_id_then=unit.pk).order_by("reference")[:SHOWN_OF_OTHERS]
    return standings(found, today, tallied=False)
