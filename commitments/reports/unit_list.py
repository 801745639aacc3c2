"""Which units are there, which answer to a search, and what is to be said about each in a line?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Min, Q

from commitments.ladder import Rung
from commitments.models import Assignment, Commitment, PublicFact, ServiceTarget
from commitments.reports.unit import undecided
from commitments.reports.wall import GROUPS, agreement, heirs, named, signers
from opd import clock
from opd.models import Membership, Unit, UnitName
from opd.models.unit import holding_on

LONGEST = 100  # letters of a search; more says nothing more
MOST_WORDS = 6
BY_RUNG = "tangga"


@dataclass(frozen=True)
class Row:
    """A unit in the list. `waits`: days that its oldest proposal has waited; None without one."""

    unit: Any  # a Unit with names and the ladder's columns
    heirs: tuple[Unit, ...]
    services: tuple[ServiceTarget, ...]  # that answer to the search
    facts: tuple[PublicFact, ...]  # that answer to the search
    waits: int | None
    has_account: bool


@dataclass(frozen=True)
class Section:
    """Rows under one heading: a group of kinds, a rung, or (code "") units that did not sign."""

    code: str
    rows: tuple[Row, ...]
    rung: Rung | None = None


@dataclass(frozen=True)
class UnitList:
    query: str
    by_rung: bool
    total: int
    sections: tuple[Section, ...]

    @property
    def found(self) -> int:
        return sum(len(section.rows) for section in self.sections)


def cleaned(query: str) -> str:
    """What the databases can look for: no NUL, one space between words, not too long."""
    return " ".join(query.replace("\0", " ").split())[:LONGEST].strip()


def unit_list(day: date, query: str = "", order: str = "") -> UnitList:
    """Every unit, or those whose name or service answers to every word of a search; a fixed number of queries."""
    query = cleaned(query)
    every = named(Unit.objects.all(), day)
    services, facts = (_services(query, day), _facts(query, day)) if query else ({}, {})
    called = _called(query) if query else set()
    shown = [unit for unit in every if not query or unit.pk in called or unit.pk in services or unit.pk in facts]
    signed = set(signers(agreement()).values_list("pk", flat=True))
    after, waiting, able = heirs(shown, day), _oldest_proposal(day), _with_account(day)
    rows = [
        Row(
            unit=unit,
            heirs=tuple(after.get(unit.pk, ())),
            services=tuple(services.get(unit.pk, ())),
            facts=tuple(facts.get(unit.pk, ())),
            waits=(day - clock.day_of(waiting[unit.pk])).days if unit.pk in waiting else None,
            has_account=unit.pk in able,
        )
        for unit in shown
    ]
    by_rung = order == BY_RUNG
    sections = [*(_by_rung if by_rung else _by_kind)(row for row in rows if row.unit.pk in signed)]
    sections.append(Section("", tuple(row for row in rows if row.unit.pk not in signed)))
    return UnitList(query, by_rung, len(signed), tuple(section for section in sections if section.rows))


def _by_kind(rows: Iterable[Row]) -> Iterable[Section]:
    rows = list(rows)
    for code, kinds in GROUPS:
        yield Section(code, tuple(row for row in rows if row.unit.unit_kind in kinds))


def _by_rung(rows: Iterable[Row]) -> Iterable[Section]:
    rows = list(rows)
    for rung in sorted(Rung, reverse=True):
        yield Section("rung", tuple(row for row in rows if row.unit.rung == rung), rung)


def _words(query: str, *columns: str) -> Q:
    """Every word is somewhere in one of the columns."""
    wanted = Q()
    for word in query.split()[:MOST_WORDS]:
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__icontains": word})
        wanted &= anywhere
    return wanted


def _called(query: str) -> set[int]:
    """Units that have, or ever had, such a name."""
    names = UnitName.objects.filter(_words(query, "name", "short_name", "unit__code"))
    return set(names.values_list("unit", flat=True))


def _services(query: str, day: date) -> dict[int, list[ServiceTarget]]:
    """Live targets about such a service, by the unit that owes them."""
    found: dict[int, list[ServiceTarget]] = {}
    targets = ServiceTarget.objects.live_on(day).with_unit(day)
    for target in targets.filter(_words(query, "service", "commitment__title")):
        found.setdefault(target.unit_id_then, []).append(target)  # type: ignore[attr-defined]
    return found


def _facts(query: str, day: date) -> dict[int, list[PublicFact]]:
    """What sources say about such a service, by unit."""
    found: dict[int, list[PublicFact]] = {}
    for fact in PublicFact.objects.filter(_words(query, "service"), entered_on__lte=day):
        found.setdefault(fact.unit_id, []).append(fact)
    return found


def _oldest_proposal(day: date) -> dict[int, datetime]:
    """Since when the oldest undecided proposal of each unit has waited."""
    oldest: dict[int, datetime] = {}
    held = Assignment.objects.filter(holding_on(day)).order_by()
    for path, model in (("commitment", Commitment), ("commitment__targets", ServiceTarget)):
        waiting = model._default_manager.filter(undecided(day))
        rows = held.filter(**{f"{path}__in": waiting}).values_list("unit").annotate(Min(f"{path}__proposed_at"))
        for unit, at in rows:
            oldest[unit] = min(at, oldest.get(unit, at))
    return oldest


def _with_account(day: date) -> set[int]:
    """Units in which somebody could report on that day."""
    able = Membership.objects.filter(holding_on(day), user__is_active=True)
    return set(able.exclude(role=Membership.Role.STAFF).values_list("unit", flat=True))
