"""Which fields has each thing that the API lists? The names are fixed: downloads and outside checks use them.

Every field is as at the end of the day asked for (`context`: day, its end, and what else a row needs).
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
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
    code = Words(_("Kode tetap."))
    name = Words(_("Nama pada hari itu."))
    short_name = Words(_("Nama singkat pada hari itu."))
    kind = Words(_("Jenis perangkat daerah."), source="unit_kind")
    parent = Words(_("Kode unit induk."), source="parent.code", allow_null=True)  # type: ignore[assignment]
    certainty = Words(
        _("Kepastian unit ini ada dengan nama itu: documented, reconstructed, assumed. Tanda tangannya: signatures.")
    )
    source = Words(_("Sumbernya."))  # type: ignore[assignment]
    valid_from = Day(_("Ada sejak; null: sejak sebelum register."), allow_null=True)
    valid_until = Ending(_("Hari pertama unit ini tidak ada lagi."), allow_null=True)
    succeeded_by = Codes(
        _("Kode unit yang pada hari itu meneruskannya; kosong selama unit ini ada."), source="carriers"
    )
    signed_on = Day(_("Hari kesepakatannya ditandatangani."))
    rung = Count(_("Anak tangga terbukti, 0 sampai 5."))
    rung_claimed = Count(_("Anak tangga bila semua kiriman yang menunggu dianggap terverifikasi."))
    past_ceremony = YesNo(_("Anak tangga 3 ke atas dan tidak diam."))
    flags = Flags(_("Tanda di samping anak tangga."))
    live_targets = Count(_("Banyaknya target yang berjalan."))
    url = Words(_("Halamannya."), source="get_absolute_url")


class CommitmentRow(Row):
    follows = {"withdrawal_reason": "withdrawn_at"}

    ref = Words(_("Nomor tetap."), source="reference")
    unit = Words(_("Unit yang berutang pada hari itu."), source="unit_code", allow_null=True)
    title = Words(_("Judul."))
    dimension = Words(_("Dimensi: governance, branding, economy, living, society, atau environment."))
    quick_win = YesNo(_("Program cepat."))
    published_at = Moment(_("Diumumkan."))
    withdrawn_at = Moment(_("Ditarik."), allow_null=True)
    withdrawal_reason = Words(_("Alasan penarikan."), allow_null=True)
    url = Words(_("Halamannya."), source="get_absolute_url")


class TargetRow(Row):
    follows = {"withdrawn_rung": "withdrawn_at"}

    ref = Words(_("Nomor tetap."), source="reference")
    commitment = Words(_("Nomor komitmennya."), source="commitment.reference")
    unit = Words(_("Unit yang berutang pada hari itu."), source="unit_code", allow_null=True)
    service = Words(_("Layanan."))
    family = Words(_("Rumpun: cepat, ringkas, daring, kepuasan, literasi, atau lainnya."))
    unit_of_measure = Words(_("Satuan."))
    statistic = Words(_("Statistik: median, mean, p90, share, count, atau score."))
    direction = Words(_("lower: makin kecil makin baik; higher: makin besar makin baik."))
    baseline_value = Number(_("Nilai awal semula; perubahannya ada di revisions."))
    baseline_on = Day(_("Tanggal nilai awal."))
    baseline_source = Words(_("Sumber nilai awal."))
    target_value = Number(_("Target semula; perubahannya ada di revisions."))
    min_change = Number(_("Perubahan terkecil yang berarti, semula."))
    original_due_on = Day(_("Tenggat semula."))
    due_on = Day(_("Tenggat yang berlaku pada hari itu, atau ketika ditarik."), source="due_on_then")
    cycle_days = Count(_("Siklus lapor, hari."))
    published_at = Moment(_("Diumumkan."))
    withdrawn_at = Moment(_("Ditarik."), allow_null=True)
    withdrawn_rung = Count(_("Anak tangga ketika ditarik."), allow_null=True)
    replaces = Words(_("Nomor target yang digantikan."), source="replaces.reference", allow_null=True)
    rung = Count(_("Anak tangga terbukti, 1 sampai 5; null: sudah ditarik."), allow_null=True)
    rung_claimed = Count(_("Anak tangga bila semua yang menunggu dianggap terverifikasi."), allow_null=True)
    progress = Number(_("Bagian jalan dari nilai awal ke target; null: belum ada yang terhitung."), allow_null=True)
    flags = Flags(_("Tanda di samping anak tangga."))
    url = Words(_("Halamannya."), source="get_absolute_url")


class EvidenceRow(Row):
    kind = Words(_("seremoni, kegiatan, keluaran, atau hasil."), source="evidence_kind")
    sha256 = Words(_("SHA-256 bita yang diterima; untuk tautan, alamatnya."))
    size = Count(_("Banyaknya bita yang diterima."))
    public_sha256 = Words(_("SHA-256 salinan yang boleh dibuka siapa pun."), allow_null=True)
    url = Words(
        _("Alamatnya, sesudah terverifikasi dan bila boleh dilihat publik; yang dihapus tidak lagi beralamat."),
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
    id = Identity(_("Pengenal."), source="uuid")
    target = Words(_("Nomor targetnya."), source="target.reference")
    period_start = Day(_("Awal periode."))
    period_end = Day(_("Akhir periode."))
    value = Number(_("Nilai."))
    n = Count(_("Banyaknya data."), allow_null=True)
    method = Words(_("Cara mengukur."))
    state = State(_("submitted, verified, returned, rejected, atau revoked."), source="*")
    submitted_at = Moment(_("Dikirim."))
    decided_at = Moment(_("Keputusan pertama."), allow_null=True)
    revoked_at = Moment(_("Verifikasinya dicabut."), allow_null=True)
    supersedes = Identity(_("Kiriman yang dikoreksinya."), source="supersedes.uuid", allow_null=True)
    evidence = EvidenceRow(many=True, read_only=True, help_text="Bukti dukung.")


class RevisionRow(Row):
    id = Identity(_("Pengenal."), source="uuid")
    target = Words(_("Nomor targetnya."), source="target.reference")
    field = Words(_("due_on, target_value, baseline_value, atau min_change."))
    old = Words(_("Yang berlaku sebelumnya: angka atau tanggal."))
    new = Words(_("Yang diminta: angka atau tanggal."))
    reason = Words(_("Alasan."))
    proposed_at = Moment(_("Diusulkan."))
    approved_at = Moment(_("Disetujui; null: menunggu, atau ditolak."), allow_null=True)


class SignatureRow(Row):
    follows = {"withdrawn_reason": "withdrawn_at", "withdrawn_source": "withdrawn_at"}

    id = Identity(_("Pengenal."), source="uuid")
    memorandum = Words(_("Kode kesepakatan."), source="memorandum.code")
    signed_on = Day(_("Hari ditandatangani."), source="memorandum.signed_on")
    unit = Words(_("Kode unit; null: bukan atas nama unit."), source="unit.code", allow_null=True)
    person = Words(_("Nama orangnya; null: tidak diketahui."), source="person.name", allow_null=True)
    printed_name = Words(_("Nama seperti tercetak; kosong: tidak diketahui."))
    printed_title = Words(_("Jabatan seperti tercetak."))
    capacity = Words(_("party: pihak; co-signer: ikut menandatangani; before: di hadapannya."))
    source = Words(_("Sumber."))  # type: ignore[assignment]
    certainty = Words(_("documented, reconstructed, atau assumed."))
    withdrawn_at = Moment(_("Dicabut karena keliru tercatat."), allow_null=True)
    withdrawn_reason = Words(_("Alasan pencabutan."), allow_null=True)
    withdrawn_source = Words(_("Sumber pencabutan."), allow_null=True)


class EntryRow(Row):
    seq = Count(_("Nomor urut, mulai 1, tanpa celah."))
    at = Moment(_("Waktu dicatat."))
    actor = Words(_("Jabatan yang bertindak."))
    act = Words(_("Tindakan."))
    object = Words(_("Yang dikenai."))
    hash = Words(_("SHA-256 dari hash entri sebelumnya disambung teks entri ini."))
    entry = Entry(_("Isi lengkap; teksnya persis seperti di-hash ada di /jejak.jsonl."), source="body")


class Head(serializers.Serializer):
    seq = Count(_("Nomor entri terakhir."))
    hash = Words(_("Hash-nya."))
    at = Words(_("Waktunya."))


class Meta(serializers.Serializer):
    per = Day(_("Hari yang ditanyakan."))
    count = Count(_("Banyaknya semua baris, berapa pun limit."))
    demo = YesNo(_("Register contoh: isinya direka."))
    head = Head(read_only=True, allow_null=True, help_text="Entri terakhir sekarang; null: register kosong.")


class Problem(serializers.Serializer):
    error = Words(_("Apa yang salah."))
