"""Who has moved past the ceremony? The signers on a day: headline, ladder, groups, the map of kecamatan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from commitments.ladder import PAST_CEREMONY, Rung, among
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
BEST_LINES = 6  # before -> after lines on the first page, one a unit


@dataclass(frozen=True)
class Headline:
    """How many of the signers; `claimed` counts the higher of both rungs, so it is never below `verified`."""

    signed: int
    stated: int | None  # by the source; None when it names no number
    verified: int
    claimed: int
    without_target: int
    silenced: int  # improved once, silent now: on the ladder but not in `verified`

    @property
    def differs(self) -> bool:
        return self.stated is not None and self.stated != self.signed


@dataclass(frozen=True)
class RungCount:
    """One rung of the ladder, with the units that stand on it."""

    rung: Rung
    count: int
    of: int

    @property
    def is_first_past(self) -> bool:
        return self.rung == PAST_CEREMONY


@dataclass(frozen=True)
class UnitGroup:
    """Units of one kind, side by side: peers are compared with peers."""

    code: str
    units: tuple[Any, ...]  # Unit rows with the columns of UNIT_COLUMNS

    @property
    def past(self) -> int:
        return sum(unit.past_ceremony for unit in self.units)

    @property
    def is_map(self) -> bool:
        """Every unit has a tile of its own."""
        return all(unit.tile_row and unit.tile_col for unit in self.units)


@dataclass(frozen=True)
class HomePage:
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
    return agreed_first().first()


def agreed_first() -> QuerySet[Memorandum]:
    """The same, to be asked within another query."""
    return Memorandum.objects.order_by("signed_on", "pk")[:1]


def signers(memorandum: Memorandum | QuerySet[Memorandum] | None) -> UnitQuerySet:
    """The standing signers: an ended unit stays, a signature withdrawn as a mistake counts on no day."""
    signed = Signature.objects.standing().of_units().filter(memorandum=memorandum)  # type: ignore[misc]  # or a query
    return Unit.objects.filter(pk__in=signed.values("unit"))


def named(units: UnitQuerySet, day: date) -> list[Any]:
    """Units with the names and the ladder of a day, in the order of the alphabet."""
    return in_order(units_with_rung(units.with_names(day), day))


def in_order(units: Iterable[Any]) -> list[Any]:
    return sorted(units, key=lambda unit: (unit.short_name or unit.code).casefold())


def home_page(day: date) -> HomePage:
    """Everything about the signers on the first page; two queries, however many units there are."""
    memorandum = agreement()
    units = named(signers(memorandum), day)
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
    """By kind, in the order in which a citizen looks; kinds without a unit are left out."""
    units = list(units)
    groups = (
        UnitGroup(code, tuple(unit for unit in units if unit.unit_kind in kinds)) for code, kinds in UNIT_GROUPS
    )
    return tuple(group for group in groups if group.units)


def best(units: Iterable[Any], day: date) -> list[tuple[Any, TargetStanding]]:
    """Verified improvements that went furthest towards their target, one a unit, silent ones left out."""
    proud = {unit.best_target: unit for unit in units if unit.best_target}
    furthest = (
        ServiceTarget.objects.filter(pk__in=proud)
        .with_rung(day, narrowed=among(proud))
        .order_by("-rung", "-progress", "reference")
    )
    return [(proud[row.target.pk], row) for row in standings(furthest[:BEST_LINES], day, tallied=False)]


def heirs(units: Iterable[Any], day: date) -> dict[int, list[Unit]]:
    """Who came after each ended unit (by primary key); one query when any has ended, none otherwise."""
    ended = [unit.pk for unit in units if unit.valid_until and unit.valid_until <= day]
    if not ended:
        return {}
    changes = UnitChange.objects.exclude(change=UnitChange.Change.RENAMED).filter(
        predecessors__in=ended, confirmed_at__isnull=False, on__lte=day
    )
    after = Unit.objects.with_names(day).filter(changes_into__in=changes)
    found: dict[int, list[Unit]] = {}
    for heir in after.annotate(ended=F("changes_into__predecessors")).order_by("changes_into", "pk"):
        found.setdefault(heir.ended, []).append(heir)
    return found
