"""Sheets made at random, as untidy as real ones: each is read right, or refused or asked with row and column."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from commitments import periods
from commitments.formats import plain_date, short_date
from commitments.models import ServiceTarget
from commitments.periods import Period
from commitments.secretariat.imports.run import IMPORTS, ImportReport, run
from opd.errors import BadFact
from tests import sheets
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

HEADINGS = {
    "target": ("Nomor target", " nomor  TARGET *", "Kode Target", "No. Target"),
    "start": ("Awal periode", "Periode awal", "Dari tanggal"),
    "end": ("Akhir periode", "Sampai tanggal", "Periode Akhir (wajib)"),
    "value": ("Nilai", "Realisasi", "CAPAIAN", "Hasil ukur"),
    "n": ("n", "N", "Jumlah data", "Banyaknya data (n)"),
}
LABELS = {"target": "Nomor target", "start": "Awal periode", "end": "Akhir periode", "value": "Nilai", "n": "n"}


@dataclass
class MessySheet:
    """A sheet, what its rows mean, and where one cell was spoiled so that it must not be read."""

    rows: list[list[Any]]  # in the order of HEADINGS
    meaning: list[tuple[str, Period, Decimal, int]]
    formats: dict[tuple[int, str], str] = field(default_factory=dict)
    spoiled: tuple[int, str] | None = None  # row, column
    beyond: int | None = None  # a row with a cell too many
    heading_unit: str = ""


# --- How people write -------------------------------------------------------------------------------------------


def day_writer(chance: random.Random) -> Callable[[date], Any]:
    """One way to write days, for a whole sheet."""
    ways: list[Callable[[date], Any]] = [
        lambda day: datetime(day.year, day.month, day.day),
        lambda day: day.isoformat(),
        plain_date,
        short_date,
        lambda day: plain_date(day).upper(),
        lambda day: (day - date(1899, 12, 30)).days,
        lambda day: f"{day.day:02d}/{day.month:02d}/{day.year}",
        lambda day: f"{day.day}-{day.month}-{day.year}",
        lambda day: f"  {day.day}.{day.month}.{day.year}\N{NO-BREAK SPACE}",
    ]
    return chance.choice(ways)


def value_writer(chance: random.Random, target: ServiceTarget) -> Callable[[Decimal], tuple[Any, str]]:
    """One way to write values: the cell, and its number format."""
    unit = target.unit_of_measure
    ways: list[Callable[[Decimal], tuple[Any, str]]] = [
        lambda value: (float(value), ""),
        lambda value: (f"{value}".replace(".", ","), ""),
        lambda value: (f"{value} {unit}".replace(".", ","), ""),
        lambda value: (float(value), f'0.00" {unit}"'),
        lambda value: (f" {value:.2f} ".replace(".", ","), ""),
    ]
    if unit == "%":
        ways.append(lambda value: (float(value / 100), "0.00%"))
        ways.append(lambda value: (float(value), r"0.00\%"))
    return chance.choice(ways)


def count_writer(chance: random.Random) -> Callable[[int], Any]:
    ways: list[Callable[[int], Any]] = [
        int,
        float,
        str,
        lambda n: f"{n:,}".replace(",", "."),
        lambda n: f"{n} berkas",
    ]
    return chance.choice(ways)


# --- Sheets -----------------------------------------------------------------------------------------------------


def quarters(chance: random.Random, count: int) -> list[Period]:
    first = chance.randrange(0, 20)
    found = []
    for number in range(first, first + count):
        start = date(2018 + number // 4, number % 4 * 3 + 1, 1)
        after = date(2018 + (number + 1) // 4, (number + 1) % 4 * 3 + 1, 1)
        found.append(Period(start, after - timedelta(days=1)))
    return found


def made(chance: random.Random, targets: list[ServiceTarget]) -> MessySheet:
    target = chance.choice(targets)
    write_start, write_end = day_writer(chance), day_writer(chance)
    if chance.random() < 0.7:
        write_end = write_start
    write_value, write_n = value_writer(chance, target), count_writer(chance)
    in_words = chance.random() < 0.15
    sheet = MessySheet([], [])
    for at, period in enumerate(quarters(chance, chance.randint(2, 6))):
        value = Decimal(chance.randrange(101, 8000)) / 100  # never a share of at most one
        n = chance.randint(1, 900)
        cell, format_ = write_value(value)
        start, end = (period.name, None) if in_words else (write_start(period.start), write_end(period.end))
        sheet.rows.append(
            [target.reference.lower() if chance.random() < 0.2 else target.reference, start, end, cell, n]
        )
        sheet.rows[-1][4] = write_n(n)
        sheet.formats[at, "value"] = format_
        sheet.meaning.append((target.reference, period, value, n))
    if chance.random() < 0.5:
        spoil(chance, sheet, target)
    return sheet


def spoil(chance: random.Random, sheet: MessySheet, target: ServiceTarget) -> None:
    """Makes one cell, or the heading of the values, one that must not be read."""
    at = chance.randrange(len(sheet.rows))
    wrong: dict[str, list[Any]] = {
        "target": ["X-01-1", 7, None],
        "start": ["kemarin", "31 Februari 2018", "13/13/2018", "1/1/98"],
        "end": ["sampai selesai", "32 Maret 2018", 2500, "31 Desember 2999"],
        "value": ["1.234", "empat", "14-20", "=1+1", "#N/A", "5 kambing", datetime(2018, 2, 1), None, "1.2.3", True],
        "n": ["12,5", "-3", "banyak", "2 ribu", 0.5],
    }
    kind = chance.choice([*wrong, *wrong, "beyond", "heading"])
    if kind == "beyond":
        sheet.beyond = at
    elif kind == "heading":
        sheet.heading_unit = chance.choice(["(tahun)", "[bulan]", "{berkas}"])
    else:
        sheet.rows[at][list(HEADINGS).index(kind)] = chance.choice(wrong[kind])
        sheet.formats.pop((at, kind), None)
        sheet.spoiled = (at, kind)


def drawn(chance: random.Random, messy: MessySheet) -> tuple[bytes, int]:
    """The sheet as a file, with what stands around real tables; and on which line its first row is."""
    order = list(HEADINGS)
    chance.shuffle(order)
    heads = [chance.choice(HEADINGS[key]) + (f" {messy.heading_unit}" if key == "value" else "") for key in order]
    above: list[list[Any]] = [["LAPORAN REALISASI"], []] if chance.random() < 0.5 else []
    lines = [*above, heads]
    if chance.random() < 0.3:
        lines.append([f"({number})" for number in range(1, len(heads) + 1)])
    first = len(lines) + 1
    keys = list(HEADINGS)
    for at, row in enumerate(messy.rows):
        lines.append([row[keys.index(key)] for key in order] + (["lihat catatan"] if at == messy.beyond else []))
    is_plain = all(
        isinstance(cell, str | int | None) and not isinstance(cell, bool) for row in messy.rows for cell in row
    )
    if is_plain and not any(messy.formats.values()) and chance.random() < 0.5:
        return sheets.text([["" if cell is None else cell for cell in line] for line in lines], ";"), first
    book = Workbook()
    page = book.active
    assert page is not None
    for line in lines:
        page.append(line)
    for (at, key), format_ in messy.formats.items():
        if format_:
            page.cell(first + at, order.index(key) + 1).number_format = format_
    return sheets.saved(book), first


def is_named(report: ImportReport, line: int | None, label: str) -> bool:
    """Whether a fault, or an open question, names this row and column."""
    at_fault = any(fault.line == line and label in fault.column for fault in report.faults)
    return at_fault or any(label in one.text and line in one.lines for one in report.questions.open)


@pytest.fixture(scope="module")
def seeds() -> list[int]:
    return list(range(200))


@pytest.mark.parametrize("part", range(8))
def test_two_hundred_messy_sheets_are_read_right_or_refused_with_row_and_column(seeds: list[int], part: int) -> None:
    cast = Cast()
    shares: dict[str, Any] = {"family": "daring", "unit_of_measure": "%", "statistic": "share", "direction": "higher"}
    targets = [cast.target(), cast.target(baseline_value=Decimal(1), target_value=Decimal(90), **shares)]
    read = 0
    for seed in seeds[part::8]:
        chance = random.Random(seed)
        messy = made(chance, targets)
        content, first = drawn(chance, messy)
        try:
            report = run(IMPORTS["realisasi"], content, by=cast.keeper)
        except BadFact as refused:
            assert messy.heading_unit, (seed, str(refused))
            continue
        if messy.spoiled:
            at, key = messy.spoiled
            assert is_named(report, first + at, LABELS[key]), (seed, messy.spoiled, report.faults, report.asked)
        elif messy.beyond is not None:
            assert [fault.line for fault in report.faults if not fault.is_of_a_cell] == [first + messy.beyond], seed
        elif messy.heading_unit:
            assert {(fault.line, fault.column) for fault in report.faults if fault.column == "Nilai"} == {
                (first + at, "Nilai") for at in range(len(messy.rows))
            }, seed
        elif report.is_ready:
            assert as_read(report) == messy.meaning, seed
            read += 1
        else:  # a column of days whose order nobody can know, or that Excel may have turned
            told = {fault.column for fault in report.faults} | {
                one.text.split(":")[0] for one in report.questions.open
            }
            assert all("periode" in one for one in told), (seed, report.faults, report.asked)
    assert read >= 5


def as_read(report: ImportReport) -> list[tuple[str, Period, Decimal, int]]:
    """What each row means, by what the trial shows of it."""
    found = []
    for row in report.read:
        assert row.outcome
        reference, rest = row.outcome.about.split(" ", 1)
        shown = row.shown
        start, end = shown["period_start"], shown.get("period_end", "")
        value = Decimal(shown["value"].split(" ")[0].replace(",", "."))
        found.append((reference, _period(start, end), value, int(shown["n"])))
        assert f": {shown['value'].split(' ')[0]}\N{NO-BREAK SPACE}" in rest
    return found


def _period(start: str, end: str) -> Period:
    return Period(periods.read_day(start), periods.read_day(end)) if end else periods.read(start)
