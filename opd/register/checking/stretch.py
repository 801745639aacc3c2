"""One stretch of the chain: its entries, and the rows that they tell of as they stand in the tables.

A row that is as this stretch left it is settled. One that is not stays open: a later stretch may tell of it again.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet

from opd.register import key
from opd.register.append import row_of
from opd.register.canonical import canonical, plain
from opd.register.checking import lines
from opd.register.checking.tables import UNREADABLE, RowReader, batches, readable, registered_models
from opd.register.checking.whole_chain import WholeChain
from opd.register.entry import Entry
from opd.register.registered import Registered


class Stretch(NamedTuple):
    """Entries by place: the number that the first should have, the last entry before it, and the last one of it."""

    first: int
    after: int | None
    until: int | None


class LastTold(NamedTuple):
    """What the register last told of a row: in which entry, the digest of its text, and its UUID as told."""

    seq: int
    digest: bytes
    uuid: Any
    pk: int | None = None


RowName = tuple[str, str]  # kind and public name


@dataclass
class StretchReport:
    """What was found in a stretch, up to the entry at place `last`; it travels from one process to another."""

    last: int
    faults: list[str] = field(default_factory=list)
    has_kept_head: bool = False
    whole: WholeChain = field(default_factory=WholeChain)
    settled: dict[str, list[int]] = field(default_factory=dict)  # kind -> primary keys
    open: dict[RowName, LastTold] = field(default_factory=dict)


def stretches(entries: int) -> Iterator[Stretch]:
    """The whole chain in stretches of so many entries; a number that is none (in SQLite) comes after all others."""
    numbers = [seq for seq in Entry.objects.order_by("seq").values_list("seq", flat=True) if isinstance(seq, int)]
    cuts = numbers[entries - 1 : -1 : entries]
    places = range(1, len(numbers) + 1, entries)
    yield from map(Stretch, places, [None, *cuts], [*cuts, None])


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Rows and entries hold no cycles: Python's search for them among so many objects is a fifth of a check."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_no_search_for_cycles()
def check_stretch(stretch: Stretch, keys: key.KeyRing, kept_head: tuple[int, str] | None) -> StretchReport:
    report = StretchReport(stretch.first - 1)
    told = _told(stretch, report, kept_head)
    reader = RowReader()
    for model in registered_models():
        names = [name for name in told if name[0] == model.kind]
        for some in batches(names):
            _settle(model, {name: told.pop(name) for name in some}, report, reader, keys)
    report.open.update(told)  # of a kind that no table has
    return report


# --- Entries ---------------------------------------------------------------------------------------------------


def _told(stretch: Stretch, report: StretchReport, kept_head: tuple[int, str] | None) -> dict[RowName, LastTold]:
    """Checks each entry of a stretch; what the last of them told of each row."""
    told: dict[RowName, LastTold] = {}
    prev = _line_before(stretch)
    for pk, line in readable(_lines_of(stretch)):
        report.last += 1
        if line is None:
            report.faults.append(f"entri di baris {pk}: tidak dapat dibaca")
            continue
        reading = lines.read(line, report.last, prev)
        report.faults += reading.faults
        report.has_kept_head |= (line.seq, line.hash) == kept_head
        prev = line
        with suppress(KeyError, *UNREADABLE):  # named above
            for kind, row, text in reading.rows:
                told[kind, row["id"]] = LastTold(line.seq, _digest(text), row.get("uuid", row["id"]))
            report.whole.read(line, reading.data)
    return told


def _lines_of(stretch: Stretch) -> QuerySet[Any, Any]:
    found = lines.entry_lines()
    if stretch.after is not None:
        found = found.filter(seq__gt=stretch.after)
    return found if stretch.until is None else found.filter(seq__lte=stretch.until)


def _line_before(stretch: Stretch) -> lines.StoredEntry | None:
    if stretch.after is None:
        return None
    [(_, line)] = readable(lines.entry_lines().filter(seq=stretch.after))
    return line


# --- Rows ------------------------------------------------------------------------------------------------------


def _settle(
    model: type[Registered],
    told: dict[RowName, LastTold],
    report: StretchReport,
    reader: RowReader,
    keys: key.KeyRing,
) -> None:
    """Compares the rows of one kind with what was told of them; each is settled or stays open."""
    settled = report.settled.setdefault(model.kind, [])
    try:
        rows = reader.rows(model, [uuid for last in told.values() if (uuid := _uuid(last.uuid))])
    except UNREADABLE:
        rows = []  # looked at one by one at the end
    for row in rows:
        name = model.kind, row.public_name
        last = told.get(name)
        if last and is_as_recorded(row, last.seq, last.digest, keys):
            settled.append(row.pk)
            del told[name]
        elif last:
            told[name] = last._replace(pk=row.pk)
    report.open.update(told)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(text)
    except UNREADABLE:
        return None


def is_as_recorded(instance: Registered, seq: int, digest: bytes, keys: key.KeyRing) -> bool:
    try:
        if not instance.in_register:
            return False
        salt_key = keys.key_at(seq)
        if salt_key is None:
            return _open_part_is_as_recorded(instance, seq)
        row = row_of(instance, seq, salt_key)
        return _digest(lines.quick_text(row)) == digest or _digest(canonical(row)) == digest
    except (ObjectDoesNotExist, *UNREADABLE):
        return False  # of a type, or about a row, that no act could have written


def _open_part_is_as_recorded(instance: Registered, seq: int) -> bool:
    """Without the key of that entry: what is open is the same, and what is closed is empty in both or in neither."""
    body = Entry.objects.values_list("body", flat=True).get(seq=seq)
    rows = json.loads(body)["data"][instance.kind]
    recorded = next(row for row in reversed(rows) if row["id"] == instance.public_name)
    row = plain(row_of(instance, seq))
    closed = {name: recorded[name] for name in instance.private_row() if row.get(name) and recorded.get(name)}
    return canonical({**row, **closed}) == canonical(recorded)
