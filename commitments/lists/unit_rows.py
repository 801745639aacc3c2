"""Which units are there, which answer to a search, and what is to be said about each in a line?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Subquery, Value

from commitments.ladder import Flag, Rung
from commitments.models import Assignment, Commitment, PublicFact
from commitments.models.querysets import proposal_waiting_on, units_with_rung
from commitments.reports.home_page import UNIT_GROUPS, agreed_first, heirs, in_order, signers
from opd import clock
from opd.models import Membership, Unit, UnitName
from opd.models.unit import holding_on

UNIT_ROW_COLUMNS = (
    *("pk", "code", "unit_kind", "valid_until", "name", "short_name", "signed"),
    *("rung", "rung_claimed", "live_targets", "improving_targets", "least_progress", "slip_days", "quiet_days"),
    *Flag,
)


@dataclass(frozen=True)
class OwedTarget:
    """What a unit owes on a day: a live target, or a commitment without one (`reference` None)."""

    dimension: str
    title: str
    reference: str | None
    service: str | None
    family: str | None

    @property
    def saying(self) -> str:
        return f"{self.service or ''} {self.title}".casefold()


@dataclass(frozen=True)
class GroupOfKind:
    """The group of a unit's kind; `code` "" for a unit that did not sign."""

    code: str


@dataclass(frozen=True)
class UnitListRow:
    """A unit in the list, with the names and the ladder of a day; `unit` has the columns of TOLD."""

    unit: Any
    promises: tuple[OwedTarget, ...] = ()
    facts: tuple[str, ...] = ()  # services of documented facts; only for a search
    called: str = ""  # every name it ever had; only for a search

    @property
    def code(self) -> str:
        return str(self.unit.code)

    @property
    def signed(self) -> bool:
        return bool(self.unit.signed)

    @property
    def name(self) -> str:
        return self.unit.name or self.code

    @property
    def sorted_name(self) -> str:
        return (self.unit.short_name or self.code).casefold()

    @property
    def short_name(self) -> str:
        return self.unit.short_name or self.code

    @property
    def kin(self) -> GroupOfKind:
        return next(
            (GroupOfKind(code) for code, kinds in UNIT_GROUPS if self.signed and self.unit.unit_kind in kinds),
            GroupOfKind(""),
        )

    @property
    def place(self) -> int:
        """Where its group stands in the list; units that did not sign come last."""
        codes = [code for code, _ in UNIT_GROUPS]
        return codes.index(self.kin.code) if self.kin.code else len(codes)

    @property
    def rung(self) -> Rung:
        return Rung(self.unit.rung)

    @property
    def rung_claimed(self) -> Rung:
        return Rung(self.unit.rung_claimed)

    @property
    def live(self) -> int:
        return int(self.unit.live_targets)

    @property
    def improving(self) -> int:
        return int(self.unit.improving_targets)

    @cached_property
    def flags(self) -> list[Flag]:
        return [flag for flag in Flag if getattr(self.unit, flag)]

    @property
    def marks(self) -> list[Flag]:
        """The flags beside the rung; a higher claim is shown as a rung of its own."""
        return [flag for flag in self.flags if flag != Flag.CLAIMED_HIGHER]

    @property
    def gap(self) -> Decimal | None:
        """The share of the way still to go of the target that is furthest from its end; None: nothing counted."""
        return None if self.unit.least_progress is None else 1 - self.unit.least_progress

    @property
    def slip_days(self) -> int | None:
        """By how much the most delayed due date was moved."""
        return self.unit.slip_days

    @property
    def quiet_days(self) -> int | None:
        """Since anything was heard of any live target."""
        return self.unit.quiet_days

    @property
    def sayings(self) -> tuple[str, ...]:
        """What it answers to: a search finds its words together in one of these."""
        return (
            self.called,
            *(promise.saying for promise in self.promises),
            *(fact.casefold() for fact in self.facts),
        )


@dataclass(frozen=True)
class UnitDetails:
    """What is said of a unit without figures to show. `waits`: days that the oldest proposal has waited."""

    heirs: tuple[Unit, ...]
    has_account: bool
    waits: int | None


