"""Forms for a case file, its columns, and the report whose number nobody types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from commitments.cases.columns import CaseColumns
from commitments.cases.intake import MAX_CASE_FILE_BYTES
from commitments.form_fields import PeriodChoiceField, PeriodField
from commitments.models import CaseFile, Origin, ServiceTarget
from commitments.models.measurement import why_not_a_period
from commitments.numbers import as_typed
from commitments.periods import Period
from commitments.reports.doubts import ClaimedValue
from commitments.workspace.forms.report import ReportForm, period_choices
from commitments.workspace.submission import NewEvidence

COLUMN_LABELS = {
    "start": "Kapan mulai",
    "start_time": "Jam mulai, bila di kolom lain",
    "stop": "Kapan selesai",
    "stop_time": "Jam selesai, bila di kolom lain",
    "ticket": "Nomor tiket atau antrean",
    "pauses": "Jeda, menit",
    "yes": "Ya atau tidak",
}
QUESTION_FIELD = "jawaban-"
MAX_ANSWER_LETTERS = 1000


class CaseFileForm(forms.Form):
    """Form for the file and the period that it is about."""

    period = PeriodChoiceField(label="Periode", required=False)
    period_typed = PeriodField(
        label="Periode lain", required=False, help_text="Misalnya Oktober 2026 atau Triwulan I 2018."
    )
    file = forms.FileField(
        label="Berkas kasus",
        allow_empty_file=True,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,text/csv"}),
        help_text="CSV atau XLSX, satu baris satu kasus. Hanya kolom yang dipilih dibaca; berkasnya tidak disimpan.",
        error_messages={"required": "Pilih berkasnya.", "max_length": "Nama berkas ini terlalu panjang."},
    )

    def __init__(self, *args: Any, target: ServiceTarget, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = period_choices(target)  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Period | None:
        """The period that was typed, else the one that was tapped."""
        return self.cleaned_data.get("period_typed") or self.cleaned_data.get("period")

    def clean_file(self) -> Any:
        if self.cleaned_data["file"].size > MAX_CASE_FILE_BYTES:
            raise ValidationError("Berkas ini lebih dari 25 MB. Hapus kolom yang tidak perlu, lalu kirim lagi.")
        return self.cleaned_data["file"]

    def clean(self) -> None:
        if {"period", "period_typed"} & set(self.errors):
            return
        period = self.chosen
        if why := why_not_a_period(period.start, period.end) if period else "Pilih periodenya, atau tulis.":
            self.add_error("period", why)


class ColumnsForm(forms.Form):
    """Form that says which column is which, with the first rows as they stand in the file."""

    digest = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)
    month_first = forms.ChoiceField(
        label="Urutan tanggal",
        choices=(("0", "hari/bulan/tahun"), ("1", "bulan/hari/tahun")),
        required=False,
    )

    def __init__(self, *args: Any, roles: Sequence[str], options: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = roles
        for role in roles:
            choices = [("", "tidak ada"), *options]
            self.fields[role] = forms.ChoiceField(label=COLUMN_LABELS[role], choices=choices, required=False)

    @classmethod
    def about(cls, told: Mapping[str, Any], roles: Sequence[str]) -> ColumnsForm:
        """The form that a file asks for, filled with what is known or guessed."""
        columns, samples = told["columns"], told["samples"]
        options = [
            (str(place), f"{heading or f'kolom {place + 1}'}{f' ({samples[0][place]})' if samples else ''}")
            for place, heading in enumerate(told["headings"])
        ]
        initial = {role: str(place) for role, place in columns["places"].items()}
        month_first = "1" if columns["month_first"] else "0"
        return cls(
            roles=roles,
            options=options,
            initial={**initial, "digest": columns["digest"], "month_first": month_first},
            prefix="kolom",
        )

    @classmethod
    def posted(cls, posted: QueryDict, roles: Sequence[str]) -> CaseColumns | None:
        """The columns that somebody said; None when nothing was."""
        form = cls(posted, roles=roles, options=[(str(place), "") for place in range(100)], prefix="kolom")
        if not form.is_valid():
            return None
        places = {role: int(form.cleaned_data[role]) for role in roles if form.cleaned_data[role]}
        return CaseColumns((), places, form.cleaned_data["month_first"] == "1", form.cleaned_data["digest"])


class CountedReportForm(ReportForm):
    """The report of a number that was computed: value, n and period come from the case file and have no field."""

    def __init__(self, *args: Any, case_file: CaseFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case_file = case_file
        for name in ("value", "n", "period", "period_typed"):
            del self.fields[name]

    @property
    def chosen(self) -> Period:
        return Period(self.case_file.period_start, self.case_file.period_end)

    def clean(self) -> None:
        """The period was judged when the file came."""

    def facts(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in ("method", "note")}
        return {**given, **self.case_file.facts(), "origin": Origin.COMPUTED}

    def as_asked(self) -> QueryDict:
        asked = QueryDict(mutable=True)
        asked.update({"value": as_typed(self.case_file.value), "period": self.chosen.code})
        return asked

    def claim(self, evidence_items: list[NewEvidence]) -> ClaimedValue:
        self.cleaned_data |= {"value": self.case_file.value, "n": self.case_file.n}
        return super().claim(evidence_items)


def answers_in(posted: QueryDict) -> dict[str, str]:
    """The answers to the questions of the register, by code."""
    return {
        name.removeprefix(QUESTION_FIELD): text.strip()[:MAX_ANSWER_LETTERS]
        for name, text in posted.items()
        if name.startswith(QUESTION_FIELD) and isinstance(text, str)
    }
