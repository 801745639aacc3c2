"""Many cities in one database: every row of the demonstration copied, for measuring how costs grow."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Field, Model

from commitments.models import MonthEnd
from opd.models import Entry
from opd.register import triggers

# What belongs to one account, is drawn once, or is worked out again.
NOT_COPIED = (
    *("membership", "invitation", "reminder", "reminderchoice", "calendaraddress", "proposaldraft"),
    *("memorandum", "recheck", "recheckitem", "monthend", "keptladder", "kepttarget", "keptunit"),
)
NAMES = ("code", "reference")  # columns that name a row in addresses


def multiply(times: int) -> None:
    """Leaves each unit `times` times (255 at most) in the database, with all its commitments, figures and entries."""
    copied = list(_copied_models())
    with transaction.atomic(), connection.cursor() as cursor:
        triggers.drop()
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        steps = {model: _step(model) for model in copied}
        for model in copied:
            cursor.execute(_copies(model, steps, times))
        for statement in connection.ops.sequence_reset_sql(no_style(), copied):
            cursor.execute(statement)
        triggers.install()
        _multiply_month_ends(times)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _multiply_month_ends(times: int) -> None:
    last = Entry.objects.aggregate(seq=models.Max("seq"))["seq"]
    for row in MonthEnd.objects.all():
        row.seq, row.counts = last, [number * times for number in row.counts]
        row.rungs |= {f"k{k}-{code}": pair for code, pair in row.rungs.items() for k in range(1, times)}
        row.save()


def _copied_models() -> Iterator[type[Model]]:
    for app in ("opd", "commitments"):
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            if model._meta.model_name not in NOT_COPIED and model._meta.managed and not model._meta.proxy:
                yield model


def _step(model: type[Model]) -> int:
    """How far the primary keys of one copy lie from those of the next."""
    last: int | None = model._base_manager.aggregate(last=models.Max("pk"))["last"]
    return last or 0


def _copies(model: type[Model], steps: dict[type[Model], int], times: int) -> str:
    def quoted(name: str | None) -> str:
        return connection.ops.quote_name(str(name))

    fields = [field for field in model._meta.local_concrete_fields if field.column]
    values = ", ".join(_value(field, steps) for field in fields)
    return f"""
        INSERT INTO {quoted(model._meta.db_table)} ({", ".join(quoted(field.column) for field in fields)})
        WITH RECURSIVE copy AS (SELECT 1 AS k UNION ALL SELECT k + 1 FROM copy WHERE k < {times - 1})
        SELECT {values} FROM {quoted(model._meta.db_table)} t CROSS JOIN copy
        WHERE k < {times} AND t.{quoted(fields[0].column)} <= {steps[model]}
    """


def _value(field: Field, steps: dict[type[Model], int]) -> str:
    """SQL for a column of copy number `k`: keys and names move on, everything else stays."""
    column = f"t.{connection.ops.quote_name(str(field.column))}"
    is_postgres = connection.vendor == "postgresql"
    if field.name in ("tile_row", "tile_col"):
        return "NULL"
    if field.name == "seq":
        return f"{column} + copy.k * (SELECT MAX(seq) FROM opd_entry)"
    if field.primary_key or (isinstance(field, models.ForeignKey) and field.related_model in steps):
        step = steps[field.model if field.primary_key else field.related_model]  # type: ignore[index]
        return f"{column} + copy.k * {step}"
    if isinstance(field, models.UUIDField):
        if is_postgres:
            return f"CAST({_uuid(f'CAST({column} AS text)', '14')} AS uuid)"
        return _uuid(column, "12")
    if field.name == "object":
        return _object(column)
    if field.name in ("hash", "prev_hash"):
        return f"'k' || copy.k || substr({column}, 5)"
    if field.name in NAMES and field.unique:
        prefix = f"'k' || copy.k || '-' || {column}"
        return f"upper({prefix})" if field.name == "reference" else prefix
    return column


def _uuid(text: str, before: str) -> str:
    """SQL for a UUID of a copy: its number in place of the digit that says version 4, and of the two after it."""
    number = "lpad(to_hex(copy.k), 2, '0')" if connection.vendor == "postgresql" else "printf('%02x', copy.k)"
    return f"substr({text}, 1, {before}) || 'e' || {number} || substr({text}, {before} + 4)"


def _object(column: str) -> str:
    """SQL for what an entry is about, `kind:name`: a reference, a code, or a UUID."""
    is_postgres = connection.vendor == "postgresql"
    colon = f"position(':' in {column})" if is_postgres else f"instr({column}, ':')"
    is_reference = f"{column} LIKE 'target:%' OR {column} LIKE 'commitment:%'"
    return f"""CASE
        WHEN {is_reference} THEN replace({column}, ':', ':K' || copy.k || '-')
        WHEN {column} LIKE '%:________-____-4%' THEN {_uuid(column, f"({colon} + 14)")}
        ELSE replace({column}, ':', ':k' || copy.k || '-') END"""
