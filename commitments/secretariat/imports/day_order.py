"""Decides the order of day and month: once for a column, never for a cell alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from commitments.formats import plain_date
from commitments.secretariat.imports.cells import NUMERIC_DAY
from commitments.secretariat.imports.columns import SeenColumn
from commitments.secretariat.imports.table import TableRow

WRITE_MONTHS = "Tulis semua tanggalnya dengan nama bulan, misalnya 1 Juli 2018."


@dataclass
class _DaysOfColumn:
    """The days of one column: texts of figures only, and true dates of the spreadsheet."""

    seen: SeenColumn
    texts: list[tuple[int, str, int, int]] = field(default_factory=list)  # line, text, first figure, second figure
    dates: list[tuple[int, date]] = field(default_factory=list)

    @property
    def day_first(self) -> tuple[int, str, int, int] | None:
        """A text that can only have its day first."""
        return next((one for one in self.texts if one[2] > 12 >= one[3]), None)

    @property
    def month_first(self) -> tuple[int, str, int, int] | None:
        return next((one for one in self.texts if one[3] > 12 >= one[2]), None)

    @property
    def undecided(self) -> tuple[int, str, int, int] | None:
        """A text that is another day when it is read the other way round."""
        return next((one for one in self.texts if one[2] != one[3] and max(one[2:]) <= 12), None)

    @property
    def turnable_dates(self) -> list[tuple[int, date]]:
        return [(line, day) for line, day in self.dates if day.day <= 12 and day.day != day.month]


def decide(columns: Sequence[SeenColumn], rows: Sequence[TableRow]) -> list[str]:
    """Settles the order in each column of days, or leaves a question there; returns what is worth saying of it."""
    found = [_days_of(seen, rows) for seen in columns]
    for days in found:
        _refuse_mixed(days)
        others = [text for other in found if other is not days for text in other.texts]
        _refuse_turned(days, others)
    evidence = next((days for days in found if days.day_first and not days.month_first), None)
    return [told for days in found if (told := _decided(days, evidence))]


def _days_of(seen: SeenColumn, rows: Sequence[TableRow]) -> _DaysOfColumn:
    days = _DaysOfColumn(seen)
    for row in rows:
        cell = row.cells[seen.column.key]
        if isinstance(cell.value, date):
            days.dates.append((row.line, cell.value.date() if isinstance(cell.value, datetime) else cell.value))
        elif isinstance(cell.value, str) and (figures := NUMERIC_DAY.fullmatch(cell.text.casefold())):
            days.texts.append((row.line, cell.text, int(figures[1]), int(figures[2])))
    return days


def _refuse_mixed(days: _DaysOfColumn) -> None:
    """A column of true dates and of texts: what could be turned became a date, and the rest stayed a text."""
    if not (days.texts and days.dates):
        return
    line, day = days.dates[0]
    for at, text, _, _ in days.texts:
        days.seen.wrong[at] = (
            f"Kolom ini memuat teks ({text}) dan tanggal asli Excel (baris {line}: {plain_date(day)}): Excel mungkin "
            f"menukar hari dan bulannya. {WRITE_MONTHS}"
        )


def _refuse_turned(days: _DaysOfColumn, others: Sequence[tuple[int, str, int, int]]) -> None:
    """The same, where the texts stand in another column of days: 31/12/2018 stayed, 01/07/2018 became 7 January."""
    texts = others or days.texts
    for line, day in days.turnable_dates if texts else ():
        other = date(day.year, day.day, day.month)
        days.seen.wrong[line] = (
            f"Dapat berarti {plain_date(day)} atau {plain_date(other)}: di baris {texts[0][0]} {texts[0][1]} tetap "
            f"teks, tanda Excel menukar hari dan bulan. {WRITE_MONTHS}"
        )


def _decided(days: _DaysOfColumn, evidence: _DaysOfColumn | None) -> str:
    """Sets the question where nothing decides; returns what decided, where that stands in another column."""
    if days.day_first or not (days.undecided or days.month_first):
        return ""
    if evidence and evidence.day_first and not days.month_first:
        line, text, _, _ = evidence.day_first
        return f"{days.seen.column.label} dibaca hari/bulan/tahun, seperti {text} di baris {line}."
    line, text, first, second = days.undecided or days.month_first or days.texts[0]
    year = text.strip()[-4:]
    days.seen.order_text = f"Kolom {days.seen.column.label}: {text} (baris {line}) dibaca bagaimana?"
    days.seen.order_options = (
        ("dmy", f"hari/bulan/tahun{_example(year, second, first)}"),
        ("mdy", f"bulan/hari/tahun{_example(year, first, second)}"),
    )
    return ""


def _example(year: str, month: int, number: int) -> str:
    try:
        return f": {plain_date(date(int(year), month, number))}"
    except ValueError:  # no such day, or a year of two figures
        return ""
