"""The register: append an entry for each act, verify the chain, replay it against the tables.

What an entry holds, byte for byte: docs/aturan.md, section 6.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, connection, transaction
from django.db.models import BooleanField, CheckConstraint, Model, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from opd import clock, personal_data
from opd.errors import WrongState
from opd.register import batch, triggers
from opd.register.canonical import canonical, moment_text
from opd.register.entry import Entry
from opd.register.private_copy import private_copy
from opd.register.registered import Registered, unchanged_if_refused
from opd.register.storage_format import miswritten

ModelType = TypeVar("ModelType", bound=Model)

FIRST_PREV_HASH = "0" * 64
DEMO_ACT = "demo"
# What reading a value raises that no act could have written: any text in SQLite, an infinite day in PostgreSQL.
UNREADABLE = (ValueError, TypeError, ArithmeticError, AttributeError, RecursionError, DataError)
# What other applications keep and can work out again from the facts: each gives a sentence for every difference.
ALSO_CHECKED: list[Callable[[], Iterator[str]]] = []
_ends: ContextVar[list[RegisterEnds] | None] = ContextVar("ends", default=None)  # empty until first asked
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_noticed: ContextVar[list[str]] = ContextVar("noticed")  # absent where nobody asked
_LOCK = 20171102  # PostgreSQL's advisory lock; SQLite takes its write lock at BEGIN IMMEDIATE


@dataclass
class RunningAct:
    """One act being written: its number, its moment, who acts, and the rows it touched."""

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
        """These rows were made or changed; the entry will hold them as they are at the end of the act."""
        for row in rows:
            self.rows[row.kind, row.public_name] = row


def private_digest(name: str, field_name: str, seq: int, value: str | None) -> str | None:
    """SHA-256 of a private text, salted with HMAC(REGISTER_KEY, object|field|seq); None stays None."""
    if value is None:
        return None
    salt = hmac.new(settings.REGISTER_KEY.encode(), f"{name}|{field_name}|{seq}".encode(), "sha256").hexdigest()
    return hashlib.sha256(f"{salt}{value}".encode()).hexdigest()


def row_of(instance: Registered, seq: int) -> dict[str, Any]:
    """A row as the register writes it in entry `seq`; one with a better name than its UUID is held to both."""
    name = instance.object_name
    digests = {key: private_digest(name, key, seq, text) for key, text in instance.private_row().items()}
    identity = {"id": instance.public_name, "uuid": str(instance.uuid)}
    if identity["id"] == identity["uuid"]:
        del identity["uuid"]
    return {**identity, **instance.public_row(), **digests}


def head() -> Entry | None:
    """The last entry; its hash vouches for everything before it."""
    return Entry.objects.order_by("-seq").first()


class RegisterEnds(NamedTuple):
    """The first entry and the last, without their bodies; None and None while the register is empty."""

    first: Entry | None
    head: Entry | None

    @property
    def is_demo(self) -> bool:
        """Whether this register holds invented progress: its first entry says so."""
        return self.first is not None and (self.first.seq, self.first.act) == (1, DEMO_ACT)

    @property
    def began_on(self) -> date | None:
        return clock.day_of(self.first.at) if self.first else None


def ends() -> RegisterEnds:
    """One query, or none where `ends_once` has the answer."""
    known = _ends.get()
    if known:
        return known[0]
    first, last = (Subquery(Entry.objects.order_by(order).values("seq")[:1]) for order in ("seq", "-seq"))
    rows = list(Entry.objects.filter(Q(seq=first) | Q(seq=last)).defer("body").order_by("seq"))
    found = RegisterEnds(rows[0], rows[-1]) if rows else RegisterEnds(None, None)
    if known is not None:
        known.append(found)
    return found


@contextmanager
def ends_once() -> Iterator[None]:
    """For somebody who only reads: the first answer of `ends` holds until the block is left."""
    token = _ends.set([])
    try:
        yield
    finally:
        _ends.reset(token)


def is_demo() -> bool:
    return ends().is_demo


def began_on() -> date | None:
    return ends().began_on


def chained(prev_hash: str, body: str) -> str:
    return hashlib.sha256(f"{prev_hash}{body}".encode()).hexdigest()


def _lock() -> Entry | None:
    """Take the register's lock (to be held until the transaction ends); the last entry."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return _last()


def _last() -> Entry | None:
    return Entry.objects.only("seq", "at", "hash").order_by("-seq").first()


@contextmanager
def act(name: str, subject: Registered | str) -> Iterator[RunningAct]:
    """One act, one entry, one transaction: holds the register's lock, and appends when the block ends well.

    A stored subject is read afresh under the lock. The block sets `office` and touches the rows it changed.
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
    """Whether this thread is inside an act: rows may then have changed that no entry tells of yet."""
    return _writing.get() or batch.current() is not None


@contextmanager
def noticed() -> Iterator[list[str]]:
    """The names of the acts that this thread writes inside the block."""
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
    """Acts inside are one transaction by one writer: all of them happen, or none; nobody else writes meanwhile.

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
    """Acts inside are tried on a private copy of the register: nobody waits for them, and nothing of them stays."""
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
    told = (row for rows in data.values() if isinstance(rows, list) for row in rows)
    data.update(personal_data.explanation(told, doing.hints))
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


