"""Tests of the cells of an import: each odd value is read right, or refused with how to write it."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from commitments.periods import Period
from commitments.secretariat.imports import cells
from commitments.secretariat.imports.cells import RawCell
from opd.models import UnitName

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2 November 2017", date(2017, 11, 2)),
        ("Kamis, 2 November 2017", date(2017, 11, 2)),
        ("jum'at 3 nopember 2017", date(2017, 11, 3)),
        ("2 Nov 17", date(2017, 11, 2)),
        ("2-Nov-17", date(2017, 11, 2)),
        ("17 Agt 2020", date(2020, 8, 17)),
        ("31 Des 2019", date(2019, 12, 31)),
        ("1 Pebruari 2018", date(2018, 2, 1)),
        (" 02/11/2017\N{NO-BREAK SPACE}", date(2017, 11, 2)),
        ("03/04/2017", date(2017, 4, 3)),  # day first, unless its column says otherwise
        ("2.11.2017", date(2017, 11, 2)),
        ("2/11/17", date(2017, 11, 2)),
        ("2017-11-02", date(2017, 11, 2)),
        ("2017-11-02 00:00:00", date(2017, 11, 2)),
        (datetime(2017, 11, 2), date(2017, 11, 2)),
        (43041, date(2017, 11, 2)),
        (43041.0, date(2017, 11, 2)),
        ("43041", date(2017, 11, 2)),
    ],
)
def test_a_day_is_read(written: Any, meant: date) -> None:
    assert cells.day(RawCell(written)) == meant


@pytest.mark.parametrize(
    "written",
    [
        *("04/13/2017", "31 Februari 2018", "November 2017", "2017", 2017, "2 Nopembr 2017", "kemarin", 43041.5),
        *("2 November 1017", "triwulan 1", "-", True, 999999, "2017-11-02 13:00", "0/0/2017"),
    ],
)
def test_a_day_that_is_none_is_refused_with_how_to_write_it(written: Any) -> None:
    with pytest.raises(ValueError, match=r"Tulis misalnya 2 November 2017 atau 02/11/2017 \(hari/bulan/tahun\)"):
        cells.day(RawCell(written))


@pytest.mark.parametrize("written", ["12/05/98", "1 Januari 98", "30 Juni 50"])
def test_two_figures_of_a_year_are_not_guessed(written: str) -> None:
    with pytest.raises(ValueError, match="Tulis tahunnya empat angka"):
        cells.day(RawCell(written))
    assert cells.day(RawCell("30 Juni 49")) == date(2049, 6, 30)


def test_the_other_calendar_of_excel_is_four_years_off() -> None:
    assert cells.day(RawCell(41579, shift=1462)) == date(2017, 11, 2)


def test_a_column_can_have_the_month_first() -> None:
    assert cells.day(RawCell("01/07/2018"), month_first=True) == date(2018, 1, 7)
    assert cells.day(RawCell("7 Januari 2018"), month_first=True) == date(2018, 1, 7)


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("Triwulan I 2018", date(2018, 1, 1), date(2018, 3, 31)),
        ("Semester II 2019", date(2019, 7, 1), date(2019, 12, 31)),
        ("Maret 2018", date(2018, 3, 1), date(2018, 3, 31)),
        ("2018", date(2018, 1, 1), date(2018, 12, 31)),
        (RawCell(datetime(2018, 3, 1), format="mmm-yy"), date(2018, 3, 1), date(2018, 3, 31)),  # typed: Mar 2018
        (RawCell(datetime(2018, 1, 1), format="yyyy"), date(2018, 1, 1), date(2018, 12, 31)),
    ],
)
def test_a_period_in_words_is_read(written: Any, start: date, end: date) -> None:
    cell = written if isinstance(written, RawCell) else RawCell(written)
    assert cells.day_or_period(cell) == Period(start, end)


def test_a_month_is_no_day_where_a_day_is_wanted() -> None:
    with pytest.raises(ValueError, match="menampilkan bulannya saja"):
        cells.day(RawCell(datetime(2019, 12, 1), format="mmm-yy"))
    assert cells.day(RawCell(datetime(2019, 12, 1), format="[$-421]dd mmmm yyyy")) == date(2019, 12, 1)


@pytest.mark.parametrize(
    ("written", "number", "unit"),
    [
        ("1.234,5", "1234.5", ""),
        ("1234,5", "1234.5", ""),
        ("1,234.5", "1234.5", ""),
        ("14 hari", "14", "hari"),
        ("14hari kerja", "14", "hari kerja"),
        ("85 %", "85", "%"),
        ("85%", "85", "%"),
        ("−3,5", "-3.5", ""),
        (14, "14", ""),
        (0.1 + 0.2, "0.3", ""),
        (1.234, "1.234", ""),  # a number in a workbook has one meaning
        (12345.6789, "12345.6789", ""),
        ("  7 ", "7", ""),
    ],
)
def test_a_number_is_read_with_its_unit(written: Any, number: str, unit: str) -> None:
    read = cells.amount(RawCell(written))
    assert (read.number, read.unit, read.rounded_from) == (Decimal(number), unit, "")


@pytest.mark.parametrize(
    ("value", "format_", "number", "unit"),
    [
        (0.85, "0%", "85", "%"),
        (0.855, "0.0%", "85.5", "%"),
        (0.9, r"0.0\%", "0.9", "%"),  # the sign is only written beside it
        (85, '0"%"', "85", "%"),
        (0.85, "General", "0.85", ""),
        (8, '0" jam"', "8", "jam"),
        (8, "0_ ;[Red]-0", "8", ""),
        (-0.5, '0%;"minus "0%', "-50", "%"),
        (8, '0 "jam";-0 "hari"', "8", "jam"),
        (1500, "#,##0", "1500", ""),
        (5000, "[$Rp-421]#,##0", "5000", "rp"),
    ],
)
def test_a_number_of_a_workbook_is_what_its_format_shows(value: float, format_: str, number: str, unit: str) -> None:
    read = cells.amount(RawCell(value, format=format_))
    assert (read.number, read.unit) == (Decimal(number), unit)


@pytest.mark.parametrize(
    ("written", "number", "was"),
    [
        (2 / 3, "0.6667", "0,666666666666667"),
        (1.23455, "1.2346", "1,23455"),
        (-0.00005, "-0.0001", "-0,00005"),
        ("0,666666", "0.6667", "0,666666"),
    ],
)
def test_a_pasted_mean_is_rounded_and_says_so(written: Any, number: str, was: str) -> None:
    read = cells.amount(RawCell(written))
    assert (read.number, read.rounded_from) == (Decimal(number), was)


def test_a_known_decimal_sign_leaves_one_reading() -> None:
    assert cells.amount(RawCell("1,234"), point=",").number == Decimal("1.234")
    assert cells.amount(RawCell("1,234"), point=".").number == Decimal(1234)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("1.234", r"1\.234 dapat dibaca 1234 atau 1,234\. Tulis 1234 tanpa titik"),
        ("1,234", "dapat dibaca 1234 atau 1,234"),
        ("empat belas", "Angka ini tidak terbaca"),
        ("± 14", "Angka ini tidak terbaca"),
        ("14-20", "Angka ini tidak terbaca"),
        ("Rp 14.000", "Angka ini tidak terbaca"),
        ("1.2.3", "Letak titik atau komanya"),
        (1e300, "terlalu besar"),
        (1e13, "terlalu besar"),
        (float("nan"), "."),
        (float("inf"), "."),
        (True, "Ini bukan angka"),
        (datetime(2017, 11, 2), "Ini bukan angka"),  # Excel turned 2/11 into a day
        (time(8, 30), "Ini bukan angka"),
        (RawCell(14_000, format='#,##0,"rb"'), "dibagi seribu"),
    ],
)
def test_a_number_that_could_be_two_is_refused_with_how_to_write_it(written: Any, sentence: str) -> None:
    cell = written if isinstance(written, RawCell) else RawCell(written)
    with pytest.raises((ValueError, ArithmeticError), match=sentence):
        cells.amount(cell)


def test_a_value_in_another_unit_is_refused() -> None:
    cells.NumberWithUnit(Decimal(14), "hari").must_be_in("Hari")
    cells.NumberWithUnit(Decimal(85), "%").must_be_in("persen")
    cells.NumberWithUnit(Decimal(85), "dalam hari").must_be_in("hari")
    with pytest.raises(ValueError, match="Satuannya jam kerja"):
        cells.NumberWithUnit(Decimal(14), "jam kerja").must_be_in("jam")
    with pytest.raises(ValueError, match="Satuannya jam, padahal target ini dalam hari"):
        cells.NumberWithUnit(Decimal(14), "jam").must_be_in("hari")


@pytest.mark.parametrize(
    ("written", "number"), [("212", 212), (212.0, 212), ("1.234", 1234), ("212 berkas", 212), (" 5 ", 5)]
)
def test_a_count_is_whole(written: Any, number: int) -> None:
    assert cells.count(RawCell(written)) == number


@pytest.mark.parametrize("written", ["2 ribu", "3 juta berkas", "1,5 rb"])
def test_a_count_in_thousands_is_written_out(written: str) -> None:
    with pytest.raises(ValueError, match="Tulis semua angkanya, tanpa"):
        cells.count(RawCell(written))


def test_a_count_of_something_else_is_refused() -> None:
    assert cells.count(RawCell("90 hari"), noun="hari") == 90
    with pytest.raises(ValueError, match="Tulis dalam hari, bukan bulan"):
        cells.count(RawCell("3 bulan"), noun="hari")


@pytest.mark.parametrize("written", ["0", "-5", "12,5", 12.5, "banyak", "1e5"])
def test_a_count_that_is_not_whole_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match=r"Tulis bilangan bulat|Paling sedikit 1"):
        cells.count(RawCell(written))


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (RawCell("=A1+B1", formula=True), "berisi rumus. Salin, lalu tempel sebagai nilai."),
        (RawCell("#N/A", broken=True), "galat dari Excel"),
        (RawCell("a\x00b"), "huruf yang tidak terlihat"),
        (RawCell("a\x1bb"), "huruf yang tidak terlihat"),
    ],
)
def test_what_no_column_takes(cell: RawCell, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        cells.checked(cell)


def test_words_lose_stray_and_invisible_spaces_and_nothing_else() -> None:
    read = cells.spellings(RawCell("  Dinas\N{NO-BREAK SPACE}\u200b Kesehatan\n "))
    assert read == ("Dinas Kesehatan",)
    assert cells.words(UnitName, "short_name", "<script>alert(1)</script>") == "<script>alert(1)</script>"
    with pytest.raises(ValueError, match="Terlalu panjang: 61 huruf, paling banyak 60"):
        cells.words(UnitName, "short_name", "x" * 61)


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        (RawCell(1.1), ("1.1", "1,1")),
        (RawCell(1.1, format="0.00"), ("1.10", "1,10")),
        (RawCell(101), ("101",)),
        (RawCell(7, format="0000"), ("0007",)),
    ],
)
def test_a_number_where_a_text_belongs_has_several_spellings(cell: RawCell, texts: tuple[str, ...]) -> None:
    assert cells.spellings(cell) == texts


def test_a_day_where_a_text_belongs_is_refused() -> None:
    with pytest.raises(ValueError, match="Excel mengubah isi sel ini, 1 Feb 2017"):
        cells.spellings(RawCell(datetime(2017, 2, 1)))


@pytest.mark.parametrize("written", ["0812-3456-7890", "+62 812 3456 7890", "6281234567890"])
def test_a_telephone_number_is_brought_to_62(written: str) -> None:
    assert cells.telephone(written) == "6281234567890"


@pytest.mark.parametrize("written", ["javascript:alert(1)", "bukan tautan", "ftp://contoh.go.id"])
def test_an_address_is_one(written: str) -> None:
    with pytest.raises(ValueError, match="Tautan ini tidak lengkap"):
        cells.address(written)
