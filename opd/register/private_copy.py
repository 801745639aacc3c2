"""A private copy of the register, for trying acts: nobody waits for it, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from opd.register import triggers
from opd.register.entry import Entry

# The statement that lays each trigger of these tables; it names a table as the search path finds it.
TRIGGERS = (
    "SELECT pg_get_triggerdef(oid, true) FROM pg_trigger"
    " WHERE NOT tgisinternal AND tgrelid = ANY (%s::text[]::regclass[])"
)


@contextmanager
def private_copy() -> Iterator[None]:
    """Context in which every query of this thread goes to a copy of the register as it stood at the start, with
    triggers.

    Inside a transaction that has already begun there is no copy: its locks are held in any case.
    """
    real = connections[DEFAULT_DB_ALIAS]
    if real.in_atomic_block:
        yield
        return
    copy = connections[DEFAULT_DB_ALIAS] = real.copy()
    try:
        (_copy_the_file if real.vendor == "sqlite" else _hide_the_tables)(real, copy)
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = real
        copy.close()


def _copy_the_file(real: BaseDatabaseWrapper, copy: BaseDatabaseWrapper) -> None:
    """For SQLite: copies the database into a file without a name, which disappears with its connection."""
    copy.settings_dict["NAME"] = "file:"
    for one in (real, copy):
        one.ensure_connection()
    real.connection.backup(copy.connection)  # reads one moment; writers go on meanwhile


def _hide_the_tables(real: BaseDatabaseWrapper, copy: BaseDatabaseWrapper) -> None:
    """For PostgreSQL: a session whose temporary tables hide those that acts write to.

    The entries are not copied: they are the largest table, and a trial only reads them. Foreign keys are not copied
    either: they are checked at the commit, which never comes.
    """
    copy.settings_dict["OPTIONS"].pop("pool", None)  # a session used before may remember what a name then meant
    models = [model for model, _ in triggers.guarded() if model is not Entry]
    tables = [copy.ops.quote_name(model._meta.db_table) for model in models]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")  # all tables as of one moment
        cursor.execute("SELECT quote_ident(current_schema())")
        [schema] = cursor.fetchone()
        cursor.execute(TRIGGERS, [tables])
        relaid = [statement for (statement,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"CREATE TEMPORARY TABLE {table} (LIKE {table} INCLUDING ALL)")
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {schema}.{table}")  # noqa: S608 - names of our own
            cursor.execute(f"ANALYZE {table}")
        for statement in [*copy.ops.sequence_reset_sql(no_style(), models), *relaid]:
            cursor.execute(statement)
