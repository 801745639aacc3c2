"""Admin pages of the agreement, its signatures and public facts; the keeper withdraws a mistaken signature."""

from __future__ import annotations

from django import forms
from django.contrib import admin

from commitments.models import Memorandum, PublicFact, Signature
from opd.roster.decision_screen import DecisionAction, DecisionScreenAdmin, ReasonForm
from opd.roster.forms import SourceForm
from opd.roster.new_row import NewRowAdmin, NewRowPage
from opd.roster.units_and_people import ROSTER_KEEPERS, keeper


class WithdrawalForm(ReasonForm):
    source = forms.CharField(
        label="Sumbernya",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Dokumen atau berita yang menunjukkan kekeliruannya. Tampil untuk publik.",
    )


class SignatureForm(forms.ModelForm):
    use_required_attribute = False

    class Meta:
        model = Signature
        fields = (
            "memorandum",
            "capacity",
            "unit",
            "printed_name",
            "printed_title",
            "person",
            "source",
            "certainty",
        )
        widgets = {"source": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "unit": "Wajib untuk pihak yang berkomitmen.",
            "person": "Bila orangnya sudah ada di daftar pejabat.",
        }


@admin.register(Memorandum)
class MemorandumAdmin(DecisionScreenAdmin):
    list_display = ("title", "signed_on", "place")
    shown = ("code", "title", "occasion", "signed_on", "place", "sources", "unknowns", "parties_stated")


@admin.register(Signature)
class SignatureAdmin(NewRowAdmin):
    entrances = (
        NewRowPage(
            "baru",
            "Catat tanda tangan",
            "Nama dan jabatan ditulis seperti tercetak. Yang tidak disebut sumber dibiarkan kosong.",
            form=SignatureForm,
            do=Signature.enter,
            done="Tanda tangan tercatat.",
        ),
    )
    list_display = ("printed_name", "printed_title", "unit_code", "capacity", "certainty", "withdrawn_at")
    list_filter = ("capacity", "certainty")
    list_select_related = ("unit", "memorandum")
    search_fields = ("printed_name", "printed_title", "unit__code")
    shown = (
        "memorandum",
        "unit",
        "person",
        "printed_name",
        "printed_title",
        "capacity",
        "source",
        "certainty",
        "withdrawn_at",
        "withdrawn_reason",
        "withdrawn_source",
    )
    decision_actions = (
        DecisionAction(
            "koreksi",
            "Koreksi sumber dan kepastian",
            "Nama dan jabatan tetap seperti tercetak; yang lama tetap terbaca di jejak.",
            do=Signature.correct,
            may=keeper,
            offered_to=ROSTER_KEEPERS,
            fits=lambda signature: signature.withdrawn_at is None,
            form=SourceForm,
            done="Koreksi tercatat.",
        ),
        DecisionAction(
            "cabut",
            "Cabut tanda tangan",
            "Tanda tangan ini tetap tercatat beserta alasannya, dan tidak dihitung pada hari mana pun.",
            do=Signature.withdraw,
            may=keeper,
            offered_to=ROSTER_KEEPERS,
            fits=lambda signature: signature.withdrawn_at is None,
            form=WithdrawalForm,
            done="Tanda tangan dicabut.",
            grave=True,
        ),
    )

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: Signature) -> str:
        return row.unit.code if row.unit else "–"


@admin.register(PublicFact)
class PublicFactAdmin(DecisionScreenAdmin):
    list_display = ("statement", "unit_code", "service", "on_text", "certainty")
    list_filter = ("certainty",)
    list_select_related = ("unit",)
    search_fields = ("statement", "unit__code")
    shown = (
        "unit",
        "service",
        "statement",
        "value",
        "unit_of_measure",
        "on_text",
        "source",
        "certainty",
        "entered_on",
    )

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: PublicFact) -> str:
        return row.unit.code
