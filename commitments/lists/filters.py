"""Filters of the lists: form fields, and filter sets that choose rows by the query of the address.

A wrong value is reported, the others still hold. All rows of one city are read once, then filtered, counted and
sorted in memory; `long_lists.py` is for more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commitments.ladder import Flag, Rung
from commitments.ladder.answers import STEP_LABELS, Answer
from commitments.lists.commitment_rows import WITHDRAWN_CHOICE
from commitments.lists.exports import SHEET_FORMATS
from commitments.lists.search import Search, search_for
from commitments.models.commitment import Dimension
from commitments.models.values import Family
from commitments.reports import register_entries
from opd.models import Entry, Unit
from opd.models.unit import UnitKind

MAX_SEARCH_LETTERS = 100  # letters of a search
MAX_SEARCH_WORDS = 6
MAX_PAGE_NUMBER = 99_999
PAGE_SIZES = (25, 50, 100)  # rows on a page
MAX_UNITS_OFFERED = 100  # units in a list to pick from; with more, a reader types a name
MAX_UNITS_SUGGESTED = 20
MAX_KECAMATAN_OFFERED = 40  # with more, a reader searches for one instead of ticking it
MAX_QUOTED_LETTERS = 40  # letters of a wrong value that the page repeats

Choices = Sequence[tuple[str, Any]]


def quoted(value: str) -> str:
    """The reader's value, shortened and without NUL."""
    value = value.replace("\0", "")
    return f"{value[:MAX_QUOTED_LETTERS]}…" if len(value) > MAX_QUOTED_LETTERS else value


def unknown_choice(value: str) -> ValidationError:
    return ValidationError(gettext("“%(value)s” bukan salah satu pilihan.") % {"value": quoted(value)})


class LenientChoicesField(forms.MultipleChoiceField):
    """A field of several values that keeps the known ones; unknown ones are no error, but are listed in `wrong`."""

    wrong: Sequence[str] = ()

    def clean(self, value: Any) -> list[str]:
        values = [str(item) for item in value or () if item]
        wrong = [item for item in values if not self.valid_value(item)]
        self.wrong = list(dict.fromkeys(wrong))
        return [item for item in dict.fromkeys(values) if item not in wrong]


class OptionalChoiceField(forms.ChoiceField):
    """A choice that may be left empty."""

    def validate(self, value: str) -> None:
        if value and not self.valid_value(value):
            raise unknown_choice(value)


class SearchField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators = []  # `clean` checks the text, with our own sentences

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
    """The parameters that every list has beside its filters: order, rows on a page, page number, file format."""

    urut = OptionalChoiceField(label=_("Urutan"), required=False)
    baris = OptionalChoiceField(
        label=_("Baris per halaman"), required=False, choices=[(str(size), size) for size in PAGE_SIZES]
    )
    halaman = PageNumberField(label=_("Halaman"), required=False)
    format = OptionalChoiceField(label=_("Format"), required=False, choices=[(name, name) for name in SHEET_FORMATS])


class SearchFilter(django_filters.CharFilter):
    """Filter for rows that the search of its list finds."""

    field_class = SearchField

    def filter(self, rows: list[Any], value: str) -> list[Any]:
        search: Search = self.parent.search
        return [row for row in rows if search.finds(row.search_texts, row.code)] if search else rows


class FacetFilter(django_filters.MultipleChoiceFilter):
    """Filter for rows that have any of the ticked values; `values_of(row)`: the values that a row has."""

    field_class = LenientChoicesField

    def __init__(self, values_of: Callable[[Any], Collection[str]], label: Any, choices: Choices = ()) -> None:
        super().__init__(label=label, choices=choices, required=False)
        self.values_of = values_of

    def filter(self, rows: list[Any], value: list[str]) -> list[Any]:
        return [row for row in rows if not set(value).isdisjoint(self.values_of(row))] if value else rows

    def counts(self, rows: Iterable[Any]) -> Counter[str]:
        return Counter(value for row in rows for value in set(self.values_of(row)))


class FacetChoice(NamedTuple):
    """One value of a facet. `rows`: how many have it, with the other filters as they are; None: not counted."""

    value: str
    label: str
    rows: int | None
    is_chosen: bool


