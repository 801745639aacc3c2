"""What does a unit fill in to report a value, and what is wrong with what it typed?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.forms.renderers import get_default_renderer

from commitments import evidence as store
from commitments.forms.fields import CountField, DayField, NumberField
from commitments.models import Evidence, Measurement, ServiceTarget
from commitments.submission import Proof
from opd import clock
from opd.errors import BadFact

KINDS = (
    ("", "Pilih: ini bukti apa?"),
    (Evidence.Kind.RESULT, "Angka dari sistem atau survei"),
    (Evidence.Kind.OUTPUT, "Hasil kerja: aplikasi, loket, aturan"),
    (Evidence.Kind.ACTIVITY, "Kegiatan: rapat, pelatihan"),
    (Evidence.Kind.CEREMONY, "Foto acara: peresmian, penyerahan"),
)


class ReportForm(forms.Form):
    """One value over one period. `uuid` is the sender's: sending the same form twice is one report."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    value = NumberField(label="Angka hasil ukur")
    period_start = DayField(label="Awal periode")
    period_end = DayField(label="Akhir periode")
    n = CountField(label="Dihitung dari berapa data (n)", required=False)
    method = forms.CharField(
        label="Cara mengukur",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Tampil untuk publik.",
    )
    note = forms.CharField(
        label="Catatan untuk sekretariat",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Tidak tampil untuk publik.",
    )
    reuse = forms.MultipleChoiceField(
        label="Pakai lagi bukti yang sudah terkirim", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, target: ServiceTarget, base: Measurement | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.target = target
        self.old = list(base.evidence.filter(redacted_at=None)) if base else []
        self.fields["value"].label = f"Angka hasil ukur, dalam {target.unit_of_measure}"
        if self.old:
            self.fields["reuse"].choices = [(str(item.uuid), item) for item in self.old]  # type: ignore[attr-defined]
        else:
            del self.fields["reuse"]

    def clean(self) -> None:
        start, end = self.cleaned_data.get("period_start"), self.cleaned_data.get("period_end")
        if start and end and start > end:
            self.add_error("period_end", "Akhir periode mendahului awalnya.")
        elif end and end > clock.today():
            self.add_error("period_end", "Periode belum selesai: akhirnya tidak boleh sesudah hari ini.")

    def facts(self) -> dict[str, Any]:
        """What is stored of the measurement itself."""
        return {
            name: self.cleaned_data[name] for name in ("value", "period_start", "period_end", "n", "method", "note")
        }

    def reused(self) -> list[Proof]:
        chosen = self.cleaned_data.get("reuse", [])
        return [Proof.of(item) for item in self.old if str(item.uuid) in chosen]


class EvidenceForm(forms.Form):
    """One file or one link, and what it can prove."""

    kind = forms.ChoiceField(label="Ini bukti apa?", choices=KINDS, required=False)
    file = forms.FileField(
        label="Foto atau berkas",
        required=False,
        allow_empty_file=True,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
        help_text="JPEG, PNG, WebP, atau PDF, paling besar 10 MB.",
        error_messages={"max_length": "Nama berkas ini terlalu panjang; ganti namanya."},
    )
    url = forms.URLField(
        label="atau tautan",
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": "Tautan ini tidak lengkap. Tulis misalnya https://contoh.go.id/data."},
    )
    captured_on = DayField(label="Tanggal bukti", required=False)
    caption = forms.CharField(label="Keterangan", required=False, max_length=300)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file:
            try:
                store.examine(file)
            except BadFact as error:
                raise forms.ValidationError(str(error)) from error
            file.seek(0)
        return file

    def clean(self) -> None:
        given = self.cleaned_data
        if self.errors or not self.has_changed():
            return
        if given.get("file") and given.get("url"):
            self.add_error("url", "Pilih berkas atau tautan, satu saja; yang lain di baris berikutnya.")
        if not given.get("file") and not given.get("url"):
            self.add_error("file", "Pilih berkasnya, atau tulis tautannya.")
        if not given.get("kind"):
            self.add_error("kind", "Pilih ini bukti apa.")

    def proof(self) -> Proof:
        """The evidence, its file safely on disk."""
        given = self.cleaned_data
        about = {"captured_on": given["captured_on"], "caption": given["caption"]}
        file = store.receive(given["file"].name, given["file"]) if given["file"] else None
        return Proof(kind=given["kind"], file=file, url=given["url"], about=about)


class EvidenceRows(BaseFormSet):
    """Up to six pieces of evidence; the first three rows are on the page, empty ones count for nothing."""

    form = EvidenceForm
    extra, min_num, max_num, absolute_max = 3, 0, 6, 6
    can_order = can_delete = validate_min = False
    can_delete_extra = validate_max = True
    renderer = get_default_renderer()

    def proofs(self) -> list[Proof]:
        return [row.proof() for row in self.forms if row.has_changed()]

    def had_files(self) -> bool:
        return any(self.files.values())
