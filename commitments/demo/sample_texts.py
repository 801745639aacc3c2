"""Texts of the demonstration: sources, methods, notes, reasons and captions, as people would write them."""

from __future__ import annotations

from datetime import date

from django.utils import formats

from commitments.demo.sample_files import SAMPLE_KINDS
from commitments.models import EvidenceKind, Family, ServiceTarget

BASELINE_SOURCE = "Data contoh: nilai awal ini direka untuk peragaan, bukan hasil pengukuran."
DATA_SOURCE = "Data contoh"
METHODS = {
    Family.FAST: "Dari stempel waktu pada aplikasi layanan.",
    Family.CONCISE: "Menurut prosedur tertulis yang berlaku pada akhir periode.",
    Family.ONLINE: "Permohonan yang masuk lewat aplikasi dibagi semua permohonan.",
    Family.SATISFACTION: "Survei Kepuasan Masyarakat, kuesioner PermenPANRB 14/2017.",
    Family.LITERACY: "Daftar hadir dan nilai uji, dicocokkan dengan daftar pegawai.",
    Family.OTHER: "Rekap harian petugas, dijumlahkan tiap akhir periode.",
}
LIMITS = (
    "Permohonan yang dibatalkan pemohon tidak dihitung.",
    "Hari libur nasional tidak dihitung.",
    "Layanan keliling belum termasuk.",
    "",
)
NOTES = (
    "Rekap bulan terakhir masih sementara, selisihnya kecil.",
    "Satu loket tutup dua hari untuk perbaikan jaringan.",
    "Angka sudah dicocokkan dengan bagian umum.",
    "Mohon dicek bersama rekap yang kami lampirkan.",
)
RETURNED = (
    "Rekap yang dilampirkan untuk bulan lain; mohon lampirkan rekap periode ini.",
    "Banyaknya data (n) di rekap berbeda dari yang diisi; mohon diperiksa lagi.",
    "Nilai yang diisi adalah rata-rata, padahal targetnya median.",
    "Tautan bukti tidak dapat dibuka dari luar kantor; mohon dibuka aksesnya.",
    "Rekap tidak menyebut cara menghitung hari libur; mohon dijelaskan.",
)
RETURNED_BOAST = (
    "Bukti hanya foto acara. Lampirkan rekap angka dari aplikasi atau survei.",
    "Foto peresmian tidak menunjukkan lama layanan. Mohon data per permohonan.",
    "Nilainya tepat sama dengan target sejak laporan pertama; mohon lampirkan data mentahnya.",
)
REJECTED = "Periode ini sudah dilaporkan dan diverifikasi dengan angka lain; laporan ganda ditolak."
REVOKED_REASON = (
    "Pemeriksaan ulang menemukan rekap menghitung permohonan yang dibatalkan, sehingga nilainya terlalu baik."
)
REDACTED = "Berkas memuat nama dan nomor telepon pemohon; dihapus karena data pribadi."
REDACTED_NOTE = "Catatan menyebut nama dan alamat seorang pemohon; dihapus karena data pribadi."
PRIVATE_NOTE = "Contoh catatan: Ibu Contoh dari Jalan Contoh 1 sudah dihubungi petugas."
REPLACED = "Median menyembunyikan antrean terlama; diganti dengan target baru yang mengukur 9 dari 10 permohonan."
WITHDRAWN = "Layanan ini pindah ke unit penerima penggabungan, sehingga tidak lagi dapat diukur di sini."
SUCCESSION = "Data contoh: pergantian pejabat ini direka untuk peragaan."


def month_of(day: date) -> str:
    return formats.date_format(day, "F Y")


def caption(kind: EvidenceKind, target: ServiceTarget, day: date) -> str:
    service = target.service[0].lower() + target.service[1:] if target.service[1:2].islower() else target.service
    return SAMPLE_KINDS[kind].caption.format(service=service, month=month_of(day))