@dataclass(frozen=True)
class ShownFacet:
    """A facet for the page, with its choices."""

    name: str
    label: str
    choices: tuple[FacetChoice, ...]

    @property
    def is_ticked(self) -> bool:
        return any(choice.is_chosen for choice in self.choices)


def field_errors(filter_: django_filters.FilterSet) -> list[tuple[str, str]]:
    """(label of the field, error) of each wrong value in the address."""
    fields = filter_.form.fields
    return [(str(fields[name].label), str(error)) for name, errors in filter_.errors.items() for error in errors]


class ListFilter(django_filters.FilterSet):
    """The filters of one list. `orders`: the allowed orders; `places`: the kecamatan.

    `rows`: all of them, in memory; None for a list that is too long for it, whose choices are not counted.
    """

    presets: ClassVar[tuple[tuple[str, str, Any], ...]] = ()  # filter, value and label of what is asked most often
    is_ranked: ClassVar[bool] = False  # whether units that a search names come first in the usual order

    class Meta:
        form = ListParametersForm

    def __init__(self, data: QueryDict, rows: list[Any] | None, orders: Iterable[str], places: Choices) -> None:
        super().__init__(data, queryset=Unit.objects.none())  # the library needs its model only
        self.rows = rows
        self.filters["kecamatan"].extra["choices"] = places
        self.form.fields["urut"].choices = [(order, order) for order in orders]
        self.form.is_valid()
        self.values: dict[str, Any] = self.form.cleaned_data

    @cached_property
    def search(self) -> Search:
        return search_for(str(self.values.get("q") or ""))

    def found(self, *, but: str = "") -> list[Any]:
        """The rows that pass all filters; `but`: the name of a filter to leave out."""
        rows = self.rows or []
        for name, filter_ in self.filters.items():
            rows = rows if name == but else filter_.filter(rows, self.values.get(name))
        return rows

    @property
    def facet_names(self) -> list[str]:
        return [name for name, filter_ in self.filters.items() if isinstance(filter_, FacetFilter)]

    def facets(self) -> list[ShownFacet]:
        return [self._shown(name, self.filters[name]) for name in self.facet_names]

    def _shown(self, name: str, facet: FacetFilter) -> ShownFacet:
        counts = None if self.rows is None else facet.counts(self.found(but=name))
        chosen = self.values.get(name) or []
        choices = [
            FacetChoice(str(value), str(label), None if counts is None else counts[str(value)], str(value) in chosen)
            for value, label in facet.extra["choices"]
        ]
        return ShownFacet(name, str(facet.label), tuple(choices))

    def problems(self) -> list[tuple[str, str]]:
        """(label of the field, error) of each wrong value, unknown choices included."""
        found = field_errors(self)
        for field in self.form.fields.values():
            wrong = field.wrong if isinstance(field, LenientChoicesField) else ()
            found += [(str(field.label), unknown_choice(value).messages[0]) for value in wrong]
        return found


def kecamatan_on(day: date, chosen: Collection[str]) -> Choices:
    """The same of all units, where a reader can look over them; else of the chosen ones only."""
    every = Unit.objects.filter(unit_kind=UnitKind.KECAMATAN).with_names(day)
    found = kecamatan(every[: MAX_KECAMATAN_OFFERED + 1])
    return found if len(found) <= MAX_KECAMATAN_OFFERED else kecamatan(every.filter(code__in=chosen))


def kecamatan(units: Iterable[Any]) -> Choices:
    """(code, short name without "Kec.") of each kecamatan, by name."""
    kecamatan = [unit for unit in units if unit.unit_kind == UnitKind.KECAMATAN]
    found = [(unit.code, (unit.short_name or unit.code).removeprefix("Kec. ")) for unit in kecamatan]
    return sorted(found, key=lambda pair: pair[1].casefold())


STEP_CHOICES: Choices = list(STEP_LABELS.items())
RUNG_CHOICES: Choices = [(str(rung.value), rung.label) for rung in sorted(Rung, reverse=True)]


