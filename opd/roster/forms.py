"""The keeper's forms about units, their names, people and tenures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms

from opd import clock
from opd.accounts import phone_numbers
from opd.models import Certainty, Person, Tenure, Unit
from opd.roster.decision_screen import DecisionForm


class DayInput(forms.DateInput):
    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


UNIT_FACTS = (
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
UNIT_WIDGETS = {
    "valid_from": DayInput,
    "source": forms.Textarea(attrs={"rows": 2}),
    "note": forms.Textarea(attrs={"rows": 2}),
}


class PhoneNumberForm(forms.ModelForm):
    """Base form that takes a telephone number as people write it, and stores it as WhatsApp dials it."""

    def clean_whatsapp(self) -> str:
        written: str = self.cleaned_data["whatsapp"].strip()
        if written and not phone_numbers.international(written):
            raise forms.ValidationError("Nomor ini tidak dapat dibaca; tulis seperti 0812-3456-7890.")
        return phone_numbers.international(written)


class UnitFactsForm(DecisionForm, PhoneNumberForm):
    """Form with every column of a unit that may still be corrected."""

    class Meta:
        model = Unit
        fields = UNIT_FACTS
        widgets = UNIT_WIDGETS

    def __init__(self, *args: Any, row: Unit, **kwargs: Any) -> None:
        copy = Unit.objects.get(pk=row.pk)  # a form writes on its instance: the row on the screen stays as it is
        super().__init__(*args, row=row, instance=copy, **kwargs)


class NewUnitForm(PhoneNumberForm):
    """Form for a unit with its first name."""

    use_required_attribute = False

    name = forms.CharField(label="Nama lengkap", max_length=200, help_text="Tampil untuk publik.")
    short_name = forms.CharField(
        label="Nama singkat", max_length=60, help_text="Untuk ubin dan tabel. Tampil untuk publik."
    )

    class Meta:
        model = Unit
        fields = ("code", "name", "short_name", *UNIT_FACTS)
        widgets = UNIT_WIDGETS
        help_texts = {"code": "Tetap untuk selamanya, misalnya kec-tugu. Ada di alamat halamannya."}


class RenameForm(DecisionForm):
    name = forms.CharField(label="Nama baru", max_length=200, help_text="Tampil untuk publik.")
    short_name = forms.CharField(label="Nama singkat", max_length=60)
    on = forms.DateField(label="Berlaku sejak", widget=DayInput)
    legal_basis = forms.CharField(label="Dasar hukum", max_length=300, help_text="Tampil untuk publik.")


class TenureForm(DecisionForm):
    person = forms.CharField(
        label="Nama pejabat", max_length=160, help_text="Persis seperti di sumbernya. Tampil untuk publik."
    )
    title = forms.CharField(label="Jabatan seperti tertulis", max_length=200)
    status = forms.ChoiceField(label="Status", choices=Tenure.Status.choices)
    from_on = forms.DateField(label="Sejak", widget=DayInput)
    last_on = forms.DateField(
        label="Hari terakhir", widget=DayInput, required=False, help_text="Untuk Plh wajib. Kosong: masih menjabat."
    )
    source = forms.CharField(label="Sumber", widget=forms.Textarea(attrs={"rows": 2}))
    certainty = forms.ChoiceField(label="Kepastian", choices=Certainty.choices)

    def given(self) -> dict[str, Any]:
        """Somebody already on record is not entered twice."""
        given = dict(self.cleaned_data)
        last_on = given.pop("last_on")
        return {**given, "person": on_record(given["person"]), "until_on": day_after(last_on)}


def day_after(last_on: date | None) -> date | None:
    """The day after, which is `until_on` of a tenure whose last day this is."""
    return last_on + timedelta(days=1) if last_on else None


def on_record(name: str) -> Person | str:
    """The person of that name if there is one, else the name."""
    return Person.objects.filter(name=name).first() or name


class EndTenureForm(DecisionForm):
    on = forms.DateField(label="Tidak menjabat lagi sejak", widget=DayInput)


class SourceForm(DecisionForm):
    """Form for how certain a fact is, and by which source."""

    source = forms.CharField(
        label="Sumber", widget=forms.Textarea(attrs={"rows": 2}), help_text="Tampil untuk publik."
    )
    certainty = forms.ChoiceField(label="Kepastian", choices=Certainty.choices, help_text="Tampil untuk publik.")

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"source": row.source, "certainty": row.certainty}, **kwargs)


class PersonForm(DecisionForm):
    name = forms.CharField(label="Nama yang benar", max_length=160, help_text="Tampil untuk publik.")

    def __init__(self, *args: Any, row: Person, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"name": row.name}, **kwargs)


def standing_units() -> dict[str, Unit]:
    """By code, the units that stand today, in order of their names."""
    today = clock.today()
    rows = Unit.objects.standing_on(today).with_names(today)
    return {unit.code: unit for unit in sorted(rows, key=lambda unit: unit.short_name.casefold())}


def unit_choices(units: Mapping[str, Unit]) -> list[tuple[str, str]]:
    return [("", "Pilih unit"), *((code, f"{unit.short_name} ({code})") for code, unit in units.items())]
