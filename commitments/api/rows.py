"""Which fields has each thing that the API lists? The names are fixed: downloads and outside checks use them.

Every field is as at the end of the day asked for (`context`: day, its end, and what else a row needs).
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from commitments.api.fields import (
    Codes,
    Count,
    Day,
    Ending,
    Entry,
    Flags,
    Identity,
    Moment,
    Number,
    Row,
    Words,
    YesNo,
)
from commitments.models import Verdict


class UnitRow(Row):
    code = Words("Kode tetap.")
    name = Words("Nama pada hari itu.")
    short_name = Words("Nama singkat pada hari itu.")
    kind = Words("Jenis perangkat daerah.", source="unit_kind")
    parent = Words("Kode unit induk.", source="parent.code", allow_null=True)  # type: ignore[assignment]
    certainty = Words(
        "Kepastian unit ini ada dengan nama itu: documented, reconstructed, assumed. Tanda tangannya: signatures."
    )
    source = Words("Sumbernya.")  # type: ignore[assignment]
    valid_from = Day("Ada sejak; null: sejak sebelum register.", allow_null=True)
    valid_until = Ending("Hari pertama unit ini tidak ada lagi.", allow_null=True)
    succeeded_by = Codes("Kode unit yang pada hari itu meneruskannya; kosong selama unit ini ada.", source="carriers")
    signed_on = Day("Hari kesepakatannya ditandatangani.")
    rung = Count("Anak tangga terbukti, 0 sampai 5.")
    rung_claimed = Count("Anak tangga bila semua kiriman yang menunggu dianggap terverifikasi.")
    past_ceremony = YesNo("Anak tangga 3 ke atas dan tidak diam.")
    flags = Flags("Tanda di samping anak tangga.")
    live_targets = Count("Banyaknya target yang berjalan.")
    url = Words("Halamannya.", source="get_absolute_url")


class CommitmentRow(Row):
    follows = {"withdrawal_reason": "withdrawn_at"}

    ref = Words("Nomor tetap.", source="reference")
    unit = Words("Unit yang berutang pada hari itu.", source="unit_code", allow_null=True)
    title = Words("Judul.")
    dimension = Words("Dimensi: governance, branding, economy, living, society, atau environment.")
    quick_win = YesNo("Program cepat.")
    published_at = Moment("Diumumkan.")
    withdrawn_at = Moment("Ditarik.", allow_null=True)
    withdrawal_reason = Words("Alasan penarikan.", allow_null=True)
    url = Words("Halamannya.", source="get_absolute_url")


class TargetRow(Row):
    follows = {"withdrawn_rung": "withdrawn_at"}

    ref = Words("Nomor tetap.", source="reference")
    commitment = Words("Nomor komitmennya.", source="commitment.reference")
    unit = Words("Unit yang berutang pada hari itu.", source="unit_code", allow_null=True)
    service = Words("Layanan.")
    family = Words("Rumpun: cepat, ringkas, daring, kepuasan, literasi, atau lainnya.")
    unit_of_measure = Words("Satuan.")
    statistic = Words("Statistik: median, mean, p90, share, count, atau score.")
    direction = Words("lower: makin kecil makin baik; higher: makin besar makin baik.")
    baseline_value = Number("Nilai awal semula; perubahannya ada di revisions.")
    baseline_on = Day("Tanggal nilai awal.")
    baseline_source = Words("Sumber nilai awal.")
    target_value = Number("Target semula; perubahannya ada di revisions.")
    min_change = Number("Perubahan terkecil yang berarti, semula.")
    original_due_on = Day("Tenggat semula.")
    due_on = Day("Tenggat yang berlaku pada hari itu, atau ketika ditarik.", source="due_on_then")
    cycle_days = Count("Siklus lapor, hari.")
    published_at = Moment("Diumumkan.")
    withdrawn_at = Moment("Ditarik.", allow_null=True)
    withdrawn_rung = Count("Anak tangga ketika ditarik.", allow_null=True)
    replaces = Words("Nomor target yang digantikan.", source="replaces.reference", allow_null=True)
    rung = Count("Anak tangga terbukti, 1 sampai 5; null: sudah ditarik.", allow_null=True)
    rung_claimed = Count("Anak tangga bila semua yang menunggu dianggap terverifikasi.", allow_null=True)
    progress = Number("Bagian jalan dari nilai awal ke target; null: belum ada yang terhitung.", allow_null=True)
    flags = Flags("Tanda di samping anak tangga.")
    url = Words("Halamannya.", source="get_absolute_url")


class EvidenceRow(Row):
    kind = Words("seremoni, kegiatan, keluaran, atau hasil.", source="evidence_kind")
    sha256 = Words("SHA-256 bita yang diterima; untuk tautan, alamatnya.")
    size = Count("Banyaknya bita yang diterima.")
    public_sha256 = Words("SHA-256 salinan yang boleh dibuka siapa pun.", allow_null=True)
    url = Words(
        "Alamatnya, sesudah terverifikasi dan bila boleh dilihat publik; yang dihapus tidak lagi beralamat.",
        allow_null=True,
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        row = super().to_representation(instance)
        shown = instance.is_shown and instance.measurement.verdict == Verdict.VERIFIED
        copy = instance.public_sha256 if shown else ""
        row["public_sha256"] = copy or None
        row["url"] = reverse("evidence", args=[copy]) if copy else (instance.url or None if shown else None)
        return row


class State(Words):
    """As the decisions known by then leave it; `Measurement.state` is how it stands now."""

    def to_representation(self, value: Any) -> str:
        return "revoked" if value.revoked_at else value.verdict or "submitted"


class MeasurementRow(Row):
    id = Identity("Pengenal.", source="uuid")
    target = Words("Nomor targetnya.", source="target.reference")
    period_start = Day("Awal periode.")
    period_end = Day("Akhir periode.")
    value = Number("Nilai.")
    n = Count("Banyaknya data.", allow_null=True)
    method = Words("Cara mengukur.")
    state = State("submitted, verified, returned, rejected, atau revoked.", source="*")
    submitted_at = Moment("Dikirim.")
    decided_at = Moment("Keputusan pertama.", allow_null=True)
    revoked_at = Moment("Verifikasinya dicabut.", allow_null=True)
    supersedes = Identity("Kiriman yang dikoreksinya.", source="supersedes.uuid", allow_null=True)
    evidence = EvidenceRow(many=True, read_only=True, help_text="Bukti dukung.")


class RevisionRow(Row):
    id = Identity("Pengenal.", source="uuid")
    target = Words("Nomor targetnya.", source="target.reference")
    field = Words("due_on, target_value, baseline_value, atau min_change.")
    old = Words("Yang berlaku sebelumnya: angka atau tanggal.")
    new = Words("Yang diminta: angka atau tanggal.")
    reason = Words("Alasan.")
    proposed_at = Moment("Diusulkan.")
    approved_at = Moment("Disetujui; null: menunggu, atau ditolak.", allow_null=True)


class SignatureRow(Row):
    follows = {"withdrawn_reason": "withdrawn_at", "withdrawn_source": "withdrawn_at"}

    id = Identity("Pengenal.", source="uuid")
    memorandum = Words("Kode kesepakatan.", source="memorandum.code")
    signed_on = Day("Hari ditandatangani.", source="memorandum.signed_on")
    unit = Words("Kode unit; null: bukan atas nama unit.", source="unit.code", allow_null=True)
    person = Words("Nama orangnya; null: tidak diketahui.", source="person.name", allow_null=True)
    printed_name = Words("Nama seperti tercetak; kosong: tidak diketahui.")
    printed_title = Words("Jabatan seperti tercetak.")
    capacity = Words("party: pihak; co-signer: ikut menandatangani; before: di hadapannya.")
    source = Words("Sumber.")  # type: ignore[assignment]
    certainty = Words("documented, reconstructed, atau assumed.")
    withdrawn_at = Moment("Dicabut karena keliru tercatat.", allow_null=True)
    withdrawn_reason = Words("Alasan pencabutan.", allow_null=True)
    withdrawn_source = Words("Sumber pencabutan.", allow_null=True)


class EntryRow(Row):
    seq = Count("Nomor urut, mulai 1, tanpa celah.")
    at = Moment("Waktu dicatat.")
    actor = Words("Jabatan yang bertindak.")
    act = Words("Tindakan.")
    object = Words("Yang dikenai.")
    hash = Words("SHA-256 dari hash entri sebelumnya disambung teks entri ini.")
    entry = Entry("Isi lengkap; teksnya persis seperti di-hash ada di /jejak.jsonl.", source="body")


class Head(serializers.Serializer):
    seq = Count("Nomor entri terakhir.")
    hash = Words("Hash-nya.")
    at = Words("Waktunya.")


class Meta(serializers.Serializer):
    per = Day("Hari yang ditanyakan.")
    count = Count("Banyaknya semua baris, berapa pun limit.")
    demo = YesNo("Register contoh: isinya direka.")
    head = Head(read_only=True, allow_null=True, help_text="Entri terakhir sekarang; null: register kosong.")


class Problem(serializers.Serializer):
    error = Words("Apa yang salah.")
