"""Rows of public tables as a check reads them, and their text as the register would write it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.apps import apps
from django.db import DataError
from django.db.models import BooleanField, CheckConstraint, Model, Q, QuerySet, prefetch_related_objects
from django.db.models.base import ModelState
from django.db.models.functions import Coalesce

from opd.register import triggers
from opd.register.checking.storage_format import miswritten
from opd.register.registered import Registered

ModelType = TypeVar("ModelType", bound=Model)

# What reading a value raises that no act could have written: any text in SQLite, an infinite day in PostgreSQL.
UNREADABLE = (ValueError, TypeError, ArithmeticError, AttributeError, RecursionError, DataError)
AT_ONCE = 500  # rows asked for by name or key in one query


def registered_models() -> list[type[Registered]]:
    return [model for model in apps.get_models() if issubclass(model, Registered)]


def batches(names: Iterable[Any]) -> Iterator[list[Any]]:
    whole = list(names)
    return (whole[start : start + AT_ONCE] for start in range(0, len(whole), AT_ONCE))


def readable(rows: QuerySet[ModelType, Any]) -> Iterator[tuple[int, Any]]:
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


class RowReader:
    """Reads rows by UUID, with the relations that their register row names; each related row is read once."""

    def __init__(self) -> None:
        self.known: dict[type[Model], dict[Any, Any]] = defaultdict(dict)

    def rows(self, model: type[Registered], uuids: list[Any]) -> list[Any]:
        found = list(_instances(model._base_manager.filter(uuid__in=uuids)))
        prefetch_related_objects(found, *model.prefetch)
        self._relate(model, found, model.related)
        return found

    def _relate(self, model: type[Model], rows: list[Any], paths: Iterable[str]) -> None:
        """Gives each row its related rows, as `select_related` would, from what is known already."""
        self.known[model].update((row.pk, row) for row in rows)
        for path in paths:
            name, _, rest = path.partition("__")
            self._give(rows, model._meta.get_field(name), [rest] if rest else [])

    def _give(self, rows: list[Any], field: Any, rest: list[str]) -> None:
        related = field.remote_field.model
        known = self.known[related]
        missing = {getattr(row, field.attname) for row in rows} - known.keys() - {None}
        for keys in batches(missing):
            self._relate(related, list(_instances(related._base_manager.filter(pk__in=keys))), rest)
        for row in rows:
            if (one := known.get(getattr(row, field.attname))) is not None:
                field.set_cached_value(row, one)


def _instances(rows: QuerySet[ModelType, Any]) -> Iterator[ModelType]:
    """The rows as instances, made by hand: `__init__` is most of what a row costs."""
    names = [field.attname for field in rows.model._meta.concrete_fields]
    for values in rows.values_list(*names).iterator(chunk_size=2000):
        row = rows.model.__new__(rows.model)
        row.__dict__.update(zip(names, values, strict=True))
        row._state = ModelState()
        row._state.adding, row._state.db = False, rows.db
        yield row


def unlawful_rows() -> Iterator[str]:
    """A sentence for every row with a value stored in another way, or that breaks a constraint."""
    for table, _ in triggers.guarded():
        for pk in miswritten(table):
            yield f"{table._meta.db_table} di baris {pk}: ada nilai yang tidak ditulis seperti register menulisnya"
        for pk, rule in _rule_breakers(table):
            yield f"{table._meta.db_table} di baris {pk}: melanggar {rule}"


def _rule_breakers(table: type[Model]) -> Iterator[tuple[int, str]]:
    """(primary key, constraint) of each row that breaks a constraint; an act cannot write such a row.

    Columns that an entry leaves out, because a rule keeps them empty, are checked only here. The table is read once
    for all of them, and again only where one is broken.
    """
    rules = {rule.name: _holds(rule) for rule in table._meta.constraints if isinstance(rule, CheckConstraint)}
    judged = table._base_manager.annotate(**rules)
    broken = Q(*((name, False) for name in rules), _connector=Q.OR)
    if rules and judged.filter(broken).exists():
        for name in rules:
            yield from ((pk, name) for pk in judged.filter(**{name: False}).values_list("pk", flat=True))


def _holds(rule: CheckConstraint) -> Coalesce:
    return Coalesce(rule.condition, True, output_field=BooleanField())  # not known is as good
