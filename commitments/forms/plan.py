"""What does a head fill in to promise something, to change a promise, or to take a proposal back?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import CheckConstraint

from commitments.forms.fields import SAID, CountField, DayField, NumberField
from commitments.models import Commitment, Memorandum, ServiceTarget, TargetRevision
from commitments.models.proposal import SHORTEST_REASON

BESIDE = {
    "target_is_better_than_its_baseline": "target_value",
    "target_beats_baseline_by_the_minimum_change": "min_change",
    "target_shares_lie_between_0_and_100": "target_value",
    "target_is_due_after_its_baseline": "original_due_on",
}  # constraint -> the field beside which its message is read
AREA = forms.Textarea(attrs={"rows": 2})


class CommitmentForm(forms.ModelForm):
    """A promise. `uuid` is the sender's: sending the same form twice is one promise."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    memorandum = forms.ModelChoiceField(
        Memorandum.objects.order_by("signed_on"), label="Kesepakatan", empty_label=None, error_messages=SAID
    )

    class Meta:
        model = Commitment
        fields = ("memorandum", "title", "benefit", "dimension", "quick_win")
        widgets = {"benefit": AREA}


class TargetForm(forms.ModelForm):
    """A measurable promise under a commitment; `uuid` as there."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    baseline_value = NumberField(label="Nilai awal", help_text="Keadaan sebelum diperbaiki.")
    baseline_on = DayField(label="Tanggal nilai awal")
    target_value = NumberField(label="Target", help_text="Angka yang dijanjikan.")
    min_change = NumberField(
        label="Perubahan terkecil yang berarti",
        required=False,
        help_text="Perbaikan di bawah ini belum disebut membaik. Kosong: berapa pun berarti.",
    )
    original_due_on = DayField(label="Tenggat")
    cycle_days = CountField(label="Lapor setiap berapa hari", initial=90, help_text="Biasanya 90; paling lama 366.")

    class Meta:
        model = ServiceTarget
        fields = (
            "service",
            "family",
            "unit_of_measure",
            "statistic",
            "direction",
            "baseline_value",
            "baseline_on",
            "baseline_source",
            "baseline_method",
            "target_value",
            "original_due_on",
            "min_change",
            "cycle_days",
            "data_source",
            "known_limits",
            "replaces",
        )
        widgets = {name: AREA for name in ("baseline_source", "baseline_method", "data_source", "known_limits")}

    def __init__(self, *args: Any, commitment: Commitment | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        withdrawn = ServiceTarget.objects.filter(commitment=commitment).exclude(withdrawn_at=None)
        if commitment and withdrawn.exists():
            self.fields["replaces"].queryset = withdrawn  # type: ignore[attr-defined]
            self.fields["replaces"].label = "Menggantikan target yang ditarik"
        else:
            del self.fields["replaces"]

    def clean_min_change(self) -> Decimal:
        given: Decimal | None = self.cleaned_data["min_change"]
        return given or Decimal(0)

    def clean_cycle_days(self) -> int:
        days: int = self.cleaned_data["cycle_days"]
        if days > 366:
            raise forms.ValidationError("Paling lama 366 hari.")
        return days

    def _post_clean(self) -> None:
        """What the table's own rules say, beside the field that can mend it."""
        super()._post_clean()  # type: ignore[misc]
        said = {
            str(rule.violation_error_message): BESIDE[rule.name]
            for rule in ServiceTarget._meta.constraints
            if isinstance(rule, CheckConstraint) and rule.name in BESIDE
        }
        general = [str(message) for message in self.errors.pop(NON_FIELD_ERRORS, [])]
        for message in general:
            self.add_error(said.get(message), message)

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class RevisionForm(forms.Form):
    """One field of a target in force, its new value, and why."""

    field = forms.ChoiceField(label="Yang diubah", choices=TargetRevision.Field.choices)
    value = NumberField(label="Angka baru", required=False, help_text="Untuk target, nilai awal, perubahan terkecil.")
    on = DayField(label="Tanggal baru", required=False, help_text="Untuk tenggat.")
    reason = forms.CharField(
        label="Alasan",
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=SHORTEST_REASON,
        max_length=2000,
        help_text="Tampil untuk publik, sedikitnya 20 huruf.",
        error_messages={
            **SAID,
            "min_length": "Tulis alasannya dengan jelas, sedikitnya 20 huruf: publik membacanya.",
        },
    )
    document = forms.CharField(
        label="Dokumen pendukung", required=False, max_length=300, help_text="Tampil untuk publik."
    )

    def clean(self) -> None:
        wanted = "on" if self.cleaned_data.get("field") == TargetRevision.Field.DUE else "value"
        if self.cleaned_data.get(wanted) is None and wanted not in self.errors:
            self.add_error(wanted, "Isi tenggat barunya." if wanted == "on" else "Isi angka barunya.")

    def change(self) -> Decimal | date:
        given = self.cleaned_data
        new: Decimal | date = given["on"] if given["field"] == TargetRevision.Field.DUE else given["value"]
        return new


class ReasonForm(forms.Form):
    """Why something is taken back or refused."""

    reason = forms.CharField(
        label="Alasan",
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=SHORTEST_REASON,
        max_length=2000,
        error_messages={**SAID, "min_length": "Tulis alasannya dengan jelas, sedikitnya 20 huruf."},
    )
