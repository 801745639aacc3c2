"""Rows of a case file become cases: which are counted, which are not finished, which are left out and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from commitments.cases.columns import CaseColumns, FoundTable, headings_of
from commitments.cases.sheets import BadCaseFile, Row, cell_at
from commitments.cases.stamps import Cell, Stamp, Unreadable, figures_of, stamp

OUTSIDE, DUPLICATE, REVERSED = "outside", "duplicate", "reversed"
UNREADABLE, CONTRADICTING, UNANSWERED = "unreadable", "contradicting", "unanswered"
EXCLUSIONS = {  # code -> on screen
    OUTSIDE: "di luar periode",
    DUPLICATE: "rangkap",
    REVERSED: "jam terbalik",
    UNREADABLE: "tidak terbaca",
    CONTRADICTING: "bertentangan",
    UNANSWERED: "tanpa ya atau tidak",
}
SUSPECT = (REVERSED, UNREADABLE, CONTRADICTING)
MAX_SUSPECT_PERCENT = 2
YES_ANSWERS = {
    **dict.fromkeys(("ya", "y", "1", "true", "benar"), 1),
    **dict.fromkeys(("tidak", "t", "0", "false", "salah"), 0),
}
MAX_NAMED_ROWS = 20


class CaseRow(NamedTuple):
    """One readable row: what counts of it, with its stamps cut to the minute."""

    line: int
    start: Stamp
    stop: Stamp | None
    ticket: str = ""
    pauses: int = 0
    yes: int | None = None
    second: int | None = None  # of the stop: asked about, never computed with

    @property
    def content(self) -> tuple[object, ...]:
        """What makes two rows identical."""
        return self.start, self.stop, self.pauses, self.yes


@dataclass
class CaseRows:
    """The rows of a file by what becomes of them."""

    rows: int = 0
    counted: list[CaseRow] = field(default_factory=list)
    unfinished: list[CaseRow] = field(default_factory=list)
    excluded: Counter[str] = field(default_factory=Counter)
    suspect: list[tuple[int, str]] = field(default_factory=list)  # line, why

    def leave_out(self, reason: str, line: int, why: str = "") -> None:
        self.excluded[reason] += 1
        if reason in SUSPECT:
            self.suspect.append((line, why or EXCLUSIONS[reason]))

    @property
    def is_refused(self) -> bool:
        """Whether too many rows cannot be trusted: above 2 % of the rows, and above one row."""
        bad = sum(self.excluded[reason] for reason in SUSPECT)
        return bad > 1 and bad * 100 > MAX_SUSPECT_PERCENT * self.rows


@dataclass(frozen=True)
class CasePeriod:
    start: date
    end: date

    def holds(self, day: date) -> bool:
        return self.start <= day <= self.end


def sorted_rows(table: FoundTable, period: CasePeriod, *, is_timed: bool, is_yes: bool, has_pauses: bool) -> CaseRows:
    """Reads every row below the headings and decides about it. Raises BadCaseFile for the whole file."""
    found, readable = CaseRows(), []
    columns = table.columns
    _refuse_mixed_dates(table)
    for line, row in table.sheet.rows():
        if line <= table.line or _is_no_case(row, columns):
            continue
        found.rows += 1
        try:
            readable.append(_read(line, row, columns, is_yes=is_yes, has_pauses=has_pauses))
        except Unreadable as why:
            found.leave_out(UNREADABLE, line, str(why))
    if is_timed and (without := [row.line for row in readable if _lacks_time(row)]):
        raise BadCaseFile(
            "Lamanya dihitung dalam menit atau jam, jadi mulai dan selesai perlu jamnya. "
            f"Tanpa jam: {_named(without)}."
        )
    for case in _cases(readable, found):
        _decide(case, period, found, is_timed=is_timed, is_yes=is_yes)
    return found


def _named(lines: list[int]) -> str:
    more = f", dan {len(lines) - MAX_NAMED_ROWS} lagi" if len(lines) > MAX_NAMED_ROWS else ""
    return "baris " + ", ".join(str(line) for line in lines[:MAX_NAMED_ROWS]) + more


def refusal_of(found: CaseRows) -> str:
    """The sentence for a file with too many rows that cannot be trusted: how many, and which."""
    counts = ", ".join(
        f"{found.excluded[reason]} {EXCLUSIONS[reason]}" for reason in SUSPECT if found.excluded[reason]
    )
    named = "; ".join(f"baris {line}: {why}" for line, why in sorted(found.suspect)[:MAX_NAMED_ROWS])
    more = len(found.suspect) - MAX_NAMED_ROWS
    return (
        f"Terlalu banyak baris yang tidak dapat dipakai, lebih dari {MAX_SUSPECT_PERCENT} % dari {found.rows}: "
        f"{counts}. {named[0].upper()}{named[1:]}{f'; dan {more} baris lagi' if more > 0 else ''}. "
        "Betulkan berkasnya, lalu kirim lagi."
    )


def _is_no_case(row: Row, columns: CaseColumns) -> bool:
    """An empty line, or the headings again on the next page."""
    mine = [cell_at(row, place) for place in set(columns.places.values())]
    return all(cell.value is None or not cell.text for cell in mine) or headings_of(row) == columns.headings


def _refuse_mixed_dates(table: FoundTable) -> None:
    """A column with days that the workbook knows, and with days as text in figures: one of the two is turned."""
    kinds: dict[int, set[str]] = {}
    for line, row in table.sheet.rows():
        for place in {table.columns.places["start"], table.columns.places["stop"]} if line > table.line else ():
            value = cell_at(row, place).value
            if isinstance(value, datetime):
                kinds.setdefault(place, set()).add("date")
            elif isinstance(value, str) and figures_of(value):
                kinds.setdefault(place, set()).add("text")
            if len(kinds.get(place, ())) > 1:
                raise BadCaseFile(
                    f"Kolom {table.columns.headings[place]} memuat tanggal Excel dan tanggal sebagai teks, "
                    f"misalnya baris {line}: hari dan bulannya dapat tertukar. Samakan bentuknya, lalu kirim lagi."
                )


def _read(line: int, row: Row, columns: CaseColumns, *, is_yes: bool, has_pauses: bool) -> CaseRow:
    if len(headings_of(row)) > len(columns.headings):
        raise Unreadable("lebih banyak sel daripada judul")
    start = _stamp(row, columns, "start")
    stop = None if _has_no_stop(row, columns) else _stamp(row, columns, "stop")
    if start is None:
        raise Unreadable("tanpa waktu mulai")
    ticket = cell_at(row, columns.place("ticket")).text.upper()
    pauses = _pauses(cell_at(row, columns.place("pauses"))) if has_pauses else 0
    yes = _yes(cell_at(row, columns.place("yes"))) if is_yes else None
    second = stop.second if stop else None
    return CaseRow(line, _cut(start), _cut(stop) if stop else None, ticket, pauses, yes, second)


def _cut(found: Stamp) -> Stamp:
    return Stamp(found.day, found.minute)


def _has_no_stop(row: Row, columns: CaseColumns) -> bool:
    """With one column of days for both, an empty time means that the case is not finished."""
    return columns.has_one_date and cell_at(row, columns.place("stop_time")).is_empty


def _stamp(row: Row, columns: CaseColumns, role: str) -> Stamp | None:
    clock_time = cell_at(row, columns.place(f"{role}_time"))
    return stamp(cell_at(row, columns.place(role)), clock_time, month_first=columns.month_first)


def _pauses(cell: Cell) -> int:
    if cell.is_empty:
        return 0
    if cell.formula or isinstance(cell.value, bool) or not cell.text.isdecimal() or len(cell.text) > 6:
        raise Unreadable("jeda bukan menit bulat")
    return int(cell.text)


def _yes(cell: Cell) -> int | None:
    """1, 0, or None when empty; any other word refuses the file."""
    if cell.value is None or not cell.text:
        return None
    text = cell.text.casefold()
    if cell.formula or text not in YES_ANSWERS:
        raise BadCaseFile(f"Kolom ya atau tidak memuat {cell.text[:20]!r}. Tulis ya atau tidak saja.")
    return YES_ANSWERS[text]


def _lacks_time(row: CaseRow) -> bool:
    return row.start.minute is None or (row.stop is not None and row.stop.minute is None)


def _cases(readable: list[CaseRow], found: CaseRows) -> list[CaseRow]:
    """One row of each case: repeated ones and those that contradict each other are left out."""
    groups: dict[tuple[date, str], list[CaseRow]] = {}
    cases = []
    for row in readable:
        if row.ticket:
            groups.setdefault((row.start.day, row.ticket), []).append(row)
        else:
            cases.append(row)
    for group in groups.values():
        different: dict[tuple[object, ...], CaseRow] = {}
        for row in group:
            if row.content in different:
                found.leave_out(DUPLICATE, row.line)
            else:
                different[row.content] = row
        if len(different) == 1:
            cases += different.values()
        else:
            for row in different.values():
                found.leave_out(CONTRADICTING, row.line)
    return cases


def _decide(row: CaseRow, period: CasePeriod, found: CaseRows, *, is_timed: bool, is_yes: bool) -> None:
    if row.stop is None:
        if row.start.day <= period.end:
            found.unfinished.append(row)
        else:
            found.leave_out(OUTSIDE, row.line)
    elif (minutes_of(row) if is_timed else (row.stop.day - row.start.day).days) < 0:
        found.leave_out(REVERSED, row.line)
    elif not period.holds(row.stop.day):
        found.leave_out(OUTSIDE, row.line)
    elif is_yes and row.yes is None:
        found.leave_out(UNANSWERED, row.line)
    else:
        found.counted.append(row)


def minutes_of(row: CaseRow) -> int:
    """Minutes from start to stop without the pauses; below zero when the stop comes first."""
    assert row.stop is not None  # noqa: S101 - asked of finished cases only
    return row.stop.minutes - row.start.minutes - row.pauses
