"""Reads one case file as a whole and computes what it says; works in a process of its own, without settings."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Self

from commitments.cases import durations
from commitments.cases.case_rows import (
    EXCLUSIONS,
    CasePeriod,
    CaseRow,
    CaseRows,
    minutes_of,
    refusal_of,
    sorted_rows,
)
from commitments.cases.columns import CaseColumns, FoundTable, found_table, headings_of
from commitments.cases.questions import questions
from commitments.cases.sheets import MAX_CSV_ROWS, TOO_MANY_CSV_ROWS, BadCaseFile, cell_at, sheets
from commitments.cases.stamps import Stamp

SAMPLE_ROWS = 5  # shown to whoever says which column is which
MAX_SAMPLE_LETTERS = 40


@dataclass(frozen=True)
class Order:
    """What is asked of a file: the clock (`unit` is empty for a yes/no column), the period, and what is on record."""

    unit: str
    statistic: str
    period: CasePeriod
    limit: Fraction | None = None  # of a share, in the unit of the clock
    target: Fraction | None = None  # what the statistic shall reach: heaping is looked for below it
    has_pauses: bool = False
    columns: CaseColumns | None = None
    only_headings: bool = False  # the columns are still to be said
    holidays: tuple[date, ...] = ()
    years: tuple[int, ...] = ()

    @property
    def is_timed(self) -> bool:
        return self.unit in durations.TIMED

    @property
    def is_yes(self) -> bool:
        return not self.unit

    def packed(self) -> str:
        return json.dumps(
            {
                "unit": self.unit,
                "statistic": self.statistic,
                "period": [self.period.start.isoformat(), self.period.end.isoformat()],
                "limit": str(self.limit) if self.limit is not None else None,
                "target": str(self.target) if self.target is not None else None,
                "has_pauses": self.has_pauses,
                "columns": self.columns.for_store() | {"digest": self.columns.kept_digest} if self.columns else None,
                "only_headings": self.only_headings,
                "holidays": [day.isoformat() for day in self.holidays],
                "years": list(self.years),
            }
        )

    @classmethod
    def unpacked(cls, text: str) -> Self:
        given = json.loads(text)
        start, end = map(date.fromisoformat, given["period"])
        return cls(
            unit=given["unit"],
            statistic=given["statistic"],
            period=CasePeriod(start, end),
            limit=Fraction(given["limit"]) if given["limit"] else None,
            target=Fraction(given["target"]) if given["target"] else None,
            has_pauses=given["has_pauses"],
            columns=CaseColumns.stored(given["columns"]) if given["columns"] else None,
            only_headings=given["only_headings"],
            holidays=tuple(map(date.fromisoformat, given["holidays"])),
            years=tuple(given["years"]),
        )


def answer(order: Order, content: bytes) -> dict[str, Any]:
    """What the file says, as JSON holds it: `problem` with a sentence, or the columns alone, or everything."""
    told: dict[str, Any] = {}
    try:
        table = found_table(sheets(content), order.columns, is_yes=order.is_yes, has_pauses=order.has_pauses)
        told = {
            "columns": table.columns.for_store(),
            "headings": [_masked(text) for text in table.columns.headings],
            "is_known": table.is_known,
            "samples": _samples(table),
        }
        lacking = [*table.columns.lacking, *(["yes"] if order.is_yes and "yes" not in table.columns.places else [])]
        if lacking or order.only_headings:
            return told | {"lacking": lacking}
        found = sorted_rows(
            table, order.period, is_timed=order.is_timed, is_yes=order.is_yes, has_pauses=order.has_pauses
        )
        return told | {"lacking": []} | _computed(order, found)
    except BadCaseFile as refused:
        return told | {"problem": str(refused)}


def _samples(table: FoundTable) -> list[list[str]]:
    """The first rows as texts, for the eyes of the sender alone."""
    rows = []
    for line, row in table.sheet.rows():
        if line > table.line and headings_of(row):
            rows.append(
                [cell_at(row, place).text[:MAX_SAMPLE_LETTERS] for place in range(len(table.columns.headings))]
            )
            if len(rows) == SAMPLE_ROWS:
                break
    return rows


def _masked(text: str) -> str:
    """A text that gives no identity or telephone number away."""
    return re.sub(r"\d{10,}", "•••", text)[:MAX_SAMPLE_LETTERS]


def _computed(order: Order, found: CaseRows) -> dict[str, Any]:
    if not found.rows:
        raise BadCaseFile("Di bawah baris judul tidak ada satu kasus pun.")
    if found.rows > MAX_CSV_ROWS:
        raise BadCaseFile(TOO_MANY_CSV_ROWS)
    if found.is_refused:
        raise BadCaseFile(refusal_of(found))
    if not found.counted:
        raise BadCaseFile(_why_none(found))
    days = durations.WorkingDays(order.holidays)
    values = _durations(order, found.counted, days)
    said = durations.statistics(values, order.statistic, order.unit, order.limit)
    oldest = max(((order.period.end - row.start.day).days for row in found.unfinished), default=None)
    return {
        "rows": found.rows,
        "n": len(values),
        "excluded": {code: found.excluded[code] for code in EXCLUSIONS if found.excluded[code]},
        "suspect": [[line, why] for line, why in sorted(found.suspect)],
        "open_cases": len(found.unfinished),
        "oldest_open_days": oldest,
        "durations": values,
        **said._asdict(),
        "cases": sorted(
            {(row.start.day.isoformat(), row.ticket) for row in (*found.counted, *found.unfinished) if row.ticket}
        ),
        "preview": [_in_words(row, order, days) for row in found.counted[:SAMPLE_ROWS]],
        "questions": [
            one.for_store()
            for one in questions(
                found.counted, found.unfinished, days, is_timed=order.is_timed, limit=_limit_in_minutes(order)
            )
        ],
    }


def _why_none(found: CaseRows) -> str:
    counts = ", ".join(f"{found.excluded[code]} {EXCLUSIONS[code]}" for code in EXCLUSIONS if found.excluded[code])
    unfinished = f", {len(found.unfinished)} belum selesai" if found.unfinished else ""
    told = f"{counts}{unfinished}".strip(", ")
    return f"Tidak ada satu kasus pun yang selesai dalam periode ini. Dari {found.rows} baris: {told}."


def _durations(order: Order, counted: list[CaseRow], days: durations.WorkingDays) -> list[int]:
    if order.unit == durations.WORKING:
        _need_years(order, counted)
    return sorted(_duration(row, order, days) for row in counted)


def _need_years(order: Order, counted: list[CaseRow]) -> None:
    needed: set[int] = set()
    for row in counted:
        if row.stop:
            needed.update(durations.years_between(row.start.day, row.stop.day))
    if lacking := sorted(needed - set(order.years)):
        years = " dan ".join(map(str, lacking[:5]))
        raise BadCaseFile(f"Kalender {years} belum dicatat, jadi hari kerjanya belum dapat dihitung.")


def _duration(row: CaseRow, order: Order, days: durations.WorkingDays) -> int:
    assert row.stop is not None  # noqa: S101 - of finished cases only
    if order.is_yes:
        return int(row.yes or 0)
    if order.is_timed:
        return minutes_of(row)
    if order.unit == durations.CALENDAR:
        return (row.stop.day - row.start.day).days
    return days.between(row.start.day, row.stop.day)


def _limit_in_minutes(order: Order) -> int | None:
    """The limit that a case should stay under, as whole minutes."""
    limit = order.limit if order.limit is not None else order.target
    if limit is None or not order.is_timed:
        return None
    return int(limit * (durations.PER_HOUR if order.unit == durations.HOURS else 1))


def _in_words(row: CaseRow, order: Order, days: durations.WorkingDays) -> dict[str, Any]:
    assert row.stop is not None  # noqa: S101 - of finished cases only
    return {
        "line": row.line,
        "start": _moment(row.start),
        "stop": _moment(row.stop),
        "duration": _duration(row, order, days),
    }


def _moment(found: Stamp) -> str:
    clock_time = "" if found.minute is None else f"T{found.minute // 60:02d}:{found.minute % 60:02d}"
    return f"{found.day.isoformat()}{clock_time}"


def print_answer(content: bytes) -> None:
    """In the other process: the first line is the order, the rest is the file."""
    order, _, file = content.partition(b"\n")
    sys.stdout.buffer.write(json.dumps(answer(Order.unpacked(order.decode()), file)).encode())
