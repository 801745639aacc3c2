"""The figures of the home page: the signers on a day, the headline, the count of each rung, the groups of units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext, ngettext

from commitments.formats import number, plain_date
from commitments.ladder import PAST_CEREMONY, Rung
from commitments.ladder.answers import LAPSED_STEP, STEPS, Answer, step_of
from commitments.ladder.rows import ListedUnitRow, TargetOnLadder, UnitOnLadder
from commitments.models import Memorandum, ServiceTarget, Signature
from commitments.models.querysets import units_with_rung
from commitments.reports.counted.origins import OriginCounts, origin_counts
from commitments.reports.succession import last_successors
from commitments.reports.target_standing import TargetStanding, best_first, standings
from opd import register
from opd.models import Membership, Unit, UnitChange
from opd.models.unit import UnitKind, UnitQuerySet

UNIT_GROUPS: tuple[tuple[str, tuple[UnitKind, ...]], ...] = (
    ("kecamatan", (UnitKind.KECAMATAN,)),
    ("dinas", (UnitKind.DINAS, UnitKind.SATPOL)),
    ("badan", (UnitKind.BADAN, UnitKind.HOSPITAL)),
    ("bumd", (UnitKind.BUMD,)),
    ("sekretariat", (UnitKind.SECRETARIAT, UnitKind.INSPECTORATE)),
    ("bagian", (UnitKind.BAGIAN,)),
)
NamedUnitRow = TypeVar("NamedUnitRow", bound=Any)  # a unit with its names: an object, or a row of `values_list`
EndedUnitRow = Any  # a unit with its key and `valid_until`, likewise
BEST_LINES = 6  # improvements shown on the home page, one for each unit
TARGETS_LOOKED_AT = 60  # at once, in search of so many units
COUNTED_COLUMNS = (
    *("unit_kind", "rung", "past_ceremony", "past_ceremony_claimed", "claimed_higher", "silent"),
    *("contested", "answer"),
)
MAX_TILES = 1_000  # units that a page shows one by one; of more it shows how many stand where


@dataclass(frozen=True)
class AnswerCount:
    """One part of the headline: an answer, the number of signers that have it, and the words after the number."""

    answer: Answer
    count: int
    words: str


@dataclass(frozen=True)
class Headline:
    """Counts of signers; the four answers add up to `signed`."""

    signed: int
    stated: int | None  # number of parties in the source; None when it gives none
    answers: Mapping[str, int]
    contested: int  # of those past the ceremony: somebody contests one of their numbers
    claiming: int  # of those that are not past the ceremony: would be, if all that waits were verified

    @property
    def differs(self) -> bool:
        return self.stated is not None and self.stated != self.signed

    @property
    def past(self) -> int:
        return self.answers[Answer.PAST]

    @property
    def has_no_target(self) -> bool:
        """Whether no signer has a target yet."""
        return self.answers[Answer.NO_TARGET] == self.signed

    @property
    def parts(self) -> tuple[AnswerCount, ...]:
        """Every answer that some signer has, and always the first."""
        return tuple(
            AnswerCount(answer, self.answers[answer], self._words(answer))
            for answer in Answer
            if self.answers[answer] or answer is Answer.PAST
        )

    @property
    def sentence(self) -> str:
        """`14 dari 70 unit sudah melewati seremoni · 4 sudah, tetapi kini diam · ...`, in the language in force."""
        return " · ".join(f"{number(part.count)} {part.words}" for part in self.parts)

    def _words(self, answer: Answer) -> str:
        if answer is Answer.PAST:
            words = gettext("dari %(signed)s unit sudah melewati seremoni") % {"signed": number(self.signed)}
            contested = gettext("%(contested)s di antaranya dipersoalkan") % {"contested": number(self.contested)}
            return f"{words}, {contested}" if self.contested else words
        if answer is Answer.NOT_YET and self.claiming:
            return gettext("belum, %(claiming)s di antaranya mengaku") % {"claiming": number(self.claiming)}
        return str(answer.label)


@dataclass(frozen=True)
class LadderStep:
    """A step of the drawn ladder and the number of units on it; `of`: all units."""

    code: str  # one of STEPS
    count: int
    of: int

    @property
    def rung(self) -> Rung | None:
        """None for the units that lapsed."""
        return None if self.is_lapsed else Rung(int(self.code))

    @property
    def is_lapsed(self) -> bool:
        return self.code == LAPSED_STEP

    @property
    def is_first_past(self) -> bool:
        return self.rung is not None and self.rung.is_first_past


@dataclass(frozen=True)
class UnitGroup:
    """The units of one kind, which are shown together because they can be compared."""

    code: str
    units: tuple[UnitOnLadder, ...]

    @property
    def past(self) -> int:
        return sum(unit.answer == Answer.PAST for unit in self.units)

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
    steps: tuple[LadderStep, ...]

    @property
    def query(self) -> str:
        """The parameters that choose them in the list of units."""
        return urlencode([*(("jenis", kind.value) for kind in self.kinds), ("penanda", "ya")])


@dataclass(frozen=True)
class HomePage:
    """Everything about the signers on the home page."""

    memorandum: Memorandum | None
    units: tuple[UnitOnLadder, ...]  # empty when there are too many to show
    headline: Headline
    steps: tuple[LadderStep, ...]  # the highest first, as on a ladder
    groups: tuple[UnitGroup, ...]  # empty too
    counted_groups: tuple[CountedGroup, ...]  # instead of them
    claims: int
    silent: int
    origins: OriginCounts

    @property
    def lapsed(self) -> int:
        return self.headline.answers[Answer.LAPSED]


@dataclass(frozen=True)
class Joining:
    """The signers on a day, and for how many of them a head has an account."""

    began_on: date | None
    accounts: int
    signed: int

    @property
    def is_whole(self) -> bool:
        return self.accounts >= self.signed

    @property
    def sentence(self) -> str:
        """`Register ini berjalan sejak 1 Desember 2026; 12 dari 70 unit sudah punya akun.`; empty once all have."""
        if self.is_whole or self.began_on is None:
            return ""
        words = {"day": plain_date(self.began_on), "n": number(self.accounts), "of": number(self.signed)}
        if not self.accounts:
            return gettext("Register ini berjalan sejak %(day)s; belum satu unit pun diundang.") % words
        return (
            ngettext(
                "Register ini berjalan sejak %(day)s; %(n)s dari %(of)s unit sudah punya akun.",
                "Register ini berjalan sejak %(day)s; %(n)s dari %(of)s unit sudah punya akun.",
                self.accounts,
            )
            % words
        )


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


def units_on(units: UnitQuerySet, day: date) -> list[UnitOnLadder]:
    """Units with the names and the ladder of a day, in alphabetical order."""
    return in_order(units_with_rung(units.with_names(day), day))


def in_order(units: Iterable[NamedUnitRow]) -> list[NamedUnitRow]:
    """Units in alphabetical order of their short names."""
    return sorted(units, key=lambda unit: (unit.short_name or unit.code).casefold())


def home_page(day: date, *, most_units: int | None = None) -> HomePage:
    """The figures of a day; two or three queries for any number of units.

    most_units: with more signers than that, they are only counted.
    """
    memorandum = agreement()
    every = signers(memorandum)
    limit = None if most_units is None else most_units + 1  # one more tells that there are too many to name
    units: list[Any] = list(units_with_rung(every.with_names(day), day)[:limit])
    are_counted = len(units) == limit
    units = _unnamed_units(every, day) if are_counted else in_order(units)
    return HomePage(
        memorandum=memorandum,
        units=() if are_counted else tuple(units),
        headline=headline(units, memorandum.parties_stated if memorandum else None),
        steps=steps(units),
        groups=() if are_counted else grouped(units),
        counted_groups=_counted(units) if are_counted else (),
        claims=sum(unit.claimed_higher for unit in units),
        silent=sum(unit.silent for unit in units),
        origins=origin_counts(day),
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
            past = sum(unit.answer == Answer.PAST for unit in some)
            found.append(CountedGroup(code, kinds, len(some), past, steps(some)))
    return tuple(found)


def headline(units: Iterable[UnitOnLadder | ListedUnitRow], stated: int | None) -> Headline:
    """The headline of signers that have the ladder of a day; stated: the number of parties that the source gives."""
    units = list(units)
    counts = Counter(unit.answer for unit in units)
    return Headline(
        signed=len(units),
        stated=stated,
        answers={answer: counts[answer] for answer in Answer},
        contested=sum(unit.answer == Answer.PAST and unit.contested for unit in units),
        claiming=sum(unit.past_ceremony_claimed and not unit.past_ceremony for unit in units),
    )


def steps(units: Iterable[UnitOnLadder]) -> tuple[LadderStep, ...]:
    counts = Counter(step_of(unit.rung, unit.silent) for unit in units)
    return tuple(LadderStep(code, counts[code], counts.total()) for code in STEPS)


def grouped(units: Iterable[Any]) -> tuple[UnitGroup, ...]:
    """Units by group, in the order of UNIT_GROUPS; groups without a unit are left out."""
    units = list(units)
    groups = (
        UnitGroup(code, tuple(unit for unit in units if unit.unit_kind in kinds)) for code, kinds in UNIT_GROUPS
    )
    return tuple(group for group in groups if group.units)


def best_improvements(page: HomePage, day: date) -> list[tuple[UnitOnLadder, TargetStanding]]:
    """(unit, target) of the verified improvements with the most progress, one for each unit that is not silent.

    Of signers, and of the units that carry on what signers owed.
    """
    on_ladder = ServiceTarget.objects.with_unit(day).with_rung(day).filter(rung__gte=PAST_CEREMONY, silent=0)
    furthest = best_first(on_ladder.filter(_of_signers(page, day)))
    first_of: dict[int, TargetOnLadder] = {}
    for start in count(0, TARGETS_LOOKED_AT):
        targets = list(furthest[start : start + TARGETS_LOOKED_AT])
        for target in targets:
            first_of.setdefault(target.unit_id_then, target)
        if len(targets) < TARGETS_LOOKED_AT or len(first_of) >= BEST_LINES:
            break
    best = standings(list(first_of.values())[:BEST_LINES], day, tallied=False)
    units: dict[int, Any] = {unit.pk: unit for unit in page.units}
    if unknown := [row.target.unit_id_then for row in best if row.target.unit_id_then not in units]:
        units |= Unit.objects.with_names(day).in_bulk(unknown)
    return [(units[row.target.unit_id_then], row) for row in best]


def _of_signers(page: HomePage, day: date) -> Q:
    """Targets that a signer owes, or a unit that carries on what a signer owed."""
    signed = signers(page.memorandum)
    have_ended = page.counted_groups or any(unit.valid_until and unit.valid_until <= day for unit in page.units)
    heirs = last_successors(day) if have_ended else {}
    ended = signed.filter(code__in=heirs).values_list("code", flat=True) if heirs else ()
    carriers = Unit.objects.filter(code__in={heir for code in ended for heir in heirs[code]})
    return Q(unit_id_then__in=signed.values("pk")) | Q(unit_id_then__in=carriers.values("pk"))


def successors(units: Iterable[EndedUnitRow], day: date) -> dict[int, list[Unit]]:
    """Ended unit (primary key) -> its successors; one query when a unit has ended, none otherwise."""
    ended = [unit.pk for unit in units if unit.valid_until and unit.valid_until <= day]
    if not ended:
        return {}
    changes = UnitChange.objects.carried_out().filter(predecessors__in=ended, on__lte=day)
    after = Unit.objects.with_names(day).filter(changes_into__in=changes)
    found: dict[int, list[Unit]] = {}
    for unit in after.annotate(ended=F("changes_into__predecessors")).order_by("changes_into", "pk"):
        found.setdefault(unit.ended, []).append(unit)
    return found


def joining(signed: int, day: date) -> Joining:
    """How far the launch has come on a day: one query; `signed`: the number of signers."""
    heads = Membership.objects.heads_on(day).filter(unit__in=signers(first_agreement()).values("pk"))
    return Joining(register.began_on(), heads.order_by().values("unit").distinct().count(), signed)
