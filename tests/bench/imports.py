"""Benchmark of an import of 5,000 rows, time and memory: `python -m tests.bench.imports [rows]`.

Runs on a throw-away SQLite database: tries the sheet, keeps it, and tries it again.
"""

from __future__ import annotations

import io
import os
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path


def ready(folder: str) -> None:
    keys = dict.fromkeys(("SECRET_KEY", "REGISTER_KEY"), "a-key-for-a-measurement-" * 3)
    os.environ.update(keys, DATABASE_URL=f"sqlite:///{Path(folder) / 'bench.sqlite3'}", EVIDENCE_DIR=folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "semarang_mou.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def sheet(references: list[str], rows: int) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet("Realisasi")
    page.append(["LAPORAN REALISASI SEMARANG SMART CITY"])
    page.append([])
    page.append(["No", "Nomor target", "Awal periode", "Akhir periode", "Nilai", "n", "Tautan bukti", "Jenis bukti"])
    for number in range(rows):
        start = date(2018, 1, 1) + timedelta(days=3 * (number // len(references)))  # 5,000 rows end before today
        address = f"https://contoh.go.id/bukti/{number}"
        value = f"{9 + number % 5},5 hari"
        reference = references[number % len(references)]
        page.append([number + 1, reference, start, start + timedelta(days=2), value, 212, address, "hasil"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def measure(rows: int) -> None:
    from commitments.secretariat.imports import run as runs
    from commitments.secretariat.imports.kinds.measurements import MeasurementImport
    from tests.cast import Cast

    runs.MAX_SECONDS = float("inf")  # how long it takes is what is asked
    cast = Cast()
    commitment = cast.commitment()
    references = [cast.target(commitment=commitment, service=f"Layanan {n}").reference for n in range(50)]
    content = sheet(references, rows)
    digest = ""
    for what in ("percobaan", "pencatatan", "percobaan ulang"):
        begun, worked = time.monotonic(), time.process_time()
        report = runs.run(MeasurementImport, content, by=cast.keeper, keep=digest)
        digest = report.digest
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        counted = f"{len(report.new)} baru, {len(report.same)} sama"
        spent, worked = time.monotonic() - begun, time.process_time() - worked
        print(
            f"{what}: {spent:.1f} s (CPU {worked:.1f}), puncak {memory:.0f} MB: {counted}, {len(report.faults)} salah"
        )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        ready(folder)
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
