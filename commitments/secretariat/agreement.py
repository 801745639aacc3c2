"""Admin pages of the agreement, its signatures and public facts; the keeper withdraws a mistaken signature."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import URLPattern, path

from commitments.models import Memorandum, PublicFact, Signature
from commitments.secretariat.beside.withdrawing import WithdrawMistakenForm
from opd.roster.add_row import AddRowView
from opd.roster.decision_view import DecisionView
from opd.roster.forms import SourceForm
from opd.roster.read_only import ReadOnlyAdmin, for_keepers


class SignatureSourceForm(SourceForm):
    explains = "Nama dan jabatan tetap seperti tercetak; yang lama tetap terbaca di jejak."

    @staticmethod
    def fits(row: Signature) -> bool:
        return row.stands


class WithdrawSignatureForm(WithdrawMistakenForm):
    button = "Cabut tanda tangan"
    explains = "Tanda tangan ini tetap tercatat beserta alasannya, dan tidak dihitung pada hari mana pun."
    done = "Tanda tangan dicabut."


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

    def save(self, *, by: User) -> Signature:  # type: ignore[override]  # an act, not the row itself
        return Signature.enter(by=by, **self.cleaned_data)


class AddSignatureView(AddRowView):
    model = Signature
    form_class = SignatureForm
    button = "Catat tanda tangan"
    explains = "Nama dan jabatan ditulis seperti tercetak. Yang tidak disebut sumber dibiarkan kosong."
    done = "Tanda tangan tercatat."


@admin.register(Memorandum)
class MemorandumAdmin(ReadOnlyAdmin):
    row_view = DecisionView
    list_display = ("title", "signed_on", "place")
    fields = ("code", "title", "occasion", "signed_on", "place", "sources", "unknowns", "parties_stated")


class SignatureView(DecisionView):
    acts = (SignatureSourceForm, WithdrawSignatureForm)


@admin.register(Signature)
class SignatureAdmin(ReadOnlyAdmin):
    row_view = SignatureView
    tools = (("Catat tanda tangan", "admin:commitments_signature_baru"),)
    list_display = ("printed_name", "printed_title", "unit_code", "capacity", "certainty", "withdrawn_at")
    list_filter = ("capacity", "certainty")
    list_select_related = ("unit", "memorandum")
    search_fields = ("printed_name", "printed_title", "unit__code")
    fields = (
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

    def get_urls(self) -> list[URLPattern]:
        add = for_keepers(AddSignatureView.as_view())
        return [path("baru/", add, name="commitments_signature_baru"), *super().get_urls()]

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: Signature) -> str:
        return row.unit.code if row.unit else "–"


@admin.register(PublicFact)
class PublicFactAdmin(ReadOnlyAdmin):
    row_view = DecisionView
    list_display = ("statement", "unit_code", "service", "on_text", "certainty")
    list_filter = ("certainty",)
    list_select_related = ("unit",)
    search_fields = ("statement", "unit__code")
    fields = (
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
