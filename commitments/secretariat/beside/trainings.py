"""Admin pages of trainings: the keeper announces one, prints its invitations, and records who was present."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from commitments.models import Training
from commitments.secretariat.beside.training_letters import letters_of
from commitments.secretariat.beside.withdrawing import WithdrawMistakenForm
from opd.models import Unit
from opd.roster.add_row import AddRowView
from opd.roster.decision_view import DecisionView
from opd.roster.forms import DayInput, KeeperAct
from opd.roster.read_only import LabelledFact, ReadOnlyAdmin, for_keepers, for_readers


class TrainingForm(forms.ModelForm):
    use_required_attribute = False

    class Meta:
        model = Training
        fields = ("held_on", "title", "place", "organiser", "source", "unknowns")
        widgets = {
            "held_on": DayInput,
            "source": forms.Textarea(attrs={"rows": 2}),
            "unknowns": forms.Textarea(attrs={"rows": 2}),
        }
        error_messages = {"source": {"required": "Tulis sumbernya: bimtek tanpa sumber tidak dicatat."}}

    def save(self, *, by: User) -> Training:  # type: ignore[override]  # an act, not the row itself
        return Training.enter(by=by, **self.cleaned_data)


class AddTrainingView(AddRowView):
    model = Training
    form_class = TrainingForm
    button = "Catat bimtek"
    explains = (
        "Yang akan datang langsung tampil di /bimtek/ dan di ruang kerja tiap unit. "
        "Siapa yang hadir dicatat sesudahnya."
    )
    done = "Bimtek tercatat."


class UnitsPresentField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Unit) -> str:
        return f"{obj.short_name} ({obj.code})"


class AttendanceForm(KeeperAct):
    slug = "hadir"
    button = "Catat yang hadir"
    explains = "Dicatat satu kali, semuanya sekaligus, dari daftar hadir. Langsung tampil untuk publik."
    done = "Kehadiran tercatat."

    units = UnitsPresentField(
        queryset=Unit.objects.none(),
        label="Unit yang hadir",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Pilih sedikitnya satu unit yang hadir."},
    )

    def __init__(self, *args: object, row: Training, **kwargs: object) -> None:
        super().__init__(*args, row=row, **kwargs)
        there = Unit.objects.standing_on(row.held_on).with_names(row.held_on).order_by("code")
        self.fields["units"].queryset = there  # type: ignore[attr-defined]

    @staticmethod
    def fits(row: Training) -> bool:
        return row.stands and row.attended_at is None

    def save(self, *, by: User, seen: str) -> object:
        return self.row.attend(by=by, seen=seen, units=self.cleaned_data["units"])


class WithdrawTrainingForm(WithdrawMistakenForm):
    button = "Cabut bimtek"
    explains = "Bimtek ini tetap tercatat beserta alasannya, dan tidak tampil lagi di antara yang lain."
    done = "Bimtek dicabut."


class TrainingView(DecisionView):
    acts = (AttendanceForm, WithdrawTrainingForm)

    def facts(self) -> list[LabelledFact]:
        present = self.object.codes_present
        return [
            *super().facts(),
            LabelledFact("unit yang hadir", "belum tercatat" if present is None else ", ".join(present)),
            LabelledFact(
                "undangan untuk tiap unit",
                "surat PDF",
                reverse("admin:commitments_training_undangan", args=[self.object.pk]),
            ),
        ]


@admin.register(Training)
class TrainingAdmin(ReadOnlyAdmin):
    row_view = TrainingView
    tools = (("Catat bimtek", "admin:commitments_training_baru"),)
    list_display = ("held_on", "title", "place", "organiser", "attended_at", "withdrawn_at")
    search_fields = ("title", "place", "organiser")
    fields = (
        *("held_on", "title", "place", "organiser", "source", "unknowns", "entered_at", "attended_at"),
        *("withdrawn_at", "withdrawn_reason", "withdrawn_source"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Training]:
        return super().get_queryset(request).prefetch_related("units")

    def get_urls(self) -> list[URLPattern]:
        return [
            path("baru/", for_keepers(AddTrainingView.as_view()), name="commitments_training_baru"),
            path("<int:pk>/undangan.pdf", for_readers(invitation_letters), name="commitments_training_undangan"),
            *super().get_urls(),
        ]


def invitation_letters(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter for each unit that signed and stands on that day."""
    row = get_object_or_404(Training, pk=pk)
    headers = {"Content-Disposition": f'attachment; filename="undangan-bimtek-{row.held_on}.pdf"'}
    return HttpResponse(letters_of(row), content_type="application/pdf", headers=headers)
