"""Appending to the register: one act, one entry, one transaction, under the register's lock."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from opd import clock
from opd.errors import WrongState
from opd.register import batch, personal_data
from opd.register.canonical import canonical
from opd.register.ends import DEMO_ACT, is_demo
from opd.register.entry import Entry
from opd.register.private_copy import private_copy
from opd.register.registered import Registered, unchanged_if_refused

FIRST_PREV_HASH = "0" * 64
REGISTER_LOCK = 20171102  # PostgreSQL's advisory lock; SQLite takes its write lock at BEGIN IMMEDIATE
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_noticed: ContextVar[list[str]] = ContextVar("noticed")  # absent where nobody asked


@dataclass
class RunningAct:
    """One act being written: its number, its moment, who acts, and the rows that it changed."""

    seq: int
    at: datetime
    name: str
    subject: str
    prev_hash: str = FIRST_PREV_HASH  # the head of the register until this act is written
    office: str = ""
    rows: dict[tuple[str, str], Registered] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    hints: tuple[str, ...] = ()  # personal data in what else becomes public with it: see `personal_data`

    def touch(self, *rows: Registered) -> None:
        """Notes that these rows were made or changed; the entry will hold them as they are at the end of the act."""
        for row in rows:
            self.rows[row.kind, row.public_name] = row


def private_digest(name: str, field_name: str, seq: int, value: str | None) -> str | None:
    """SHA-256 of a private text, salted with HMAC(REGISTER_KEY, object|field|seq); None stays None."""
    if value is None:
        return None
    salt = hmac.new(settings.REGISTER_KEY.encode(), f"{name}|{field_name}|{seq}".encode(), "sha256").hexdigest()
    return hashlib.sha256(f"{salt}{value}".encode()).hexdigest()


def row_of(instance: Registered, seq: int) -> dict[str, Any]:
    """A row as the register writes it in entry `seq`, with its UUID too where its public name is a better one."""
    name = instance.object_name
    digests = {key: private_digest(name, key, seq, text) for key, text in instance.private_row().items()}
    identity = {"id": instance.public_name, "uuid": str(instance.uuid)}
    if identity["id"] == identity["uuid"]:
        del identity["uuid"]
    return {**identity, **instance.public_row(), **digests}


def chained(prev_hash: str, body: str) -> str:
    return hashlib.sha256(f"{prev_hash}{body}".encode()).hexdigest()


def _lock() -> Entry | None:
    """Takes the register's lock (held until the transaction ends); returns the last entry."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REGISTER_LOCK])
    return _last()


def _last() -> Entry | None:
    return Entry.objects.only("seq", "at", "hash").order_by("-seq").first()


@contextmanager
def act(name: str, subject: Registered | str) -> Iterator[RunningAct]:
    """Context of one act: one entry, one transaction. It holds the register's lock, and appends when the block
    ends well.

    A stored subject is read again under the lock. The block sets `office` and touches the rows that it changed.
    Raises WrongState when a turned clock meets a register that is not a demonstration.
    """
    running = batch.current()
    with unchanged_if_refused(subject), transaction.atomic(), _forgotten_on_failure(running), _while_writing():
        last = running.last if running else _lock()
        if turned := clock.turned_by():
            _must_admit(turned, name, last)
        if isinstance(subject, Registered) and subject.pk and not (running and running.knows(subject)):
            subject.refresh_from_db(from_queryset=type(subject).for_register())
        moment = clock.now()
        doing = RunningAct(
            seq=last.seq + 1 if last else 1,
            at=max(moment, last.at) if last else moment,
            name=name,
            subject="",
            prev_hash=last.hash if last else FIRST_PREV_HASH,
        )
        yield doing
        if not doing.subject:  # else the block named a row that it made
            doing.subject = subject if isinstance(subject, str) else subject.object_name
        entry = _entry(doing)
        if running is None:
            entry.save(force_insert=True)
    _noticed.get([]).append(name)
    if running:
        running.last = entry
        running.pending.append(entry)
        running.wrote(*doing.rows.values())


def is_writing() -> bool:
    """Whether this thread is inside an act: rows may then have changed before their entry is written."""
    return _writing.get() or batch.current() is not None


@contextmanager
def noticed() -> Iterator[list[str]]:
    """Context that collects the names of the acts that this thread writes inside the block."""
    acts: list[str] = []
    token = _noticed.set(acts)
    try:
        yield acts
    finally:
        _noticed.reset(token)


@contextmanager
def _while_writing() -> Iterator[None]:
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def _forgotten_on_failure(running: batch.Batch | None) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if running:
            running.forget()
        raise


@contextmanager
def many_acts(**extra: Any) -> Iterator[batch.Batch]:
    """Context in which all acts are one transaction by one writer: all of them happen, or none. Nobody else
    writes meanwhile.

    `extra` stands in every entry besides the rows, such as the digest of the file they came from. Within another
    batch, these acts are part of it.
    """
    if outer := batch.current():
        yield outer
        return
    with transaction.atomic(), batch.begun(last=_lock(), extra=extra) as running:
        yield running
        Entry.objects.bulk_create(running.pending, batch_size=500)


@contextmanager
def trial() -> Iterator[None]:
    """Context in which acts are tried on a private copy of the register: nobody waits for them, and nothing of
    them stays."""
    with private_copy(), noticed(), transaction.atomic(), batch.begun(last=_last()):
        try:
            yield
        finally:
            transaction.set_rollback(True)


def _must_admit(turned: clock.TurnedClock, name: str, last: Entry | None) -> None:
    if not turned.admitted and not (is_demo() if last else name == DEMO_ACT):
        raise WrongState("Jam hanya boleh diputar di register contoh.")
    turned.admitted = True


def _entry(doing: RunningAct) -> Entry:
    if not doing.office:
        raise ValueError(f"{doing.name}: an act needs an office")
    running = batch.current()
    data: dict[str, Any] = {**(running.extra if running else {}), **doing.extra}
    for (kind, _), row in sorted(doing.rows.items(), key=lambda item: item[0]):
        data.setdefault(kind, []).append(row_of(row, doing.seq))
    changed_rows = (row for rows in data.values() if isinstance(rows, list) for row in rows)
    data.update(personal_data.explanation(changed_rows, doing.hints))
    body = canonical(
        {
            "seq": doing.seq,
            "at": doing.at,
            "actor": doing.office,
            "act": doing.name,
            "object": doing.subject,
            "data": data,
        }
    )
    return Entry(
        seq=doing.seq,
        at=doing.at,
        actor=doing.office,
        act=doing.name,
        object=doing.subject,
        body=body,
        prev_hash=doing.prev_hash,
        hash=chained(doing.prev_hash, body),
    )
