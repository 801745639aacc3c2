"""Appending to the register: one act, one entry, one transaction, under the register's lock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from opd import clock
from opd.errors import WrongState
from opd.register import batch, key, personal_data
from opd.register.canonical import canonical
from opd.register.ends import DEMO_ACT, DEMO_FIELD, RegisterState, state
from opd.register.entry import Entry
from opd.register.office import NUMBER_FIELD
from opd.register.private_copy import private_copy
from opd.register.registered import Registered, unchanged_if_refused

FIRST_PREV_HASH = "0" * 64
REGISTER_LOCK = 20171102  # PostgreSQL's advisory lock; SQLite takes its write lock at BEGIN IMMEDIATE
MAX_CLOCK_LAG = timedelta(minutes=10)  # a clock set right by a little: the entry takes the moment of the last one
SYSTEM_OFFICE = "sistem"  # what the program does by itself
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_noticed: ContextVar[list[str]] = ContextVar("noticed")  # absent where nobody asked

# What another application keeps up to date: called in the transaction of an act, or of a batch, with the rows that it
# touched, the head of the register before it, and its last entry.
FOLLOWERS: list[Callable[[Collection[Registered], str, Entry], None]] = []


@dataclass
class RunningAct:
    """One act being written: its number, its moment, who acts, and the rows that it changed."""

    seq: int
    at: datetime
    name: str
    subject: str
    prev_hash: str = FIRST_PREV_HASH  # the head of the register until this act is written
    is_demo: bool = False
    office: str = ""
    rows: dict[tuple[str, str], Registered] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    hints: tuple[str, ...] = ()  # personal data in what else becomes public with it: see `personal_data`

    def touch(self, *rows: Registered) -> None:
        """Notes that these rows were made or changed; the entry will hold them as they are at the end of the act."""
        for row in rows:
            self.rows[row.kind, row.public_name] = row


def row_of(instance: Registered, seq: int, salt_key: str = "") -> dict[str, Any]:
    """A row as the register writes it in entry `seq`, with its UUID too where its public name is a better one."""
    name = instance.object_name
    private = instance.private_row()
    digests = {column: key.private_digest(name, column, seq, text, salt_key) for column, text in private.items()}
    identity = {"id": instance.public_name, "uuid": str(instance.uuid)}
    if identity["id"] == identity["uuid"]:
        del identity["uuid"]
    return {**identity, **instance.public_row(), **digests}


def chained(prev_hash: str, body: str) -> str:
    return hashlib.sha256(f"{prev_hash}{body}".encode()).hexdigest()


def _lock() -> RegisterState:
    """Takes the register's lock (held until the transaction ends); returns the state of the register.

    A register from before fingerprints gets the one of its key, in an entry of its own.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REGISTER_LOCK])
    found = state()
    return found if found.key or found.last is None else _with_key(found)


def _with_key(found: RegisterState) -> RegisterState:
    doing = _next_act(found, key.KEYED_ACT)
    doing.office, doing.subject = SYSTEM_OFFICE, "register"
    entry = _entry(doing)
    entry.save(force_insert=True)
    return replace(found, last=entry, key=key.fingerprint())


def record_key(using: str = "default", **signal: Any) -> None:
    """After a migration: a register from before fingerprints gets the one of its key.

    Any other is only looked at: a backup is proven in a transaction that takes minutes, and may not keep the lock.
    """
    here = connections[using]
    if here is connections[DEFAULT_DB_ALIAS] and Entry._meta.db_table in here.introspection.table_names():
        found = state()
        if found.last and not found.key:
            with transaction.atomic():
                _lock()


@contextmanager
def act(name: str, subject: Registered | str) -> Iterator[RunningAct]:
    """Context of one act: one entry, one transaction. It holds the register's lock, and appends when the block
    ends well.

    A stored subject is read again under the lock. The block sets `office` and touches the rows that it changed.
    Raises OtherKey when the register was salted with another key; WrongState when its clock cannot be right.
    """
    running = batch.current()
    with unchanged_if_refused(subject), transaction.atomic(), _forgotten_on_failure(running), _while_writing():
        doing = _next_act(running.state if running else _lock(), name)
        if isinstance(subject, Registered) and subject.pk and not (running and running.knows(subject)):
            subject.refresh_from_db(from_queryset=type(subject).for_register())
        yield doing
        if not doing.subject:  # else the block named a row that it made
            doing.subject = subject if isinstance(subject, str) else subject.object_name
        entry = _entry(doing)
        if running is None:
            entry.save(force_insert=True)
            _call_followers(doing.rows.values(), doing.prev_hash, entry)
    _noticed.get([]).append(name)
    if running:
        running.state = RegisterState(entry, doing.is_demo, key.fingerprint())
        running.pending.append(entry)
        running.wrote(*doing.rows.values())
        running.touched |= doing.rows


