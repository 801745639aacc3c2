"""Benchmark of the register, acts and check of a long chain: `python -m tests.bench.register [entries]`.

Runs on a throw-away SQLite database: a short demonstration, continued by acts of the one kind there is most of. They
are written in bulk, without asking who may, but with the register's own bytes. A million entries take ten minutes.
"""

from __future__ import annotations

import hashlib
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.server import ROOT

if TYPE_CHECKING:
    from opd.models import Entry
    from opd.register import RunningAct

ENTRIES = 20_000
BULK = 5_000  # entries written at once
UNDECIDED = 150  # submissions that wait for their decision
ACTS = 200  # of each way of writing
# The budgets: for a million entries; acts a second.
MILLION, CHECK_SECONDS, CHECK_MEGABYTES = 1_000_000, 60, 500
MANY_ACTS, SINGLE_ACTS = 200, 50


def ready(folder: str) -> None:
    keys = dict.fromkeys(("SECRET_KEY", "REGISTER_KEY"), "a-key-for-a-measurement-" * 3)
    place = {"DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}", "EVIDENCE_DIR": f"{folder}/evidence"}
    os.environ.update(keys, **place, CACHE_DIR=f"{folder}/cache", DJANGO_SETTINGS_MODULE="semarang_mou.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from commitments.demo import build

    build.build(date(2018, 9, 30), lambda part, day: None)


# --- A long chain ----------------------------------------------------------------------------------------------


def lengthen(entries: int) -> None:
    """Continues the register with submissions and verifications up to so many entries, one after the other."""
    from django.db import transaction

    from commitments.ladder import kept
    from opd.register import triggers

    triggers.drop()  # a row comes as its last act leaves it
    acts = _acts(entries)
    while some := list(islice(acts, BULK)):
        with transaction.atomic():
            _insert(some)
    triggers.install()
    kept.keep_up(anew=True)


def _insert(acts: list[tuple[Entry, list[Any]]]) -> None:
    from commitments.models import Decision, Evidence, Measurement
    from opd.models import Entry

    Entry.objects.bulk_create([entry for entry, _ in acts])
    models: tuple[Any, ...] = (Measurement, Evidence, Decision)  # each after what it stands on
    for model in models:
        model.objects.bulk_create([row for _, rows in acts for row in rows if isinstance(row, model)])


def _acts(entries: int) -> Iterator[tuple[Entry, list[Any]]]:
    """Entries, each with the rows that no later one changes."""
    from commitments.models import ServiceTarget
    from opd.register import append

    last = append.state().last
    assert last
    seq, at, head = last.seq, last.at, last.hash
    step = (datetime.now(UTC) - timedelta(days=1) - at) / (entries - seq)
    waiting: deque[Any] = deque()
    targets = cycle(ServiceTarget.objects.filter(published_at__isnull=False))
    while waiting or seq < entries - 1:
        seq, at = seq + 1, at + step
        is_new = len(waiting) < min(UNDECIDED, entries - seq)
        name = "measurement.submitted" if is_new else "measurement.verified"
        act = append.RunningAct(seq, at, name, "", head, is_demo=True)
        if is_new:
            waiting.append(_submitted(act, next(targets)))
        rows = [] if is_new else _verified(act, *waiting.popleft())
        entry = append._entry(act)
        head = entry.hash
        yield entry, rows


@cache
def _accounts() -> list[Any]:
    from django.contrib.auth.models import User

    return list(User.objects.all()[:2])


def _submitted(act: RunningAct, target: Any) -> tuple[Any, Any]:
    from commitments.models import Evidence, Measurement
    from opd import clock

    head, end = _accounts()[0], act.at.date() - timedelta(days=1)
    uuid = clock.new_uuid()
    row = Measurement(
        uuid=uuid,
        chain=uuid,
        target=target,
        period_start=end - timedelta(days=29),
        period_end=end,
        value=Decimal(act.seq % 90) + Decimal("0.5"),
        n=100 + act.seq % 90,
        method="Dihitung dari catatan loket.",
        drafted_by=head,
        drafted_at=act.at,
        submitted_by=head,
        submitted_at=act.at,
    )
    url = f"https://contoh.invalid/{act.seq}"
    sha256 = hashlib.sha256(url.encode()).hexdigest()
    proof = Evidence(
        measurement=row, evidence_kind="hasil", url=url, sha256=sha256, size=len(url), caption="Rekap bulanan"
    )
    act.office, act.subject = f"kepala:{target.reference.partition('-')[0].lower()}", row.object_name
    act.touch(row, proof)
    return row, proof


def _verified(act: RunningAct, row: Any, proof: Any) -> list[Any]:
    from commitments.models import Decision

    by = _accounts()[1]
    proof.public = True
    decision = Decision(measurement=row, verdict="verified", by=by, office="verifikator", at=act.at, seen="0" * 64)
    act.office, act.subject = "verifikator", row.object_name
    act.touch(proof, decision)
    return [row, proof, decision]


# --- What is measured ------------------------------------------------------------------------------------------


def check() -> tuple[float, float, float]:
    """Seconds and processor seconds of `check_register`, and the most memory that it and its helpers had, in MB."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    most = 0.0
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([sys.executable, "manage.py", "check_register"], cwd=ROOT, stdout=said)
        while process.poll() is None:
            most = max(most, _memory(process.pid))
            time.sleep(0.2)
        said.seek(0)
        told = said.read(500).decode()
    assert told.startswith("Utuh: "), told
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, worked, most


def _memory(pid: int) -> float:
    """Megabytes of a process and those that it started; what they share counts once."""
    with suppress(OSError):
        whole = Path(f"/proc/{pid}/smaps_rollup").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(re.findall(r"^Pss: +(\d+)", whole, re.MULTILINE)[0]) / 1024 + sum(map(_memory, map(int, children)))
    return 0.0


Rate = tuple[float, float]  # a second, and a second of processor time


def acts_a_second() -> tuple[Rate, Rate]:
    """Submissions and verifications: all in one transaction, and each in its own."""
    from opd import register

    with register.many_acts():
        many = _rate()
    return many, _rate()


def _rate() -> Rate:
    from django.contrib.auth.models import User

    from commitments.models import Evidence, Measurement, ServiceTarget
    from opd import access, clock

    target = ServiceTarget.objects.get(reference="DINKES-01-1")
    head, verifier = (User.objects.get(username=name) for name in ("kepala.dinkes", access.VERIFIER))
    day = clock.today() - timedelta(days=1)
    began, worked = time.perf_counter(), time.process_time()
    for number in range(ACTS // 2):
        row = Measurement.draft(by=head, target=target, period_start=day, period_end=day, value=Decimal(number % 90))
        Evidence.attach(row, kind="hasil", url=f"https://contoh.invalid/{number}")
        row.submit(by=head, seen=row.fingerprint())
        row.verify(by=verifier, seen=row.fingerprint(), public={})
    return ACTS / (time.perf_counter() - began), ACTS / (time.process_time() - worked)


def main(entries: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        ready(folder)
        began = time.monotonic()
        lengthen(entries)
        made = time.monotonic() - began
        many, single = acts_a_second()
        for how, (rate, worked) in (("in one transaction", many), ("alone", single)):
            print(f"acts {how}, n = {ACTS}: {rate:.0f} a second, {worked:.0f} a second of processor time")
        seconds, worked, memory = check()
    print(
        f"check_register, n = {entries:,} entries (made in {made:.0f} s): {seconds:.1f} s, processor {worked:.1f} s, "
        f"{worked / entries * 1e6:.0f} us an entry, {memory:.0f} MB"
    )
    allowed = CHECK_SECONDS * max(entries, 50_000) / MILLION  # a short one is mostly Django's own start
    print(f"at most {allowed:.0f} s and {CHECK_MEGABYTES} MB; at least {MANY_ACTS} and {SINGLE_ACTS} acts a second")
    return seconds > allowed or memory > CHECK_MEGABYTES or many[0] < MANY_ACTS or single[0] < SINGLE_ACTS


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES))
