"""Forms of a verifier: which evidence becomes public, or the reason why not, with ready sentences."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from commitments.models import Measurement
from opd.roster.decision_screen import DecisionForm, ReasonForm
from opd.texts import SHORTEST_REASON

VISIBILITY_CHOICES = (("ya", "Boleh dilihat publik"), ("tidak", "Tertutup"))
CHECKLIST = (
    ("angka", "Angkanya terbaca pada bukti, sama persis."),
    ("periode", "Periode, layanan, dan satuannya sama dengan yang dilaporkan."),
    ("pribadi", "Yang terbuka tanpa KTP, NIK, nomor telepon, alamat, atau wajah warga."),
)


class VerifyForm(DecisionForm):
    """Form that asks for every file and link whether everybody may see it, and whether one has looked at it."""

    checks = forms.MultipleChoiceField(
        label="Sudah saya periksa",
        choices=CHECKLIST,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Periksa dahulu, lalu centang ketiganya."},
    )
    note = forms.CharField(
        label="Catatan untuk unit", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, row: Measurement, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.items = list(row.evidence.filter(redacted_at=None)) if row.pk else []
        for item in self.items:
            self.fields[f"public_{item.uuid}"] = forms.ChoiceField(
                label="Siapa yang boleh melihat?",
                choices=VISIBILITY_CHOICES,
                widget=forms.RadioSelect(attrs={"form": "deed-verifikasi"}),
                error_messages={"required": "Pilih: boleh dilihat publik, atau tertutup."},
            )

    def clean_checks(self) -> list[str]:
        ticked: list[str] = self.cleaned_data["checks"]
        if len(ticked) < len(CHECKLIST):
            raise forms.ValidationError("Masih ada yang belum dicentang. Bila tidak cocok, kembalikan ke unitnya.")
        return ticked

    def choices(self) -> dict[UUID, forms.BoundField]:
        return {item.uuid: self[f"public_{item.uuid}"] for item in self.items}

    def given(self) -> dict[str, Any]:
        public = {item.uuid: self.cleaned_data[f"public_{item.uuid}"] == "ya" for item in self.items}
        return {"public": public, "note": self.cleaned_data["note"]}


class ReadyReasonForm(DecisionForm):
    """Form for a ready sentence, one's own words, or both; together they must be long enough."""

    ready: tuple[str, ...] = ()
    canned = forms.ChoiceField(label="Alasannya", required=False, widget=forms.RadioSelect)
    note = forms.CharField(
        label="Penjelasan",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Dibaca unitnya, tidak oleh publik. Disambung di belakang alasan yang dipilih.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*((text, text) for text in self.ready), ("", "Alasan lain, saya tulis di bawah")]
        self.fields["canned"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> None:
        if len(self._reason()) < SHORTEST_REASON and not self.errors:
            self.add_error(
                "note", "Pilih alasan, atau tulis sendiri sedikitnya 20 huruf: unit harus tahu apa yang kurang."
            )

    def _reason(self) -> str:
        parts = (self.cleaned_data.get("canned", ""), self.cleaned_data.get("note", ""))
        return " ".join(part.strip() for part in parts if part).strip()

    def given(self) -> dict[str, Any]:
        return {"note": self._reason()}


class ReturnForm(ReadyReasonForm):
    ready = (
        "Angka ini tidak sama dengan yang terbaca pada bukti.",
        "Bukti tidak terbaca atau tidak lengkap; mohon kirim ulang.",
        "Periode pada bukti berbeda dari periode yang dilaporkan.",
        "Banyaknya data (n) atau cara mengukurnya belum disebut.",
        "Belum ada bukti berisi angka; foto acara tidak membuktikan perubahan.",
        "Bukti memuat data pribadi warga; mohon disamarkan lalu dikirim ulang.",
    )


class RejectForm(ReadyReasonForm):
    ready = (
        "Bukti yang sama sudah dipakai untuk laporan lain.",
        "Angka ini bukan tentang target ini: layanan atau satuannya berbeda.",
        "Angka ini tidak dapat dibuktikan dengan cara yang disebut.",
    )


class NoteForm(ReasonForm):
    """Form for a public reason, which the act calls a note."""

    def given(self) -> dict[str, Any]:
        return {"note": self.cleaned_data["reason"]}
