"""Tests of periods: each cycle has its usual ones, and what a name says is read back as the same days."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from commitments import periods
from commitments.periods import Period

TODAY = date(2026, 12, 1)


def of(*parts: int) -> Period:
    return Period(date(*parts[:3]), date(*parts[3:]))


READ = {
    "Oktober 2026": of(2026, 10, 1, 2026, 10, 31),
    "okt. 2026": of(2026, 10, 1, 2026, 10, 31),
    "bulan Oktober 2026": of(2026, 10, 1, 2026, 10, 31),
    "10/2026": of(2026, 10, 1, 2026, 10, 31),
    "2026-10": of(2026, 10, 1, 2026, 10, 31),
    "Februari 2024": of(2024, 2, 1, 2024, 2, 29),
    "Triwulan I 2018": of(2018, 1, 1, 2018, 3, 31),
    "triwulan 4 tahun 2018": of(2018, 10, 1, 2018, 12, 31),
    "TW III/2018": of(2018, 7, 1, 2018, 9, 30),
    "Q2 2018": of(2018, 4, 1, 2018, 6, 30),
    "Semester II 2019": of(2019, 7, 1, 2019, 12, 31),
    "smt 1 2019": of(2019, 1, 1, 2019, 6, 30),
    "Tahun 2018": of(2018, 1, 1, 2018, 12, 31),
    "2018": of(2018, 1, 1, 2018, 12, 31),
    "Januari – Maret 2018": of(2018, 1, 1, 2018, 3, 31),
    "Januari-Maret 2018": of(2018, 1, 1, 2018, 3, 31),
    "November 2017 s.d. Februari 2018": of(2017, 11, 1, 2018, 2, 28),
    "1 Mei 2018 – 15 Juni 2018": of(2018, 5, 1, 2018, 6, 15),
    "1 Mei sampai dengan 15 Juni 2018": of(2018, 5, 1, 2018, 6, 15),
    "1 - 15 Juni 2018": of(2018, 6, 1, 2018, 6, 15),
    "01/05/2018 - 15/06/2018": of(2018, 5, 1, 2018, 6, 15),
    "2018-05-01 s/d 2018-06-15": of(2018, 5, 1, 2018, 6, 15),
    "Kamis, 2 November 2017": of(2017, 11, 2, 2017, 11, 2),
}


@pytest.mark.parametrize(("text", "period"), READ.items())
def test_periods_are_read_as_people_write_them(text: str, period: Period) -> None:
    assert periods.read(text) == period


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Semester III 2019", "Semester hanya I dan II."),
        ("Triwulan V 2019", "Periode ini tidak terbaca."),
        ("Oktember 2026", "Periode ini tidak terbaca."),
        ("13/2026", "Bulan 13 tidak ada."),
        ("1 Mei – 31 Juni 2018", "Tanggal ini tidak ada."),
        ("Oktober 1026", "Tahun 1026 tidak masuk akal"),
        ("bulan lalu", "Periode ini tidak terbaca."),
        ("\0", "Periode ini tidak terbaca."),
        ("9" * 5000, "Periode ini tidak terbaca."),
    ],
)
def test_what_names_no_period_is_explained(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        periods.read(text)


def test_every_name_and_code_is_read_back_as_the_same_days() -> None:
    dice = Random(18)
    for _ in range(2000):
        start = date(2017, 1, 1) + timedelta(days=dice.randrange(4000))
        for period in (
            Period(start, start + timedelta(days=dice.randrange(800))),
            periods.usual(dice.randrange(1, 367), start),
        ):
            assert periods.read(period.name) == periods.read(period.days) == Period.of_code(period.code) == period


@pytest.mark.parametrize(
    ("cycle", "names"),
    [
        (7, ["23 – 29 November 2026", "16 – 22 November 2026"]),
        (30, ["November 2026", "Oktober 2026"]),
        (90, ["Triwulan III 2026", "Triwulan II 2026"]),
        (180, ["Semester I 2026", "Semester II 2025"]),
        (366, ["Tahun 2025", "Tahun 2024"]),
    ],
)
def test_a_cycle_offers_the_last_finished_periods(cycle: int, names: list[str]) -> None:
    assert [one.name for one in periods.offered(cycle, TODAY, after=date(2017, 11, 2))] == names


def test_what_can_never_count_is_not_offered_and_until_today_begins_after_what_was_reported() -> None:
    assert [one.name for one in periods.offered(90, TODAY, after=date(2026, 6, 30))] == ["Triwulan III 2026"]
    assert periods.offered(90, TODAY, after=date(2026, 9, 30)) == []
    assert periods.until_today(90, TODAY, after=date(2026, 9, 30)) == Period(date(2026, 10, 1), TODAY)
    assert periods.until_today(90, TODAY, after=date(2026, 11, 15)) == Period(date(2026, 11, 16), TODAY)
    assert periods.until_today(90, TODAY, after=TODAY) is None
