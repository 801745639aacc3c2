"""Admin pages of the witnesses of the register: who receives its head every day, and how far each vouches."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import URLPattern, path

from opd.models import HeadLetter, Witness
from opd.roster.add_row import AddRowView
from opd.roster.decision_view import DecisionView
from opd.roster.forms import KeeperAct
from opd.roster.read_only import LabelledFact, ReadOnlyAdmin, for_keepers


class NewWitnessForm(forms.ModelForm):
    use_required_attribute = False

    class Meta:
        model = Witness
        fields = ("name", "witness_kind", "email")

    def save(self, *, by: User) -> Witness:  # type: ignore[override]  # an act, not the row itself
        return Witness.enter(by=by, **self.cleaned_data)


class VouchForm(KeeperAct):
    """Form for a head that the witness told; the act compares it with the register."""

    slug = "cocokkan"
    button = "Catat kepala yang disimpan saksi"
    explains = "Dari surat atau balasannya. Register mencocokkannya; yang tidak cocok tidak tercatat."
    done = "Cocok, dan tercatat sampai mana saksi ini menjamin."

    head = forms.CharField(label="Kepala", max_length=200, help_text="Nomor, titik dua, lalu 64 angka atau huruf.")

    @staticmethod
    def fits(row: Witness) -> bool:
        return row.ended_at is None

    def save(self, *, by: User, seen: str) -> object:
        return self.row.vouch(by=by, seen=seen, **self.cleaned_data)


class EndWitnessForm(KeeperAct):
    slug = "akhiri"
    button = "Akhiri"
    explains = "Tidak dikirimi lagi. Yang pernah dijaminnya tetap tercatat."
    done = "Saksi ini tidak dikirimi lagi."

    @staticmethod
    def fits(row: Witness) -> bool:
        return row.ended_at is None

    def save(self, *, by: User, seen: str) -> object:
        return self.row.end(by=by, seen=seen)


class WitnessView(DecisionView):
    acts = (VouchForm, EndWitnessForm)

    def facts(self) -> list[LabelledFact]:
        last = HeadLetter.objects.filter(witness=self.object).order_by("-sent_on").first()
        sent = f"{last.sent_on:%d/%m/%Y}, catatan ke-{last.seq}" if last else "belum pernah"
        return [*super().facts(), LabelledFact("terakhir dikirim", sent)]


class AddWitnessView(AddRowView):
    model = Witness
    form_class = NewWitnessForm
    button = "Catat saksi baru"
    explains = "Kepala jejak dikirim ke surelnya setiap hari. Namanya tampil untuk publik, surelnya tidak."
    done = "Saksi tercatat."


@admin.register(Witness)
class WitnessAdmin(ReadOnlyAdmin):
    row_view = WitnessView
    tools = (("Catat saksi baru", "admin:opd_witness_baru"),)
    list_display = ("name", "witness_kind", "entered_at", "vouched_seq", "ended_at")
    list_filter = ("witness_kind",)
    search_fields = ("name",)
    fields = ("name", "witness_kind", "email", "entered_at", "vouched_seq", "vouched_hash", "vouched_at", "ended_at")

    def get_urls(self) -> list[URLPattern]:
        add: Any = for_keepers(AddWitnessView.as_view())
        return [path("baru/", add, name="opd_witness_baru"), *super().get_urls()]
