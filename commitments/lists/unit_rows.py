"""Rows of the list of units, with what each column and the search need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Subquery, Value

from commitments.formats import flags_beside_rung
from commitments.ladder import Flag, Rung
from commitments.ladder.answers import Answer, step_of
from commitments.ladder.rows import ListedUnitRow
from commitments.lists.search import Search
from commitments.models import Assignment, Commitment, PublicFact
from commitments.models.querysets import not_withdrawn_by, proposal_waiting_on, units_with_rung
from commitments.reports.home_page import UNIT_GROUPS, first_agreement, in_order, signers, successors
from opd import clock
from opd.models import Membership, Unit, UnitName
from opd.models.unit import holding_on

UNIT_ROW_COLUMNS = (
    *("pk", "code", "unit_kind", "valid_until", "name", "short_name", "signed"),
    *(
        "rung",
        "rung_claimed",
        "live_targets",
        "improving_targets",
        "least_progress",
        "slip_days",
        "quiet_days",
        "heard_on",
        "waiting",
    ),
    *("past_ceremony", "past_ceremony_claimed", "answer"),
    *Flag,
)


@dataclass(frozen=True)
class OwedTarget:
    """Something that a unit owes on a day: a live target, or a commitment without one (`reference` is None)."""

    dimension: str
    title: str
    reference: str | None
    service: str | None
    family: str | None

    @property
    def search_text(self) -> str:
        return f"{self.service or ''} {self.title}".casefold()


@dataclass(frozen=True)
class UnitListRow:
    """A unit with its names and its ladder of a day; `unit` has the columns of UNIT_ROW_COLUMNS."""

    unit: ListedUnitRow
    owed: tuple[OwedTarget, ...] = ()
    facts: tuple[str, ...] = ()  # services of documented facts; only for a search
    all_names: str = ""  # every name it ever had; only for a search

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
    def group_code(self) -> str:
        """The code of its group in UNIT_GROUPS; empty for a unit that did not sign."""
        return next((code for code, kinds in UNIT_GROUPS if self.signed and self.unit.unit_kind in kinds), "")

    @property
    def group_number(self) -> int:
        """The position of its group in the list; units that did not sign come last."""
        codes = [code for code, _ in UNIT_GROUPS]
        return codes.index(self.group_code) if self.group_code else len(codes)

    @property
    def rung(self) -> Rung:
        return Rung(self.unit.rung)

    @property
    def rung_claimed(self) -> Rung:
        return Rung(self.unit.rung_claimed)

    @property
    def step(self) -> str:
        """Where it stands on the drawn ladder, one of STEPS."""
        return step_of(self.unit.rung, self.unit.silent)

    @property
    def answer(self) -> Answer | None:
        """None for a unit that did not sign."""
        return Answer(self.unit.answer) if self.signed else None

    @property
    def live(self) -> int:
        return int(self.unit.live_targets)

    @property
    def improving(self) -> int:
        return int(self.unit.improving_targets)

    @cached_property
    def flags(self) -> list[Flag]:
        return Flag.of(self.unit)

    @property
    def shown_flags(self) -> list[Flag]:
        """The flags beside the rung. A higher claim is left out: it is shown as a second rung."""
        return flags_beside_rung(self.unit)

    @property
    def progress(self) -> Decimal | None:
        """The progress of the target that came the least far; None when nothing counts."""
        return self.unit.least_progress

    @property
    def gap(self) -> Decimal | None:
        """The share of the way that is left for the target with the least progress; None when nothing counts."""
        return None if self.unit.least_progress is None else 1 - self.unit.least_progress

    @property
    def slip_days(self) -> int | None:
        """Days by which the most delayed due date was moved."""
        return self.unit.slip_days

    @property
    def heard_on(self) -> date | None:
        """The day of the last news about any live target."""
        return self.unit.heard_on

    @property
    def waiting(self) -> bool:
        """Whether a submission waits for the secretariat; the clock stands still then."""
        return bool(self.unit.waiting)

    @property
    def quiet_days(self) -> int | None:
        """Days without news about any live target."""
        return self.unit.quiet_days

    @property
    def search_texts(self) -> tuple[str, ...]:
        """Texts for the search: a row is found when one of them meets every term."""
        return (self.all_names, *(owed.search_text for owed in self.owed), *(fact.casefold() for fact in self.facts))


@dataclass(frozen=True)
class UnitDetails:
    """What the row of a unit without live targets shows instead of figures."""

    successors: tuple[Unit, ...]
    has_account: bool
    is_invited: bool  # somebody of it ever had an account that could report
    proposal_days: int | None  # that the oldest proposal has waited; None when none waits


def listed_units(day: date) -> Any:
    """The query for every unit with its names, its ladder and whether it signed."""
    signed = Exists(signers(first_agreement()).filter(pk=OuterRef("pk")))
    return units_with_rung(Unit.objects.with_names(day).annotate(signed=signed), day)


def unit_list_rows(day: date, *, searched: bool = False, shown: list[Any] | None = None) -> list[UnitListRow]:
    """Every unit, by group and name; two queries, and one more when `searched` (it fills the texts to search).

    Or the `shown` ones, already read, in their order.
    """
    only = None if shown is None else [unit.pk for unit in shown]
    owed = _owed(day, only)
    names, facts = _names_and_facts(day, only) if searched else ({}, {})
    units = in_order(listed_units(day).values_list(*UNIT_ROW_COLUMNS, named=True)) if shown is None else shown
    lines = (
        UnitListRow(
            unit=unit,
            owed=tuple(owed[unit.pk]),
            facts=tuple(facts.get(unit.pk, ())),
            all_names=" ".join((unit.code, *names.get(unit.pk, ()))).casefold(),
        )
        for unit in units
    )
    return sorted(lines, key=lambda line: line.group_number) if shown is None else list(lines)


def owed_rows(day: date) -> Any:
    """The query for what units owe: each live target, and each live commitment without one."""
    rows = Commitment.objects.live_on(day).with_targets(day).filter(not_withdrawn_by(day, "target_"))
    return rows.order_by("reference", "target_reference")


def _owed(day: date, units: list[int] | None) -> dict[int, list[OwedTarget]]:
    """Unit (primary key) -> what it owes."""
    found: dict[int, list[OwedTarget]] = defaultdict(list)
    columns = ("dimension", "title", "target_reference", "target_service", "target_family")
    rows = owed_rows(day)
    if units is not None:  # by the assignments of a few, because these have an index
        held = Assignment.objects.filter(holding_on(day), unit__in=units)
        rows = rows.filter(pk__in=held.values("commitment"), owner_id__in=units)
    for owner, *values in rows.values_list("owner_id", *columns):
        found[owner].append(OwedTarget(*values))
    return found


def _names_and_facts(day: date, units: list[int] | None) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Unit (primary key) -> every name it ever had, and -> the services in its public facts; one query."""
    only = {} if units is None else {"unit__in": units}
    names: dict[int, list[str]] = defaultdict(list)
    facts: dict[int, list[str]] = defaultdict(list)
    unit_names = UnitName.objects.filter(**only).order_by().annotate(what=Value("name", CharField()))
    public_facts = (
        PublicFact.objects.filter(entered_on__lte=day, **only).order_by().annotate(what=Value("fact", CharField()))
    )
    rows = unit_names.values_list("what", "unit", "name", "short_name").union(
        public_facts.values_list("what", "unit", "service", "service"), all=True
    )
    for what, unit, text, short in rows:
        if what == "fact":
            facts[unit].append(text)
        else:
            names[unit] += [text, short]
    return names, facts


