"""A list with too many rows to choose from in memory: the database chooses the rows of a page.

Its conditions mean what the filters of `filters.py` mean, its orders what the columns of `tables.py` mean, and
`tests/test_long_lists.py` compares them. One city never has so many rows; then the page also counts every choice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Collate, Concat, Lower

from commitments.ladder import Flag
from commitments.ladder.answers import LAPSED_STEP, Answer
from commitments.lists.commitment_rows import (
    COMMITMENT_ROW_COLUMNS,
    WITHDRAWN_CHOICE,
    CommitmentListRow,
    commitment_list_rows,
    published_rows,
)
from commitments.lists.search import Search
from commitments.lists.unit_rows import UNIT_ROW_COLUMNS, UnitListRow, listed_units, owed_rows, unit_list_rows
from commitments.models import Commitment, PublicFact, ServiceTarget
from commitments.models.commitment import Dimension
from commitments.models.querysets import units_with_rung
from commitments.models.target import Family
from commitments.reports.home_page import UNIT_GROUPS, first_agreement, signers
from opd import clock
from opd.models import Unit, UnitName
from opd.models.unit import holding_on

MAX_ROWS_IN_MEMORY = 1_000
SEARCHED_OF_COMMITMENT = ("reference", "target_reference", "target_service", "title")

Values = dict[str, Any]  # of the filters: the name of each, and what is chosen
Conditions = dict[str, Callable[[list[str], date], Q]]


@dataclass(frozen=True)
class LongList:
    """One list on a day: how many rows it has, and the rows of one page."""

    day: date
    total: int
    rows: Any  # the query for all of them
    conditions: Conditions
    search: Callable[[Search, date], Q]
    orders: dict[str, tuple[Any, ...]]  # what the rows are sorted by, for each order a reader may choose
    columns: tuple[str, ...]  # that `load` makes rows of
    load: Callable[[list[Any], date, bool], list[Any]]  # True: with what a search shows of them

    def chosen(self, values: Values, search: Search) -> Any:
        rows = self.rows
        if search:
            rows = rows.filter(self.search(search, self.day))
        for name, condition in self.conditions.items():
            if values.get(name):
                rows = rows.filter(condition(values[name], self.day))
        return rows

    def page(
        self, values: Values, search: Search, first: Collection[str], order: str, number: int, size: int
    ) -> tuple[list[Any], int]:
        """(the rows of a page, or of the last one where there are not so many; how many there are on all pages).

        `first`: the codes of the units that come before the others.
        """
        expressions = [_directed(one, order) for one in self.orders[order.lstrip("-")]]
        ahead = [Case(When(code__in=first, then=0), default=1, output_field=IntegerField())] if first else []
        rows = self.chosen(values, search).order_by(*ahead, *expressions, *self.orders[""])
        if any(values.get(name) for name in ("q", *self.conditions)):  # counted in passing: a search is slow
            shown = self._read(rows.annotate(found=Window(Count("*"))), number, size)
            found = shown[0].found if shown else 0 if number == 1 else rows.count()
        else:
            shown, found = [], self.total
        if not shown and found:
            last = -(-found // size)
            shown = self._read(rows.annotate(found=Value(found)), min(number, last), size)
        return self.load(shown, self.day, bool(search)), found

    def _read(self, rows: Any, number: int, size: int) -> list[Any]:
        return list(rows.values_list(*self.columns, "found", named=True)[(number - 1) * size : number * size])


def _directed(expression: Any, order: str) -> Any:
    """Rows without a value come last in both directions."""
    is_descending = order.startswith("-") is not isinstance(expression, FromTheEnd)
    by = expression.by if isinstance(expression, FromTheEnd) else expression
    return by.desc(nulls_last=True) if is_descending else by.asc(nulls_last=True)


@dataclass(frozen=True)
class FromTheEnd:
    """What grows when the value that is shown shrinks: the progress, where the page shows the way that is left."""

    by: Any


def _text(expression: Any) -> Any:
    """A text to sort by, sign by sign as Python does, whatever the language of the database."""
    lowered = Lower(expression)
    return Collate(lowered, "C") if connection.vendor == "postgresql" else lowered


def _position(column: str, labels: Iterable[tuple[str, Any]]) -> Any:
    """Where the label of a choice stands in alphabetical order."""
    in_order = sorted(labels, key=lambda pair: str(pair[1]))
    places = (When(**{column: value}, then=Value(place)) for place, (value, _) in enumerate(in_order))
    return Case(*places, output_field=IntegerField())


def _any_flag(values: list[str], day: date) -> Q:
    found = Q()
    for flag in values:
        found |= Q(**{Flag(flag).value: 1})
    return found


def _on_steps(values: list[str], day: date) -> Q:
    """On one of these steps of the drawn ladder: what has lapsed stands on a step of its own."""
    lapsed = Q(answer=Answer.LAPSED)
    on_rungs = ~lapsed & Q(rung__in=[value for value in values if value != LAPSED_STEP])
    return on_rungs | lapsed if LAPSED_STEP in values else on_rungs


def _joined_text(*columns: str) -> Concat:
    """The texts of some columns with a space between them; Django takes NULL for an empty one."""
    return Concat(*(part for column in columns for part in (F(column), Value(" "))), output_field=CharField())


def _meeting(rows: Any, search: Search, *columns: str, code: str) -> Any:
    """The rows whose text of these columns, or whose unit, meets every term; `code`: the column with its code."""
    return rows.alias(searched=_joined_text(*columns)).filter(search.condition("searched", code))


# --- Units ---


def long_unit_list(day: date) -> LongList | None:
    """The list of units, where it is too long for memory."""
    total = Unit.objects.count()
    if total <= MAX_ROWS_IN_MEMORY:
        return None
    begun = Q(names__from_on=None) | Q(names__from_on__lte=day)
    held = Q(begun, Q(names__until_on=None) | Q(names__until_on__gt=day))
    has_signed = Q(pk__in=signers(first_agreement()).values("pk"))
    last = Value(len(UNIT_GROUPS))
    groups = (When(unit_kind__in=kinds, then=Value(place)) for place, (_, kinds) in enumerate(UNIT_GROUPS))
    group = Case(When(~has_signed, then=last), *groups, default=last, output_field=IntegerField())
    name = _text(Coalesce("name_then__short_name", "code"))
    units = Unit.objects.alias(name_then=FilteredRelation("names", condition=held))
    signed = ExpressionWrapper(has_signed, output_field=BooleanField())
    return LongList(
        day=day,
        total=total,
        rows=units_with_rung(units, day).alias(signed=signed),
        conditions=UNIT_CONDITIONS,
        search=_search_units,
        orders={
            "": (group, name, F("pk")),
            "unit": (name,),
            "jenis": (group,),
            "rung": (F("rung"),),
            "target": (F("live_targets"),),
            "membaik": (F("improving_targets"),),
            "jarak": (FromTheEnd(F("least_progress")),),
            "geser": (F("slip_days"),),
            "diam": (F("quiet_days"),),
        },
        columns=("pk",),
        load=_unit_page,
    )


def _unit_page(rows: list[Any], day: date, searched: bool) -> list[UnitListRow]:
    """From the keys, because most units have to be sorted, and few are shown."""
    keys = [row.pk for row in rows]
    shown = listed_units(day).filter(pk__in=keys).values_list(*UNIT_ROW_COLUMNS, named=True)
    return unit_list_rows(day, searched=searched, shown=sorted(shown, key=lambda unit: keys.index(unit.pk)))


def _search_units(search: Search, day: date) -> Q:
    names = UnitName.objects.order_by()
    names = _meeting(names, search, "unit__code", "name", "short_name", code="unit__code").values("unit")
    owed = _meeting(owed_rows(day).order_by(), search, "target_service", "title", code="owner_code")
    facts = _meeting(PublicFact.objects.filter(entered_on__lte=day).order_by(), search, "service", code="unit__code")
    found = Q(pk__in=names) | Q(pk__in=owed.values("owner_id")) | Q(pk__in=facts.values("unit"))
    return found | Q(code__in=search.codes) if search.codes else found


UNIT_CONDITIONS: Conditions = {
    "jawaban": lambda values, day: Q(answer__in=values, signed=True),
    "rung": _on_steps,
    "tanda": _any_flag,
    "jenis": lambda values, day: Q(unit_kind__in=values),
    "rumpun": lambda values, day: Q(pk__in=owed_rows(day).filter(target_family__in=values).values("owner_id")),
    "dimensi": lambda values, day: Q(pk__in=owed_rows(day).filter(dimension__in=values).values("owner_id")),
    "kecamatan": lambda values, day: Q(code__in=values),
    "penanda": lambda values, day: Q(signed__in=[value == "ya" for value in values]),
}

# --- Commitments ---


def long_commitment_list(day: date) -> LongList | None:
    """The list of commitments, where it is too long for memory."""
    published = ServiceTarget.objects.published_on(day)
    bare = ~Exists(published.filter(commitment=OuterRef("pk")))
    total = published.count() + Commitment.objects.published_on(day).filter(bare).count()
    if total <= MAX_ROWS_IN_MEMORY:
        return None
    gone_at = Coalesce("target_withdrawn_at", "withdrawn_at")
    owner = UnitName.objects.filter(holding_on(day), unit=OuterRef("owed__unit")).order_by("-from_on", "-pk")
    is_live = Q(gone_at=None) | Q(gone_at__gte=clock.end_of(day))
    return LongList(
        day=day,
        total=total,
        rows=published_rows(day).alias(gone_at=gone_at, searched=_joined_text(*SEARCHED_OF_COMMITMENT)),
        conditions=COMMITMENT_CONDITIONS,
        search=_search_commitments,
        orders={
            "": (F("reference"), F("target_reference")),
            "komitmen": (F("reference"),),
            "layanan": (_text("target_service"),),
            "unit": (_text(Coalesce(Subquery(owner.values("short_name")[:1]), "owner_code", Value(""))),),
            "dimensi": (_position("dimension", Dimension.choices),),
            "rumpun": (_position("target_family", Family.choices),),
            "rung": (Case(When(is_live, then=Coalesce("rung", Value(0))), output_field=IntegerField()),),
            "sekarang": (
                Case(When(value__isnull=False, then=_text("target_unit_of_measure")), output_field=CharField()),
                F("value"),
            ),
            "jarak": (FromTheEnd(F("progress")),),
            "tenggat": (Coalesce("due_on", "target_original_due_on"),),
            "geser": (F("slip_days"),),
            "diam": (F("clock_days"),),
        },
        columns=COMMITMENT_ROW_COLUMNS,
        load=_commitment_page,
    )


def _commitment_page(rows: list[Any], day: date, searched: bool) -> list[CommitmentListRow]:
    return commitment_list_rows(day, shown=rows)[0]


def _search_commitments(search: Search, day: date) -> Q:
    names = UnitName.objects.filter(holding_on(day)).order_by()
    owners = _meeting(names, search, "unit__code", "name", "short_name", code="unit__code").values("unit")
    found = search.condition("searched", "owner_code") | Q(owner_id__in=owners)
    return found | Q(owner_code__in=search.codes) if search.codes else found


def _in_state(values: list[str], day: date) -> Q:
    """What the filter of rungs calls a rung: withdrawn, 0 for a commitment without a target, or the rung."""
    is_live, found = Q(gone_at=None) | Q(gone_at__gte=clock.end_of(day)), Q()
    for value in values:
        if value == WITHDRAWN_CHOICE:
            found |= Q(gone_at__lt=clock.end_of(day))
        else:
            found |= is_live & (Q(rung=None) if value == "0" else Q(rung=value))
    return found


COMMITMENT_CONDITIONS: Conditions = {
    "rung": _in_state,
    "tanda": _any_flag,
    "rumpun": lambda values, day: Q(target_family__in=values),
    "dimensi": lambda values, day: Q(dimension__in=values),
    "jenis": lambda values, day: Q(owner_kind__in=values),
    "kecamatan": lambda values, day: Q(owner_code__in=values),
}
