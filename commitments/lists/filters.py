"""Which rows of a list does an address ask for? What makes no sense is said, the rest holds.

The ladder is the dearest question of a page. It is asked once: its rows are filtered, counted and sorted in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commitments.ladder import Flag, Rung
from commitments.lists.commitment_rows import WITHDRAWN_CHOICE
from commitments.lists.exports import SHEET_FORMATS
from commitments.lists.unit_rows import answers
from commitments.models.commitment import Dimension
from commitments.models.target import Family
from commitments.reports import register_entries
from opd.models import Entry, Unit
from opd.models.unit import UnitKind

MAX_SEARCH_LETTERS = 100  # letters of a search; more says nothing more
MAX_SEARCH_WORDS = 6
MAX_PAGE_NUMBER = 99_999
PAGE_SIZES = (25, 50, 100)  # rows on a page
MAX_QUOTED_LETTERS = 40  # letters of a wrong value that are said back

Choices = Sequence[tuple[str, Any]]


def quoted(value: str) -> str:
    """What the reader gave, short and without NUL."""
    value = value.replace("\0", "")
    return f"{value[:MAX_QUOTED_LETTERS]}…" if len(value) > MAX_QUOTED_LETTERS else value


def unknown_choice(value: str) -> ValidationError:
    return ValidationError(gettext("“%(value)s” bukan salah satu pilihan.") % {"value": quoted(value)})


class LenientChoicesField(forms.MultipleChoiceField):
    """Of several values the known ones hold: a wrong one, kept in `wrong`, must not take the others along."""

    wrong: Sequence[str] = ()

    def clean(self, value: Any) -> list[str]:
        given = [str(item) for item in value or () if item]
        wrong = [item for item in given if not self.valid_value(item)]
        self.wrong = list(dict.fromkeys(wrong))
        return [item for item in dict.fromkeys(given) if item not in wrong]


class OptionalChoiceField(forms.ChoiceField):
    """ "" is the usual choice."""

    def validate(self, value: str) -> None:
        if value and not self.valid_value(value):
            raise unknown_choice(value)


class SearchField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators = []  # in sentences of our own, below

    def clean(self, value: Any) -> str:
        text = " ".join(str(value or "").replace("\0", " ").split())
        if len(text) > MAX_SEARCH_LETTERS:
            raise ValidationError(gettext("Paling banyak %(most)s huruf.") % {"most": MAX_SEARCH_LETTERS})
        if len(text.split()) > MAX_SEARCH_WORDS:
            raise ValidationError(gettext("Paling banyak %(most)s kata.") % {"most": MAX_SEARCH_WORDS})
        return text


class PageNumberField(forms.IntegerField):
    def clean(self, value: Any) -> int:
        text = str(value or "1").strip()
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= MAX_PAGE_NUMBER):
            raise ValidationError(gettext("“%(value)s” bukan nomor halaman.") % {"value": quoted(text)})
        return int(text)


class ListParametersForm(forms.Form):
    """What every list understands beside its filters."""

    urut = OptionalChoiceField(label=_("Urutan"), required=False)
    baris = OptionalChoiceField(
        label=_("Baris per halaman"), required=False, choices=[(str(size), size) for size in PAGE_SIZES]
    )
    halaman = PageNumberField(label=_("Halaman"), required=False)
    format = OptionalChoiceField(label=_("Format"), required=False, choices=[(name, name) for name in SHEET_FORMATS])


class SearchFilter(django_filters.CharFilter):
    """Rows with a saying that holds every word."""

    field_class = SearchField

    def filter(self, rows: list[Any], value: str) -> list[Any]:
        words = (value or "").casefold().split()
        return [row for row in rows if any(answers(saying, words) for saying in row.sayings)] if words else rows


class FacetFilter(django_filters.MultipleChoiceFilter):
    """Rows that have any of the ticked values; `told(row)`: the values that a row has."""

    field_class = LenientChoicesField

    def __init__(self, told: Callable[[Any], Collection[str]], label: Any, choices: Choices = ()) -> None:
        super().__init__(label=label, choices=choices, required=False)
        self.told = told

    def filter(self, rows: list[Any], value: list[str]) -> list[Any]:
        return [row for row in rows if not set(value).isdisjoint(self.told(row))] if value else rows

    def counts(self, rows: Iterable[Any]) -> Counter[str]:
        return Counter(value for row in rows for value in set(self.told(row)))


class FacetChoice(NamedTuple):
    """`leaves`: how many rows this choice alone would leave, with the other filters as they are."""

    value: str
    label: str
    leaves: int
    chosen: bool


@dataclass(frozen=True)
class ShownFacet:
    name: str
    label: str
    choices: tuple[FacetChoice, ...]


def complaints(filter_: django_filters.FilterSet) -> list[tuple[str, str]]:
    """Label of the field, and what is wrong with what the address gives for it."""
    fields = filter_.form.fields
    return [(str(fields[name].label), str(error)) for name, errors in filter_.errors.items() for error in errors]


class ListFilter(django_filters.FilterSet):
    """The filters of one list, over rows in memory; `orders`: what it may be sorted by; `places`: the kecamatan."""

    class Meta:
        form = ListParametersForm

    def __init__(self, data: QueryDict, rows: list[Any], orders: Iterable[str], places: Choices) -> None:
        super().__init__(data, queryset=Unit.objects.none())  # asked for its model only
        self.rows = rows
        self.filters["kecamatan"].extra["choices"] = places
        self.form.fields["urut"].choices = [(order, order) for order in orders]
        self.form.is_valid()
        self.asked: dict[str, Any] = self.form.cleaned_data

    def found(self, *, but: str = "") -> list[Any]:
        """The rows that every filter leaves; `but`: all filters except this one."""
        rows = self.rows
        for name, filter_ in self.filters.items():
            rows = rows if name == but else filter_.filter(rows, self.asked.get(name))
        return rows

    @property
    def facet_names(self) -> list[str]:
        return [name for name, filter_ in self.filters.items() if isinstance(filter_, FacetFilter)]

    def facets(self) -> list[ShownFacet]:
        return [self._shown(name, self.filters[name]) for name in self.facet_names]

    def _shown(self, name: str, facet: FacetFilter) -> ShownFacet:
        counts = facet.counts(self.found(but=name))
        chosen = self.asked.get(name) or []
        choices = [
            FacetChoice(str(value), str(label), counts[str(value)], str(value) in chosen)
            for value, label in facet.extra["choices"]
        ]
        return ShownFacet(name, str(facet.label), tuple(choices))

    def complaints(self) -> list[tuple[str, str]]:
        found = complaints(self)
        for field in self.form.fields.values():
            wrong = field.wrong if isinstance(field, LenientChoicesField) else ()
            found += [(str(field.label), unknown_choice(value).messages[0]) for value in wrong]
        return found


def kecamatan(units: Iterable[Any]) -> Choices:
    """Code and short name of each kecamatan, by name; without the word, which is the heading."""
    found = [(unit.code, (unit.short_name or unit.code).removeprefix("Kec. ")) for unit in units if is_place(unit)]
    return sorted(found, key=lambda pair: pair[1].casefold())


def is_place(unit: Any) -> bool:
    return bool(unit.unit_kind == UnitKind.KECAMATAN)


RUNG_CHOICES: Choices = [(str(rung.value), rung.label) for rung in sorted(Rung, reverse=True)]


class UnitFilter(ListFilter):
    q = SearchFilter(label=_("Cari"))
    rung = FacetFilter(lambda line: {str(line.unit.rung)}, _("Anak tangga"), RUNG_CHOICES)
    tanda = FacetFilter(lambda line: set(line.flags), _("Tanda"), Flag.choices)
    jenis = FacetFilter(lambda line: {line.unit.unit_kind}, _("Jenis unit"), UnitKind.choices)
    rumpun = FacetFilter(
        lambda line: {p.family for p in line.promises if p.family}, _("Rumpun target"), Family.choices
    )
    dimensi = FacetFilter(
        lambda line: {promise.dimension for promise in line.promises}, _("Dimensi"), Dimension.choices
    )
    kecamatan = FacetFilter(lambda line: {line.code}, _("Kecamatan"))
    penanda = FacetFilter(
        lambda line: {"ya" if line.signed else "tidak"},
        _("Penanda tangan 2017"),
        [("ya", _("Menandatangani")), ("tidak", _("Tidak menandatangani"))],
    )


class CommitmentFilter(ListFilter):
    q = SearchFilter(label=_("Cari"))
    rung = FacetFilter(
        lambda line: {line.state},
        _("Anak tangga"),
        [*RUNG_CHOICES[:-1], ("0", _("Belum ada target")), (WITHDRAWN_CHOICE, _("Ditarik"))],
    )
    tanda = FacetFilter(lambda line: set(line.flags), _("Tanda"), Flag.choices)
    rumpun = FacetFilter(lambda line: {line.row.target_family}, _("Rumpun target"), Family.choices)
    dimensi = FacetFilter(lambda line: {line.row.dimension}, _("Dimensi"), Dimension.choices)
    jenis = FacetFilter(lambda line: {line.row.owner_kind}, _("Jenis unit"), UnitKind.choices)
    kecamatan = FacetFilter(lambda line: {line.row.owner_code}, _("Kecamatan"))


class OptionalChoiceFilter(django_filters.Filter):
    field_class = OptionalChoiceField


class EntryFilter(django_filters.FilterSet):
    """Which entries of the register? All by columns with an index: no word is looked for in what was hashed."""

    tindakan = OptionalChoiceFilter(field_name="act", label=_("Tindakan"))
    unit = OptionalChoiceFilter(method="of_unit", label=_("Unit"))
    objek = SearchFilter(method="about", label=_("Nomor komitmen atau target"))

    def __init__(self, data: QueryDict, day: date) -> None:
        super().__init__(data, queryset=register_entries.known_on(day))
        self.day = day
        self.units = {unit.code: unit for unit in Unit.objects.with_names(day)}
        self._offer("tindakan", list(register_entries.ACT_SENTENCES.items()))
        self._offer("unit", [(code, str(unit)) for code, unit in self.units.items()])

    def _offer(self, name: str, choices: Choices) -> None:
        """In the order of the alphabet."""
        self.form.fields[name].choices = sorted(choices, key=lambda choice: str(choice[1]).casefold())

    def of_unit(self, entries: QuerySet[Entry], name: str, code: str) -> QuerySet[Entry]:
        return entries.filter(object__in=register_entries.names_of(self.units[code], self.day))

    def about(self, entries: QuerySet[Entry], name: str, asked: str) -> QuerySet[Entry]:
        """One object as the register names it, `target:DINKES-03-1`, or all about a number, `dinkes-03-1`."""
        return entries.filter(object__in={asked} if ":" in asked else register_entries.names_of_number(asked))

    @property
    def asked(self) -> list[tuple[str, str]]:
        """What of the address is understood."""
        self.form.is_valid()
        return [(name, value) for name, value in self.form.cleaned_data.items() if value]

    @property
    def more(self) -> str:
        """The same, after other parameters."""
        return f"&{urlencode(self.asked)}" if self.asked else ""

    @property
    def complaints(self) -> list[str]:
        return [f"{label}: {words}" for label, words in complaints(self)]
