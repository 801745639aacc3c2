"""The figures of the home page: the signers on a day, the headline, the count of each rung, the groups of units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, QuerySet

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
TARGETS_LOOKED_AT = 60  # at once, in search of so many units
COUNTED_COLUMNS = ("unit_kind", "rung", "past_ceremony", "past_ceremony_claimed", "claimed_higher", "silent")
MAX_TILES = 1_000  # units that a page shows one by one; of more it shows how many stand where


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
class CountedGroup:
    """A group with too many units to show each: how many stand on each rung."""

    code: str
    kinds: tuple[UnitKind, ...]
    size: int
    past: int
    steps: tuple[RungCount, ...]

    @property
    def query(self) -> str:
        """The parameters that choose them in the list of units."""
        return urlencode([*(("jenis", kind.value) for kind in self.kinds), ("penanda", "ya")])


@dataclass(frozen=True)
class HomePage:
    """Everything about the signers on the home page."""

    memorandum: Memorandum | None
    units: tuple[Any, ...]  # empty when there are too many to show
    headline: Headline
    steps: tuple[RungCount, ...]  # the highest first, as on a ladder
    groups: tuple[UnitGroup, ...]  # empty too
    counted_groups: tuple[CountedGroup, ...]  # instead of them
    claims: int
    silent: int


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


def home_page(day: date, *, most_units: int | None = None) -> HomePage:
    """The figures of a day; two or three queries for any number of units.

    most_units: with more signers than that, they are only counted.
    """
    memorandum = agreement()
    every = signers(memorandum)
    are_counted = most_units is not None and every.count() > most_units
    units = _unnamed_units(every, day) if are_counted else units_on(every, day)
    return HomePage(
        memorandum=memorandum,
        units=() if are_counted else tuple(units),
        headline=headline(units, memorandum.parties_stated if memorandum else None),
        steps=steps(units),
        groups=() if are_counted else grouped(units),
        counted_groups=_counted(units) if are_counted else (),
        claims=sum(unit.claimed_higher for unit in units),
        silent=sum(unit.silent for unit in units),
    )


def _unnamed_units(units: UnitQuerySet, day: date) -> list[Any]:
    """What is counted of each unit; the database gives each combination once."""
    alike = units_with_rung(units, day).order_by().values(*COUNTED_COLUMNS).annotate(number=Count("pk"))
    rows = alike.values_list(*COUNTED_COLUMNS, "number", named=True)
    return [row for row in rows for _ in range(row.number)]


def _counted(units: list[Any]) -> tuple[CountedGroup, ...]:
    found = []
    for code, kinds in UNIT_GROUPS:
        some = [unit for unit in units if unit.unit_kind in kinds]
        if some:
            past = sum(unit.past_ceremony for unit in some)
            found.append(CountedGroup(code, kinds, len(some), past, steps(some)))
    return tuple(found)


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


def best_improvements(page: HomePage, day: date) -> list[tuple[Any, TargetStanding]]:
    """(unit, target) of the verified improvements with the most progress, one for each signer that is not silent."""
    on_ladder = ServiceTarget.objects.with_unit(day).with_rung(day).filter(rung__gte=PAST_CEREMONY, silent=0)
    furthest = on_ladder.filter(unit_id_then__in=signers(page.memorandum).values("pk"))
    furthest = furthest.order_by("-rung", "-progress", "reference")
    first_of: dict[int, Any] = {}
    for start in count(0, TARGETS_LOOKED_AT):
        targets = list(furthest[start : start + TARGETS_LOOKED_AT])
        for target in targets:
            first_of.setdefault(target.unit_id_then, target)
        if len(targets) < TARGETS_LOOKED_AT or len(first_of) >= BEST_LINES:
            break
    best = standings(list(first_of.values())[:BEST_LINES], day, tallied=False)
    units = {unit.pk: unit for unit in page.units}
    if page.counted_groups:
        units = Unit.objects.with_names(day).in_bulk([row.target.unit_id_then for row in best])  # type: ignore[attr-defined]
    return [(units[row.target.unit_id_then], row) for row in best]  # type: ignore[attr-defined]


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
