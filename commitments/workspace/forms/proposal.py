"""Forms for a head who proposes a commitment or a target."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import CheckConstraint

from commitments import ladder
from commitments.form_fields import ERROR_MESSAGES, CountField, DayField, NumberField
from commitments.models import Commitment, Dimension, Direction, Family, Memorandum, ServiceTarget, Statistic
from commitments.models.cases.stated_clock import CLOCK_FIELDS
from commitments.workspace.cases.clock_fields import clock_fields, stated_in

FIELD_HINTS = {
    "target_is_better_than_its_baseline": "target_value",
    "target_beats_baseline_by_the_minimum_change": "min_change",
    "target_shares_lie_between_0_and_100": "target_value",
    "target_is_due_after_its_baseline": "original_due_on",
    "target_scale_has_two_ends_and_is_of_a_survey": "upper_bound",
    "target_scale_holds_its_values": "target_value",
}  # constraint -> the field beside which its message is read
TEXT_AREA = forms.Textarea(attrs={"rows": 2})
CHOOSE_ONE = {"required": "Pilih salah satu."}


class CommitmentForm(forms.ModelForm):
    """Form for a commitment. `uuid` is the sender's: the same form sent twice is one commitment."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    memorandum = forms.ModelChoiceField(
        Memorandum.objects.order_by("signed_on"), label="Kesepakatan", empty_label=None, error_messages=ERROR_MESSAGES
    )

    class Meta:
        model = Commitment
        fields = ("memorandum", "title", "benefit", "dimension", "quick_win")
        widgets = {"benefit": TEXT_AREA}
        labels = {"title": "Janjinya, dalam satu kalimat", "benefit": "Apa yang didapat warga?"}
        help_texts = {
            "title": "Misalnya: Rujukan puskesmas selesai di hari yang sama. Tampil untuk publik sesudah diumumkan.",
            "benefit": "Dalam kata yang dipakai warga. Tampil untuk publik sesudah diumumkan.",
            "quick_win": "Hasilnya sudah terasa dalam setahun.",
        }
        error_messages = {"title": ERROR_MESSAGES, "benefit": ERROR_MESSAGES, "dimension": CHOOSE_ONE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dimension"] = forms.ChoiceField(
            label="Dimensi kota cerdas",
            choices=[(one.value, f"{one.label}: {one.meaning}") for one in Dimension],
            widget=forms.RadioSelect,
            error_messages=CHOOSE_ONE,
        )
        signed = list(Memorandum.objects.order_by("signed_on")[:2])
        if len(signed) == 1:
            self.fields["memorandum"].widget = forms.HiddenInput()
            self.initial["memorandum"] = signed[0].pk


class TargetForm(forms.ModelForm):
    """Form for a target of a commitment; `uuid` as in `CommitmentForm`."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    family = forms.ChoiceField(
        label="Yang diperbaiki", choices=Family.choices, widget=forms.RadioSelect, error_messages=CHOOSE_ONE
    )
    direction = forms.ChoiceField(
        label="Arah", choices=Direction.choices, widget=forms.RadioSelect, error_messages=CHOOSE_ONE
    )
    baseline_value = NumberField(label="Nilai awal", help_text="Keadaan sebelum diperbaiki.")
    baseline_on = DayField(label="Tanggal nilai awal")
    target_value = NumberField(label="Target", help_text="Angka yang dijanjikan. Boleh ditulis 1.234,5 atau 1234.5.")
    min_change = NumberField(
        label="Perubahan terkecil yang berarti",
        required=False,
        help_text="Perbaikan di bawah ini belum disebut membaik. Kosong: berapa pun berarti.",
    )
    lower_bound = NumberField(label="Skala survei, terendah", required=False)
    upper_bound = NumberField(
        label="Skala survei, tertinggi", required=False, help_text="Hanya untuk nilai survei, misalnya 25 dan 100."
    )
    original_due_on = DayField(label="Tenggat")
    cycle_days = CountField(
        label="Lapor setiap berapa hari",
        initial=ladder.REPORTING_CYCLE,
        help_text=f"Biasanya {ladder.REPORTING_CYCLE}; paling lama {ladder.LONGEST_CYCLE}.",
    )

    class Meta:
        model = ServiceTarget
        fields = (
            "service",
            "family",
            "unit_of_measure",
            "statistic",
            "lower_bound",
            "upper_bound",
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
            *CLOCK_FIELDS,
        )
        widgets = {name: TEXT_AREA for name in ("baseline_source", "baseline_method", "data_source", "known_limits")}
        labels = {"service": "Layanan", "baseline_source": "Dari mana angkanya?", "data_source": "Sumber data"}
        help_texts = {
            "service": "Satu layanan yang diantre warga, misalnya: izin praktik dokter.",
            "baseline_source": "Laporan, aplikasi, atau buku register yang dapat diperiksa. Tampil untuk publik.",
            "data_source": "Dari mana angka berikutnya akan diambil. Tampil untuk publik.",
        }
        error_messages = {
            "service": ERROR_MESSAGES,
            "unit_of_measure": ERROR_MESSAGES,
            "statistic": CHOOSE_ONE,
            "baseline_source": ERROR_MESSAGES,
        }

    def __init__(self, *args: Any, commitment: Commitment | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        withdrawn = ServiceTarget.objects.filter(commitment=commitment).exclude(withdrawn_at=None)
        if commitment and withdrawn.exists():
            self.fields["replaces"].queryset = withdrawn  # type: ignore[attr-defined]
            self.fields["replaces"].label = "Menggantikan target yang ditarik"
        else:
            del self.fields["replaces"]
        if self.data.get(self.add_prefix("family"), self.initial.get("family", Family.FAST)) == Family.FAST:
            self.fields |= clock_fields()
            if self.data.get(self.add_prefix("clock_start")):
                self.fields["unit_of_measure"].required = False  # it follows from the clock
        else:
            for name in CLOCK_FIELDS:
                del self.fields[name]

    def clean_min_change(self) -> Decimal:
        given: Decimal | None = self.cleaned_data["min_change"]
        return given or Decimal(0)

    def clean(self) -> dict[str, Any]:
        """A survey's score says nothing without its scale; with a clock the unit of measure follows from it."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if stated := stated_in(given):
            given["unit_of_measure"] = stated.unit_of_measure
        ends = [given.get("lower_bound"), given.get("upper_bound")]
        if (
            given.get("statistic") == Statistic.SCORE
            and None in ends
            and not {"lower_bound", "upper_bound"} & set(self.errors)
        ):
            self.add_error("upper_bound", "Sebutkan nilai terendah dan tertinggi skalanya, misalnya 25 dan 100.")
        return given

    def _post_clean(self) -> None:
        """Checks the table's own rules, and shows each fault beside the field that can correct it."""
        super()._post_clean()  # type: ignore[misc]
        said = {
            str(rule.violation_error_message): FIELD_HINTS[rule.name]
            for rule in ServiceTarget._meta.constraints
            if isinstance(rule, CheckConstraint) and rule.name in FIELD_HINTS
        }
        general = [str(message) for message in self.errors.pop(NON_FIELD_ERRORS, [])]
        for message in general:
            self.add_error(said.get(message), message)

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
