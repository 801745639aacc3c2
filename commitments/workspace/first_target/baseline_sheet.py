"""A small sheet that measures a baseline on the spot: twenty files or answers, of which it works out one number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms

from commitments.form_fields import CountField, DayField, NumberField
from commitments.formats import plain_date
from commitments.models import Family, Statistic
from commitments.numbers import as_typed
from opd import clock

SHEET_LINES = 20
FEWEST_LINES = 5
BASELINE_STEP = Decimal("0.0001")
SHEET_PREFIX = "ukur"
# What one line of the sheet is, for the statistics that are worked out of single cases.
LINE_OF = {Statistic.MEDIAN: "berkas", Statistic.MEAN: "berkas", Statistic.P90: "berkas", Statistic.SCORE: "jawaban"}


def worked_out(values: Sequence[Decimal], statistic: str) -> Decimal:
    """The statistic of exact values, rounded half up to 4 places once, at the end."""
    ordered, n = sorted(values), len(values)
    if statistic == Statistic.P90:
        found = ordered[(9 * n + 9) // 10 - 1]
    elif statistic == Statistic.MEDIAN:
        found = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    else:
        found = sum(ordered, Decimal(0)) / n
    return found.quantize(BASELINE_STEP, ROUND_HALF_UP)


class BaselineSheet(forms.Form):
    """Form of the sheet. It writes the baseline, its day, its source and its n into what the proposal carries."""

    use_required_attribute = False

    prefix = SHEET_PREFIX

    def __init__(self, data: Any, *, statistic: str, family: str, unit_of_measure: str) -> None:
        super().__init__(data)
        self.statistic, self.family, self.unit_of_measure = statistic, family, unit_of_measure
        self.fields["last_on"] = DayField(
            label=f"{self.line_name.capitalize()} terakhir selesai pada",
            initial=lambda: clock.today() - timedelta(days=1),
        )
        if self.is_share:
            self.fields["part"] = CountField(label="Yang memenuhi", required=False)
            self.fields["whole"] = CountField(label="Dari berapa", required=False)
            return
        for line in range(1, SHEET_LINES + 1):
            self.fields[f"b{line}"] = NumberField(label=f"{self.line_name.capitalize()} ke-{line}", required=False)

    @property
    def is_share(self) -> bool:
        return self.statistic == Statistic.SHARE

    @property
    def line_name(self) -> str:
        return LINE_OF.get(Statistic(self.statistic), "berkas")

    @property
    def has_lines(self) -> bool:
        """Whether this statistic can be worked out of single cases at all: what is required is only counted once."""
        return self.is_share or self.statistic in LINE_OF

    def clean_last_on(self) -> date:
        day: date = self.cleaned_data["last_on"]
        if day > clock.today():
            raise forms.ValidationError("Hari itu belum tiba.")
        return day

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return given
        if self.is_share:
            self._share(given)
        else:
            values = self._values()
            if len(values) < FEWEST_LINES:
                raise forms.ValidationError(
                    f"Baru {len(values)} {self.line_name} yang terisi. Isi sedikitnya {FEWEST_LINES}; "
                    f"{SHEET_LINES} lebih meyakinkan."
                )
            given["n"], given["value"] = len(values), worked_out(values, self.statistic)
        return given

    def _share(self, given: dict[str, Any]) -> None:
        part, whole = given.get("part") or 0, given.get("whole")
        if not whole or whole < FEWEST_LINES:
            raise forms.ValidationError(f"Tulis dari berapa, sedikitnya {FEWEST_LINES}.")
        if part > whole:
            raise forms.ValidationError("Yang memenuhi tidak dapat lebih banyak daripada semuanya.")
        given["n"], given["value"] = whole, (Decimal(100 * part) / whole).quantize(BASELINE_STEP, ROUND_HALF_UP)

    def baseline(self, method: str = "") -> dict[str, str]:
        """The fields of a target that this sheet answers, as they would be typed; `method`: what was typed before."""
        value, n, last_on = (self.cleaned_data[name] for name in ("value", "n", "last_on"))
        name = str(Statistic(self.statistic).label)
        what = "permohonan" if self.is_share else self.line_name
        return {
            "baseline_value": as_typed(value.normalize() + 0),
            "baseline_on": last_on.isoformat(),
            "baseline_source": f"Diukur sendiri dari {n} {what} terakhir, sampai {plain_date(last_on)}.",
            "baseline_method": f"{method} {name.capitalize()} dari n = {n}.{self._listed()}".strip(),
        }

    def _listed(self) -> str:
        if self.is_share:
            return f" {self.cleaned_data['part'] or 0} dari {self.cleaned_data['whole']}."
        return f" Satu per satu: {'; '.join(as_typed(value) for value in self._values())}."

    def _values(self) -> list[Decimal]:
        return [value for name in self.fields if isinstance(value := self.cleaned_data.get(name), Decimal)]

    @property
    def hint(self) -> str:
        if self.is_share:
            return "Ambil permohonan terakhir yang sudah selesai, hitung yang memenuhi."
        if self.family == Family.SATISFACTION:
            return f"Ambil {SHEET_LINES} jawaban terakhir dan tulis nilainya satu per satu."
        return (
            f"Ambil {SHEET_LINES} berkas terakhir yang sudah selesai, berurutan, jangan dipilih. Tulis lamanya satu "
            f"per satu dalam {self.unit_of_measure}."
        )
