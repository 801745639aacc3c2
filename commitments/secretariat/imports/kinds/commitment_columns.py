"""The columns of a sheet of commitments and targets."""

from __future__ import annotations

from commitments import ladder
from commitments.models import Commitment, Dimension, Direction, Family, ServiceTarget, Statistic
from commitments.secretariat.imports.columns import (
    AmountColumn,
    ChoiceColumn,
    CountColumn,
    DayColumn,
    ModelTextColumn,
    TextColumn,
    YesNoColumn,
)
from commitments.secretariat.imports.kinds.tenures import UNIT_COLUMN

PUBLIC_HELP = "Tampil untuk publik sesudah diumumkan."


COMMITMENT_IMPORT_COLUMNS = (
    UNIT_COLUMN,
    ModelTextColumn(
        key="title",
        label="Judul komitmen",
        model=Commitment,
        also=("judul", "nama komitmen", "program"),
        ours=("title of the commitment",),
        spare=("komitmen", "commitments"),
        needed=True,
        help=f"Judulnya. {PUBLIC_HELP}",
        examples=("Rujukan tanpa antre", "Rujukan tanpa antre"),
    ),
    ModelTextColumn(
        key="benefit",
        label="Yang didapat warga",
        model=Commitment,
        also=("manfaat", "manfaat bagi warga"),
        needed=True,
        help=PUBLIC_HELP,
        examples=("Surat rujukan selesai sebelum pulang.", "Surat rujukan selesai sebelum pulang."),
    ),
    ChoiceColumn(
        key="dimension",
        label="Dimensi",
        of=Dimension.choices,
        spelled={
            "tata_kelola": "governance",
            "citra_kota": "branding",
            "smart_governance": "governance",
            "smart_branding": "branding",
            "smart_economy": "economy",
            "kualitas_hidup": "living",
            "smart_living": "living",
            "smart_society": "society",
            "smart_environment": "environment",
        },
        also=("dimensi smart city",),
        needed=True,
        help="Lihat lembar Pilihan.",
        examples=("living", "living"),
    ),
    YesNoColumn(
        key="quick_win",
        label="Quick win",
        also=("program cepat",),
        help="ya atau tidak; kosong: tidak.",
    ),
)
NUMBER_COLUMNS = (
    TextColumn(
        key="commitment",
        label="Nomor komitmen",
        also=("kode komitmen",),
        spare=("komitmen", "commitments", "ref"),
        help="Hanya untuk yang sudah tercatat: mencocokkan, atau menambah target pada komitmen itu.",
    ),
    TextColumn(
        key="reference",
        label="Nomor target",
        also=("kode target", "nomor sasaran"),
        ours=("target number",),
        spare=("ref",),
        help="Hanya untuk yang sudah tercatat: mencocokkan.",
    ),
)
TARGET_IMPORT_COLUMNS = (
    ModelTextColumn(
        key="service",
        label="Layanan",
        model=ServiceTarget,
        also=("nama layanan", "sasaran"),
        help=PUBLIC_HELP,
        examples=("Surat rujukan", "Pendaftaran daring"),
    ),
    ChoiceColumn(
        key="family",
        label="Rumpun",
        of=Family.choices,
        also=("kelompok",),
        help="Lihat lembar Pilihan.",
        examples=("cepat", "daring"),
    ),
    ModelTextColumn(
        key="unit_of_measure",
        label="Satuan",
        model=ServiceTarget,
        also=("satuan ukur",),
        help="Misalnya: hari, berkas, %.",
        examples=("hari", "%"),
    ),
    ChoiceColumn(
        key="statistic",
        label="Statistik",
        of=Statistic.choices,
        spelled={"persen": "share", "rerata": "mean", "jumlah": "count"},
        also=("cara hitung",),
        help="Lihat lembar Pilihan.",
        examples=("median", "share"),
    ),
    ChoiceColumn(
        key="direction",
        label="Arah",
        of=Direction.choices,
        spelled={"turun": "lower", "naik": "higher"},
        also=("arah perbaikan",),
        help="turun: makin kecil makin baik; naik: makin besar makin baik.",
        examples=("turun", "naik"),
    ),
    AmountColumn(
        key="baseline_value",
        label="Nilai awal",
        also=("baseline", "kondisi awal"),
        ours=("start",),
        help="Angkanya saja.",
        examples=(14, 12.5),
    ),
    DayColumn(
        key="baseline_on",
        label="Tanggal nilai awal",
        also=("tanggal baseline",),
        help="Hari pengukurannya.",
        examples=("2 November 2017", "31/12/2017"),
    ),
    ModelTextColumn(
        key="baseline_source",
        label="Sumber nilai awal",
        model=ServiceTarget,
        also=("sumber baseline",),
        help=PUBLIC_HELP,
        examples=("Buku agenda 2017", "Laporan SKM 2017"),
    ),
    ModelTextColumn(
        key="baseline_method",
        label="Cara mengukur nilai awal",
        model=ServiceTarget,
        help=PUBLIC_HELP,
    ),
    AmountColumn(
        key="target_value",
        label="Target",
        also=("nilai target",),
        help="Angkanya saja.",
        examples=(3, 80),
    ),
    AmountColumn(
        key="min_change",
        label="Perubahan terkecil",
        also=("perubahan minimum", "perubahan terkecil yang berarti"),
        help="Kosong: 0.",
    ),
    AmountColumn(
        key="lower_bound",
        label="Skala terendah",
        also=("skala minimum",),
        help="Hanya nilai survei, misalnya 25.",
    ),
    AmountColumn(
        key="upper_bound",
        label="Skala tertinggi",
        also=("skala maksimum",),
        help="Hanya nilai survei, misalnya 100.",
    ),
    DayColumn(
        key="original_due_on",
        label="Tenggat",
        also=("batas waktu", "jatuh tempo", "deadline"),
        ours=("due",),
        help="Hari terakhir untuk mencapainya.",
        examples=("31 Desember 2030", "31/12/2030"),
    ),
    CountColumn(
        key="cycle_days",
        label="Siklus lapor",
        noun="hari",
        help=f"Hari; kosong: {ladder.REPORTING_CYCLE}.",
    ),
    ModelTextColumn(
        key="data_source",
        label="Sumber data",
        model=ServiceTarget,
        help=PUBLIC_HELP,
    ),
    ModelTextColumn(
        key="known_limits",
        label="Keterbatasan data",
        model=ServiceTarget,
        also=("keterbatasan",),
        help=PUBLIC_HELP,
    ),
)
ALL_COLUMNS = (*COMMITMENT_IMPORT_COLUMNS, *TARGET_IMPORT_COLUMNS, *NUMBER_COLUMNS)
TARGET_KEYS = tuple(column.key for column in TARGET_IMPORT_COLUMNS)
