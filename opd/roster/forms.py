"""The keeper's forms about units, their names, people and tenures; each one saves through an act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User

from opd import access, clock
from opd.accounts import phone_numbers
from opd.models import Certainty, Person, Tenure, Unit
from opd.roster.decision_view import ActForm


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


class KeeperAct(ActForm):
    """Base form of an act of the roster's keeper."""

    @staticmethod
    def may(user: User, row: Any) -> object:
        return access.require_keeper(user)


class CorrectionForm(KeeperAct):
    slug = "koreksi"
    done = "Koreksi tercatat."

    def save(self, *, by: User, seen: str) -> object:
        return self.row.correct(by=by, seen=seen, **self.cleaned_data)


class UnitFactsForm(CorrectionForm, PhoneNumberForm):  # type: ignore[misc]  # it saves an act, not the row itself
    """Form with every column of a unit that may still be corrected."""

    button = "Koreksi data"
    explains = "Yang lama tetap terbaca di jejak."

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

    def save(self, *, by: User) -> Unit:  # type: ignore[override]  # an act, not the row itself
        return Unit.enter(by=by, **self.cleaned_data)


class RenameForm(KeeperAct):
    slug = "ganti-nama"
    button = "Ganti nama"
    explains = "Nama lama tetap benar untuk hari-hari sebelumnya."
    done = "Nama baru tercatat."

    name = forms.CharField(label="Nama baru", max_length=200, help_text="Tampil untuk publik.")
    short_name = forms.CharField(label="Nama singkat", max_length=60)
    on = forms.DateField(label="Berlaku sejak", widget=DayInput)
    legal_basis = forms.CharField(label="Dasar hukum", max_length=300, help_text="Tampil untuk publik.")

    def save(self, *, by: User, seen: str) -> object:
        return self.row.rename(by=by, seen=seen, **self.cleaned_data)


class TenureForm(KeeperAct):
    """Form for who heads a unit. Somebody already on record is not entered twice."""

    slug = "pejabat"
    button = "Catat pejabat"
    explains = (
        "Masa jabatan sebelumnya berakhir pada hari yang sama; Plh hanya mewakili dan tidak mengakhiri apa pun."
    )
    done = "Masa jabatan tercatat."

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

    def save(self, *, by: User, seen: str) -> object:
        self.row.must_match(seen)
        given = dict(self.cleaned_data)
        person, until_on = on_record(given.pop("person")), day_after(given.pop("last_on"))
        return Tenure.enter(by=by, unit=self.row, person=person, until_on=until_on, **given)


def day_after(last_on: date | None) -> date | None:
    """The day after, which is `until_on` of a tenure whose last day this is."""
    return last_on + timedelta(days=1) if last_on else None


def on_record(name: str) -> Person | str:
    """The person of that name if there is one, else the name."""
    return Person.objects.filter(name=name).first() or name


class EndTenureForm(KeeperAct):
    slug = "akhiri"
    button = "Akhiri masa jabatan"
    explains = "Jabatannya kosong sejak hari itu. Bila ada penggantinya, catat di halaman unitnya."
    done = "Masa jabatan berakhir."

    on = forms.DateField(label="Tidak menjabat lagi sejak", widget=DayInput)

    @staticmethod
    def fits(row: Tenure) -> bool:
        return row.until_on is None

    def save(self, *, by: User, seen: str) -> object:
        return self.row.end(by=by, seen=seen, **self.cleaned_data)


class SourceForm(CorrectionForm):
    """Form for how certain a fact is, and by which source."""

    button = "Koreksi sumber dan kepastian"
    explains = "Nama, jabatan, dan harinya tetap; yang lama tetap terbaca di jejak."

    source = forms.CharField(
        label="Sumber", widget=forms.Textarea(attrs={"rows": 2}), help_text="Tampil untuk publik."
    )
    certainty = forms.ChoiceField(label="Kepastian", choices=Certainty.choices, help_text="Tampil untuk publik.")

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"source": row.source, "certainty": row.certainty}, **kwargs)


class PersonForm(CorrectionForm):
    button = "Betulkan nama"
    explains = "Untuk salah tulis. Orang lain dicatat sebagai masa jabatan baru."
    done = "Nama dibetulkan."

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
