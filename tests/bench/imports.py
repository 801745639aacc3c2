"""Benchmark of an import of 5,000 rows, processor time and memory: `python -m tests.bench.imports [rows] [database]`.

Runs on a throw-away database (`sqlite`, or `postgres`): tries a sheet of measurements, and one of commitments with
targets, keeps it, and tries it again. On PostgreSQL the processor time of its server is counted too.
"""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

PROMISES = (
    *("Unit", "Judul komitmen", "Yang didapat warga", "Dimensi", "Layanan", "Rumpun", "Satuan", "Statistik", "Arah"),
    *("Nilai awal", "Tanggal nilai awal", "Sumber nilai awal", "Target", "Tenggat"),
)


@contextmanager
def ready(folder: str, database: str = "sqlite") -> Iterator[Callable[[], float]]:
    """A migrated database of our own; gives what tells the processor time of its server, in seconds."""
    keys = dict.fromkeys(("SECRET_KEY", "REGISTER_KEY"), "a-key-for-a-measurement-" * 3)
    server = None
    if database == "postgres":
        from tests.postgres import AS_INSTALLED, Postgres

        server = Postgres(AS_INSTALLED)
    address = server.start() if server else f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
    os.environ.update(keys, DATABASE_URL=address, EVIDENCE_DIR=folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "semarang_mou.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    try:
        yield (lambda: server_seconds(server.folder) if server else 0.0)
    finally:
        if server:
            from django.db import connections

            connections.close_all()
            server.stop()


def server_seconds(folder: Path) -> float:
    """Processor time of every process of a PostgreSQL server, with those that have ended."""
    main = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    listed = subprocess.run(["ps", "--ppid", str(main), "-o", "pid="], capture_output=True, text=True, check=True)
    ticks = 0
    for process in (main, *map(int, listed.stdout.split())):
        with suppress(FileNotFoundError):  # it has just ended
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15] if process == main else fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def workbook(lines: Iterator[list[Any]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet("Data")
    for line in lines:
        page.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet(references: list[str], rows: int) -> bytes:
    """Measurements of these targets, three days each."""

    def lines() -> Iterator[list[Any]]:
        yield ["LAPORAN REALISASI SEMARANG SMART CITY"]
        yield []
        yield ["No", "Nomor target", "Awal periode", "Akhir periode", "Nilai", "n", "Tautan bukti", "Jenis bukti"]
        for number in range(rows):
            start = date(2018, 1, 1) + timedelta(days=3 * (number // len(references)))  # all end before today
            link = f"https://contoh.go.id/bukti/{number}"
            reference, value = references[number % len(references)], f"{9 + number % 5},5 hari"
            yield [number + 1, reference, start, start + timedelta(days=2), value, 212, link, "hasil"]

    return workbook(lines())


def promises(codes: list[str], rows: int) -> bytes:
    """Commitments of these units, each with its target."""

    def lines() -> Iterator[list[Any]]:
        yield list(PROMISES)
        for number in range(rows):
            first = [
                codes[number % len(codes)],
                f"Layanan lebih cepat nomor {number}",
                "Warga cepat pulang.",
                "living",
            ]
            what = [f"Layanan {number}", "cepat", "hari", "median", "turun", 14, "2 November 2017", "Buku agenda"]
            yield [*first, *what, 3, "31 Desember 2030"]

    return workbook(lines())


def measure(kind: str, content: bytes, by: Any, server: Callable[[], float]) -> None:
    from commitments.secretariat.imports import run as runs

    digest = ""
    for what in ("percobaan", "pencatatan", "percobaan ulang"):
        begun, worked, served = time.monotonic(), time.process_time(), server()
        report = runs.run(runs.IMPORTS[kind], content, by=by, keep=digest)
        digest = report.digest
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        spent, worked, served = time.monotonic() - begun, time.process_time() - worked, server() - served
        told = f"{len(report.new)} baru, {len(report.same)} sama, {len(report.faults)} salah"
        cost = f"CPU {worked:.1f} + {served:.1f}" if served else f"CPU {worked:.1f}"
        print(f"{kind}, {what}: {spent:.1f} s ({cost}), puncak {memory:.0f} MB: {told}", flush=True)


def main(rows: int, database: str) -> None:
    with tempfile.TemporaryDirectory() as folder, ready(folder, database) as server:
        from commitments.secretariat.imports import run as runs
        from tests.cast import Cast

        runs.MAX_SECONDS = float("inf")  # how long it takes is what is asked
        cast = Cast()
        commitment = cast.commitment()
        references = [cast.target(commitment=commitment, service=f"Layanan {n}").reference for n in range(50)]
        measure("realisasi", sheet(references, rows), cast.keeper, server)
        measure("komitmen", promises(["dinkes", "pdam", "setda"], rows), cast.keeper, server)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000, sys.argv[2] if len(sys.argv) > 2 else "sqlite")
