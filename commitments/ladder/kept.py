"""Today's ladder, kept in tables: an act works out again what it touched, and a page only reads.

A kept row holds dates, and ages are counted from them when it is read, so that it stays true from day to day. All of
it is disposable: `KeptLadder` says which head of the register and which rules it was worked out from, and when one of
them is another, it is not read until it is worked out again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from commitments.ladder.statements import (
    EVERYTHING,
    TARGET_PARTS,
    UNIT_PARTS,
    Narrowed,
    Statement,
    bound,
    ever_owed_by,
    file_text,
    in_list,
    ladder_sql,
    only_targets,
    parameters,
)
from opd import clock, register
from opd.register.entry import Entry
from opd.register.registered import Registered

MOST_REFRESHED = 1_000  # targets of one act or batch; above, everything is worked out again
TARGETS, UNITS, LADDER = "commitments_kepttarget", "commitments_keptunit", "commitments_keptladder"

STANDING = (
    *("rung", "rung_claimed", "slip_days", "heard_on", "waiting", "silent_after", "overdue_after"),
    *("moved", "met_late", "softened", "worse", "contested"),
)
TARGET_STANDING = (
    *("target_id", "commitment_id", "value", "value_claimed", "period_end", "latest_id", "run_start", "progress"),
    *("baseline_now", "target_now", "min_change_now", "due_on", "met_on", "silent_limit", "waiting_would_meet"),
    *STANDING,
)
UNIT_STANDING = ("unit_id", "live_targets", "improving_targets", "least_progress", *STANDING)

# The kinds of rows on which no standing depends.
NO_STANDING = frozenset(
    {
        *("unit_name", "person", "tenure", "memorandum", "signature", "public_fact", "assessment", "acknowledgement"),
        *("inheritance", "recheck", "training", "operator", "witness"),
        *("case_file", "question", "calendar_year", "holiday"),
        *("membership", "staff_role", "proposal_step"),
    }
)


SUCCESSIONS = """
    SELECT p.unit_id, s.unit_id FROM opd_unitchange c
    JOIN opd_unitchange_predecessors p ON p.unitchange_id = c.id
    JOIN opd_unitchange_successors s ON s.unitchange_id = c.id
    WHERE c.change <> 'renamed' AND c.confirmed_at IS NOT NULL"""
NEXT_TURN = """
    SELECT MIN(turn) FROM (
        SELECT MIN(from_on) AS turn FROM commitments_assignment WHERE from_on > %s
        UNION ALL SELECT MIN(until_on) FROM commitments_assignment WHERE until_on > %s
        UNION ALL SELECT MIN(valid_until) FROM opd_unit WHERE valid_until > %s) turns"""
CHECKED = (
    (TARGETS, TARGET_STANDING, TARGET_PARTS, "target_standing", ("commitments_servicetarget", "reference")),
    (UNITS, UNIT_STANDING, (*TARGET_PARTS, *UNIT_PARTS), "unit_standing", ("opd_unit", "code")),
)


_LEFT_ALONE: ContextVar[bool] = ContextVar("kept rows are left alone", default=False)


class KeptState(NamedTuple):
    day: date
    turns_on: date | None


# --- Reading ---


def answers(using: str, day: date) -> bool:
    """Whether the kept rows are true of a day: today, as long as nothing has happened that they do not know."""
    if day != clock.today() or register.is_writing():
        return False
    found = register.once(("kept ladder", using), lambda: _state(connections[using]))
    return found is not None and found.day <= day and (found.turns_on is None or day < found.turns_on)


def targets_sql(connection: BaseDatabaseWrapper, day: date, narrowed: Narrowed = EVERYTHING) -> Statement:
    """The same rows as `statements.targets_sql`, from the table."""
    sql, values = _kept(connection, "target_day", "target_standing", TARGETS, day)
    return (f"{sql} WHERE target_id IN ({narrowed.targets})" if narrowed.targets else sql), values


def units_sql(connection: BaseDatabaseWrapper, day: date) -> Statement:
    """The same rows as `statements.units_sql`, from the table."""
    return _kept(connection, "unit_day", "unit_standing", UNITS, day)


def _kept(connection: BaseDatabaseWrapper, select: str, standing: str, table: str, day: date) -> Statement:
    sql = ladder_sql(connection.vendor, (), file_text(select)).replace(f"FROM {standing}", f"FROM {table}")
    return bound(sql, parameters(connection, day))


def _state(connection: BaseDatabaseWrapper, head: str = "") -> KeptState | None:
    """The state of the kept rows, if they are true of the rules in force and of a head: the last, or a given one."""
    last = "(SELECT hash FROM opd_entry ORDER BY seq DESC LIMIT 1)"
    sql = f"SELECT day, turns_on FROM {LADDER} WHERE rules = %s AND head = {'%s' if head else last}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [rules(connection.vendor), *([head] if head else [])])
        row = cursor.fetchone()
    if row is None:
        return None
    day, turns_on = (date.fromisoformat(one) if isinstance(one, str) else one for one in row)  # SQLite gives text
    return KeptState(day, turns_on)


def rules(vendor: str) -> str:
    """A digest of the SQL in force: rows worked out by another one are not read."""
    parts = (*TARGET_PARTS, *UNIT_PARTS)
    text = ladder_sql(vendor, parts, file_text("unit_day")) + str((TARGET_STANDING, UNIT_STANDING))
    return hashlib.sha256(text.encode()).hexdigest()


# --- Writing ---


class Touched(NamedTuple):
    """What may stand elsewhere than before, by primary key."""

    targets: frozenset[int] = frozenset()
    commitments: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()

    def __or__(self, other: Touched) -> Touched:
        return Touched(*(mine | more for mine, more in zip(self, other, strict=True)))


def touched_by(row: Registered) -> Touched:
    """What a row that an act changed may have moved. KeyError: a kind that nobody has decided about."""
    return TOUCHES[row.kind](row)


def _of_target(*targets: int | None) -> Touched:
    return Touched(targets=frozenset(pk for pk in targets if pk))


TOUCHES: dict[str, Callable[[Any], Touched]] = {
    **dict.fromkeys(NO_STANDING, lambda row: Touched()),
    "target": lambda row: _of_target(row.pk, row.replaces_id),
    "revision": lambda row: _of_target(row.target_id),
    "measurement": lambda row: _of_target(row.target_id),
    "recheck_item": lambda row: _of_target(row.measurement.target_id),
    "evidence": lambda row: _of_target(row.measurement.target_id),
    "decision": lambda row: _of_target(row.measurement.target_id),
    "commitment": lambda row: Touched(commitments=frozenset({row.pk})),
    "assignment": lambda row: Touched(commitments=frozenset({row.commitment_id})),
    "unit": lambda row: Touched(units=frozenset({row.pk})),
    "unit_change": lambda row: Touched(
        units=frozenset(unit.pk for side in (row.predecessors, row.successors) for unit in side.all())
    ),
}


def follow(rows: Iterable[Registered], before: str, entry: Entry) -> None:
    """After an act or a batch, in its transaction: works out again what these rows touched.

    `before` is the head of the register before it: rows that were kept for another one are all worked out again.
    """
    day = max(clock.today(), clock.day_of(entry.at))
    found = _state(connection, before)
    touched = reduce(or_, map(touched_by, rows), Touched())
    if found is None or len(touched.targets) > MOST_REFRESHED:
        _work_out_all(day)
    else:
        _work_out(touched | _turned(found.day, day), day)
    _note(entry.hash, day)


def keep_up(*, anew: bool = False) -> None:
    """What a new day, new rules or a restored backup ask for; `anew`: everything. Nobody acts meanwhile."""
    day, found = clock.today(), None if anew else _state(connection)
    if found is not None and (found.turns_on is None or day < found.turns_on):
        return
    if register.head() is None:
        return
    with register.many_acts():
        head, found = register.head(), None if anew else _state(connection)
        if head is None:
            return
        day = max(day, clock.day_of(head.at))
        if found is None:
            _work_out_all(day)
        else:
            _work_out(_turned(found.day, day), day)
        _note(head.hash, day)


@contextmanager
def left_alone() -> Iterator[None]:
    """Context in which a migration works nothing out: a backup that is restored or proven may not take the lock of
    the register that others write meanwhile. The first act or the next upkeep does."""
    token = _LEFT_ALONE.set(True)
    try:
        yield
    finally:
        _LEFT_ALONE.reset(token)


def after_migration(using: str = "default", **signal: Any) -> None:
    """Rules may be others in a new release, so that the first act after it need not wait."""
    here = connections[using]
    if _LEFT_ALONE.get():
        return
    if here is connections[DEFAULT_DB_ALIAS] and {LADDER, "opd_entry"} <= set(here.introspection.table_names()):
        keep_up()


def _work_out_all(day: date) -> None:
    _execute(f"DELETE FROM {TARGETS}")
    _execute(f"DELETE FROM {UNITS}")
    _execute(*_insert_targets(day, EVERYTHING))
    if connection.vendor == "postgresql":
        _execute(f"ANALYZE {TARGETS}")  # the units are joined to rows that are all new
    _execute(*_insert_units(day, EVERYTHING, "TRUE"))


def _work_out(touched: Touched, day: date) -> None:
    """The targets touched, and the units that owe or have owed them, with the units that these follow."""
    of_target = f"SELECT commitment_id FROM commitments_servicetarget WHERE id IN ({in_list(touched.targets)})"
    commitments = touched.commitments | (_keys(of_target) if touched.targets else frozenset())
    owed = f"SELECT unit_id FROM commitments_assignment WHERE commitment_id IN ({in_list(commitments)})"
    theirs = f"SELECT id FROM commitments_servicetarget WHERE commitment_id IN ({in_list(touched.commitments)})"
    moved = touched.targets | (_keys(theirs) if touched.commitments else frozenset())
    units = touched.units | (_keys(owed) if commitments else frozenset())
    if moved:
        _execute(f"DELETE FROM {TARGETS} WHERE target_id IN ({in_list(moved)})")
        _execute(*_insert_targets(day, only_targets(moved)))
    if units:
        shown = _reached(units, backwards=True)
        _execute(f"DELETE FROM {UNITS} WHERE unit_id IN ({in_list(shown)})")
        narrowed = Narrowed(units=in_list(_reached(shown)))
        _execute(*_insert_units(day, narrowed, f"unit_id IN ({in_list(shown)})"))


def _reached(units: frozenset[int], *, backwards: bool = False) -> frozenset[int]:
    """These units with all that followed them; `backwards`: with all that they followed."""
    pairs = _rows(SUCCESSIONS)
    edges = [(later, earlier) for earlier, later in pairs] if backwards else pairs
    found, before = units, frozenset[int]()
    while found != before:
        before, found = found, found | {end for start, end in edges if start in found}
    return found


def only_units(units: Collection[int]) -> Narrowed:
    """Only these units, those that carry them, and what any of them has owed."""
    return ever_owed_by(_reached(frozenset(units)))


def _turned(since: date, day: date) -> Touched:
    """What moved by its date alone, after one day and until another: a duty, or the end of a unit."""
    if since == day:
        return Touched()
    dates, between = connection.ops.adapt_datefield_value, "{0} > %s AND {0} <= %s"
    from_on, until_on, valid_until = (between.format(one) for one in ("from_on", "until_on", "valid_until"))
    span = [dates(since), dates(day)]
    moved = f"SELECT commitment_id FROM commitments_assignment WHERE {from_on} OR {until_on}"
    ended = f"SELECT id FROM opd_unit WHERE {valid_until}"
    return Touched(commitments=_keys(moved, span * 2), units=_keys(ended, span))


def _insert_targets(day: date, narrowed: Narrowed) -> Statement:
    return _insert(TARGETS, TARGET_STANDING, TARGET_PARTS, "target_standing", narrowed, day)


def _insert_units(day: date, narrowed: Narrowed, which: str) -> Statement:
    parts = ("asof", "kept_targets", *UNIT_PARTS)
    sql, values = _insert(UNITS, UNIT_STANDING, parts, "unit_standing", narrowed, day)
    return f"{sql} WHERE {which}", values


def _insert(
    table: str, columns: tuple[str, ...], parts: tuple[str, ...], source: str, narrowed: Narrowed, day: date
) -> Statement:
    names = ", ".join(columns)
    sql = ladder_sql(connection.vendor, parts, f"SELECT {names} FROM {source}", narrowed)
    return bound(f"INSERT INTO {table} ({names}) {sql}", parameters(connection, day))


def _note(head: str, day: date) -> None:
    """Notes what the rows are true of: this head, these rules, and the days until a duty moves or a unit ends."""
    last = connection.ops.adapt_datefield_value(day)
    [(turns_on,)] = _rows(NEXT_TURN, [last] * 3)
    _execute(f"DELETE FROM {LADDER}")
    sql = f"INSERT INTO {LADDER} (head, rules, day, turns_on) VALUES (%s, %s, %s, %s)"
    _execute(sql, [head, rules(connection.vendor), last, turns_on])


def _execute(sql: str, values: Collection[Any] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))


def _rows(sql: str, values: Collection[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _keys(sql: str, values: Collection[Any] = ()) -> frozenset[int]:
    return frozenset(pk for (pk,) in _rows(sql, values))


# --- Checking ---


def faults(run: register.CheckRun) -> Iterator[str]:
    """A sentence for each kept row that differs from what is worked out now; none while nobody reads them."""
    found = _state(connection)
    if found is None:
        return
    for table, columns, parts, source, name in CHECKED:
        kept = f"SELECT {', '.join(columns)} FROM {table}"
        sql = ladder_sql(connection.vendor, parts, f"SELECT {', '.join(columns)} FROM {source}")
        worked_out, values = bound(sql, parameters(connection, found.day))
        differ = _keys(f"SELECT {columns[0]} FROM ({kept} EXCEPT SELECT * FROM ({worked_out}) w) k", values)
        differ |= _keys(f"SELECT {columns[0]} FROM (SELECT * FROM ({worked_out}) w EXCEPT {kept}) k", values)
        names = dict(_rows(f"SELECT id, {name[1]} FROM {name[0]} WHERE id IN ({in_list(differ)})"))
        for pk in sorted(differ):
            yield f"tangga hari ini: {names.get(pk, pk)} berbeda dari hitungannya"
