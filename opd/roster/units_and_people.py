"""Admin pages of units, their names, people and tenures. Each change is an act."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from opd import clock
from opd.models import Entry, Person, RegisterOperator, Tenure, Unit, UnitName
from opd.roster import rotation
from opd.roster.add_row import AddRowView
from opd.roster.decision_view import DecisionView
from opd.roster.forms import EndTenureForm, NewUnitForm, PersonForm, RenameForm, SourceForm, TenureForm, UnitFactsForm
from opd.roster.read_only import LabelledFact, ReadOnlyAdmin, address, for_keepers, in_words


def _span(start: Any, end: Any) -> str:
    if start is None and end is None:
        return ""
    return f"{in_words(start)} s.d. {'sekarang' if end is None else in_words(end)}"


class UnitView(DecisionView):
    acts = (TenureForm, UnitFactsForm, RenameForm)

    def facts(self) -> list[LabelledFact]:
        names = [
            LabelledFact(f"nama {_span(name.from_on, name.until_on)}", f"{name.name} ({name.short_name})")
            for name in self.object.names.order_by("from_on", "pk")
        ]
        offices = [
            LabelledFact(f"pejabat {_span(tenure.from_on, tenure.until_on)}", str(tenure), address(tenure))
            for tenure in self.object.tenures.select_related("person").order_by("-from_on")[:5]
        ]
        return [*names, *super().facts(), *offices]


class AddUnitView(AddRowView):
    model = Unit
    form_class = NewUnitForm
    button = "Catat unit baru"
    explains = "Unit langsung tampil untuk publik; ia ada di dinding 2017 hanya bila tanda tangannya dicatat."
    done = "Unit tercatat."


@admin.register(Unit)
class UnitAdmin(ReadOnlyAdmin):
    row_view = UnitView
    tools = (
        ("Catat unit baru", "admin:opd_unit_baru"),
        ("Ubah nama, gabung, pecah, bubarkan", "admin:opd_unitchange_susun"),
        ("Impor dari XLSX", "admin:import-kind", "unit"),
    )
    list_display = ("code", "short_name_now", "unit_kind", "certainty", "valid_until")
    list_filter = ("unit_kind", "certainty")
    search_fields = ("code", "names__name", "names__short_name")
    fields = (
        "code",
        "unit_kind",
        "parent",
        "official_code",
        "head_title",
        "website",
        "whatsapp",
        "tile_row",
        "tile_col",
        "valid_from",
        "valid_until",
        "source",
        "certainty",
        "note",
    )

    def get_urls(self) -> list[URLPattern]:
        return [path("baru/", for_keepers(AddUnitView.as_view()), name="opd_unit_baru"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Unit]:
        return super().get_queryset(request).with_names(clock.today()).select_related("parent")  # type: ignore[attr-defined]

    @admin.display(description="nama singkat")
    def short_name_now(self, row: Unit) -> str:
        return row.short_name


class TenureView(DecisionView):
    acts = (EndTenureForm, SourceForm)


@admin.register(Tenure)
class TenureAdmin(ReadOnlyAdmin):
    row_view = TenureView
    tools = (
        ("Rotasi pejabat", "admin:opd_tenure_rotasi"),
        ("Impor dari XLSX", "admin:import-kind", "pejabat"),
    )
    list_display = ("person", "unit_code", "title", "status", "from_on", "until_on", "certainty")
    list_filter = ("certainty", "status")
    list_select_related = ("person", "unit")
    search_fields = ("person__name", "unit__code")
    to_unit = ("unit",)
    fields = ("person", "unit", "title", "status", "from_on", "until_on", "as_of", "source", "certainty")

    def get_urls(self) -> list[URLPattern]:
        return [path("rotasi/", for_keepers(rotation.rotate), name="opd_tenure_rotasi"), *super().get_urls()]

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: Tenure) -> str:
        return row.unit.code


class PersonView(DecisionView):
    acts = (PersonForm,)

    def facts(self) -> list[LabelledFact]:
        held = self.object.tenures.select_related("unit").order_by("-from_on")
        return super().facts() + [
            LabelledFact(
                tenure.unit.code, f"{tenure.title}, {_span(tenure.from_on, tenure.until_on)}", address(tenure)
            )
            for tenure in held
        ]


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    row_view = PersonView
    list_display = ("name",)
    search_fields = ("name",)
    fields = ("name",)


@admin.register(UnitName)
class UnitNameAdmin(ReadOnlyAdmin):
    row_view = DecisionView
    list_display = ("unit_code", "name", "short_name", "from_on", "until_on")
    list_select_related = ("unit",)
    search_fields = ("name", "short_name", "unit__code")
    to_unit = ("unit",)
    fields = ("unit", "name", "short_name", "from_on", "until_on", "legal_basis")

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: UnitName) -> str:
        return row.unit.code


@admin.register(RegisterOperator)
class RegisterOperatorAdmin(ReadOnlyAdmin):
    """Admin page of who keeps the register, as named so far; a new one is named on the launch board."""

    row_view = DecisionView
    list_display = ("name", "contact", "at")
    fields = ("name", "contact", "at")


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Admin page of the register's entries as they are; the public reads them on `/jejak/`."""

    list_display = ("seq", "at", "actor", "act", "object")
    search_fields = ("act", "object", "actor")
    ordering = ("-seq",)
    fields = ("seq", "at", "actor", "act", "object", "body", "prev_hash", "hash")
