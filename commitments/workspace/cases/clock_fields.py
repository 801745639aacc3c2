"""The fields that ask for the clock of a target in plain words, for the forms of a new target and of a revision."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from commitments.form_fields import NumberField
from commitments.models import ClockStart, ClockStop, ClockUnit, StatedClock
from commitments.models.cases.stated_clock import CLOCK_FIELDS

START_QUESTIONS = tuple(
    (start.value, f"{str(start.label).capitalize()}. {start.leaves_out}".strip()) for start in ClockStart
)


def clock_fields() -> dict[str, forms.Field]:
    """The fields by name; all may stay empty."""
    return {
        "clock_start": forms.ChoiceField(
            label="Jam mulai ketika ...",
            choices=START_QUESTIONS,
            required=False,
            widget=forms.RadioSelect,
            help_text="Pilih seperti warga mengalaminya. Jam yang sudah diumumkan tidak dapat diganti.",
        ),
        "clock_stop": forms.ChoiceField(
            label="Jam berhenti ketika ...",
            choices=[(stop.value, str(stop.label).capitalize()) for stop in ClockStop],
            required=False,
            widget=forms.RadioSelect,
        ),
        "clock_unit": forms.ChoiceField(
            label="Dihitung dalam",
            choices=[(unit.value, str(unit.label)) for unit in ClockUnit],
            required=False,
            widget=forms.RadioSelect,
            help_text="Hari kerja memakai kalender hari libur yang tercatat; hari yang sama dihitung 0.",
        ),
        "clock_pauses": forms.BooleanField(
            label="Jeda yang dicatat dikurangkan (hanya untuk menit dan jam)", required=False
        ),
        "clock_limit": NumberField(
            label="Batas waktu", required=False, help_text="Hanya untuk bagian (persen) yang selesai dalam batas."
        ),
    }


def stated_in(given: dict[str, Any]) -> StatedClock | None:
    """The clock in cleaned data; None when nothing of it was filled in. ValidationError when it is not whole."""
    start, stop, unit, pauses, limit = (given.get(name) for name in CLOCK_FIELDS)
    if not any((start, stop, unit, pauses, limit)):
        return None
    if not (start and stop and unit):
        raise forms.ValidationError({"clock_start": "Jelaskan jamnya lengkap: mulai, berhenti, dan satuannya."})
    days = unit in (ClockUnit.CALENDAR, ClockUnit.WORKING)
    if pauses and days:
        raise forms.ValidationError({"clock_pauses": "Jeda hanya dihitung dalam menit atau jam."})
    return StatedClock(str(start), str(stop), str(unit), bool(pauses), Decimal(limit) if limit else None)
