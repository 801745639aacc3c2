"""Reading many rows as of one moment, while others go on writing."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from opd.reader_process import SharedMoment
from opd.register.entry import Entry

_moment: ContextVar[SharedMoment | None] = ContextVar("moment that other processes can read", default=None)


@contextmanager
def snapshot() -> Iterator[None]:
    """Context in which every query sees the same moment; nothing may be written inside, and nobody has to wait.

    Inside a transaction that has already begun, it is that transaction's view.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            with _shared(_execute("SELECT pg_export_snapshot()")):
                yield
    else:
        _execute("BEGIN DEFERRED")  # atomic() would take the write lock: see settings.py
        try:
            with _shared(""):
                yield
        finally:
            _execute("ROLLBACK")


def shared_moment() -> SharedMoment | None:
    """What another process needs to see what this one sees; None where it cannot."""
    return _moment.get()


def go_to(moment: SharedMoment) -> bool:
    """Begins a transaction at that moment, in a process that only reads; False when it is past."""
    if moment.name:
        transaction.set_autocommit(False)
        _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _execute("SET TRANSACTION SNAPSHOT %s", moment.name)
    else:
        _execute("BEGIN DEFERRED")
    return _head() == moment.head


@contextmanager
def _shared(name: str) -> Iterator[None]:
    database = copy.deepcopy(connection.settings_dict)
    database["OPTIONS"].pop("pool", None)
    token = _moment.set(SharedMoment(database, name, _head()))
    try:
        yield
    finally:
        _moment.reset(token)


def _head() -> str:
    return Entry.objects.order_by("-seq").values_list("hash", flat=True).first() or ""


def _execute(sql: str, *values: str) -> str:
    """Runs a statement; returns the one text that it answers with."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return str(cursor.fetchone()[0]) if cursor.description else ""
