"""Benchmark: `make bench-growth` measures the same pages and acts at 70, 700 and 7,000 units, on both databases.

Each size is the demonstration copied (`copies.py`) and measured in a process of its own. The tables go to
docs/performance.md. Takes about fifteen minutes and 4 GB of disk.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests import postgres
from tests.server import ROOT

SIZES = (1, 10, 100)  # copies of 70 units
REPORT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- begin make bench-growth -->\n", "<!-- end make bench-growth -->\n"
ROUNDS = 15
PAGES = {
    "home": "/",
    "unit": "/unit/dinkes/",
    "commitment": "/komitmen/DINKES-01/",
    "target": "/sasaran/DINKES-01-1/",
    "units": "/unit/",
    "units, searched": "/unit/?q=izin",
    "units, last page": "/unit/?halaman=99999",
    "units, by rung": "/unit/?urut=-rung",
    "commitments": "/komitmen/",
    "commitments, searched": "/komitmen/?q=izin",
    "commitments, last page": "/komitmen/?halaman=99999",
    "register": "/jejak/",
    "register, of a unit": "/jejak/?unit=dinkes",
    "register, last page": "/jejak/?halaman=99999",
}


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="semarang-growth-"))
    try:
        tables = [*_sqlite(folder), *_postgres(folder)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = "\n".join(tables)
    print(text)
    before, _, rest = REPORT.read_text().partition(BEGIN)
    REPORT.write_text(before + BEGIN + text + END + rest.partition(END)[2])
    return 0


def _sqlite(folder: Path) -> Iterator[str]:
    first = folder / "1.sqlite3"
    _manage(f"sqlite:///{first}", folder, "migrate", "--verbosity", "0")
    _manage(f"sqlite:///{first}", folder, "demo")
    found = {}
    for times in SIZES:
        file = folder / f"measured-{times}.sqlite3"
        shutil.copy(first, file)
        found[times] = _measured(f"sqlite:///{file}", folder, times)
        for left in folder.glob(f"{file.name}*"):
            left.unlink()
    yield from _table("SQLite", found)


def _postgres(folder: Path) -> Iterator[str]:
    if reason := postgres.why_not():
        print(f"!!! WITHOUT POSTGRESQL: {reason} !!!", file=sys.stderr)
        return
    server, found = postgres.Postgres(), {}
    url = server.start()
    try:
        _manage(url, folder, "migrate", "--verbosity", "0")
        _manage(url, folder, "demo")
        for times in SIZES:
            name = f"measured_{times}"
            admin = ["psql", "-q", "-h", str(server.folder), "-U", "semarang", "-d", "template1", "-c"]
            subprocess.run([*admin, f"CREATE DATABASE {name} TEMPLATE postgres"], check=True)
            found[times] = _measured(url.replace("/postgres?", f"/{name}?"), folder, times)
    finally:
        server.stop()
    yield from _table("PostgreSQL 15", found)


def _environment(database: str, folder: Path) -> dict[str, str]:
    keys = {"SECRET_KEY": "a-key-for-measuring-growth-" * 3, "REGISTER_KEY": "a-register-key-for-measuring-" * 3}
    places = {"DATABASE_URL": database, "EVIDENCE_DIR": str(folder / "evidence"), "CACHE_URL": "locmemcache://"}
    patience = {"PGOPTIONS": "-c statement_timeout=0"}  # a copy takes longer than anything a page may ask
    return os.environ | keys | places | patience | {"DEBUG": "0", "SECURE": "0", "THREADS": "4"}


def _manage(database: str, folder: Path, *command: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=_environment(database, folder),
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _measured(database: str, folder: Path, times: int) -> dict[str, Any]:
    print(f"measuring {times * 70:,} units on {database.partition(':')[0]} ...", file=sys.stderr)
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.bench.growth", str(times)],
        cwd=ROOT,
        env=_environment(database, folder) | {"DJANGO_SETTINGS_MODULE": "semarang_mou.settings"},
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    found: dict[str, Any] = json.loads(answer)
    return found


def _table(title: str, found: dict[int, dict[str, Any]]) -> Iterator[str]:
    few = found[SIZES[0]]
    yield f"### {title}\n"
    yield "| | " + " | ".join(f"{times * 70:,}" for times in SIZES) + " | 7,000 ÷ 70 |"
    yield "|---|" + "---|" * (len(SIZES) + 1)
    for name in few["ask"]:
        cells = [found[times]["ask"][name] for times in SIZES]
        shown = " | ".join(
            f"{cell['ms']:,.1f} ms, {cell['queries']} q"
            + (f", {cell['bytes'] / 1024:,.0f} KB" if cell["bytes"] else "")
            for cell in cells
        )
        yield f"| {name} | {shown} | {cells[-1]['ms'] / cells[0]['ms']:.2f} |"
    memory = " | ".join(f"{found[times]['memory']:,.0f} MB" for times in SIZES)
    yield f"| memory of the process | {memory} | {found[SIZES[-1]]['memory'] / few['memory']:.2f} |\n"


# --- in the process that measures ---


def measure(times: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from commitments.ladder import kept, statements
    from commitments.models import KeptLadder
    from opd import clock
    from tests.bench.copies import multiply

    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    connection.settings_dict["OPTIONS"].pop("pool", None)  # one server process, whose time can be read
    connection.settings_dict["CONN_MAX_AGE"] = None
    if times > 1:
        multiply(times)
    kept.keep_up(anew=True)
    found: dict[str, Any] = {}
    for name, path in PAGES.items():
        found[name] = _page(path)
    found |= _acts()

    def all_of(ask: Callable[..., statements.Statement]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(*ask(connection, clock.today()))
            cursor.fetchall()

    some = 20 if times == 1 else 2
    found["every target, worked out"] = _timed(lambda: all_of(statements.targets_sql), some)
    found["every unit, worked out"] = _timed(lambda: all_of(statements.units_sql), some)
    since = clock.today() - timedelta(days=365)
    KeptLadder.objects.update(day=since, turns_on=clock.today())
    found["a new day: duties of a year moved, units ended"] = _timed(kept.keep_up, 1)
    found["new rules: everything kept anew"] = _timed(lambda: kept.keep_up(anew=True), 1)
    return {"ask": found, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _page(path: str) -> dict[str, Any]:
    from django.test import Client

    client = Client(HTTP_HOST="127.0.0.1")
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return _timed(lambda: client.get(path), ROUNDS) | {"bytes": len(answer.content)}


def _acts() -> dict[str, Any]:
    from django.contrib.auth.models import User

    from commitments.models import Evidence, Measurement, ServiceTarget
    from opd import clock

    head, verifier = (User.objects.get(username=name) for name in ("kepala.dinkes", "verifikator"))
    target = ServiceTarget.objects.get(reference="DINKES-01-1")
    ends = iter(clock.today() - timedelta(days=days) for days in range(1, 3 * ROUNDS))

    def drafted() -> Measurement:
        day = next(ends)
        value = target.target_value
        row = Measurement.draft(by=head, target=target, value=Decimal(value), period_start=day, period_end=day, n=10)
        Evidence.attach(row, kind="hasil", url="https://contoh.invalid/bukti")
        return row

    drafts = [drafted() for _ in range(2 * ROUNDS)]
    sent, queue = iter(drafts), iter(drafts)

    def submit() -> None:
        row = next(sent)
        row.submit(by=head, seen=row.fingerprint())

    def verify() -> None:
        row = next(queue)
        row.verify(by=verifier, seen=row.fingerprint())

    return {"act: submit": _timed(submit, ROUNDS), "act: verify": _timed(verify, ROUNDS - 1)}


def _timed(ask: Callable[[], object], rounds: int) -> dict[str, Any]:
    """The median of the processor time of this process and, on PostgreSQL, of its server process; and the queries."""
    from django.db import connection

    asked: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    spent = []
    for _ in range(rounds):
        begun = _processor_seconds()
        ask()
        spent.append(_processor_seconds() - begun)
    if rounds > 1:
        with connection.execute_wrapper(count):
            ask()
    return {"ms": statistics.median(spent) * 1000, "queries": len(asked), "bytes": 0}


def _processor_seconds() -> float:
    from django.db import connection

    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return time.process_time()
    return time.process_time() + _of_server(connection.connection.info.backend_pid)


def _of_server(pid: int) -> float:
    """Processor seconds of a process, in nanoseconds as the scheduler counts them."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
        sys.exit(0)
    sys.exit(main())
