"""Spreadsheets for tests: CSV and XLSX from rows of cells, tidy or not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook

from commitments.secretariat.imports.run import IMPORTS, ImportReport, run
from opd.models import Entry
from tests.cast import Cast

Rows = Sequence[Sequence[Any]]

UNITS = ("Kode", "Jenis", "Nama", "Nama singkat", "Sumber", "Kepastian")
TENURES = ("Unit", "Nama pejabat", "Jabatan", "Status", "Sejak", "Hari terakhir", "Sumber", "Kepastian")
PROMISES = (
    *("Unit", "Komitmen", "Yang didapat warga", "Dimensi", "Layanan", "Rumpun", "Satuan", "Statistik", "Arah"),
    *("Nilai awal", "Tanggal nilai awal", "Sumber nilai awal", "Target", "Tenggat"),
)
MEASUREMENTS = ("Nomor target", "Awal periode", "Akhir periode", "Nilai", "n", "Tautan bukti", "Jenis bukti")


def xlsx(rows: Rows, title: str = "Data", more: dict[str, Rows] | None = None) -> bytes:
    book = Workbook()
    for number, (name, lines) in enumerate({title: rows, **(more or {})}.items()):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = name
        for row in lines:
            sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(rows: Iterable[Sequence[Any]], sign: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=sign).writerows(rows)
    return out.getvalue().encode()


def tried(cast: Cast, slug: str, content: bytes) -> ImportReport:
    return run(IMPORTS[slug], content, by=cast.keeper)


def kept(cast: Cast, slug: str, content: bytes) -> ImportReport:
    """Tried, agreed to and kept."""
    report = tried(cast, slug, content)
    assert report.faults == []
    report = run(IMPORTS[slug], content, by=cast.keeper, keep=report.digest)
    assert report.kept
    return report


def faults(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.column, fault.wrong) for fault in report.faults]


def entries() -> int:
    return Entry.objects.count()


def measurement(target: str, value: Any = "9 hari", **other: Any) -> list[Any]:
    """A row under `MEASUREMENTS`."""
    row = {
        "start": date(2018, 1, 1),
        "end": "30 Juni 2018",
        "n": 212,
        "url": "https://contoh.go.id/bukti",
        "kind": "hasil",
        **other,
    }
    return [target, row["start"], row["end"], value, row["n"], row["url"], row["kind"]]
