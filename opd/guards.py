"""What does the database itself refuse? Triggers, for SQLite and PostgreSQL, laid after every migration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True)
class Guard:
    """Which columns of a public table may still change; every other one is frozen once the row exists.

    stamps: go from empty to a value, once.  editable: free, because the register shows each change.
    erasable: may become '' in the update that sets `erasure`.  draft: SQL over {row}; while it holds, all is free
    but what is `fixed`.
    inserts: (SQL over NEW that must not hold, what is wrong) pairs.
    """

    stamps: tuple[str, ...] = ()
    editable: tuple[str, ...] = ()
    erasable: tuple[str, ...] = ()
    erasure: str = "redacted_at"
    draft: str = ""
    fixed: tuple[str, ...] = ()
    inserts: tuple[tuple[str, str], ...] = ()


FROZEN = Guard()


def guarded() -> list[tuple[type[models.Model], Guard]]:
    found = []
    for model in apps.get_models(include_auto_created=True):
        guard = getattr(model, "guard", None)
        if guard is None and model._meta.auto_created and hasattr(model._meta.auto_created, "guard"):
            guard = FROZEN  # who came before and after a change of units never changes
        if guard is not None:
            found.append((model, guard))
    return found


def _changed(guard: Guard, columns: Iterable[str], differs: str) -> str:
    """SQL that holds when an update touches what it may not."""
    wrong = []
    for column in columns:
        moved = f'OLD."{column}" {differs} NEW."{column}"'
        if column in guard.editable:
            continue
        if column in guard.stamps:
            wrong.append(f"(COALESCE(CAST(OLD.\"{column}\" AS text), '') <> '' AND {moved})")
        elif column in guard.erasable:
            erased = f"(OLD.{guard.erasure} IS NULL AND NEW.{guard.erasure} IS NOT NULL AND NEW.\"{column}\" = '')"
            wrong.append(f"({moved} AND NOT {erased})")
        else:
            wrong.append(f"({moved})")
    return " OR ".join(wrong)


def _rules(model: type[models.Model], guard: Guard, differs: str) -> dict[str, list[tuple[str, str]]]:
    """event -> (SQL that must not hold, message) of one table."""
    table = model._meta.db_table
    columns = [field.column for field in model._meta.local_concrete_fields if field.column]
    settled = f"NOT ({guard.draft.format(row='OLD')})" if guard.draft else "1 = 1"
    update = f"{settled} AND ({_changed(guard, columns, differs)})"
    if guard.draft:  # a settled row never becomes a draft again
        update = f"({update}) OR ({settled} AND {guard.draft.format(row='NEW')})"
    for column in guard.fixed:  # the insert rules about it were asked once and for all
        update = f'{update} OR OLD."{column}" {differs} NEW."{column}"'
    return {
        "insert": list(guard.inserts),
        "update": [(update, f"{table}: fakta yang sudah tercatat tidak dapat diubah")],
        "delete": [(settled, f"{table}: fakta yang sudah tercatat tidak dapat dihapus")],
    }


def _names(table: str, vendor: str) -> list[str]:
    events = ("insert", "update", "delete") + (("truncate",) if vendor == "postgresql" else ())
    return [f"guard_{table}_{event}" for event in events]


def _lay_sqlite(cursor: CursorWrapper, table: str, rules: dict[str, list[tuple[str, str]]]) -> None:
    for event, refusals in rules.items():
        body = " ".join(f"SELECT RAISE(ABORT, '{text}') WHERE {sql};" for sql, text in refusals) or "SELECT 1;"
        cursor.execute(f'CREATE TRIGGER "guard_{table}_{event}" BEFORE {event.upper()} ON "{table}" BEGIN {body} END')


def _lay_postgresql(cursor: CursorWrapper, table: str, rules: dict[str, list[tuple[str, str]]]) -> None:
    for event, refusals in rules.items():
        body = " ".join(f"IF {sql} THEN RAISE EXCEPTION '{text}'; END IF;" for sql, text in refusals)
        row = "OLD" if event == "delete" else "NEW"
        name = f"guard_{table}_{event}"
        cursor.execute(
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$guard$ BEGIN {body} RETURN {row}; END $guard$"
        )
        cursor.execute(
            f'CREATE TRIGGER "{name}" BEFORE {event.upper()} ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()'
        )
    name = f"guard_{table}_truncate"
    cursor.execute(
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
        f"$guard$ BEGIN RAISE EXCEPTION '{table}: tidak dapat dikosongkan'; END $guard$"
    )
    cursor.execute(
        f'CREATE TRIGGER "{name}" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()'
    )


def drop(using: str = "default", **signal: Any) -> None:
    """Lift every guard: before a migration, and in tests that prove the guards matter."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for model, _ in guarded():
            table = model._meta.db_table
            for name in _names(table, connection.vendor):
                tail = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{tail}')


def install(using: str = "default", **signal: Any) -> None:
    """Lay every guard anew on the tables that exist."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    wanted = [(model, guard) for model, guard in guarded() if model._meta.db_table in tables]
    if len(wanted) < len(guarded()):
        return  # half-way through the first migration: some tables are yet to come
    drop(using)
    postgresql = connection.vendor == "postgresql"
    lay = _lay_postgresql if postgresql else _lay_sqlite
    with connection.cursor() as cursor:
        for model, guard in wanted:
            lay(
                cursor,
                model._meta.db_table,
                _rules(model, guard, "IS DISTINCT FROM" if postgresql else "IS NOT"),
            )


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of guards that should stand and do not, or are switched off; empty when all is well."""
    if connection.vendor == "postgresql":
        sql = "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'guard_%%' AND tgenabled <> 'D'"
    else:
        sql = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard_%%'"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        standing = {row[0] for row in cursor.fetchall()}
    wanted = [name for model, _ in guarded() for name in _names(model._meta.db_table, connection.vendor)]
    return [name for name in wanted if name not in standing]
