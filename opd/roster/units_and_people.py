"""Admin pages of units, their names, people and tenures. Each change is an act."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern

from opd import access, clock
from opd.models import Entry, Person, Tenure, Unit, UnitName
from opd.roster import rotation
from opd.roster.decision_screen import DecisionAction, DecisionScreenAdmin
from opd.roster.forms import EndTenureForm, NewUnitForm, PersonForm, RenameForm, SourceForm, TenureForm, UnitFactsForm
from opd.roster.new_row import ListTool, NewRowAdmin, NewRowPage
from opd.roster.read_only import LabelledFact, ReadOnlyAdmin, address, in_words

ROSTER_KEEPERS = frozenset({access.KEEPER})


def keeper(user: User, row: Any) -> str:
    return access.require_keeper(user)


def enter_tenure(row: Unit, *, by: User, seen: str, **given: Any) -> Tenure:
    row.must_match(seen)
    return Tenure.enter(by=by, unit=row, **given)


def enter_unit(*, by: User, **facts: Any) -> Unit:
    return Unit.enter(by=by, **facts)


@admin.register(Unit)
class UnitAdmin(NewRowAdmin):
    entrances = (
        NewRowPage(
            "baru",
            "Catat unit baru",
            "Unit langsung tampil untuk publik; ia ada di dinding 2017 hanya bila tanda tangannya dicatat.",
            form=NewUnitForm,
            do=enter_unit,
            done="Unit tercatat.",
        ),
    )
    tools = (
        ListTool("Ubah nama, gabung, pecah, bubarkan", "admin:opd_unitchange_susun"),
        ListTool("Impor dari XLSX", "admin:import-kind", ("unit",)),
    )
    list_display = ("code", "short_name_now", "unit_kind", "certainty", "valid_until")
    list_filter = ("unit_kind", "certainty")
    search_fields = ("code", "names__name", "names__short_name")
    shown = (
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
    decision_actions = (
        DecisionAction(
            "pejabat",
            "Catat pejabat",
            "Masa jabatan sebelumnya berakhir pada hari yang sama; Plh hanya mewakili dan tidak mengakhiri apa pun.",
            do=enter_tenure,
            may=keeper,
            offered_to=ROSTER_KEEPERS,
            form=TenureForm,
            done="Masa jabatan tercatat.",
        ),
        DecisionAction(
            "koreksi",
            "Koreksi data",
            "Yang lama tetap terbaca di jejak.",
            do=Unit.correct,
            may=keeper,
            offered_to=ROSTER_KEEPERS,
            form=UnitFactsForm,
            done="Koreksi tercatat.",
        ),
        DecisionAction(
            "ganti-nama",
            "Ganti nama",
            "Nama lama tetap benar untuk hari-hari sebelumnya.",
            do=Unit.rename,
            may=keeper,
            offered_to=ROSTER_KEEPERS,
            form=RenameForm,
            done="Nama baru tercatat.",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Unit]:
        return super().get_queryset(request).with_names(clock.today()).select_related("parent")  # type: ignore[attr-defined]

    def facts(self, row: Unit) -> list[LabelledFact]:
        names = [
            LabelledFact(f"nama {_span(name.from_on, name.until_on)}", f"{name.name} ({name.short_name})")
            for name in row.names.order_by("from_on", "pk")
        ]
        offices = [
            LabelledFact(f"pejabat {_span(tenure.from_on, tenure.until_on)}", str(tenure), address(tenure))
            for tenure in row.tenures.select_related("person").order_by("-from_on")[:5]
        ]
        return [*names, *super().facts(row), *offices]

    @admin.display(description="nama singkat")
    def short_name_now(self, row: Unit) -> str:
        return row.short_name


def _span(start: Any, end: Any) -> str:
    if start is None and end is None:
        return ""
    return f"{in_words(start)} s.d. {'sekarang' if end is None else in_words(end)}"


@admin.register(Tenure)
class TenureAdmin(NewRowAdmin):
    tools = (
        ListTool("Rotasi pejabat", "admin:opd_tenure_rotasi"),
        ListTool("Impor dari XLSX", "admin:import-kind", ("pejabat",)),
    )
    list_display = ("person", "unit_code", "title", "status", "from_on", "until_on", "certainty")
    list_filter = ("certainty", "status")
    list_select_related = ("person", "unit")
    search_fields = ("person__name", "unit__code")
    shown = ("person", "unit", "title", "status", "from_on", "until_on", "as_of", "source", "certainty")
    decision_actions = (
        DecisionAction(
            "akhiri",
            "Akhiri masa jabatan",
            "Jabatannya kosong sejak hari itu. Bila ada penggantinya, catat di halaman unitnya.",
            do=Tenure.end,
            may=keeper,
            offered_to=ROSTER_KEEPERS,
            fits=lambda tenure: tenure.until_on is None,
            form=EndTenureForm,
            done="Masa jabatan berakhir.",
        ),
        DecisionAction(
            "koreksi",
            "Koreksi sumber dan kepastian",
            "Nama, jabatan, dan harinya tetap; yang lama tetap terbaca di jejak.",
            do=Tenure.correct,
            may=keeper,
            offered_to=ROSTER_KEEPERS,
            form=SourceForm,
            done="Koreksi tercatat.",
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        return [self.page("rotasi", rotation.rotate), *super().get_urls()]

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: Tenure) -> str:
        return row.unit.code


@admin.register(Person)
class PersonAdmin(DecisionScreenAdmin):
    list_display = ("name",)
    search_fields = ("name",)
    shown = ("name",)
    decision_actions = (
        DecisionAction(
            "koreksi",
            "Betulkan nama",
            "Untuk salah tulis. Orang lain dicatat sebagai masa jabatan baru.",
            do=Person.correct,
            may=keeper,
            offered_to=ROSTER_KEEPERS,
            form=PersonForm,
            done="Nama dibetulkan.",
        ),
    )

    def facts(self, row: Person) -> list[LabelledFact]:
        held = row.tenures.select_related("unit").order_by("-from_on")
        return super().facts(row) + [
            LabelledFact(
                tenure.unit.code, f"{tenure.title}, {_span(tenure.from_on, tenure.until_on)}", address(tenure)
            )
            for tenure in held
        ]


@admin.register(UnitName)
class UnitNameAdmin(DecisionScreenAdmin):
    list_display = ("unit_code", "name", "short_name", "from_on", "until_on")
    list_select_related = ("unit",)
    search_fields = ("name", "short_name", "unit__code")
    shown = ("unit", "name", "short_name", "from_on", "until_on", "legal_basis")

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: UnitName) -> str:
        return row.unit.code


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Admin page of the register's entries as they are; the public reads them on `/jejak/`."""

    list_display = ("seq", "at", "actor", "act", "object")
    search_fields = ("act", "object", "actor")
    ordering = ("-seq",)
    fields = ("seq", "at", "actor", "act", "object", "body", "prev_hash", "hash")