def registered_models() -> list[type[Registered]]:
    return [model for model in apps.get_models() if issubclass(model, Registered)]


def _entry_faults(entry: Entry, expected_seq: int, prev: Entry | None) -> list[str]:
    where = f"entri {entry.seq}"
    faults = []
    if entry.seq != expected_seq:
        faults.append(f"{where}: seharusnya nomor {expected_seq}; ada entri yang hilang atau disisipkan")
    if entry.prev_hash != (prev.hash if prev else FIRST_PREV_HASH):
        faults.append(f"{where}: tidak menyambung ke entri sebelumnya")
    if entry.hash != chained(entry.prev_hash, entry.body):
        faults.append(f"{where}: isi tidak cocok dengan hash")
    try:
        said = json.loads(entry.body)
        same = canonical(said) == entry.body and said == {**said, **_repeated(entry)}
    except UNREADABLE:
        same = False
    if not same:
        faults.append(f"{where}: isi rusak, atau kolom pencariannya berbeda dari isinya")
    if same and prev and prev.at and entry.at < prev.at:
        faults.append(f"{where}: waktunya mendahului entri sebelumnya")
    return faults


def _repeated(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": moment_text(entry.at),
        "actor": entry.actor,
        "act": entry.act,
        "object": entry.object,
    }


def _text_hash(row: dict[str, Any]) -> bytes:
    return hashlib.sha256(canonical(row).encode()).digest()


def check(
    kept_head: tuple[int, str] | None = None, progress: Callable[[int], None] = lambda seq: None
) -> Iterator[str]:
    """Every fault found, as a sentence that names it: the chain, a head kept elsewhere (seq, hash), the replay.

    While others write, ask inside a `snapshot()`. `progress` is told the number of each entry read.
    """
    known: dict[tuple[str, str], tuple[int, bytes]] = {}
    prev: Entry | None = None
    kept_found = kept_head is None
    for number, (pk, entry) in enumerate(_readable(Entry.objects.order_by("seq")), 1):
        if entry is None:
            yield f"entri di baris {pk}: tidak dapat dibaca"
            continue
        yield from _entry_faults(entry, number, prev)
        progress(number)
        prev = entry
        if kept_head and (entry.seq, entry.hash) == kept_head:
            kept_found = True
        try:
            data = json.loads(entry.body)["data"]
            rows = [(kind, row) for kind, listed in data.items() if isinstance(listed, list) for row in listed]
            for kind, row in rows:
                known[kind, row["id"]] = (entry.seq, _text_hash(row))
        except (KeyError, *UNREADABLE):
            continue  # named above
    if kept_head and not kept_found:
        yield f"kepala jejak {kept_head[0]}:{kept_head[1]} yang disimpan di luar tidak ada di register ini"
    yield from _replay_faults(known)


def _replay_faults(known: dict[tuple[str, str], tuple[int, bytes]]) -> Iterator[str]:
    for table, _ in triggers.guarded():
        for pk in miswritten(table):
            yield f"{table._meta.db_table} di baris {pk}: ada nilai yang tidak ditulis seperti register menulisnya"
        for pk, rule in _rule_breakers(table):
            yield f"{table._meta.db_table} di baris {pk}: melanggar {rule}"
    for model in registered_models():
        for pk, instance in _readable(model.for_register()):
            if instance is None:
                yield f"{model.kind} di baris {pk}: tidak dapat dibaca"
                continue
            if not instance.in_register:
                continue
            told = known.pop((instance.kind, instance.public_name), None)
            if told is None:
                yield f"{instance.object_name}: ada di tabel, tidak pernah dicatat di register"
            elif not _is_as_told(instance, *told):
                yield f"{instance.object_name}: berbeda dari yang dicatat entri {told[0]}"
    for kind, name in known:
        yield f"{kind}:{name}: dicatat di register, tidak ada lagi di tabel"


def _rule_breakers(table: type[Model]) -> Iterator[tuple[int, str]]:
    """(primary key, constraint) of each row that breaks one, as the database itself would say: an act writes none.

    Columns that an entry leaves out, because a rule keeps them empty, are vouched for by this alone.
    """
    for rule in table._meta.constraints:
        if isinstance(rule, CheckConstraint):
            holds = Coalesce(rule.condition, True, output_field=BooleanField())  # not known is as good
            broken = table._base_manager.annotate(rule_holds=holds).filter(rule_holds=False)
            yield from ((pk, rule.name) for pk in broken.values_list("pk", flat=True))


def _is_as_told(instance: Registered, seq: int, text_hash: bytes) -> bool:
    try:
        return _text_hash(row_of(instance, seq)) == text_hash
    except (ObjectDoesNotExist, *UNREADABLE):
        return False  # of a type, or about a row, that no act could have written


def _readable(rows: QuerySet[ModelType]) -> Iterator[tuple[int, ModelType | None]]:
    """(primary key, row) of each; None for a row with a value that no act could have written."""
    done = 0
    try:
        for row in rows.iterator(chunk_size=2000):
            yield row.pk, row
            done += 1
    except UNREADABLE:
        for pk in list(rows.values_list("pk", flat=True)[done:]):
            try:
                yield pk, rows.get(pk=pk)
            except UNREADABLE:
                yield pk, None
