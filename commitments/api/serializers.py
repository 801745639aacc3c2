"""Serializers: the fields of each row of the API. Their names are fixed: downloads and outside checks use them.

Every field has its value at the end of the day `per` (in `context`: `day` and the moment of its `end`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from commitments.api.fields import (
    ApiRow,
    ChoiceTextField,
    CodeListField,
    EndDateField,
    EntryBodyField,
    FactDateField,
    FactDecimalField,
    FactTextField,
    FlagListField,
    IdentityField,
    MomentField,
    WholeNumberField,
    YesNoField,
)
from commitments.ladder import PAST_CEREMONY
from commitments.models import (
    AssessmentCertainty,
    Dimension,
    EvidenceKind,
    Family,
    MeasurementState,
    Origin,
    RevisedField,
    Statistic,
    Verdict,
)
from opd.register.canonical import decimal_text


class UnitRow(ApiRow):
    code = FactTextField(_("Kode tetap."))
    name = FactTextField(_("Nama pada hari itu."))
    short_name = FactTextField(_("Nama singkat pada hari itu."))
    kind = FactTextField(_("Jenis perangkat daerah."), source="unit_kind")
    parent = FactTextField(_("Kode unit induk."), source="parent.code", allow_null=True)  # type: ignore[assignment]
    certainty = FactTextField(
        _("Kepastian unit ini ada dengan nama itu: documented, reconstructed, assumed. Tanda tangannya: signatures.")
    )
    source = FactTextField(_("Sumbernya."))  # type: ignore[assignment]
    valid_from = FactDateField(_("Ada sejak; null: sejak sebelum register."), allow_null=True)
    valid_until = EndDateField(_("Hari pertama unit ini tidak ada lagi."), allow_null=True)
    succeeded_by = CodeListField(
        _("Kode unit yang pada hari itu meneruskannya; kosong selama unit ini ada."), source="last_successors"
    )
    signed_on = FactDateField(_("Hari kesepakatannya ditandatangani."))
    rung = WholeNumberField(_("Anak tangga terverifikasi, 0 sampai 5."))
    rung_claimed = WholeNumberField(_("Anak tangga bila semua kiriman yang menunggu dianggap terverifikasi."))
    past_ceremony = YesNoField(format_lazy(_("Anak tangga {rung} ke atas dan tidak diam."), rung=PAST_CEREMONY.value))
    answer = FactTextField(_("Sudah melewati seremoni? past, lapsed (sudah, tetapi kini diam), not_yet, no_target."))
    flags = FlagListField(_("Tanda di samping anak tangga."))
    live_targets = WholeNumberField(_("Banyaknya target yang berjalan."))
    url = FactTextField(_("Halamannya."), source="get_absolute_url")


class CommitmentRow(ApiRow):
    hidden_until = {"withdrawal_reason": "withdrawn_at"}

    ref = FactTextField(_("Nomor tetap."), source="reference")
    unit = FactTextField(_("Unit yang berutang pada hari itu."), source="unit_code", allow_null=True)
    title = FactTextField(_("Judul."))
    dimension = ChoiceTextField(_("Dimensi"), Dimension)
    quick_win = YesNoField(_("Program cepat."))
    published_at = MomentField(_("Diumumkan."))
    withdrawn_at = MomentField(_("Ditarik."), allow_null=True)
    withdrawal_reason = FactTextField(_("Alasan penarikan."), allow_null=True)
    url = FactTextField(_("Halamannya."), source="get_absolute_url")


class ClockField(FactTextField):
    """One part of the clock of a target as stated by the day; null while it is not explained."""

    def __init__(self, help_text: Any, part: str) -> None:
        super().__init__(help_text, source="*", allow_null=True)
        self.part = part

    def to_representation(self, value: Any) -> str | None:  # type: ignore[override]
        part = getattr(value.clock, self.part) if value.clock else None
        return decimal_text(part) if isinstance(part, Decimal) else part


class TargetRow(ApiRow):
    hidden_until = {"withdrawn_rung": "withdrawn_at"}

    ref = FactTextField(_("Nomor tetap."), source="reference")
    commitment = FactTextField(_("Nomor komitmennya."), source="commitment.reference")
    unit = FactTextField(_("Unit yang berutang pada hari itu."), source="unit_code", allow_null=True)
    service = FactTextField(_("Layanan."))
    family = ChoiceTextField(_("Rumpun"), Family)
    unit_of_measure = FactTextField(_("Satuan."))
    statistic = ChoiceTextField(_("Statistik"), Statistic)
    direction = FactTextField(_("lower: makin kecil makin baik; higher: makin besar makin baik."))
    baseline_value = FactDecimalField(_("Nilai awal semula; perubahannya ada di revisions."))
    baseline_on = FactDateField(_("Tanggal nilai awal."))
    baseline_source = FactTextField(_("Sumber nilai awal."))
    target_value = FactDecimalField(_("Target semula; perubahannya ada di revisions."))
    min_change = FactDecimalField(_("Perubahan terkecil yang berarti, semula."))
    lower_bound = FactDecimalField(
        _("Ujung bawah skala survei; null: bukan survei, atau belum disebut."), allow_null=True
    )
    upper_bound = FactDecimalField(_("Ujung atas skala survei."), allow_null=True)
    original_due_on = FactDateField(_("Tenggat semula."))
    due_on = FactDateField(_("Tenggat yang berlaku pada hari itu, atau ketika ditarik."), source="due_on_then")
    cycle_days = WholeNumberField(_("Siklus lapor, hari."))
    clock_start = ClockField(
        _("Jam mulai: datang, ambil-nomor, dipanggil, berkas-diserahkan, berkas-lengkap; null: belum dijelaskan."),
        "start",
    )
    clock_stop = ClockField(_("Jam berhenti: selesai atau diterima."), "stop")
    clock_unit = ClockField(_("Satuan jam: minutes, hours, calendar, working."), "unit")
    clock_limit = ClockField(_("Batas waktu, hanya untuk bagian yang selesai dalam batas."), "limit")
    published_at = MomentField(_("Diumumkan."))
    withdrawn_at = MomentField(_("Ditarik."), allow_null=True)
    withdrawn_rung = WholeNumberField(_("Anak tangga ketika ditarik."), allow_null=True)
    replaces = FactTextField(_("Nomor target yang digantikan."), source="replaces.reference", allow_null=True)
    rung = WholeNumberField(_("Anak tangga terverifikasi, 1 sampai 5; null: sudah ditarik."), allow_null=True)
    rung_claimed = WholeNumberField(
        _("Anak tangga bila semua yang menunggu dianggap terverifikasi."), allow_null=True
    )
    progress = FactDecimalField(
        _("Bagian jalan dari nilai awal ke target; null: belum ada yang terhitung."), allow_null=True
    )
    flags = FlagListField(_("Tanda di samping anak tangga."))
    url = FactTextField(_("Halamannya."), source="get_absolute_url")


class EvidenceRow(ApiRow):
    kind = ChoiceTextField(_("Jenis bukti"), EvidenceKind, source="evidence_kind")
    sha256 = FactTextField(_("SHA-256 bita yang diterima; untuk tautan, alamatnya."))
    size = WholeNumberField(_("Banyaknya bita yang diterima."))
    public_sha256 = FactTextField(_("SHA-256 salinan yang boleh dibuka siapa pun."), allow_null=True)
    url = FactTextField(
        _("Alamatnya, sesudah terverifikasi dan bila boleh dilihat publik; yang dihapus tidak lagi beralamat."),
        allow_null=True,
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        row = super().to_representation(instance)
        is_open = instance.is_shown and MeasurementState(instance.measurement.state_then).was_verified
        copy = instance.public_sha256 if is_open else ""
        row["public_sha256"] = copy or None
        row["url"] = reverse("evidence", args=[copy]) if copy else (instance.url or None if is_open else None)
        return row


class ReturnedByField(FactTextField):
    """Who closed a returned submission: its own unit, by correcting or taking it back, or the desk; else null."""

    def __init__(self, help_text: Any) -> None:
        super().__init__(help_text, source="*", allow_null=True)

    def to_representation(self, value: Any) -> str | None:  # type: ignore[override]
        if value.state_then != Verdict.RETURNED:
            return None
        return "unit" if value.own_unit else "desk"


class MeasurementRow(ApiRow):
    id = IdentityField(_("Pengenal."), source="uuid")
    target = FactTextField(_("Nomor targetnya."), source="target.reference")
    period_start = FactDateField(_("Awal periode."))
    period_end = FactDateField(_("Akhir periode."))
    value = FactDecimalField(_("Nilai."))
    n = WholeNumberField(_("Banyaknya data."), allow_null=True)
    method = FactTextField(_("Cara mengukur."))
    state = ChoiceTextField(_("Keadaannya pada hari itu"), MeasurementState, but="draft", source="state_then")
    submitted_at = MomentField(_("Dikirim."))
    decided_at = MomentField(_("Keputusan pertama."), allow_null=True)
    revoked_at = MomentField(_("Verifikasinya dicabut."), allow_null=True)
    returned_by = ReturnedByField(
        _("unit atau desk, selama keadaannya returned: ditarik unitnya sendiri, atau dikembalikan.")
    )
    supersedes = IdentityField(_("Kiriman yang dikoreksinya."), source="supersedes.uuid", allow_null=True)
    contested = YesNoField(_("Angkanya dipersoalkan: lihat rechecks."), source="is_contested")
    origin = ChoiceTextField(_("Asal angka"), Origin)
    open_cases = WholeNumberField(
        _("Kasus yang belum selesai pada akhir periode; null: diketik."),
        source="case_file.open_cases",
        allow_null=True,
    )
    excluded_cases = WholeNumberField(
        _("Baris berkas kasus yang ditinggalkan; null: diketik."), source="case_file.excluded_cases", allow_null=True
    )
    evidence = EvidenceRow(many=True, read_only=True, help_text="Bukti dukung.")


class RecheckRow(ApiRow):
    hidden_until = {"outcome": "recorded_at", "found": "recorded_at", "finding": "recorded_at"}

    id = IdentityField(_("Pengenal."), source="uuid")
    number = WholeNumberField(_("Nomor uji petiknya."), source="recheck.number")
    measurement = IdentityField(_("Realisasi yang diperiksa ulang."), source="measurement.uuid")
    outcome = FactTextField(_("sesuai, berbeda, atau tak-terlacak; null: belum diperiksa."), allow_null=True)
    found = FactDecimalField(_("Nilai yang ditemukan, bila berbeda."), source="found_value", allow_null=True)
    finding = FactTextField(_("Temuan."), allow_null=True)
    recorded_at = MomentField(_("Dicatat."), allow_null=True)
    stands_at = MomentField(
        _("Dinyatakan tetap; null: yang berbeda atau tak terlacak masih mempersoalkan angkanya."), allow_null=True
    )


class RevisionRow(ApiRow):
    id = IdentityField(_("Pengenal."), source="uuid")
    target = FactTextField(_("Nomor targetnya."), source="target.reference")
    field = ChoiceTextField(_("Yang diubah"), RevisedField)
    old = FactTextField(
        _("Yang berlaku sebelumnya: angka atau tanggal; null: jamnya belum dijelaskan."), allow_null=True
    )
    new = FactTextField(_("Yang diminta: angka, tanggal, atau jam."))
    reason = FactTextField(_("Alasan."))
    proposed_at = MomentField(_("Diusulkan."))
    approved_at = MomentField(_("Disetujui; null: menunggu, atau ditolak."), allow_null=True)


class SignatureRow(ApiRow):
    hidden_until = {"withdrawn_reason": "withdrawn_at", "withdrawn_source": "withdrawn_at"}

    id = IdentityField(_("Pengenal."), source="uuid")
    memorandum = FactTextField(_("Kode kesepakatan."), source="memorandum.code")
    signed_on = FactDateField(_("Hari ditandatangani."), source="memorandum.signed_on")
    unit = FactTextField(_("Kode unit; null: bukan atas nama unit."), source="unit.code", allow_null=True)
    person = FactTextField(_("Nama orangnya; null: tidak diketahui."), source="person.name", allow_null=True)
    printed_name = FactTextField(_("Nama seperti tercetak; kosong: tidak diketahui."))
    printed_title = FactTextField(_("Jabatan seperti tercetak."))
    capacity = FactTextField(_("party: pihak; co-signer: ikut menandatangani; before: di hadapannya."))
    source = FactTextField(_("Sumber."))  # type: ignore[assignment]
    certainty = FactTextField(_("documented, reconstructed, atau assumed."))
    withdrawn_at = MomentField(_("Dicabut karena keliru tercatat."), allow_null=True)
    withdrawn_reason = FactTextField(_("Alasan pencabutan."), allow_null=True)
    withdrawn_source = FactTextField(_("Sumber pencabutan."), allow_null=True)


class AssessmentRow(ApiRow):
    assessor = FactTextField(_("Siapa yang menilai."))
    scheme = FactTextField(_("Apa yang dinilai: nama penilaian atau survei."))
    year = WholeNumberField(_("Tahun yang dinilai."))
    unit = FactTextField(_("Kode unit; null: seluruh kota."), source="unit.code", allow_null=True)
    value = FactDecimalField(_("Nilai; null: sumber hanya memberi sebutan."), allow_null=True)
    scale_low = FactDecimalField(_("Ujung bawah skalanya; null: tanpa skala, misalnya hitungan."), allow_null=True)
    scale_high = FactDecimalField(_("Ujung atas skalanya."), allow_null=True)
    label = FactTextField(_("Sebutan atau satuan menurut sumber."))  # type: ignore[assignment]
    published_on = FactDateField(_("Hari terbit sumbernya."))
    source = FactTextField(_("Sumber."))  # type: ignore[assignment]
    certainty = ChoiceTextField(_("Kepastian"), AssessmentCertainty)
    note = FactTextField(_("Catatan."))


class UnitsPresentList(CodeListField):
    """The codes of the units at a training; null while they are not on record on that day."""

    def to_representation(self, value: Any) -> list[str] | None:  # type: ignore[override]
        return value.codes_present if value.attended_at and value.attended_at < self.context["end"] else None


class TrainingRow(ApiRow):
    id = IdentityField(_("Pengenal."), source="uuid")
    held_on = FactDateField(_("Harinya."))
    title = FactTextField(_("Judul."))
    place = FactTextField(_("Tempat."))
    organiser = FactTextField(_("Penyelenggara; kosong: tidak disebut."))
    units = UnitsPresentList(_("Kode unit yang hadir; null: tidak tercatat."), source="*", allow_null=True)
    source = FactTextField(_("Sumber."))  # type: ignore[assignment]


class FactRow(ApiRow):
    id = IdentityField(_("Pengenal."), source="uuid")
    unit = FactTextField(_("Kode unit."), source="unit.code")
    service = FactTextField(_("Layanan."))
    statement = FactTextField(_("Yang dikatakan sumber."))
    value = FactDecimalField(_("Angkanya, bila sumber menyebutnya."))
    unit_of_measure = FactTextField(_("Satuannya."))
    on = FactTextField(_("Waktu menurut sumber."), source="on_text")
    source = FactTextField(_("Sumber."))  # type: ignore[assignment]
    certainty = FactTextField(_("documented, reconstructed, atau assumed."))
    entered_on = FactDateField(_("Hari dicatat."))


class EntryRow(ApiRow):
    seq = WholeNumberField(_("Nomor urut, mulai 1, tanpa celah."))
    at = MomentField(_("Waktu dicatat."))
    actor = FactTextField(_("Jabatan yang bertindak."))
    act = FactTextField(_("Tindakan."))
    object = FactTextField(_("Yang dikenai."))
    hash = FactTextField(_("SHA-256 dari hash entri sebelumnya disambung teks entri ini."))
    entry = EntryBodyField(_("Isi lengkap; teksnya persis seperti di-hash ada di /jejak.jsonl."), source="body")


class Head(serializers.Serializer):
    seq = WholeNumberField(_("Nomor entri terakhir."))
    hash = FactTextField(_("Hash-nya."))
    at = FactTextField(_("Waktunya."))


class Meta(serializers.Serializer):
    per = FactDateField(_("Hari yang ditanyakan."))
    count = WholeNumberField(_("Banyaknya semua baris, berapa pun limit."))
    demo = YesNoField(_("Register contoh: isinya direka."))
    head = Head(read_only=True, allow_null=True, help_text="Entri terakhir sekarang; null: register kosong.")


class Problem(serializers.Serializer):
    error = FactTextField(_("Apa yang salah."))
