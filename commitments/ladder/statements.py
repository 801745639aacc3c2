"""The ladder's SQL: the `.sql` files of this folder, put together for a database and a day.

Facts known by the end of the day come first, the rules read only those, and `target_day.sql` or `unit_day.sql` holds
where each stands against the day. The same rules in plain Python: `reference.py`. `/cara-baca/` offers the files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from commitments import ladder
from commitments.ladder import SHORTEST_SPAN, SUPPOSED_ID, Assumption, WhatIf
from commitments.ladder.dialects import DIALECTS, spelled
from opd import clock

TARGET_PARTS = ("asof", "target_facts", "target_rules")
UNIT_PARTS = ("unit_facts", "unit_rules")
LADDER_CONSTANTS = ("SUSTAINED_DAYS", "SUSTAINED_CYCLE", "SILENT_CYCLES", "PAST_CEREMONY", "DECIMALS")
PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)")
Statement = tuple[str, list[Any]]  # SQL and its parameters


@dataclass(frozen=True)
class Narrowed:
    """What limits the ladder to a few targets, or a few units: the others are then not worked out.

    `targets` and `units` are SQL that gives primary keys; empty: all.
    """

    targets: str = ""
    units: str = ""


EVERYTHING = Narrowed()


def only_targets(targets: Collection[int]) -> Narrowed:
    """Only these targets, by primary key."""
    return Narrowed(targets=in_list(targets))


def ever_owed_by(units: Collection[int]) -> Narrowed:
    """Only what these units have owed on any day, and only them."""
    owed = f"""SELECT t.id FROM commitments_servicetarget t JOIN commitments_assignment a
        ON a.commitment_id = t.commitment_id WHERE a.unit_id IN ({in_list(units)})"""
    return Narrowed(targets=owed, units=in_list(units))


def in_list(pks: Collection[int]) -> str:
    """Primary keys for between the parentheses of an IN; also when there are none."""
    return ", ".join(str(int(pk)) for pk in pks) or "NULL"


def constants() -> dict[str, int]:
    """The numbers in force that the SQL calls by their names."""
    numbers = {name: int(getattr(ladder, name)) for name in LADDER_CONSTANTS}
    return numbers | {rung.name: rung.value for rung in ladder.Rung}


def ladder_sql(vendor: str, parts: tuple[str, ...], select: str, narrowed: Narrowed = EVERYTHING) -> str:
    """The parts as common table expressions before a SELECT, in the words of one database, without comments."""
    text = _without_names(vendor, parts, select, tuple(constants().items()))
    return spelled(
        text,
        {
            "ASKED": f"{{0}} IN ({narrowed.targets})" if narrowed.targets else "TRUE",
            "ASKED_UNIT": f"{{0}} IN ({narrowed.units})" if narrowed.units else "TRUE",
        },
    )


@lru_cache
def _without_names(vendor: str, parts: tuple[str, ...], select: str, numbers: tuple[tuple[str, int], ...]) -> str:
    expressions = ",\n".join(file_text(part) for part in parts)
    text = f"WITH RECURSIVE {expressions}\n{select}" if parts else select
    lines = (line.partition("--")[0].rstrip() for line in text.splitlines())
    text = spelled("\n".join(line for line in lines if line), DIALECTS[vendor])
    for name, number in numbers:
        text = re.sub(rf"\b{name}\b", str(number), text)
    return text


@lru_cache
def file_text(name: str) -> str:
    return Path(__file__).with_name(f"{name}.sql").read_text()


def bound(sql: str, given: Mapping[str, Any]) -> Statement:
    """SQL with `%s` for each of its named parameters, and their values in the same order; None when not given."""
    names = PARAMETER.findall(sql)
    return PARAMETER.sub("%s", sql), [given.get(name) for name in names]


def targets_sql(
    connection: BaseDatabaseWrapper,
    day: date,
    until: datetime | None = None,
    narrowed: Narrowed = EVERYTHING,
    assuming: WhatIf = None,
) -> Statement:
    """One row per target live on `day`, with TARGET_COLUMNS.

    until: the first moment (aware) not known any more; the end of the day unless an act asks about its own moment.
    """
    sql = ladder_sql(connection.vendor, TARGET_PARTS, file_text("target_day"), narrowed)
    return bound(sql, parameters(connection, day, until, assuming))


def measurements_sql(
    connection: BaseDatabaseWrapper, day: date, until: datetime | None = None, narrowed: Narrowed = EVERYTHING
) -> Statement:
    """One row per measurement that counts on `day`, with MEASUREMENT_COLUMNS."""
    sql = ladder_sql(connection.vendor, TARGET_PARTS, file_text("measurement_day"), narrowed)
    return bound(sql, parameters(connection, day, until))


def units_sql(
    connection: BaseDatabaseWrapper,
    day: date,
    narrowed: Narrowed = EVERYTHING,
    assuming: Assumption | None = None,
) -> Statement:
    """One row per unit, with UNIT_COLUMNS; `past_ceremony_claimed` counts the higher rung."""
    sql = ladder_sql(connection.vendor, (*TARGET_PARTS, *UNIT_PARTS), file_text("unit_day"), narrowed)
    return bound(sql, parameters(connection, day, None, assuming))


def parameters(
    connection: BaseDatabaseWrapper, day: date, until: datetime | None = None, assuming: WhatIf = None
) -> dict[str, Any]:
    """The parameters of the SQL; an assumed decision is taken in the last moment known."""
    ops, as_uuid, end = connection.ops, models.UUIDField().get_db_prep_value, until or clock.end_of(day)
    known = {"day": ops.adapt_datefield_value(day), "until": ops.adapt_datetimefield_value(end)}
    if isinstance(assuming, Assumption):
        last = ops.adapt_datetimefield_value(end - SHORTEST_SPAN)
        return {**known, "assumed": assuming.decision, "assumed_id": assuming.pk, "assumed_at": last}
    if assuming is None:
        return known
    return {
        **known,
        "supposed_target": assuming.target_id,
        "supposed_value": ops.adapt_decimalfield_value(assuming.value),
        "supposed_on": ops.adapt_datefield_value(assuming.period_end),
        "supposed_chain": as_uuid(assuming.chain, connection),
        "supposed_version": assuming.version,
        "supposed_uuid": as_uuid(SUPPOSED_ID, connection),
    }
