"""Nightly test of a large backup: a million entries come back within five minutes, on both databases."""

from __future__ import annotations

import hashlib
import io
import resource
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from opd import register
from opd.models import Entry
from opd.register import triggers
from opd.register.canonical import canonical
from tests.cast import unit
from tests.places import empty_place

pytestmark = [pytest.mark.nightly, pytest.mark.django_db(transaction=True)]

MANY_ENTRIES = 1_000_000
MAX_SECONDS = 300


def long_chain(entries: int) -> Iterator[Entry]:
    """Entries of about a kilobyte that all tell of the same unit, as it is."""
    row, last = register.row_of(unit("dinkes"), 1), register.head()
    assert last
    prev_hash = last.hash
    for seq in range(last.seq + 1, entries + 1):
        noise = "".join(hashlib.sha256(b"%d %d" % (seq, part)).hexdigest() for part in range(9))
        facts = {"seq": seq, "at": last.at, "actor": "verifikator", "act": "unit.corrected", "object": "unit:dinkes"}
        body = canonical({**facts, "data": {"unit": [row], "noise": noise}})
        entry = Entry(**facts, body=body, prev_hash=prev_hash, hash=register.chained(prev_hash, body))
        prev_hash = entry.hash
        yield entry


def test_a_million_entries_come_back_within_five_minutes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = long_chain(MANY_ENTRIES)
    with transaction.atomic():
        while batch := list(islice(entries, 10_000)):
            Entry.objects.bulk_create(batch)
    head, said = register.head(), io.StringIO()
    assert head
    assert (head.seq, len(head.body) > 900) == (MANY_ENTRIES, True)
    backup = tmp_path / "cadangan.tar"
    began = time.monotonic()
    call_command("backup", str(backup), stdout=said)
    backed_up = time.monotonic() - began
    with empty_place(tmp_path):
        began = time.monotonic()
        call_command("restore", str(backup), stdout=said)
        restored = time.monotonic() - began
        again = register.head()
        assert again
        assert (again.seq, again.hash) == (head.seq, head.hash)
        assert triggers.missing(connection) == []
    with capsys.disabled():
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"\n{connection.vendor}: {MANY_ENTRIES} entries, {backup.stat().st_size / 1e6:.0f} MB, "
            f"backup {backed_up:.0f} s, restore {restored:.0f} s, memory at most {memory:.0f} MB"
        )
    assert restored <= MAX_SECONDS