def _call_followers(rows: Collection[Registered], before: str, entry: Entry) -> None:
    for follow in FOLLOWERS:
        follow(rows, before, entry)


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
    with transaction.atomic(), batch.begun(_lock(), extra) as running:
        before = running.state.last.hash if running.state.last else FIRST_PREV_HASH
        yield running
        Entry.objects.bulk_create(running.pending, batch_size=500)
        if running.pending:
            _call_followers(running.touched.values(), before, running.pending[-1])


@contextmanager
def trial() -> Iterator[None]:
    """Context in which acts are tried on a private copy of the register: nobody waits for them, and nothing of
    them stays."""
    with private_copy(), noticed(), transaction.atomic(), batch.begun(state()):
        try:
            yield
        finally:
            transaction.set_rollback(True)


def _next_act(found: RegisterState, name: str) -> RunningAct:
    """The next act of a register in that state: its number and moment; refused where it could not be right."""
    is_demo, last, moment = found.is_demo or (found.last is None and name == DEMO_ACT), found.last, clock.now()
    if name != key.KEYED_ACT:
        key.refuse_other(found.key, is_demo=is_demo)
    if not is_demo:
        _refuse_wrong_clock(moment, last)
    return RunningAct(
        seq=last.seq + 1 if last else 1,
        at=max(moment, last.at) if last else moment,
        name=name,
        subject="",
        prev_hash=last.hash if last else FIRST_PREV_HASH,
        is_demo=is_demo,
    )


def _refuse_wrong_clock(moment: datetime, last: Entry | None) -> None:
    if clock.turned_by():
        raise WrongState("Jam hanya boleh diputar di register contoh.")
    if last and moment < last.at - MAX_CLOCK_LAG:
        here, there = (f"{at.astimezone(clock.JAKARTA):%Y-%m-%d %H.%M} WIB" for at in (moment, last.at))
        raise WrongState(
            f"Jam mesin ini ({here}) tertinggal dari catatan terakhir ({there}): tidak ada yang dicatat. "
            "Minta pengelola server membetulkan jamnya, lalu ulangi."
        )


def _marks(doing: RunningAct) -> dict[str, Any]:
    """What an entry says besides its rows: that it is a demonstration, the number of who acted, and where a key
    begins, its fingerprint."""
    marks: dict[str, Any] = {DEMO_FIELD: True} if doing.is_demo else {}
    if number := getattr(doing.office, "number", None):
        marks[NUMBER_FIELD] = number
    if doing.seq == 1 or doing.name == key.KEYED_ACT:
        marks[key.KEY_FIELD] = key.fingerprint()
    return marks


def _entry(doing: RunningAct) -> Entry:
    if not doing.office:
        raise ValueError(f"{doing.name}: an act needs an office")
    running = batch.current()
    data: dict[str, Any] = {**(running.extra if running else {}), **doing.extra, **_marks(doing)}
    for (kind, _), row in sorted(doing.rows.items(), key=lambda item: item[0]):
        data.setdefault(kind, []).append(row_of(row, doing.seq))
    changed_rows = (row for rows in data.values() if isinstance(rows, list) for row in rows)
    data.update(personal_data.explanation(changed_rows, doing.hints))
    body = canonical(
        {
            "seq": doing.seq,
            "at": doing.at,
            "actor": str(doing.office),
            "act": doing.name,
            "object": doing.subject,
            "data": data,
        }
    )
    return Entry(
        seq=doing.seq,
        at=doing.at,
        actor=str(doing.office),
        act=doing.name,
        object=doing.subject,
        body=body,
        prev_hash=doing.prev_hash,
        hash=chained(doing.prev_hash, body),
    )
