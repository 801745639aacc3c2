"""Many cities in one database: every row of the demonstration copied, for measuring how costs grow."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Field, Model

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
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


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
    quoted = connection.ops.quote_name
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
    column = f"t.{connection.ops.quote_name(field.column)}"
    is_postgres = connection.vendor == "postgresql"
    if field.name in ("tile_row", "tile_col"):
        return "NULL"
    if field.name == "seq":
        return f"{column} + copy.k * (SELECT MAX(seq) FROM opd_entry)"
    if field.primary_key or (isinstance(field, models.ForeignKey) and field.related_model in steps):
        step = steps[field.model if field.primary_key else field.related_model]  # type: ignore[index]
        return f"{column} + copy.k * {step}"
    if isinstance(field, models.UUIDField):
        if is_postgres:  # the digit that says version 4, and the two after it
            text = f"CAST({column} AS text)"
            moved = f"substr({text}, 1, 14) || 'e' || lpad(to_hex(copy.k), 2, '0') || substr({text}, 18)"
            return f"CAST({moved} AS uuid)"
        return f"substr({column}, 1, 12) || 'e' || printf('%02x', copy.k) || substr({column}, 16)"
    if field.name in ("hash", "prev_hash"):
        return f"'k' || copy.k || substr({column}, 5)"
    if field.name in NAMES and field.unique:
        prefix = f"'k' || copy.k || '-' || {column}"
        return f"upper({prefix})" if field.name == "reference" else prefix
    return column
