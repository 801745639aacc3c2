"""The columns of a sheet of commitments and targets."""

from __future__ import annotations

from commitments import ladder
from commitments.models import Commitment, Dimension, Direction, Family, ServiceTarget, Statistic
from commitments.secretariat.imports import cells
from commitments.secretariat.imports.sheet_kind import listed
from commitments.secretariat.imports.table import ImportColumn
from commitments.secretariat.imports.tenures import UNIT_COLUMN

PUBLIC_HELP = "Tampil untuk publik sesudah diumumkan."


COMMITMENT_IMPORT_COLUMNS = (
    UNIT_COLUMN,
    ImportColumn(
        "title",
        "Komitmen",
        cells.words(Commitment, "title"),
        also=("judul", "judul komitmen", "nama komitmen", "program"),
        needed=True,
        help=f"Judulnya. {PUBLIC_HELP}",
        examples=("Rujukan tanpa antre", "Rujukan tanpa antre"),
    ),
    ImportColumn(
        "benefit",
        "Yang didapat warga",
        cells.words(Commitment, "benefit"),
        also=("manfaat", "manfaat bagi warga"),
        needed=True,
        help=PUBLIC_HELP,
        examples=("Surat rujukan selesai sebelum pulang.", "Surat rujukan selesai sebelum pulang."),
    ),
    ImportColumn(
        "dimension",
        "Dimensi",
        cells.one_of(
            Dimension.choices,
            tata_kelola="governance",
            citra_kota="branding",
            smart_governance="governance",
            smart_branding="branding",
            smart_economy="economy",
            kualitas_hidup="living",
            smart_living="living",
            smart_society="society",
            smart_environment="environment",
        ),
        also=("dimensi smart city",),
        needed=True,
        help="Lihat lembar Pilihan.",
        examples=("living", "living"),
        choices=listed(Dimension.choices),
    ),
    ImportColumn(
        "quick_win", "Quick win", cells.yes_or_no, also=("program cepat",), help="ya atau tidak; kosong: tidak."
    ),
)
TARGET_IMPORT_COLUMNS = (
    ImportColumn(
        "service",
        "Layanan",
        cells.words(ServiceTarget, "service"),
        also=("nama layanan", "sasaran"),
        help=PUBLIC_HELP,
        examples=("Surat rujukan", "Pendaftaran daring"),
    ),
    ImportColumn(
        "family",
        "Rumpun",
        cells.one_of(Family.choices),
        also=("kelompok",),
        help="Lihat lembar Pilihan.",
        examples=("cepat", "daring"),
        choices=listed(Family.choices),
    ),
    ImportColumn(
        "unit_of_measure",
        "Satuan",
        cells.words(ServiceTarget, "unit_of_measure"),
        also=("satuan ukur",),
        help="Misalnya: hari, berkas, %.",
        examples=("hari", "%"),
    ),
    ImportColumn(
        "statistic",
        "Statistik",
        cells.one_of(Statistic.choices, persen="share", rerata="mean", jumlah="count"),
        also=("cara hitung",),
        help="Lihat lembar Pilihan.",
        examples=("median", "share"),
        choices=listed(Statistic.choices),
    ),
    ImportColumn(
        "direction",
        "Arah",
        cells.one_of(Direction.choices, turun="lower", naik="higher"),
        also=("arah perbaikan",),
        help="turun: makin kecil makin baik; naik: makin besar makin baik.",
        examples=("turun", "naik"),
        choices=listed(Direction.choices),
    ),
    ImportColumn(
        "baseline_value",
        "Nilai awal",
        cells.amount,
        also=("baseline", "kondisi awal"),
        help="Angkanya saja.",
        examples=(14, 12.5),
    ),
    ImportColumn(
        "baseline_on",
        "Tanggal nilai awal",
        cells.day,
        also=("tanggal baseline",),
        help="Hari pengukurannya.",
        examples=("2 November 2017", "31/12/2017"),
    ),
    ImportColumn(
        "baseline_source",
        "Sumber nilai awal",
        cells.words(ServiceTarget, "baseline_source"),
        also=("sumber baseline",),
        help=PUBLIC_HELP,
        examples=("Buku agenda 2017", "Laporan SKM 2017"),
    ),
    ImportColumn(
        "baseline_method", "Cara mengukur nilai awal", cells.words(ServiceTarget, "baseline_method"), help=PUBLIC_HELP
    ),
    ImportColumn(
        "target_value",
        "Target",
        cells.amount,
        also=("nilai target",),
        help="Angkanya saja.",
        examples=(3, 80),
    ),
    ImportColumn(
        "min_change",
        "Perubahan terkecil",
        cells.amount,
        also=("perubahan minimum", "perubahan terkecil yang berarti"),
        help="Kosong: 0.",
    ),
    ImportColumn(
        "lower_bound",
        "Skala terendah",
        cells.amount,
        also=("skala minimum",),
        help="Hanya nilai survei, misalnya 25.",
    ),
    ImportColumn(
        "upper_bound",
        "Skala tertinggi",
        cells.amount,
        also=("skala maksimum",),
        help="Hanya nilai survei, misalnya 100.",
    ),
    ImportColumn(
        "original_due_on",
        "Tenggat",
        cells.day,
        also=("batas waktu", "jatuh tempo", "deadline"),
        help="Hari terakhir untuk mencapainya.",
        examples=("31 Desember 2030", "31/12/2030"),
    ),
    ImportColumn(
        "cycle_days",
        "Siklus lapor",
        cells.count,
        also=("siklus lapor hari",),
        help=f"Hari; kosong: {ladder.REPORTING_CYCLE}.",
    ),
    ImportColumn("data_source", "Sumber data", cells.words(ServiceTarget, "data_source"), help=PUBLIC_HELP),
    ImportColumn(
        "known_limits",
        "Keterbatasan data",
        cells.words(ServiceTarget, "known_limits"),
        also=("keterbatasan",),
        help=PUBLIC_HELP,
    ),
)
ALL_COLUMNS = (*COMMITMENT_IMPORT_COLUMNS, *TARGET_IMPORT_COLUMNS)
TARGET_KEYS = tuple(column.key for column in TARGET_IMPORT_COLUMNS)
