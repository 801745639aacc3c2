"""How does the keeper mend the roster: units, their names, who holds which office? Each change is an act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from opd import access, clock
from opd.admin.reading import Fact, ReadOnly, address, said
from opd.admin.screen import Deed, DeedForm, Screen
from opd.models import Certainty, Entry, Person, Tenure, Unit, UnitChange, UnitName

KEEPERS = frozenset({access.KEEPER})


def keeper(user: User, row: Any) -> str:
    return access.require_keeper(user)


class DayInput(forms.DateInput):
    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class UnitFactsForm(DeedForm, forms.ModelForm):
    """Every column of a unit that may still be mended."""

    class Meta:
        model = Unit
        fields = (
            "unit_kind",
            "parent",
            "official_code",
            "head_title",
            "website",
            "whatsapp",
            "tile_row",
            "tile_col",
            "valid_from",
            "source",
            "certainty",
            "note",
        )
        widgets = {"valid_from": DayInput, "source": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, row: Unit, **kwargs: Any) -> None:
        copy = Unit.objects.get(pk=row.pk)  # a form writes on its instance: the row on the screen stays as it is
        super().__init__(*args, row=row, instance=copy, **kwargs)


class RenameForm(DeedForm):
    name = forms.CharField(label="Nama baru", max_length=200, help_text="Tampil untuk publik.")
    short_name = forms.CharField(label="Nama singkat", max_length=60)
    on = forms.DateField(label="Berlaku sejak", widget=DayInput)
    legal_basis = forms.CharField(label="Dasar hukum", max_length=300, help_text="Tampil untuk publik.")


class TenureForm(DeedForm):
    person = forms.CharField(
        label="Nama pejabat", max_length=160, help_text="Persis seperti di sumbernya. Tampil untuk publik."
    )
    title = forms.CharField(label="Jabatan seperti tertulis", max_length=200)
    status = forms.ChoiceField(label="Status", choices=Tenure.Status.choices)
    from_on = forms.DateField(label="Sejak", widget=DayInput)
    source = forms.CharField(label="Sumber", widget=forms.Textarea(attrs={"rows": 2}))
    certainty = forms.ChoiceField(label="Kepastian", choices=Certainty.choices)

    def given(self) -> dict[str, Any]:
        """Somebody already on record is not entered twice."""
        known = Person.objects.filter(name=self.cleaned_data["person"]).first()
        return {**self.cleaned_data, "person": known or self.cleaned_data["person"]}


class EndForm(DeedForm):
    on = forms.DateField(label="Tidak menjabat lagi sejak", widget=DayInput)


class ChangeForm(DeedForm):
    change = forms.ChoiceField(
        label="Perubahan",
        choices=[pair for pair in UnitChange.Change.choices if pair[0] != UnitChange.Change.RENAMED],
    )
    on = forms.DateField(label="Berlaku sejak", widget=DayInput)
    others = forms.ModelMultipleChoiceField(
        Unit.objects.filter(valid_until=None),
        label="Unit asal lainnya",
        required=False,
        help_text="Untuk penggabungan: yang digabung bersama unit ini.",
    )
    successors = forms.ModelMultipleChoiceField(
        Unit.objects.filter(valid_until=None),
        label="Unit penerus",
        required=False,
        help_text="Kosong bila dibubarkan.",
    )
    legal_basis = forms.CharField(label="Dasar hukum", max_length=300, help_text="Tampil untuk publik.")


def enter_tenure(row: Unit, *, by: User, seen: str, **given: Any) -> Tenure:
    row.must_match(seen)
    return Tenure.enter(by=by, unit=row, **given)


def propose_change(row: Unit, *, by: User, seen: str, others: QuerySet[Unit], **given: Any) -> UnitChange:
    row.must_match(seen)
    given["successors"] = list(given["successors"])
    return UnitChange.propose(by=by, predecessors=[row, *others], **given)


@admin.register(Unit)
class Units(Screen):
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
    deeds = (
        Deed(
            "pejabat",
            "Catat pejabat",
            "Masa jabatan sebelumnya berakhir pada hari yang sama.",
            do=enter_tenure,
            may=keeper,
            wanted=KEEPERS,
            form=TenureForm,
            done="Masa jabatan tercatat.",
        ),
        Deed(
            "koreksi",
            "Koreksi data",
            "Yang lama tetap terbaca di jejak.",
            do=Unit.correct,
            may=keeper,
            wanted=KEEPERS,
            form=UnitFactsForm,
            done="Koreksi tercatat.",
        ),
        Deed(
            "ganti-nama",
            "Ganti nama",
            "Nama lama tetap benar untuk hari-hari sebelumnya.",
            do=Unit.rename,
            may=keeper,
            wanted=KEEPERS,
            form=RenameForm,
            done="Nama baru tercatat.",
        ),
        Deed(
            "perubahan",
            "Usulkan perubahan unit",
            "Penggabungan, pemecahan, atau pembubaran; penyetuju yang mengesahkannya.",
            do=propose_change,
            may=keeper,
            wanted=KEEPERS,
            fits=lambda unit: unit.valid_until is None,
            form=ChangeForm,
            done="Usulan perubahan unit tercatat.",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Unit]:
        return super().get_queryset(request).with_names(clock.today()).select_related("parent")  # type: ignore[attr-defined]

    def facts(self, row: Unit) -> list[Fact]:
        names = [
            Fact(f"nama {_span(name.from_on, name.until_on)}", f"{name.name} ({name.short_name})")
            for name in row.names.order_by("from_on", "pk")
        ]
        offices = [
            Fact(f"pejabat {_span(tenure.from_on, tenure.until_on)}", str(tenure), address(tenure))
            for tenure in row.tenures.select_related("person").order_by("-from_on")[:5]
        ]
        return [*names, *super().facts(row), *offices]

    @admin.display(description="nama singkat")
    def short_name_now(self, row: Unit) -> str:
        return row.short_name


def _span(start: Any, end: Any) -> str:
    if start is None and end is None:
        return ""
    return f"{said(start)} s.d. {'sekarang' if end is None else said(end)}"


@admin.register(Tenure)
class Tenures(Screen):
    list_display = ("person", "unit_code", "title", "status", "from_on", "until_on", "certainty")
    list_filter = ("certainty", "status")
    list_select_related = ("person", "unit")
    search_fields = ("person__name", "unit__code")
    shown = ("person", "unit", "title", "status", "from_on", "until_on", "as_of", "source", "certainty")
    deeds = (
        Deed(
            "akhiri",
            "Akhiri masa jabatan",
            "Jabatannya kosong sejak hari itu. Bila ada penggantinya, catat di halaman unitnya.",
            do=Tenure.end,
            may=keeper,
            wanted=KEEPERS,
            fits=lambda tenure: tenure.until_on is None,
            form=EndForm,
            done="Masa jabatan berakhir.",
        ),
    )

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: Tenure) -> str:
        return row.unit.code


@admin.register(Person)
class People(Screen):
    list_display = ("name",)
    search_fields = ("name",)
    shown = ("name",)

    def facts(self, row: Person) -> list[Fact]:
        held = row.tenures.select_related("unit").order_by("-from_on")
        return super().facts(row) + [
            Fact(tenure.unit.code, f"{tenure.title}, {_span(tenure.from_on, tenure.until_on)}", address(tenure))
            for tenure in held
        ]


@admin.register(UnitName)
class UnitNames(Screen):
    list_display = ("unit_code", "name", "short_name", "from_on", "until_on")
    list_select_related = ("unit",)
    search_fields = ("name", "short_name", "unit__code")
    shown = ("unit", "name", "short_name", "from_on", "until_on", "legal_basis")

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: UnitName) -> str:
        return row.unit.code


@admin.register(Entry)
class Entries(ReadOnly):
    """The register as it is; people read it on `/jejak/`."""

    list_display = ("seq", "at", "actor", "act", "object")
    search_fields = ("act", "object", "actor")
    ordering = ("-seq",)
    fields = ("seq", "at", "actor", "act", "object", "body", "prev_hash", "hash")
