"""The page of a list for one address: its rows, their order, and the links to other pages, orders and files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext

from commitments.lists.filters import PAGE_SIZES, ListFilter, ShownFacet, quoted
from commitments.lists.long_lists import LongList
from commitments.lists.search import suggested_units
from commitments.lists.tables import ListTable
from opd import clock
from opd.models import Unit

DAY_PARAMETER = "per"  # read by commitments.as_of
PAGING_PARAMETERS = ("urut", "baris", "halaman", "format")

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class ActiveFilter:
    """A filter in force; `href` is the address without it."""

    label: str
    value: str
    href: str


@dataclass(frozen=True)
class ListPreset:
    """A filter that is one tap away; `href` is the address with it, or without it where it is set."""

    label: str
    href: str
    is_set: bool


@dataclass(frozen=True)
class ColumnHeading:
    """A column of the page. `direction`: "ascending", "descending", or "" when the list is not sorted by it."""

    name: str
    label: str
    href: str
    direction: str


class ListPage:
    """One page of a list; `day`: the day in the address, None for today; `long`: a list too long for memory."""

    def __init__(
        self,
        path: str,
        data: QueryDict,
        day: Any,
        filter_: ListFilter,
        table: type[ListTable],
        long: LongList | None = None,
    ) -> None:
        self.path, self.data, self.day, self.filter = path, data, day, filter_
        values = filter_.values
        self.order = values.get("urut") or table.usual_order()
        self.size = int(values.get("baris") or PAGE_SIZES[0])
        self.format: str = values.get("format") or ""
        number = values.get("halaman") or 1
        self.search = filter_.search
        is_usual = self.order == table.usual_order()
        self.first_codes = self.search.named if filter_.is_ranked and is_usual else frozenset()
        if long:
            rows, self.found = long.page(values, self.search, self.first_codes, self.order, number, self.size)
        else:
            rows = filter_.found()
            self.found = len(rows)
        self.total = long.total if long else len(filter_.rows or [])
        self.pages = max(1, -(-self.found // self.size))
        self.page = min(number, self.pages)
        self.table = table(rows, self.order)
        self.table.put_first(self.first_codes)
        self.table.paginate(page=1 if long else self.page, per_page=self.size)

    @property
    def is_grouped(self) -> bool:
        """Whether the rows stand under headings: only in the usual order, and when nothing comes before it."""
        return not self.first_codes and self.order.lstrip("-") == self.table.usual_order()

    @property
    def query(self) -> str:
        return str(self.filter.values.get("q") or "")

    @cached_property
    def suggested(self) -> list[Unit]:
        """Units to try when a search finds nothing."""
        if self.found or not self.search:
            return []
        return list(Unit.objects.filter(code__in=suggested_units(self.search)).with_names(self.day or clock.today()))

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size + 1 if self.found else 0

    @property
    def last(self) -> int:
        return min(self.page * self.size, self.found)

    @cached_property
    def shown(self) -> list[Any]:
        """The rows of this page."""
        return [row.record for row in self.table.page.object_list]

    @cached_property
    def facets(self) -> list[ShownFacet]:
        return self.filter.facets()

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """(value, label, is in force) of each order; the order that a heading has set is among them."""
        offered = [(value, str(label)) for value, label in self.table.orders]
        if self.order not in dict(offered):
            column = self.table.columns[self.order.lstrip("-")]
            heading = str(column.header).lower()
            largest = column.column.initial_sort_descending
            backwards = gettext("%(column)s, dari yang terbesar") if largest else gettext("%(column)s, terbalik")
            offered.append((self.order, backwards % {"column": heading} if self.order.startswith("-") else heading))
        return [(value, label, value == self.order) for value, label in offered]

    @property
    def sizes(self) -> list[tuple[int, bool]]:
        return [(size, size == self.size) for size in PAGE_SIZES]

    @cached_property
    def headings(self) -> list[ColumnHeading]:
        return [
            ColumnHeading(
                name=column.name,
                label=str(column.column.heading or column.header),
                href=self.address(urut=str(column.order_by_alias.next)) if column.orderable else "",
                direction=self._direction(column.name),
            )
            for column in self.table.columns
            if column.column.shown
        ]

    def _direction(self, column: str) -> str:
        return {column: "ascending", f"-{column}": "descending"}.get(self.order, "")

    @property
    def chips(self) -> list[ActiveFilter]:
        search = (
            [ActiveFilter(gettext("Cari"), f"“{self.query}”", self.address(without=("q", self.query)))]
            if self.query
            else []
        )
        ticked = [
            ActiveFilter(facet.label, choice.label, self.address(without=(facet.name, choice.value)))
            for facet in self.facets
            for choice in facet.choices
            if choice.is_chosen
        ]
        return search + ticked

    @property
    def presets(self) -> list[ListPreset]:
        """What is asked most often, each a link that sets one filter or takes it away again."""
        values, found = self.filter.values, []
        for name, value, label in self.filter.presets:
            is_set = str(value) in (values.get(name) or ())
            with_it = {} if is_set else {name: str(value)}
            without = (name, str(value)) if is_set else None
            found.append(ListPreset(str(label), self.address(without=without, **with_it), is_set))
        return found

    @property
    def places(self) -> list[ListPreset]:
        """A link for each kecamatan."""
        chosen = self.filter.values.get("kecamatan") or ()
        choices = self.filter.filters["kecamatan"].extra["choices"]
        return [ListPreset(str(label), self.address(kecamatan=code), code in chosen) for code, label in choices]

    @property
    def ticked(self) -> int:
        """How many choices of facets are ticked."""
        return sum(len(self.filter.values.get(name) or ()) for name in self.filter.facet_names)

    @property
    def newer(self) -> str:
        return self.address(halaman=str(self.page - 1)) if self.page > 1 else ""

    @property
    def older(self) -> str:
        return self.address(halaman=str(self.page + 1)) if self.page < self.pages else ""

    @property
    def files(self) -> list[tuple[str, str]]:
        return [("CSV", self.address(format="csv")), ("XLSX", self.address(format="xlsx"))]

    @property
    def unfiltered(self) -> str:
        """The address of the list without filters, in the same order."""
        return self._joined([pair for pair in self._settings() if pair[0] in (*PAGING_PARAMETERS, DAY_PARAMETER)])

    @property
    def here(self) -> str:
        """The address of this page, without the parts that could not be used."""
        return self.address(halaman=str(self.page) if self.page > 1 else "")

    def address(self, *, without: tuple[str, str] | None = None, **changed: str) -> str:
        """The address of this list with some parameters changed; its first page unless `halaman` is given."""
        pairs = [pair for pair in self._settings() if pair != without and pair[0] not in changed]
        return self._joined([*pairs, *((name, value) for name, value in changed.items() if value)])

    def _joined(self, pairs: Pairs) -> str:
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def _settings(self) -> Pairs:
        """The parameters of this list that differ from the usual ones."""
        values = self.filter.values
        pairs: Pairs = [("q", self.query)] if self.query else []
        pairs += [(name, value) for name in self.filter.facet_names for value in values.get(name) or ()]
        if self.order != self.table.usual_order():
            pairs.append(("urut", self.order))
        if self.size != PAGE_SIZES[0]:
            pairs.append(("baris", str(values["baris"])))
        return [*pairs, (DAY_PARAMETER, str(self.day))] if self.day else pairs

    @property
    def is_file(self) -> bool:
        """Whether to answer with a file. An address with a problem gets the page, because a file cannot report it."""
        return bool(self.format) and not self.problems

    @cached_property
    def problems(self) -> list[str]:
        """Sentences about the parts of the address that cannot be used."""
        wrong_values = (f"{label}: {error}" for label, error in self.filter.problems())
        return [*wrong_values, *self._wrong_names(), *self._too_far()]

    def _wrong_names(self) -> Iterator[str]:
        """Sentences about parameters that are unknown or given twice."""
        single = ("q", *PAGING_PARAMETERS)
        for name in self.data:
            if name not in self.filter.form.fields and name != DAY_PARAMETER:
                yield gettext("“%(name)s” bukan saringan daftar ini.") % {"name": quoted(name)}
            elif name in single and len(self.data.getlist(name)) > 1:
                yield gettext("“%(name)s” tertulis lebih dari sekali; yang dipakai yang terakhir.") % {"name": name}

    def _too_far(self) -> Iterator[str]:
        """A sentence about a page number after the last page."""
        number = self.filter.values.get("halaman") or 1
        if number > self.pages:
            yield gettext("Halaman %(page)s tidak ada. Yang tampil: halaman terakhir.") % {"page": number}