def unit_list_rows(day: date, *, searched: bool = False) -> list[UnitListRow]:
    """Every unit, by group and name; two queries, three when their other names are searched too."""
    signed = Exists(signers(agreed_first()).filter(pk=OuterRef("pk")))
    units = units_with_rung(Unit.objects.with_names(day).annotate(signed=signed), day)
    promises = _promises(day)
    names, facts = _told(day) if searched else ({}, {})
    lines = (
        UnitListRow(
            unit=unit,
            promises=tuple(promises[unit.pk]),
            facts=tuple(facts.get(unit.pk, ())),
            called=" ".join((unit.code, *names.get(unit.pk, ()))).casefold(),
        )
        for unit in in_order(units.values_list(*UNIT_ROW_COLUMNS, named=True))
    )
    return sorted(lines, key=lambda line: line.place)


def _promises(day: date) -> dict[int, list[OwedTarget]]:
    """By the unit (primary key) that owes them."""
    found: dict[int, list[OwedTarget]] = defaultdict(list)
    end = clock.end_of(day)
    columns = ("dimension", "title", "target_reference", "target_service", "target_family")
    rows = Commitment.objects.live_on(day).with_targets(day).order_by("reference", "target_reference")
    for owner, withdrawn_at, *facts in rows.values_list("owner_id", "target_withdrawn_at", *columns):
        if withdrawn_at is None or withdrawn_at >= end:
            found[owner].append(OwedTarget(*facts))
    return found


def _told(day: date) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Every name that a unit ever had, and the services that sources speak of; one query."""
    names: dict[int, list[str]] = defaultdict(list)
    facts: dict[int, list[str]] = defaultdict(list)
    called = UnitName.objects.order_by().annotate(what=Value("name", CharField()))
    known = PublicFact.objects.filter(entered_on__lte=day).order_by().annotate(what=Value("fact", CharField()))
    rows = called.values_list("what", "unit", "name", "short_name").union(
        known.values_list("what", "unit", "service", "service"), all=True
    )
    for what, unit, text, short in rows:
        if what == "fact":
            facts[unit].append(text)
        else:
            names[unit] += [text, short]
    return names, facts


def unit_details(lines: Iterable[UnitListRow], day: date) -> dict[int, UnitDetails]:
    """By primary key, for the few lines on a page that need it; one query, two when any unit has ended."""
    units = [line.unit for line in lines if not line.live or line.unit.valid_until]
    able = Membership.objects.filter(holding_on(day), unit=OuterRef("pk"), user__is_active=True)
    held = Assignment.objects.filter(holding_on(day), unit=OuterRef("pk"))
    since = {
        name: Subquery(
            held.filter(proposal_waiting_on(day, of)).order_by(f"{of}proposed_at").values(f"{of}proposed_at")[:1]
        )
        for name, of in (("promise_since", "commitment__"), ("target_since", "commitment__targets__"))
    }
    found = Unit.objects.filter(pk__in=[unit.pk for unit in units]).annotate(
        has_account=Exists(able.exclude(role=Membership.Role.STAFF)),
        **since,
    )
    after = heirs(units, day)
    return {
        pk: UnitDetails(
            heirs=tuple(after.get(pk, ())),
            has_account=has_account,
            waits=max(((day - clock.day_of(at)).days for at in moments if at), default=None),
        )
        for pk, has_account, *moments in found.values_list("pk", "has_account", *since)
    }


@dataclass(frozen=True)
class SearchHits:
    """Why a search found a unit, beside its name: its services, and what sources speak of."""

    promises: tuple[OwedTarget, ...] = ()
    facts: tuple[str, ...] = ()


def search_hits(line: UnitListRow, query: str) -> SearchHits:
    words = query.casefold().split()
    if not words:
        return SearchHits()
    return SearchHits(
        promises=tuple(promise for promise in line.promises if promise.service and answers(promise.saying, words)),
        facts=tuple(fact for fact in line.facts if answers(fact.casefold(), words)),
    )


def answers(saying: str, words: Iterable[str]) -> bool:
    """Every word of a search is in it; both without capitals."""
    return all(word in saying for word in words)
