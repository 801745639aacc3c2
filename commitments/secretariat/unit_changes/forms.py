"""Forms of a unit change: which units, from when, by which rule, and who will owe their open commitments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms

from commitments.models import Commitment, transfer
from commitments.wizard import WizardStep
from opd.models import Unit, UnitChange
from opd.roster.forms import DayInput, unit_choices

Change = UnitChange.Change
REQUIRED_MESSAGE = {"required": "Bagian ini perlu diisi."}
MAX_NEW_UNITS = 3  # new successors entered along the way
CHANGE_KINDS = (
    (Change.RENAMED, "Berganti nama: unit yang sama, nama baru"),
    (Change.MERGED, "Digabung: satu atau beberapa unit masuk ke satu unit"),
    (Change.SPLIT, "Dipecah: satu unit menjadi beberapa"),
    (Change.DISSOLVED, "Dibubarkan: berakhir tanpa penerus"),
)


@dataclass(frozen=True)
class NewUnit:
    """A successor that is not on record yet."""

    code: str
    name: str
    short_name: str


class ChangeKindForm(forms.Form):
    change = forms.ChoiceField(
        label="Apa yang terjadi?",
        choices=CHANGE_KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih salah satu.", "invalid_choice": "Pilih salah satu."},
    )


class ChangedUnitsForm(forms.Form):
    """Form for the units, their successors, the day and the rule. Its fields depend on the kind of change."""

    on = forms.DateField(
        label="Berlaku sejak",
        widget=DayInput,
        error_messages={**REQUIRED_MESSAGE, "invalid": "Tanggal ini tidak ada."},
        help_text="Hari pertama keadaan yang baru.",
    )
    legal_basis = forms.CharField(
        label="Dasar hukum",
        max_length=300,
        error_messages=REQUIRED_MESSAGE,
        help_text="Misalnya Perda 3/2026. Tampil untuk publik.",
    )

    def __init__(self, *args: Any, change: str, units: dict[str, Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.change, self.units = change, units
        several = change == Change.MERGED
        before: Any = forms.MultipleChoiceField if several else forms.ChoiceField
        choices = unit_choices(units)[1:] if several else unit_choices(units)
        label = "Unit yang berakhir" if change != Change.RENAMED else "Unit"
        own: dict[str, forms.Field] = {
            "before": before(label=label, choices=choices, error_messages=REQUIRED_MESSAGE)
        }
        if several:
            own["before"].help_text = "Boleh lebih dari satu: tahan Ctrl (atau Cmd) sambil memilih."
        if change == Change.RENAMED:
            own |= _name_fields()
        if change in (Change.MERGED, Change.SPLIT):
            own |= self._successor_fields()
        self.fields = own | self.fields

    def _successor_fields(self) -> dict[str, forms.Field]:
        split = self.change == Change.SPLIT
        after: Any = forms.MultipleChoiceField if split else forms.ChoiceField
        choices = unit_choices(self.units)[1:] if split else unit_choices(self.units)
        text = "Kosongkan bila penerusnya unit baru; isi di bawah."
        own: dict[str, forms.Field] = {
            "after": after(label="Unit penerus yang sudah ada", choices=choices, required=False, help_text=text)
        }
        for number in range(1, (MAX_NEW_UNITS if split else 1) + 1):
            which = f"Unit baru {number}" if split else "Unit baru"
            own[f"code_{number}"] = forms.SlugField(
                label=f"{which}: kode",
                max_length=40,
                required=False,
                error_messages={"invalid": "Huruf kecil, angka, dan tanda hubung, misalnya kec-tugu."},
            )
            own[f"name_{number}"] = forms.CharField(label=f"{which}: nama lengkap", max_length=200, required=False)
            own[f"short_{number}"] = forms.CharField(label=f"{which}: nama singkat", max_length=60, required=False)
        return own

    def clean(self) -> None:
        given = self.cleaned_data
        chosen = given.get("before", [])
        given["predecessors"] = [self.units[code] for code in ([chosen] if isinstance(chosen, str) else chosen)]
        after = given.get("after") or []
        given["successors"] = [self.units[code] for code in ([after] if isinstance(after, str) else after)]
        given["new"] = list(self._new_units())
        if self.errors:
            return
        number = len(given["successors"]) + len(given["new"])
        if self.change == Change.MERGED and number != 1:
            self.add_error("after", "Pilih satu unit penerus, atau isi unit barunya.")
        if self.change == Change.SPLIT and number < 2:
            self.add_error("after", "Pemecahan memerlukan sedikitnya dua unit penerus, yang ada atau yang baru.")
        for unit in given["predecessors"]:
            if unit in given["successors"]:
                self.add_error("after", f"{unit} tidak dapat berakhir dan meneruskan sekaligus.")

    def _new_units(self) -> Iterator[NewUnit]:
        for number in range(1, MAX_NEW_UNITS + 1):
            parts = [self.cleaned_data.get(f"{key}_{number}", "") for key in ("code", "name", "short")]
            if not any(parts):
                continue
            code = parts[0].lower()
            if not all(parts):
                self.add_error(f"code_{number}", "Isi ketiganya: kode, nama lengkap, nama singkat; atau kosongkan.")
            elif Unit.objects.filter(code=code).exists():
                self.add_error(f"code_{number}", "Kode ini sudah dipakai unit lain.")
            else:
                yield NewUnit(code, parts[1], parts[2])


def _name_fields() -> dict[str, forms.Field]:
    return {
        "name": forms.CharField(
            label="Nama baru", max_length=200, error_messages=REQUIRED_MESSAGE, help_text="Tampil untuk publik."
        ),
        "short_name": forms.CharField(
            label="Nama singkat baru",
            max_length=60,
            error_messages=REQUIRED_MESSAGE,
            help_text="Untuk ubin dan tabel. Tampil untuk publik.",
        ),
    }


class SuccessorsForm(forms.Form):
    """Form for the heir of each open commitment. A single successor is chosen already."""

    prefix = "pewaris"

    def __init__(self, *args: Any, units_form: ChangedUnitsForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = units_form.cleaned_data
        self.commitments: list[Commitment] = []
        if units_form.change != Change.RENAMED:
            self.commitments = transfer.open_commitments(given["predecessors"], given["on"])
        choices = self._choices(units_form)
        for commitment in self.commitments:
            self.fields[commitment.reference] = forms.ChoiceField(
                label=str(commitment),
                choices=choices if len(choices) == 1 else [("", "Pilih unit"), *choices],
                initial=choices[0][0] if len(choices) == 1 else "",
                error_messages={"required": "Pilih unit yang akan menanggungnya."},
                help_text="" if commitment.published_at else "Belum diumumkan; usulannya ikut pindah.",
            )

    def _choices(self, units_form: ChangedUnitsForm) -> list[tuple[str, str]]:
        given = units_form.cleaned_data
        if units_form.change == Change.DISSOLVED:
            others = {code: unit for code, unit in units_form.units.items() if unit not in given["predecessors"]}
            return unit_choices(others)[1:]
        known = {unit.code: unit for unit in given["successors"]}
        return unit_choices(known)[1:] + [(unit.code, f"{unit.short_name} ({unit.code})") for unit in given["new"]]


UNIT_CHANGE_STEPS = (
    WizardStep("Perubahan", "Belum ada yang tercatat sebelum langkah terakhir.", ChangeKindForm),
    WizardStep("Unit dan dasarnya", "Unit mana, sejak kapan, dan menurut aturan mana?", ChangedUnitsForm),
    WizardStep(
        "Komitmen", "Komitmen yang masih terbuka pindah pada hari itu. Siapa yang menanggungnya?", SuccessorsForm
    ),
    WizardStep("Periksa", "Inilah yang akan dibaca publik."),
)
