"""Forms to change a target, to take a proposal back, and to choose how often reminders come."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from commitments.form_fields import ERROR_MESSAGES, DayField, NumberField
from commitments.models import (
    BaselineByClock,
    Family,
    Frequency,
    ReminderChoice,
    RevisedField,
    ServiceTarget,
    StatedClock,
)
from commitments.models.cases.stated_clock import CLOCK_FIELDS
from commitments.workspace.cases.clock_fields import clock_fields, stated_in
from opd.texts import LONGEST_TEXT, SHORTEST_REASON


class RevisionForm(forms.Form):
    """Form for one field of a target in force, its new value, and why."""

    field = forms.ChoiceField(
        label="Yang diubah",
        choices=[(choice.value, choice.label.capitalize()) for choice in RevisedField],
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih yang diubah."},
    )
    on = DayField(label="Tenggat baru", required=False, help_text="Kalau yang diubah tenggat.")
    value = NumberField(
        label="Angka baru", required=False, help_text="Kalau yang diubah target, nilai awal, atau perubahan terkecil."
    )
    reason = forms.CharField(
        label="Alasan",
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=SHORTEST_REASON,
        max_length=LONGEST_TEXT,
        help_text="Tampil untuk publik, sedikitnya 20 huruf.",
        error_messages={
            **ERROR_MESSAGES,
            "min_length": "Tulis alasannya dengan jelas, sedikitnya 20 huruf: publik membacanya.",
        },
    )
    document = forms.CharField(
        label="Dokumen pendukung",
        required=False,
        max_length=300,
        help_text="Nomor surat atau alamatnya. Tampil untuk publik.",
    )

    def __init__(self, *args: Any, target: ServiceTarget, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if target.family == Family.FAST and target.clock is None:
            self.fields |= clock_fields()
            self.fields["baseline_by_clock"] = forms.ChoiceField(
                label="Nilai awalnya diukur dengan jam ini?",
                choices=BaselineByClock.choices,
                required=False,
                widget=forms.RadioSelect,
            )
        else:
            field = self.fields["field"]
            field.choices = [one for one in field.choices if one[0] != RevisedField.CLOCK]  # type: ignore[attr-defined]

    @property
    def clock_fields(self) -> list[BoundField]:
        return [self[name] for name in (*CLOCK_FIELDS, "baseline_by_clock") if name in self.fields]

    def clean(self) -> None:
        if self.cleaned_data.get("field") == RevisedField.CLOCK:
            if stated_in(self.cleaned_data) is None:
                self.add_error("clock_start", "Jelaskan jamnya: mulai, berhenti, dan satuannya.")
            if not self.cleaned_data.get("baseline_by_clock"):
                self.add_error("baseline_by_clock", "Pilih salah satu; bila tidak tahu, pilih tidak diketahui.")
            return
        wanted = "on" if self.cleaned_data.get("field") == RevisedField.DUE else "value"
        if self.cleaned_data.get(wanted) is None and wanted not in self.errors:
            self.add_error(wanted, "Isi tenggat barunya." if wanted == "on" else "Isi angka barunya.")

    def change(self) -> Decimal | date | StatedClock:
        given = self.cleaned_data
        if given["field"] == RevisedField.CLOCK and (stated := stated_in(given)):
            return stated
        new: Decimal | date = given["on"] if given["field"] == RevisedField.DUE else given["value"]
        return new


class PublicReasonForm(forms.Form):
    """Form for the reason why something is taken back or refused."""

    reason = forms.CharField(
        label="Alasan",
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=SHORTEST_REASON,
        max_length=LONGEST_TEXT,
        error_messages={**ERROR_MESSAGES, "min_length": "Tulis alasannya dengan jelas, sedikitnya 20 huruf."},
    )


class FrequencyForm(forms.ModelForm):
    """Form for how often somebody wants e-mail."""

    frequency = forms.ChoiceField(label="Surel pengingat", choices=Frequency.choices, widget=forms.RadioSelect)

    class Meta:
        model = ReminderChoice
        fields = ("frequency",)
