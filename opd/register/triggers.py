"""The triggers that protect public tables, for SQLite and PostgreSQL; they are laid again after every migration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Guard:
    """The rules of a public table: which columns may still change. Every other column is frozen once the row exists.

    stamps: go from empty to a value, once.  editable: free, because the register shows each change.
    erasable: may become '' in the update that sets `erasure`.  draft: SQL over {row}; while it holds, all is free
    but what is `fixed`.
    amendable: free while `amended_while`, SQL over {row}, holds.
    inserts: (SQL over NEW that must not hold, what is wrong) pairs.
    """

    stamps: tuple[str, ...] = ()
    editable: tuple[str, ...] = ()
    erasable: tuple[str, ...] = ()
    erasure: str = "redacted_at"
    draft: str = ""
    fixed: tuple[str, ...] = ()
    amendable: tuple[str, ...] = ()
    amended_while: str = ""
    inserts: tuple[tuple[str, str], ...] = ()


FROZEN_GUARD = Guard()


def only_with(table: str, since: str, column: str) -> tuple[str, str]:
    """The insert rule for parts of a row of `table`, named by `column`: they are inserted with it, never after
    its act."""
    later = f"SELECT 1 FROM {table} p, opd_entry e WHERE p.id = NEW.{column} AND e.at > p.{since}"
    return f"EXISTS ({later})", "bagian ini dicatat bersama induknya dan tidak dapat ditambah kemudian"


def guarded() -> list[tuple[type[models.Model], Guard]]:
    found = []
    for model in apps.get_models(include_auto_created=True):
        guard = getattr(model, "guard", None)
        if guard is None and model._meta.auto_created and hasattr(model._meta.auto_created, "guard"):
            guard = getattr(model._meta.auto_created, "guard_of_links", FROZEN_GUARD)
        if guard is not None:
            found.append((model, guard))
    return found


def _changed(guard: Guard, columns: Iterable[str], differs: str) -> str:
    """SQL that is true when an update changes a column that it may not change."""
    wrong = []
    for column in columns:
        moved = f'OLD."{column}" {differs} NEW."{column}"'
        if column in guard.editable:
            continue
        if column in guard.stamps:
            wrong.append(f"(COALESCE(CAST(OLD.\"{column}\" AS text), '') <> '' AND {moved})")
        elif column in guard.amendable:
            wrong.append(f"({moved} AND NOT ({guard.amended_while.format(row='OLD')}))")
        elif column in guard.erasable:
            erased = f"(OLD.{guard.erasure} IS NULL AND NEW.{guard.erasure} IS NOT NULL AND NEW.\"{column}\" = '')"
            wrong.append(f"({moved} AND NOT {erased})")
        else:
            wrong.append(f"({moved})")
    return " OR ".join(wrong)


def _rules(model: type[models.Model], guard: Guard, differs: str) -> dict[str, list[tuple[str, str]]]:
    """event -> (SQL that must not hold, message) for one table."""
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


BEFORE, EVENTS = 2, {"insert": 4, "delete": 8, "update": 16, "truncate": 32}  # bits of `tgtype`; 1: for each row


@dataclass(frozen=True)
class _Trigger:
    name: str
    table: str
    event: str
    body: str  # what the database keeps of it, word for word

    def as_kept(self, vendor: str) -> tuple[str, str, int, str]:
        """The trigger as the database lists it: name, table, kind (PostgreSQL's `tgtype`) and body."""
        kind = (self.event != "truncate") + BEFORE + EVENTS[self.event] if vendor == "postgresql" else 0
        return self.name, self.table, kind, self.body

    def statements(self, vendor: str) -> list[str]:
        if vendor == "sqlite":
            return [self.body]
        per = "STATEMENT" if self.event == "truncate" else "ROW"
        return [
            f'CREATE OR REPLACE FUNCTION "{self.name}"() RETURNS trigger LANGUAGE plpgsql AS $guard$'
            f"{self.body}$guard$",
            f'CREATE TRIGGER "{self.name}" BEFORE {self.event.upper()} ON "{self.table}"'
            f' FOR EACH {per} EXECUTE FUNCTION "{self.name}"()',
        ]


def _triggers(vendor: str) -> Iterator[_Trigger]:
    for model, guard in guarded():
        table = model._meta.db_table
        if vendor == "sqlite":
            for event, refusals in _rules(model, guard, "IS NOT").items():
                name = f"guard_{table}_{event}"
                raised = "".join(f"SELECT RAISE(ABORT, '{text}') WHERE {sql}; " for sql, text in refusals)
                laid = (
                    f'CREATE TRIGGER "{name}" BEFORE {event.upper()} ON "{table}" BEGIN {raised or "SELECT 1;"} END'
                )
                yield _Trigger(name, table, event, laid)
        else:
            rules = _rules(model, guard, "IS DISTINCT FROM")
            rules["truncate"] = [("1 = 1", f"{table}: tidak dapat dikosongkan")]
            for event, refusals in rules.items():
                raised = " ".join(f"IF {sql} THEN RAISE EXCEPTION '{text}'; END IF;" for sql, text in refusals)
                row = "OLD" if event == "delete" else "NEW"
                yield _Trigger(f"guard_{table}_{event}", table, event, f" BEGIN {raised} RETURN {row}; END ")


def drop(using: str = "default", **signal: Any) -> None:
    """Drops every trigger: before a migration, and in tests that prove that the triggers matter."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for trigger in _triggers(connection.vendor):
            tail = f' ON "{trigger.table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"{tail}')


def install(using: str = "default", **signal: Any) -> None:
    """Creates every trigger anew on the tables that exist."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if any(model._meta.db_table not in tables for model, _ in guarded()):
        return  # half-way through the first migration: some tables are yet to come
    drop(using)
    with connection.cursor() as cursor:
        for trigger in _triggers(connection.vendor):
            for statement in trigger.statements(connection.vendor):
                cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that are missing, switched off or different; empty when all is well."""
    if connection.vendor == "postgresql":
        sql = (  # fired at every change of a row, whatever it holds, whichever column it is
            "SELECT t.tgname, c.relname, t.tgtype, p.prosrc FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgname LIKE 'guard_%%' AND t.tgenabled IN ('O', 'A')"
            " AND t.tgqual IS NULL AND t.tgattr::text = '' AND pg_table_is_visible(c.oid)"
        )
    else:
        sql = "SELECT name, tbl_name, 0, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard_%%'"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        standing = set(cursor.fetchall())
    laid = {trigger.name: trigger.as_kept(connection.vendor) for trigger in _triggers(connection.vendor)}
    return [name for name, kept in laid.items() if kept not in standing]
