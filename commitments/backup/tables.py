"""The rows of every table as lines of text, in words that every database understands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Field, Model

from commitments.backup.archive import BadBackup

ROWS_AT_ONCE = 5000  # Django keeps all rows of one executemany in memory
NOT_BACKED_UP = {"django_session"}  # after a restore, everybody signs in again
AS_WRITTEN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)  # JSON has these too

Fields = list["Field[Any, Any]"]


def backed_up(registry: Any) -> list[type[Model]]:
    """The models whose tables are in a backup, of an app registry of today or of a migration."""
    found = [
        model
        for model in registry.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in NOT_BACKED_UP
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


def part_of(model: type[Model]) -> str:
    """The name of its part in the backup."""
    return f"tables/{model._meta.db_table}.jsonl.gz"


def _fields(model: type[Model]) -> Fields:
    return [field for field in model._meta.local_concrete_fields if field.column]


def _text(value: Any) -> str:
    if isinstance(value, date | datetime | Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in a backup yet")


_line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_text).encode


def dump(model: type[Model], out: BinaryIO) -> int:
    """Writes the names of the columns, then a line for each row; returns how many rows."""
    number = 0
    fields = _fields(model)
    out.write(f"{_line([field.column for field in fields])}\n".encode())
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    for number, row in enumerate(rows.iterator(chunk_size=2000), 1):  # noqa: B007 - it is the count
        out.write(f"{_line(row)}\n".encode())
    return number


def empty(some: Iterable[type[Model]]) -> None:
    """Deletes what migrations put into the tables of a new database: the backup has its own.

    From here to `settle` a row may name one that is not loaded yet.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # a migration in the same transaction may have ended the deferring
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for model in some:
            cursor.execute(f"DELETE FROM {_quoted(model._meta.db_table)}")  # noqa: S608 - a name of ours


def load(model: type[Model], lines: Iterable[bytes], progress: Callable[[int], None]) -> int:
    """Puts the rows of a backup into the empty table; returns how many. Triggers must not be there yet."""
    each, by_column = iter(lines), {str(field.column): field for field in _fields(model)}
    columns = json.loads(next(each, b"[]"))
    if sorted(columns) != sorted(by_column):  # their order is another after a migration
        raise BadBackup(f"Cadangan ini rusak: {model._meta.db_table} punya kolom lain.")
    rows = _stored([by_column[column] for column in columns], each, model._meta.db_table)
    into, loaded = f"{_quoted(model._meta.db_table)} ({', '.join(map(_quoted, columns))})", 0
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        _insert(into, chunk)
        loaded += len(chunk)
        progress(loaded)
    return loaded


def _insert(into: str, rows: list[list[Any]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            values = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {into} VALUES ({values})", rows)  # noqa: S608 - names of ours


def _stored(fields: Fields, lines: Iterator[bytes], table: str) -> Iterator[list[Any]]:
    """Each row as this database stores it."""
    stored = [None if isinstance(field, AS_WRITTEN) else _storing(field) for field in fields]
    for number, line in enumerate(lines, 1):
        try:
            values = zip(stored, json.loads(line), strict=True)
            yield [value if keep is None or value is None else keep(value) for keep, value in values]
        except (ValueError, TypeError, ArithmeticError, ValidationError) as error:
            raise BadBackup(f"Cadangan ini rusak: {table}, baris {number}, tidak terbaca.") from error


def _storing(field: Field[Any, Any]) -> Callable[[Any], Any]:
    return lambda value: field.get_db_prep_save(field.to_python(value), connection)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def settle(some: list[type[Model]]) -> None:
    """After loading: foreign keys are checked, new rows get new numbers, the planner knows the sizes."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), some):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            names = ", ".join(_quoted(model._meta.db_table) for model in some)
            cursor.execute(f"ANALYZE {names}")  # only these: another schema here may be in use
