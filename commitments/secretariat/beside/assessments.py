"""Admin pages of assessments by outsiders; the keeper adds them with their source and withdraws mistaken ones."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import URLPattern, path

from commitments.models import Assessment
from commitments.secretariat.beside.withdrawing import WithdrawMistakenForm
from opd.roster.add_row import AddRowView
from opd.roster.decision_view import DecisionView
from opd.roster.forms import DayInput
from opd.roster.read_only import ReadOnlyAdmin, for_keepers


class AssessmentForm(forms.ModelForm):
    use_required_attribute = False

    class Meta:
        model = Assessment
        fields = (
            *("assessor", "scheme", "year", "unit", "value", "scale_low", "scale_high", "label"),
            *("published_on", "source", "certainty", "note"),
        )
        widgets = {
            "published_on": DayInput,
            "source": forms.Textarea(attrs={"rows": 2}),
            "note": forms.Textarea(attrs={"rows": 2}),
        }
        localized_fields = ("value", "scale_low", "scale_high")
        error_messages = {"source": {"required": "Tulis sumbernya: penilaian tanpa sumber tidak dicatat."}}

    def save(self, *, by: User) -> Assessment:  # type: ignore[override]  # an act, not the row itself
        return Assessment.enter(by=by, **self.cleaned_data)


class AddAssessmentView(AddRowView):
    model = Assessment
    form_class = AssessmentForm
    button = "Catat penilaian"
    explains = (
        "Seperti ditulis sumbernya, dengan skalanya sendiri. Langsung tampil di Cermin dari luar, dan tidak pernah "
        "dihitung di Tangga Bukti."
    )
    done = "Penilaian tercatat."


class WithdrawAssessmentForm(WithdrawMistakenForm):
    button = "Cabut penilaian"
    explains = "Penilaian ini tetap tercatat beserta alasannya, dan tidak tampil lagi di antara penilaian lain."
    done = "Penilaian dicabut."


class AssessmentView(DecisionView):
    acts = (WithdrawAssessmentForm,)


@admin.register(Assessment)
class AssessmentAdmin(ReadOnlyAdmin):
    row_view = AssessmentView
    tools = (("Catat penilaian", "admin:commitments_assessment_baru"),)
    list_display = ("scheme", "year", "assessor", "unit_code", "value", "label", "certainty", "withdrawn_at")
    list_filter = ("certainty", "assessor")
    list_select_related = ("unit",)
    search_fields = ("scheme", "assessor", "unit__code")
    fields = (
        *("assessor", "scheme", "year", "unit", "value", "scale_low", "scale_high", "label"),
        *("published_on", "source", "certainty", "note", "entered_at"),
        *("withdrawn_at", "withdrawn_reason", "withdrawn_source"),
    )

    def get_urls(self) -> list[URLPattern]:
        add = for_keepers(AddAssessmentView.as_view())
        return [path("baru/", add, name="commitments_assessment_baru"), *super().get_urls()]

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: Assessment) -> str:
        return row.unit.code if row.unit else "–"
