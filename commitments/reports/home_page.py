"""The figures of the home page: the signers on a day, the headline, the count of each rung, the groups of units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from commitments.ladder import PAST_CEREMONY, Rung
from commitments.models import Memorandum, ServiceTarget, Signature
from commitments.models.querysets import units_with_rung
from commitments.reports.target_standing import TargetStanding, standings
from opd.models import Unit, UnitChange
from opd.models.unit import UnitKind, UnitQuerySet

UNIT_GROUPS: tuple[tuple[str, tuple[UnitKind, ...]], ...] = (
    ("kecamatan", (UnitKind.KECAMATAN,)),
    ("dinas", (UnitKind.DINAS, UnitKind.SATPOL)),
    ("badan", (UnitKind.BADAN, UnitKind.HOSPITAL)),
    ("bumd", (UnitKind.BUMD,)),
    ("sekretariat", (UnitKind.SECRETARIAT, UnitKind.INSPECTORATE)),
    ("bagian", (UnitKind.BAGIAN,)),
)
BEST_LINES = 6  # improvements shown on the home page, one for each unit


@dataclass(frozen=True)
class Headline:
    """Counts of signers. `claimed` uses the higher of proven and claimed rung, so it is at least `verified`."""

    signed: int
    stated: int | None  # number of parties in the source; None when it gives none
    verified: int
    claimed: int
    without_target: int
    silenced: int  # improved once, silent now: on the ladder but not in `verified`

    @property
    def differs(self) -> bool:
        return self.stated is not None and self.stated != self.signed


@dataclass(frozen=True)
class RungCount:
    """A rung and the number of units on it; `of`: all units."""

    rung: Rung
    count: int
    of: int

    @property
    def is_first_past(self) -> bool:
        return self.rung == PAST_CEREMONY


@dataclass(frozen=True)
class UnitGroup:
    """The units of one kind, which are shown together because they can be compared."""

    code: str
    units: tuple[Any, ...]  # Unit rows with the columns of UNIT_COLUMNS

    @property
    def past(self) -> int:
        return sum(unit.past_ceremony for unit in self.units)

    @property
    def is_map(self) -> bool:
        """Whether every unit has a place on the map of tiles."""
        return all(unit.tile_row and unit.tile_col for unit in self.units)


@dataclass(frozen=True)
class HomePage:
    """Everything about the signers on the home page."""

    memorandum: Memorandum | None
    units: tuple[Any, ...]
    headline: Headline
    steps: tuple[RungCount, ...]  # the highest first, as on a ladder
    groups: tuple[UnitGroup, ...]

    @property
    def claims(self) -> int:
        return sum(unit.claimed_higher for unit in self.units)

    @property
    def silent(self) -> int:
        return sum(unit.silent for unit in self.units)


def agreement() -> Memorandum | None:
    """The agreement that this register is about: the first one signed."""
    return first_agreement().first()


def first_agreement() -> QuerySet[Memorandum]:
    """The agreement as a query, to be used inside another query."""
    return Memorandum.objects.order_by("signed_on", "pk")[:1]


def signers(memorandum: Memorandum | QuerySet[Memorandum] | None) -> UnitQuerySet:
    """The units that signed. A unit that has ended stays; a signature withdrawn as a mistake counts on no day."""
    signed = Signature.objects.standing().of_units().filter(memorandum=memorandum)  # type: ignore[misc]  # or a query
    return Unit.objects.filter(pk__in=signed.values("unit"))


def units_on(units: UnitQuerySet, day: date) -> list[Any]:
    """Units with the names and the ladder of a day, in alphabetical order."""
    return in_order(units_with_rung(units.with_names(day), day))


def in_order(units: Iterable[Any]) -> list[Any]:
    """Units in alphabetical order of their short names."""
    return sorted(units, key=lambda unit: (unit.short_name or unit.code).casefold())


def home_page(day: date) -> HomePage:
    """The figures of a day; two queries for any number of units."""
    memorandum = agreement()
    units = units_on(signers(memorandum), day)
    return HomePage(
        memorandum=memorandum,
        units=tuple(units),
        headline=headline(units, memorandum.parties_stated if memorandum else None),
        steps=steps(units),
        groups=grouped(units),
    )


def headline(units: Iterable[Any], stated: int | None) -> Headline:
    units = list(units)
    return Headline(
        signed=len(units),
        stated=stated,
        verified=sum(unit.past_ceremony for unit in units),
        claimed=sum(unit.past_ceremony_claimed for unit in units),
        without_target=sum(unit.rung == Rung.SIGNED for unit in units),
        silenced=sum(unit.rung >= PAST_CEREMONY and not unit.past_ceremony for unit in units),
    )


def steps(units: Iterable[Any]) -> tuple[RungCount, ...]:
    counts = Counter(unit.rung for unit in units)
    return tuple(RungCount(rung, counts[rung], counts.total()) for rung in sorted(Rung, reverse=True))


def grouped(units: Iterable[Any]) -> tuple[UnitGroup, ...]:
    """Units by group, in the order of UNIT_GROUPS; groups without a unit are left out."""
    units = list(units)
    groups = (
        UnitGroup(code, tuple(unit for unit in units if unit.unit_kind in kinds)) for code, kinds in UNIT_GROUPS
    )
    return tuple(group for group in groups if group.units)


def best_improvements(units: Iterable[Any], day: date) -> list[tuple[Any, TargetStanding]]:
    """(unit, target) of the verified improvements with the most progress, one for each unit that is not silent."""
    unit_by_key = {unit.pk: unit for unit in units}
    on_ladder = ServiceTarget.objects.with_unit(day).with_rung(day).filter(unit_id_then__in=unit_by_key)
    furthest = on_ladder.filter(rung__gte=PAST_CEREMONY, silent=0).order_by("-rung", "-progress", "reference")
    first_of: dict[int, Any] = {}
    for target in furthest:
        first_of.setdefault(target.unit_id_then, target)
    best = list(first_of.values())[:BEST_LINES]
    return [(unit_by_key[row.target.unit_id_then], row) for row in standings(best, day, tallied=False)]


def successors(units: Iterable[Any], day: date) -> dict[int, list[Unit]]:
    """Ended unit (primary key) -> its successors; one query when a unit has ended, none otherwise."""
    ended = [unit.pk for unit in units if unit.valid_until and unit.valid_until <= day]
    if not ended:
        return {}
    changes = UnitChange.objects.exclude(change=UnitChange.Change.RENAMED).filter(
        predecessors__in=ended, confirmed_at__isnull=False, on__lte=day
    )
    after = Unit.objects.with_names(day).filter(changes_into__in=changes)
    found: dict[int, list[Unit]] = {}
    for unit in after.annotate(ended=F("changes_into__predecessors")).order_by("changes_into", "pk"):
        found.setdefault(unit.ended, []).append(unit)
    return found