def unit_details(lines: Iterable[UnitListRow], day: date) -> dict[int, UnitDetails]:
    """Unit (primary key) -> its details, only for rows that need them; one query, two when a unit has ended."""
    units = [line.unit for line in lines if not line.live or line.unit.valid_until]
    members = Membership.objects.reporting_on(day).filter(unit=OuterRef("pk"))
    assignments = Assignment.objects.filter(holding_on(day), unit=OuterRef("pk"))
    since = {
        name: Subquery(
            assignments.filter(proposal_waiting_on(day, of, subject))
            .order_by(f"{of}proposed_at")
            .values(f"{of}proposed_at")[:1]
        )
        for subject, name, of in (
            ("commitment", "commitment_since", "commitment__"),
            ("target", "target_since", "commitment__targets__"),
        )
    }
    found = Unit.objects.filter(pk__in=[unit.pk for unit in units]).annotate(
        has_account=Exists(members),
        is_invited=Exists(Membership.objects.reporting_by(day).filter(unit=OuterRef("pk"))),
        **since,
    )
    after = successors(units, day)
    return {
        pk: UnitDetails(
            successors=tuple(after.get(pk, ())),
            has_account=has_account,
            is_invited=is_invited,
            proposal_days=max(((day - clock.day_of(at)).days for at in moments if at), default=None),
        )
        for pk, has_account, is_invited, *moments in found.values_list("pk", "has_account", "is_invited", *since)
    }


@dataclass(frozen=True)
class SearchHits:
    """What a search found of a unit beside its name: keywords, its services, and services in public facts."""

    keywords: tuple[str, ...] = ()
    owed: tuple[OwedTarget, ...] = ()
    facts: tuple[str, ...] = ()


def search_hits(line: UnitListRow, search: Search) -> SearchHits:
    if not search:
        return SearchHits()
    return SearchHits(
        keywords=tuple(search.labels(line.code)),
        owed=tuple(owed for owed in line.owed if owed.service and search.is_met(owed.search_text)),
        facts=tuple(dict.fromkeys(fact for fact in line.facts if search.is_met(fact.casefold()))),
    )
