"""What does the page of a list show for an address: which rows, in which order, with which links to go on?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext

from commitments.lists.filters import PAGE_SIZES, ListFilter, ShownFacet, quoted
from commitments.lists.tables import ListTable

DAY_PARAMETER = "per"  # read by every page for itself
PAGING_PARAMETERS = ("urut", "baris", "halaman", "format")

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class ActiveFilter:
    """A filter in force, and the address without it."""

    label: str
    value: str
    href: str


@dataclass(frozen=True)
class ColumnHeading:
    """A column of the page. `direction`: "ascending", "descending", or "" when the list is not sorted by it."""

    name: str
    label: str
    href: str
    direction: str


class ListPage:
    """One answer to one address; `day`: the day in the address, None today."""

    def __init__(self, path: str, data: QueryDict, day: Any, filter_: ListFilter, table: type[ListTable]) -> None:
        self.path, self.data, self.day, self.filter = path, data, day, filter_
        asked = filter_.asked
        self.order = asked.get("urut") or table.usual_order()
        self.size = int(asked.get("baris") or PAGE_SIZES[0])
        self.format: str = asked.get("format") or ""
        self.rows = filter_.found()
        self.table = table(self.rows, self.order)
        self.pages = max(1, -(-len(self.rows) // self.size))
        self.page = min(asked.get("halaman") or 1, self.pages)
        self.table.paginate(page=self.page, per_page=self.size)

    @property
    def is_grouped(self) -> bool:
        """In the usual order rows stand under headings."""
        return self.order.lstrip("-") == self.table.usual_order()

    @property
    def total(self) -> int:
        return len(self.filter.rows)

    @property
    def found(self) -> int:
        return len(self.rows)

    @property
    def query(self) -> str:
        return str(self.filter.asked.get("q") or "")

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size + 1 if self.rows else 0

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
        """What to sort by: value, words, and whether it is in force; one chosen by a heading is among them."""
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

    @property
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
        words = (
            [ActiveFilter(gettext("Cari"), f"“{self.query}”", self.address(without=("q", self.query)))]
            if self.query
            else []
        )
        ticked = [
            ActiveFilter(facet.label, choice.label, self.address(without=(facet.name, choice.value)))
            for facet in self.facets
            for choice in facet.choices
            if choice.chosen
        ]
        return words + ticked

    @property
    def ticked(self) -> int:
        return sum(len(self.filter.asked.get(name) or ()) for name in self.filter.facet_names)

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
    def everything(self) -> str:
        """The list without filters, in the same order."""
        return self._joined([pair for pair in self._settings() if pair[0] in (*PAGING_PARAMETERS, DAY_PARAMETER)])

    @property
    def here(self) -> str:
        """The address that this page is the answer to, without what made no sense."""
        return self.address(halaman=str(self.page) if self.page > 1 else "")

    def address(self, *, without: tuple[str, str] | None = None, **changed: str) -> str:
        """The same list with something changed; on its first page unless told otherwise."""
        pairs = [pair for pair in self._settings() if pair != without and pair[0] not in changed]
        return self._joined([*pairs, *((name, value) for name, value in changed.items() if value)])

    def _joined(self, pairs: Pairs) -> str:
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def _settings(self) -> Pairs:
        """What makes this list this list, as far as it is understood and not usual."""
        asked = self.filter.asked
        pairs: Pairs = [("q", self.query)] if self.query else []
        pairs += [(name, value) for name in self.filter.facet_names for value in asked.get(name) or ()]
        if self.order != self.table.usual_order():
            pairs.append(("urut", self.order))
        if self.size != PAGE_SIZES[0]:
            pairs.append(("baris", str(asked["baris"])))
        return [*pairs, (DAY_PARAMETER, str(self.day))] if self.day else pairs

    @property
    def is_file(self) -> bool:
        """A file cannot say what it left out: an address that makes no sense is answered with the page."""
        return bool(self.format) and not self.complaints

    @cached_property
    def complaints(self) -> list[str]:
        """What in the address makes no sense, in sentences."""
        return [*(f"{label}: {words}" for label, words in self.filter.complaints()), *self._odd(), *self._too_far()]

    def _odd(self) -> Iterator[str]:
        single = ("q", *PAGING_PARAMETERS)
        for name in self.data:
            if name not in self.filter.form.fields and name != DAY_PARAMETER:
                yield gettext("“%(name)s” bukan saringan daftar ini.") % {"name": quoted(name)}
            elif name in single and len(self.data.getlist(name)) > 1:
                yield gettext("“%(name)s” tertulis lebih dari sekali; yang dipakai yang terakhir.") % {"name": name}

    def _too_far(self) -> Iterator[str]:
        asked = self.filter.asked.get("halaman") or 1
        if asked > self.pages:
            yield gettext("Halaman %(page)s tidak ada. Yang tampil: halaman terakhir.") % {"page": asked}
