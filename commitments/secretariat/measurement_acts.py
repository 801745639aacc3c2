"""What a verifier or an approver may do with a submission, as forms; with ready sentences for the reasons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.models import User

from commitments.models import Measurement, MeasurementState
from commitments.models.decision import EVIDENCE_REASONS
from opd.roster.decision_view import ActForm, ReasonField
from opd.texts import LONGEST_TEXT, SHORTEST_REASON

VISIBILITY_CHOICES = (("ya", "Boleh dilihat publik"), ("tidak", "Tertutup"))
CHECKLIST = (
    ("angka", "Angkanya terbaca pada bukti, sama persis."),
    ("periode", "Periode, layanan, dan satuannya sama dengan yang dilaporkan."),
    ("pribadi", "Yang terbuka tanpa KTP, NIK, nomor telepon, alamat, atau wajah warga."),
)


class VerifierAct(ActForm):
    """Base form of an act on a submission that waits for its verifier."""

    @staticmethod
    def fits(row: Measurement) -> bool:
        return row.state == MeasurementState.SUBMITTED

    @staticmethod
    def may(user: User, row: Measurement) -> object:
        return row.office_to_decide(user)


class VerifyForm(VerifierAct):
    """Form that asks for every file and link whether everybody may see it, and whether one has looked at it."""

    slug, key = "verifikasi", "v"
    button = "Verifikasi"
    explains = "Angka ini Anda nyatakan terbukti."
    done = "Terverifikasi."

    checks = forms.MultipleChoiceField(
        label="Sudah saya periksa",
        choices=CHECKLIST,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Periksa dahulu, lalu centang ketiganya."},
    )
    note = forms.CharField(
        label="Catatan untuk unit", required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, row: Measurement, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.items = list(row.evidence.filter(redacted_at=None))
        for item in self.items:
            self.fields[f"public_{item.uuid}"] = forms.ChoiceField(
                label="Siapa yang boleh melihat?",
                choices=VISIBILITY_CHOICES,
                widget=forms.RadioSelect(attrs={"form": f"act-{self.slug}"}),  # it stands beside the evidence
                error_messages={"required": "Pilih: boleh dilihat publik, atau tertutup."},
            )

    def clean_checks(self) -> list[str]:
        ticked: list[str] = self.cleaned_data["checks"]
        if len(ticked) < len(CHECKLIST):
            raise forms.ValidationError("Masih ada yang belum dicentang. Bila tidak cocok, kembalikan ke unitnya.")
        return ticked

    def choices(self) -> dict[UUID, forms.BoundField]:
        """By piece of evidence, the field that asks who may see it."""
        return {item.uuid: self[f"public_{item.uuid}"] for item in self.items}

    def save(self, *, by: User, seen: str) -> object:
        public = {item.uuid: self.cleaned_data[f"public_{item.uuid}"] == "ya" for item in self.items}
        return self.row.verify(by=by, seen=seen, public=public, note=self.cleaned_data["note"])


class ReadyReasonForm(VerifierAct):
    """Base form for a ready sentence, one's own words, or both; together they must be long enough."""

    ready: tuple[str, ...] = ()
    canned = forms.ChoiceField(label="Alasannya", required=False, widget=forms.RadioSelect)
    note = forms.CharField(
        label="Penjelasan",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Dibaca unitnya, tidak oleh publik. Disambung di belakang alasan yang dipilih.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*((text, text) for text in self.ready), ("", "Alasan lain, saya tulis di bawah")]
        self.fields["canned"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> None:
        if len(self.reason()) < SHORTEST_REASON and not self.errors:
            self.add_error(
                "note", "Pilih alasan, atau tulis sendiri sedikitnya 20 huruf: unit harus tahu apa yang kurang."
            )

    def reason(self) -> str:
        parts = (self.cleaned_data.get("canned", ""), self.cleaned_data.get("note", ""))
        return " ".join(part.strip() for part in parts if part).strip()


class ReturnForm(ReadyReasonForm):
    slug, key = "kembalikan", "k"
    button = "Kembalikan"
    explains = "Unit membaca alasannya dan dapat mengirim koreksi."
    done = "Dikembalikan ke unitnya."
    ready = (
        "Angka ini tidak sama dengan yang terbaca pada bukti.",
        EVIDENCE_REASONS[0],
        "Periode pada bukti berbeda dari periode yang dilaporkan.",
        "Banyaknya data (n) atau cara mengukurnya belum disebut.",
        *EVIDENCE_REASONS[1:],
    )

    def save(self, *, by: User, seen: str) -> object:
        return self.row.return_(by=by, seen=seen, note=self.reason())


class RejectForm(ReadyReasonForm):
    slug, key = "tolak", "t"
    button = "Tolak"
    explains = "Ditolak untuk seterusnya; unit membaca alasannya."
    done = "Ditolak."
    grave = True
    ready = (
        "Bukti yang sama sudah dipakai untuk laporan lain.",
        "Angka ini bukan tentang target ini: layanan atau satuannya berbeda.",
        "Angka ini tidak dapat dibuktikan dengan cara yang disebut.",
    )

    def save(self, *, by: User, seen: str) -> object:
        return self.row.reject(by=by, seen=seen, note=self.reason())


class SubmissionApproverAct(ActForm):
    """Base form of an act of an approver on a submission: it takes something away for good."""

    grave = fresh = stays = True

    reason = ReasonField()


class RevokeForm(SubmissionApproverAct):
    slug, key = "cabut", "c"
    button = "Cabut verifikasi"
    explains = "Angka ini tidak lagi dihitung sejak sekarang, untuk seterusnya. Keputusan pertamanya tetap tercatat."
    done = "Verifikasi dicabut."

    @staticmethod
    def fits(row: Measurement) -> bool:
        return row.state == MeasurementState.VERIFIED

    @staticmethod
    def may(user: User, row: Measurement) -> object:
        return row.office_to_revoke(user)

    def save(self, *, by: User, seen: str) -> object:
        return self.row.revoke(by=by, seen=seen, note=self.cleaned_data["reason"])


class RedactNoteForm(SubmissionApproverAct):
    slug = "hapus-catatan"
    button = "Hapus catatan"
    explains = "Hanya bila catatannya memuat data pribadi. Sidiknya tetap di jejak."
    done = "Catatan dihapus."

    @staticmethod
    def fits(row: Measurement) -> bool:
        return bool(row.note)

    @staticmethod
    def may(user: User, row: Measurement) -> object:
        return row.office_to_redact(user)

    def save(self, *, by: User, seen: str) -> object:
        return self.row.redact_note(by=by, seen=seen, reason=self.cleaned_data["reason"])
