"""Changes of the database behind the register's back: one column of one row, to a value the database allows."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import DatabaseError, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from opd import register
from opd.clock import now
from opd.models import Entry, Registered
from opd.register import triggers
from opd.register.canonical import canonical

TICK = timedelta(microseconds=1)


def columns() -> list[tuple[type[models.Model], Any]]:
    """Every column of every guarded table, entries included; primary keys are nobody's name and mean nothing."""
    found = []
    for model, _ in triggers.guarded():
        found += [(model, field) for field in model._meta.local_concrete_fields if not field.primary_key]
    return found


def rows_of(model: type[models.Model]) -> list[models.Model]:
    """Those that the register vouches for."""
    return [row for row in model._base_manager.order_by("pk") if getattr(row, "in_register", True)]


def name_of(row: Any) -> str:
    """How `register.check` calls it."""
    if isinstance(row, Entry):
        return f"entri {row.seq}"
    if isinstance(row, Registered):
        return row.object_name
    return str((row.training if hasattr(row, "training_id") else row.unitchange).object_name)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def other_values(row: Any, field: Any, dice: Random) -> Iterator[Any]:
    """Values that this column does not hold now, the least conspicuous first."""
    value = getattr(row, field.attname)
    if field.is_relation:
        others = field.related_model._base_manager.exclude(pk=value).values_list("pk", flat=True)
        yield from dice.sample(list(others), min(3, len(others)))
    elif field.choices:
        yield from (choice for choice, _ in field.flatchoices if choice != value)
    else:
        yield from _nearby(value, field)
    if field.null and value is not None:
        yield None


def _nearby(value: Any, field: Any) -> Iterator[Any]:
    if isinstance(field, models.BooleanField):
        yield not value
    elif isinstance(field, models.DateTimeField):
        yield (value or now()) + TICK
    elif isinstance(field, models.DateField):
        yield (value or now().date()) + timedelta(days=1)
        yield (value or now().date()) - timedelta(days=1)
    elif isinstance(field, models.DecimalField):
        yield (value or Decimal(0)) + Decimal("0.0001")
        yield (value or Decimal(0)) - Decimal("0.0001")
    elif isinstance(field, models.IntegerField):
        yield (value or 0) + 1
        yield (value or 0) + 1000
    elif isinstance(field, models.UUIDField):
        yield uuid.uuid4()
    else:
        yield f"{value[:-1]}{'x' if value[-1:] != 'x' else 'y'}"
        if value:
            yield ""


def mutate(model: type[models.Model], field: Any, dice: Random) -> str:
    """One value of this column becomes another one; the name of its row, "" when the database refuses all."""
    return next(_mutate(model, field, dice, rows_of(model)), "")


def _mutate(model: type[models.Model], field: Any, dice: Random, rows: Sequence[Any]) -> Iterator[str]:
    for row in dice.sample(rows, len(rows)):
        name = f"nomor {row.seq}" if field.name == "seq" else name_of(row)
        for value in other_values(row, field, dice):
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=row.pk).update(**{field.attname: value})
            except DatabaseError:
                continue
            yield name


def possible(model: type[models.Model], field: Any, dice: Random, rows: Sequence[Any]) -> bool:
    """Whether the database lets such a change of any of these rows through."""
    with undone():
        return bool(next(_mutate(model, field, dice, rows), ""))


def entries() -> list[Entry]:
    return list(Entry.objects.order_by("seq"))


def rehash(entries: list[Entry]) -> None:
    """What somebody does who knows how the chain is made; the numbers and hashes are parked out of the way first."""
    Entry.objects.update(seq=F("seq") + 10_000, prev_hash=Concat(Value("x"), Substr("prev_hash", 2)))
    previous = register.FIRST_PREV_HASH
    for number, entry in enumerate(entries, 1):
        entry.seq, entry.prev_hash = number, previous
        entry.body = canonical({**json.loads(entry.body), "seq": number})
        entry.hash = previous = register.chained(previous, entry.body)
        entry.save()