class UnitFilter(ListFilter):
    is_ranked = True
    presets = (
        ("jawaban", Answer.PAST, Answer.PAST.label),
        ("tanda", Flag.SILENT, Flag.SILENT.label),
        ("tanda", Flag.OVERDUE, Flag.OVERDUE.label),
        ("tanda", Flag.CONTESTED, Flag.CONTESTED.label),
        ("jawaban", Answer.NO_TARGET, Answer.NO_TARGET.label),
    )
    q = SearchFilter(label=_("Cari"))
    jawaban = FacetFilter(
        lambda line: {line.answer} if line.answer else set(), _("Melewati seremoni?"), Answer.choices
    )
    rung = FacetFilter(lambda line: {line.step}, _("Anak tangga"), STEP_CHOICES)
    tanda = FacetFilter(lambda line: set(line.flags), _("Tanda"), Flag.choices)
    jenis = FacetFilter(lambda line: {line.unit.unit_kind}, _("Jenis unit"), UnitKind.choices)
    rumpun = FacetFilter(
        lambda line: {owed.family for owed in line.owed if owed.family}, _("Rumpun target"), Family.choices
    )
    dimensi = FacetFilter(lambda line: {owed.dimension for owed in line.owed}, _("Dimensi"), Dimension.choices)
    kecamatan = FacetFilter(lambda line: {line.code}, _("Kecamatan"))
    penanda = FacetFilter(
        lambda line: {"ya" if line.signed else "tidak"},
        _("Penanda tangan 2017"),
        [("ya", _("Menandatangani")), ("tidak", _("Tidak menandatangani"))],
    )


class CommitmentFilter(ListFilter):
    presets = (
        ("tanda", Flag.SILENT, Flag.SILENT.label),
        ("tanda", Flag.OVERDUE, Flag.OVERDUE.label),
        ("tanda", Flag.CONTESTED, Flag.CONTESTED.label),
    )
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


def matching_units(day: date, text: str) -> list[Unit]:
    """The unit with this code; else the first ones whose name has every word of the text."""
    words = " ".join(text.replace("\0", " ").split()).casefold()[:MAX_SEARCH_LETTERS]
    units = Unit.objects.with_names(day)
    if not words:
        return []
    if exact := units.filter(code=words).first():
        return [exact]
    for word in words.split()[:MAX_SEARCH_WORDS]:
        units = units.filter(Q(name__icontains=word) | Q(short_name__icontains=word))
    return list(units[:MAX_UNITS_SUGGESTED])


class OptionalChoiceFilter(django_filters.Filter):
    field_class = OptionalChoiceField


class EntryFilter(django_filters.FilterSet):
    """The filters of the register page. They use columns with an index only; the hashed text is not searched."""

    tindakan = OptionalChoiceFilter(field_name="act", label=_("Tindakan"))
    unit = OptionalChoiceFilter(method="of_unit", label=_("Unit"))
    objek = SearchFilter(method="about", label=_("Nomor komitmen atau target"))

    def __init__(self, data: QueryDict, day: date) -> None:
        offered = list(Unit.objects.with_names(day)[: MAX_UNITS_OFFERED + 1])
        self.has_many_units = len(offered) > MAX_UNITS_OFFERED
        if self.has_many_units:
            offered = matching_units(day, data.get("unit", ""))
        if self.has_many_units and len(offered) == 1:
            data = data.copy()
            data["unit"] = offered[0].code
        super().__init__(data, queryset=register_entries.known_on(day))
        self.day = day
        self.units = {unit.code: unit for unit in offered}
        self._offer("tindakan", list(register_entries.ACT_SENTENCES.items()))
        self._offer("unit", [(code, str(unit)) for code, unit in self.units.items()])

    def _offer(self, name: str, choices: Choices) -> None:
        """Set the choices of a field, in alphabetical order."""
        self.form.fields[name].choices = sorted(choices, key=lambda choice: str(choice[1]).casefold())

    def of_unit(self, entries: QuerySet[Entry], name: str, code: str) -> QuerySet[Entry]:
        return entries.filter(object__in=register_entries.object_names_of_unit(self.units[code], self.day))

    def about(self, entries: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        """value: an object as the register names it, `target:DINKES-03-1`, or a reference, `dinkes-03-1`."""
        return entries.filter(
            object__in={value} if ":" in value else register_entries.object_names_of_reference(value)
        )

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """(name, value) of each filter with a valid value."""
        self.form.is_valid()
        return [(name, value) for name, value in self.form.cleaned_data.items() if value]

    @property
    def more(self) -> str:
        """The query of the filters, for a link that has other parameters before it."""
        return f"&{urlencode(self.chosen)}" if self.chosen else ""

    @property
    def problems(self) -> list[str]:
        return [f"{label}: {error}" for label, error in field_errors(self)]
