"""Cache for many acts by one writer in one transaction: what need not be read again while nobody else can write.

Inside `register.many_acts()` the register's lock is held from the first act to the last, and `register.trial()` has
a copy of its own, so a row, a role or an assignment that this writer has read can only be changed by this writer.
Outside of them nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import ForeignKey

if TYPE_CHECKING:
    from opd.register.ends import RegisterState
    from opd.register.entry import Entry
    from opd.register.registered import Registered

Found = TypeVar("Found")


@dataclass
class Batch:
    """The cache of one batch.

    `version` rises with every row written; `fresh` are the rows as this writer last left them.
    """

    state: RegisterState  # after the last pending entry
    pending: list[Entry] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)  # what every entry says besides its rows
    touched: dict[tuple[str, str], Registered] = field(default_factory=dict)  # by all its acts, as their entries say
    version: int = 0
    fresh: dict[tuple[type, int], Registered] = field(default_factory=dict)
    memo: dict[str, dict[Hashable, Any]] = field(default_factory=dict)  # by the kind of row it depends on
    lists: dict[tuple[str, str], dict[int, list[Any]]] = field(default_factory=dict)  # by kind and foreign key

    def wrote(self, *rows: Registered) -> None:
        self.version += 1
        for row in rows:
            self.fresh[type(row), row.pk] = row
            self.memo.pop(row.kind, None)
            self._drop_lists_without(row)

    def _drop_lists_without(self, row: Registered) -> None:
        """Drops the list that this row belongs to, unless this very object stands in it."""
        for (kind, column), lists in self.lists.items():
            if kind == row.kind and all(known is not row for known in lists.get(getattr(row, column), ())):
                lists.pop(getattr(row, column), None)

    def forget(self) -> None:
        """Drops everything remembered, after a failure or a change made outside the acts."""
        self.version += 1
        self.fresh.clear()
        self.memo.clear()
        self.lists.clear()

    def knows(self, row: Registered) -> bool:
        """Whether this object is the row as it stands; its relations are exchanged for the objects last written."""
        if self.fresh.get((type(row), row.pk)) is not row:
            return False
        self._adopt(row)
        return True

    def _adopt(self, row: Registered) -> None:
        for column in row._meta.fields:
            if not isinstance(column, ForeignKey) or not column.is_cached(row):
                continue
            if hasattr(getattr(row, column.name), "object_name"):
                related = getattr(row, column.name)
                known = self.fresh.get((type(related), related.pk), related)
                if known is not related:
                    column.set_cached_value(row, known)
                self._adopt(known)


_current: ContextVar[Batch | None] = ContextVar("batch", default=None)


def current() -> Batch | None:
    return _current.get()


@contextmanager
def begun(state: RegisterState, extra: dict[str, Any] | None = None) -> Iterator[Batch]:
    """Context in which all acts belong to one batch, which follows on a state of the register."""
    batch = Batch(state, extra=extra or {})
    token = _current.set(batch)
    try:
        yield batch
    finally:
        _current.reset(token)


def remembered(kind: str, key: Hashable, read: Callable[[], Found]) -> Found:
    """The result of `read`; within a batch it is called once, until a row of that kind is written."""
    batch = _current.get()
    if batch is None:
        return read()
    memo = batch.memo.setdefault(kind, {})
    if key not in memo:
        memo[key] = read()
    found: Found = memo[key]
    return found


def rows_of(kind: str, column: str, pk: int, read: Callable[[], list[Found]]) -> list[Found]:
    """The rows of a kind whose foreign key is `pk`; within a batch they are read once, until one of them is written.

    A row that the list already holds as an object keeps its place there when it is written.
    """
    batch = _current.get()
    if batch is None:
        return read()
    lists = batch.lists.setdefault((kind, column), {})
    if pk not in lists:
        lists[pk] = read()
    return lists[pk]


def remember_rows(kind: str, column: str, pk: int, rows: list[Any]) -> None:
    """Within a batch: the answer of `rows_of`, because this writer has just made it."""
    if batch := _current.get():
        batch.lists.setdefault((kind, column), {})[pk] = rows


def forget() -> None:
    """Something was changed outside the acts: read it all again."""
    if batch := _current.get():
        batch.forget()
