"""What the register computes from a case file, beside a second opinion that shares no code with it."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from commitments.cases.case_rows import CasePeriod
from commitments.cases.durations import WorkingDays, median, p90, rounded
from commitments.cases.reading import Order, answer
from commitments.cases.stamps import Cell, Unreadable, stamp
from tests.case_recomputation import CaseOutcome, TrueCase, recomputed

HOLIDAYS = tuple(
    date(2019, *day)
    for day in ((1, 1), (2, 5), (3, 7), (4, 3), (4, 17), (4, 19), (5, 1), (5, 30), (6, 3), (6, 4), (6, 5), (12, 25))
)
UNITS = ("minutes", "hours", "calendar", "working", "")
STATISTICS = ("median", "mean", "p90", "share")
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
ANSWERS = ("ya", "Y", "1", "true", "Benar", "tidak", "T", "0", "FALSE", "salah", "")


def written(moment: datetime, style: int) -> str:
    """A moment as one of many hands writes it."""
    day, month, clock = moment.day, moment.month, f"{moment:%H:%M:%S}"
    return (
        f"{moment:%Y-%m-%d} {clock}",
        f"{moment:%d/%m/%Y} {moment:%H.%M.%S}",
        f"{day} {MONTHS[month - 1]} {moment.year} pukul {clock} WIB",
        f"{moment - timedelta(hours=7):%Y-%m-%dT%H:%M:%S}Z",
        f"{moment + timedelta(hours=1):%Y-%m-%d %H:%M:%S}+08:00",
        f"{day}-{MONTHS[month - 1][:3]}-{moment:%y} {moment:%I:%M:%S %p}",
        f"{moment:%d.%m.%Y} {clock}",
    )[style]


def random_file(chance: random.Random) -> tuple[list[TrueCase], str, dict[str, Any]]:
    """Cases, the CSV that somebody wrote of them, and what is asked of it."""
    unit = chance.choice(UNITS)
    statistic = "share" if unit == "" else chance.choice(STATISTICS)
    first = date(2019, chance.randint(1, 11), chance.randint(1, 28))
    last = first + timedelta(days=chance.choice((0, 6, 30, 89)))
    with_pauses, with_tickets = chance.random() < 0.4, chance.random() < 0.8
    messy = chance.choice((0.0, 0.0, 0.004, 0.03))
    rows: list[TrueCase] = []
    for number in range(chance.choice((1, 2, 3, 7, 40, 150))):
        start = datetime(first.year, first.month, first.day) + timedelta(
            minutes=chance.randint(-3 * 1440, ((last - first).days + 2) * 1440), seconds=chance.randint(0, 59)
        )
        took = chance.choice((0, 1, 5, 59, 60, 61, 1439, 1440, 1441, chance.randint(0, 9000)))
        stop = start + timedelta(minutes=took, seconds=chance.randint(0, 59)) if chance.random() < 0.95 else None
        if chance.random() < messy:
            stop = start - timedelta(minutes=chance.randint(1, 4000))
        row = TrueCase(
            start,
            stop,
            f"a{number % 90 + 1:03d}" if with_tickets else "",
            chance.choice((0, 0, 10, 45)) if with_pauses else 0,
            chance.choice(ANSWERS),
            junk=chance.random() < messy / 2,
        )
        rows.append(row)
        if chance.random() < 0.03:
            rows.append(row)
        if chance.random() < messy / 2:
            rows.append(TrueCase(start, start + timedelta(minutes=took + 7), row.ticket, row.pauses, row.answer))
    style, sign = chance.randrange(7), chance.choice(",;\t")
    lines = [sign.join(("Nomor Antrean", "Nama", "Waktu masuk", "Waktu selesai", "Jeda menit", "Daring"))]
    for row in rows:
        assert row.start
        cells = (
            chance.choice((row.ticket, row.ticket.upper())),
            "Orang",
            "entah" if row.junk else written(row.start, style),
            written(row.stop, style) if row.stop else chance.choice(("", "-")),
            str(row.pauses) if row.pauses else chance.choice(("", "0")),
            row.answer,
        )
        lines.append(sign.join(cells))
    limit = Decimal(chance.choice(("0", "0.5", "1", "15", "59", "60", "1440")))
    asked = {
        "unit": unit,
        "statistic": statistic,
        "first": first,
        "last": last,
        "limit": limit if statistic == "share" and unit else None,
        "with_pauses": with_pauses,
    }
    return rows, chance.choice(("", f"sep={sign}\n")) + "\n".join(lines), asked


def computed(text: str, asked: dict[str, Any]) -> dict[str, Any]:
    order = Order(
        unit=asked["unit"],
        statistic=asked["statistic"],
        period=CasePeriod(asked["first"], asked["last"]),
        limit=Fraction(asked["limit"]) if asked["limit"] is not None else None,
        has_pauses=asked["with_pauses"],
        holidays=HOLIDAYS,
        years=(2018, 2019, 2020),
    )
    assert Order.unpacked(order.packed()) == order
    return answer(order, text.encode())


def second_opinion(rows: list[TrueCase], asked: dict[str, Any]) -> CaseOutcome:
    return recomputed(
        rows,
        asked["first"],
        asked["last"],
        asked["unit"],
        asked["statistic"],
        asked["limit"],
        set(HOLIDAYS),
        with_pauses=asked["with_pauses"],
    )


@pytest.mark.sqlite
def test_a_second_opinion_agrees_on_a_thousand_random_files() -> None:
    refused = 0
    for seed in range(1000):
        rows, text, asked = random_file(random.Random(seed))
        found, expected = computed(text, asked), second_opinion(rows, asked)
        if expected.refused:
            assert "problem" in found, (seed, found)
            refused += 1
            continue
        assert "problem" not in found, (seed, found)
        assert found["durations"] == [int(one) for one in expected.durations], seed
        assert found["n"] == len(expected.durations)
        assert Decimal(found["value"]) == expected.value, (seed, asked)
        assert (found["open_cases"], found["oldest_open_days"]) == (expected.unfinished, expected.oldest), seed
        assert found["excluded"] == dict(expected.left_out), seed
        assert found["rows"] == len(rows)
    assert 100 < refused < 500  # both sides of every rule were walked


@pytest.mark.sqlite
def test_working_days_are_counted_as_by_hand() -> None:
    days = WorkingDays(HOLIDAYS)
    assert days.between(date(2019, 4, 2), date(2019, 4, 3)) == 0  # a holiday
    assert days.between(date(2019, 4, 5), date(2019, 4, 8)) == 1  # Friday to Monday
    assert days.between(date(2019, 4, 16), date(2019, 4, 22)) == 2  # Wednesday and Friday are holidays
    assert days.between(date(2019, 4, 6), date(2019, 4, 6)) == 0
    assert days.between(date(2018, 12, 31), date(2019, 12, 31)) == 261 - len(HOLIDAYS)


@pytest.mark.sqlite
def test_half_is_rounded_up_once_at_the_end() -> None:
    assert rounded(Fraction(1, 3)) == "0.3333"
    assert rounded(Fraction(2, 3)) == "0.6667"
    assert rounded(Fraction(5, 100_000)) == "0.0001"
    assert rounded(Fraction(49_999, 1_000_000_000)) == "0"
    assert rounded(Fraction(15)) == "15"
    assert rounded(Fraction(1_000)) == "1000"


@pytest.mark.sqlite
def test_the_ninetieth_of_a_hundred_is_p90_and_two_middle_ones_are_halved() -> None:
    assert p90(range(1, 101)) == 90
    assert p90([7]) == 7
    assert p90(range(1, 12)) == 10  # rank (99 + 9) div 10
    assert median([1, 2]) == Fraction(3, 2)
    assert median([1, 2, 9]) == 2


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 November 2017", (date(2017, 11, 2), None)),
        ("Kamis, 2 Nov 2017 pukul 08.15 WIB", (date(2017, 11, 2), 495)),
        ("02/11/17 8:15 PM", (date(2017, 11, 2), 20 * 60 + 15)),
        ("02/11/2017 12:00 AM", (date(2017, 11, 2), 0)),
        ("02/11/2017 12.30 p.m.", (date(2017, 11, 2), 750)),
        ("2017-11-02T23:30:00Z", (date(2017, 11, 3), 390)),
        ("2017-11-02 23:30:00.250+0000", (date(2017, 11, 3), 390)),
        ("2017-11-03 00:20 WITA", (date(2017, 11, 2), 23 * 60 + 20)),
        ("43041.34375", (date(2017, 11, 2), 495)),
        ("43041", (date(2017, 11, 2), None)),
        ("2017/11/02 00:00", (date(2017, 11, 2), 0)),
        ("2 nopember 2017, 07:59:59", (date(2017, 11, 2), 479)),
    ],
)
def test_a_moment_is_read_as_people_write_it(text: str, expected: tuple[date, int | None]) -> None:
    found = stamp(Cell(text))
    assert found
    assert (found.day, found.minute) == expected


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "text",
    [
        "08:15",
        "02/11/2017 24:00",
        "02/11/2017 25:10",
        "02/11/2017 08:60",
        "02/11/2017 13:10 PM",
        "31/02/2017",
        "2 Bulan 2017",
        "entah",
        "43041,5,5",
        "02/11/0017",
        "1899-12-30",
        "02/11/2017 besok",
        "99999",
    ],
)
def test_what_can_be_no_moment_is_not_read(text: str) -> None:
    with pytest.raises(Unreadable):
        stamp(Cell(text))


@pytest.mark.sqlite
def test_a_day_and_its_time_may_stand_in_two_cells() -> None:
    found = stamp(Cell("02/11/2017"), Cell("08.15"))
    assert found
    assert (found.day, found.minute) == (date(2017, 11, 2), 495)
    with pytest.raises(Unreadable):
        stamp(Cell(None), Cell("08.15"))
    with pytest.raises(Unreadable):
        stamp(Cell("02/11/2017 09:00"), Cell("08.15"))
