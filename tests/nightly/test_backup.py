"""Nightly tests of backups: a million entries come back within five minutes; others write while one is taken."""

from __future__ import annotations

import io
import json
import random
import resource
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from commitments.backup import restoring, tables, writing
from commitments.models import Evidence, Measurement
from opd import register
from opd.models import Entry
from opd.register import triggers
from opd.register.canonical import canonical
from tests.cast import REASON, Cast, unit
from tests.places import empty_place
from tests.test_backup import received

pytestmark = [pytest.mark.nightly, pytest.mark.django_db(transaction=True)]

MANY_ENTRIES = 1_000_000
MAX_SECONDS = 300
RUNS = 20
PERIOD: dict[str, Any] = {"period_start": date(2018, 1, 1), "period_end": date(2018, 12, 31), "n": 10}


def long_chain(entries: int) -> Iterator[bytes]:
    """Lines of entries, of about a kilobyte each, that all tell of the same unit, as it is."""
    row, last, chance = register.row_of(unit("dinkes"), 1), register.head(), random.Random(1)
    assert last
    facts = {"at": last.at, "actor": "verifikator", "act": "unit.corrected", "object": "unit:dinkes"}
    body_parts = canonical({**facts, "data": {"noise": "NOISE", "unit": [row]}, "seq": 0}).partition("NOISE")
    prev_hash, columns = last.hash, ["id", "seq", *facts, "body", "prev_hash", "hash"]
    yield json.dumps(columns).encode()
    for seq in range(2, entries + 1):
        body = f"{body_parts[0]}{chance.randbytes(288).hex()}{body_parts[2][:-2]}{seq}}}"
        own_hash = register.chained(prev_hash, body)
        values = [last.pk + seq, seq, *map(str, facts.values()), body, prev_hash, own_hash]
        yield json.dumps(values).encode()
        prev_hash = own_hash


def test_a_million_entries_come_back_within_five_minutes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with transaction.atomic():
        tables.load(Entry, long_chain(MANY_ENTRIES), lambda done: None)
    head, said = register.head(), io.StringIO()
    assert head
    assert (head.seq, len(head.body) > 900) == (MANY_ENTRIES, True)
    backup = tmp_path / "cadangan.tar"
    began, worked = time.monotonic(), time.process_time()
    call_command("backup", str(backup), stdout=said)
    backed_up = f"{time.monotonic() - began:.0f} s ({time.process_time() - worked:.0f} s of this process)"
    with empty_place(tmp_path):
        began, worked = time.monotonic(), time.process_time()
        call_command("restore", str(backup), stdout=said)
        restored = time.monotonic() - began
        worked = time.process_time() - worked
        again = register.head()
        assert again
        assert (again.seq, again.hash) == (head.seq, head.hash)
        assert triggers.missing(connection) == []
    with capsys.disabled():
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"\n{connection.vendor}: {MANY_ENTRIES} entries, {backup.stat().st_size / 1e6:.0f} MB, "
            f"backup {backed_up}, restore {restored:.0f} s ({worked:.0f} s of this process), "
            f"memory at most {memory:.0f} MB"
        )
    assert restored <= MAX_SECONDS


def test_a_backup_taken_while_others_write_is_of_one_moment(tmp_path: Path) -> None:
    cast, done, faults = Cast(), threading.Event(), list[str]()
    target = cast.target()

    def write(number: int) -> None:
        try:
            for turn in range(10_000):
                if done.is_set():
                    break
                row = Measurement.draft(by=cast.head, target=target, value=turn % 7, **PERIOD)
                Evidence.attach(row, kind="hasil", file=received(f"{number} {turn}"))
                row.submit(by=cast.head, seen=row.fingerprint())
                row.pull_back(by=cast.head, seen=row.fingerprint())
                item = row.evidence.get()
                item.redact(by=cast.approver, seen=item.fingerprint(), reason=REASON)
        except Exception as error:
            faults.append(repr(error))
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for writer in writers:
        writer.start()
    heads = []
    try:
        for run in range(RUNS):
            written = writing.write(tmp_path / f"{run}.tar")
            assert written.lost == []
            restoring.restore(written.path, keep=False)
            heads.append(written.manifest["head"]["seq"])
    finally:
        done.set()
        for writer in writers:
            writer.join()
    assert faults == []
    assert heads == sorted(set(heads))  # they did write meanwhile
    assert list(register.check()) == []
