"""Forms for a unit that reports a value, and for the preview while it types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from commitments.form_fields import CountField, DayField, PeriodChoiceField, PeriodField, ValueField
from commitments.models import EvidenceKind, ServiceTarget
from commitments.models.measurement import why_not_a_period
from commitments.periods import Period
from commitments.reports.doubts import ClaimedValue
from commitments.workspace.submission import NewEvidence
from opd import clock
from opd.texts import LONGEST_TEXT

COLUMNS_OF_ALL = ("value", "period", "n")  # what is asked of each target in the table of all
MAX_EVIDENCE = 12  # a file of each of six rows, before and after it was made smaller


def suggested(target: ServiceTarget) -> dict[str, Any]:
    """What a new report starts with: the last finished period of the cycle, and the method of the last report."""
    last = target.measurements.exclude(submitted_at=None).order_by("-period_end", "-submitted_at").first()
    return {
        "period": next(iter(target.periods_to_report(clock.today())), None),
        "method": last.method if last else target.baseline_method,
    }


class PeriodForm(forms.Form):
    """Base of the forms that ask for a period: one tap on a usual one, or another in words, which then holds."""

    period = PeriodChoiceField(label="Periode", required=False)
    period_typed = PeriodField(
        label="Periode lain",
        required=False,
        help_text="Misalnya Oktober 2026, Triwulan I 2018, atau 1 Mei 2018 – 15 Juni 2018. "
        "Bila diisi, ini yang dipakai.",
    )

    def __init__(self, *args: Any, target: ServiceTarget, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.target = target
        self.fields["value"].of = target  # type: ignore[attr-defined]

    def _period(self, name: str) -> Period | None:
        return self.cleaned_data.get(name)

    @property
    def chosen(self) -> Period | None:
        """The period that was typed, else the one that was tapped."""
        return self._period("period_typed") or self._period("period")


class ReportForm(PeriodForm):
    """Form for one value over one period. `uuid` is the sender's: the same form sent twice is one report.

    `offered` is evidence that was sent before, by the value of its tick.
    """

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    value = ValueField(label="Angka hasil ukur")
    n = CountField(label="Dihitung dari berapa data (n)", required=False)
    method = forms.CharField(
        label="Cara mengukur",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Tampil untuk publik.",
    )
    note = forms.CharField(
        label="Catatan untuk sekretariat",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Tidak tampil untuk publik.",
    )
    reuse = forms.MultipleChoiceField(
        label="Pakai lagi bukti yang dahulu",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Centang hanya bila isinya membuktikan angka dan periode ini.",
    )

    def __init__(self, *args: Any, target: ServiceTarget, offered: Mapping[str, NewEvidence], **kwargs: Any) -> None:
        super().__init__(*args, target=target, **kwargs)
        self.offered = offered
        self.fields["value"].label = f"Angka hasil ukur, dalam {target.unit_of_measure}"
        self.fields["period"].choices = period_choices(target)  # type: ignore[attr-defined]
        if offered:
            self.fields["reuse"].choices = [(name, item.label) for name, item in offered.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["reuse"]

    def clean(self) -> None:
        if {"period", "period_typed"} & set(self.errors):
            return
        period = self.chosen
        why = why_not_a_period(period.start, period.end) if period else "Pilih periodenya, atau tulis."
        if why:
            self.add_error("period_typed" if self._period("period_typed") else "period", why)

    def facts(self) -> dict[str, Any]:
        """The columns of the measurement itself."""
        period = self.chosen
        assert period is not None  # noqa: S101 - a valid form has one
        given = {name: self.cleaned_data[name] for name in ("value", "n", "method", "note")}
        return {**given, "period_start": period.start, "period_end": period.end}

    def reused(self) -> list[NewEvidence]:
        chosen = self.cleaned_data.get("reuse", [])
        return [item for name, item in self.offered.items() if name in chosen]

    def in_a_table(self) -> None:
        """Makes it one row among others: the period is a list, and what is hardly ever typed travels along."""
        period = self.fields["period"]
        period.widget = forms.Select(choices=period.choices)  # type: ignore[attr-defined]
        for name in ("period_typed", "method", "note"):
            self.fields[name].widget = forms.HiddenInput()

    @property
    def reusable(self) -> list[tuple[Any, NewEvidence]]:
        """Each tick with the evidence that it brings along."""
        return list(zip(self["reuse"], self.offered.values(), strict=True))

    def as_asked(self) -> QueryDict:
        """The number and the period as they stand in the form, for `PreviewForm`."""
        asked = QueryDict(mutable=True)
        for name in ("value", "period", "period_typed"):
            asked[name] = str(self.fields[name].prepare_value(self[name].value()) or "")
        return asked

    def claim(self, evidence_items: list[NewEvidence]) -> ClaimedValue:
        """What is about to be said, with everything that proves it."""
        given = self.facts()
        return ClaimedValue(
            given["value"],
            given["period_start"],
            given["period_end"],
            kinds=[item.kind for item in evidence_items],
            digests=[digest for item in evidence_items for digest in item.digests],
            taken_on=[day for item in evidence_items if (day := item.about.get("captured_on"))],
            n=given["n"],
            method=given["method"],
            is_complete=True,
        )


def period_choices(target: ServiceTarget) -> list[tuple[str, str]]:
    """The periods to tap, by code; the last may run up to today."""
    today = clock.today()
    sent = set(target.measurements.standing().values_list("period_start", "period_end"))
    found = []
    for period in target.periods_to_report(today):
        name = f"Sampai hari ini ({period.days})" if period.end == today else period.name
        found.append((period.code, f"{name}, sudah dikirim" if (period.start, period.end) in sent else name))
    return found


class PreviewForm(PeriodForm):
    """Form for the preview that a page asks for while its reader types; evidence comes as kinds, digests and days."""

    value = ValueField()
    base = forms.UUIDField(required=False)

    @property
    def readings(self) -> tuple[str, ...]:
        """Both ways to read a number that could be two."""
        faults = self.errors.as_data().get("value", [])
        return tuple(reading for fault in faults for reading in (fault.params or {}).get("readings", ()))

    def claim(self) -> ClaimedValue:
        given = self.cleaned_data
        return ClaimedValue(
            given["value"],
            self.chosen.start if self.chosen else None,
            self.chosen.end if self.chosen else None,
            kinds=[kind for kind in self._all("kind") if kind in EvidenceKind] or None,
            digests=[digest for digest in self._all("sha256") if re.fullmatch("[0-9a-f]{64}", digest)],
            taken_on=list(filter(None, map(self._day, self._all("captured_on")))),
        )

    def _all(self, name: str) -> list[str]:
        return self.data.getlist(name)[:MAX_EVIDENCE]  # type: ignore[attr-defined]

    def _day(self, text: str) -> date | None:
        try:
            return DayField().clean(text)
        except ValidationError:
            return None
