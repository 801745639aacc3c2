"""Reads a moment of a case: a date, or date and time, in one cell or two, as Indonesian sheets write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any

SEMARANG_ZONE = timezone(timedelta(hours=7))
ZONES = {"wib": 7, "wita": 8, "wit": 9, "z": 0, "utc": 0, "gmt": 0}  # hours east of Greenwich
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000  # days since 1900: from 1954 to 2119
FIRST_STAMP_YEAR, LAST_STAMP_YEAR = 1990, 2100
MONTH_WORDS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan january",
            "februari feb pebruari february",
            "maret mar mrt march",
            "april apr",
            "mei may",
            "juni jun june",
            "juli jul july",
            "agustus agu agt ags agst agust aug august",
            "september sep sept",
            "oktober okt oct october",
            "november nov nop nopember",
            "desember des dec december",
        ),
        1,
    )
    for name in names.split()
}
EMPTY_WORDS = ("", "-", "–", "—", "--", "null", "none", "n/a", "#n/a")
WEEKDAY = r"(?:(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?\s*,?\s+)?"
YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
DAY_IN_FIGURES = re.compile(rf"{WEEKDAY}(\d{{1,2}})\s?[-/.]\s?(\d{{1,2}})\s?[-/.]\s?(\d{{4}}|\d{{2}})(?!\d)")
DAY_IN_WORDS = re.compile(rf"{WEEKDAY}(\d{{1,2}})[\s.-]*([a-z]+)[\s.,'-]*(\d{{4}}|\d{{2}})(?!\d)")
CLOCK_TIME = re.compile(
    r"(?:t|pukul|pkl\.?|jam)?\s*(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?"
    r"\s*(wib|wita|wit|z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")


class Unreadable(ValueError):
    """Error: a cell that cannot be read in one way; its text says why."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the file holds it: a text, or what a workbook knows to be a number, a day or a time.

    `has_time`: a moment of a workbook is shown with its time, so midnight is a time and not only a day.
    """

    value: Any = None
    has_time: bool = False
    formula: bool = False

    @property
    def text(self) -> str:
        """The cell on one line, as a person reads it."""
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        return " ".join(str(self.value).split()) if self.value is not None else ""

    @property
    def is_empty(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and self.text.casefold() in EMPTY_WORDS)


@dataclass(frozen=True, order=True, slots=True)
class Stamp:
    """A day in Semarang, with the minute of the day and the second when the file tells them."""

    day: date
    minute: int | None = None
    second: int | None = None

    @property
    def minutes(self) -> int:
        """Whole minutes since the year 1; only of a stamp with a time."""
        assert self.minute is not None  # noqa: S101 - days are asked for days
        return self.day.toordinal() * 1440 + self.minute


NO_CELL = Cell()


def stamp(cell: Cell, time_cell: Cell = NO_CELL, *, month_first: bool = False) -> Stamp | None:
    """The moment that one cell, or a cell and another with its time, hold; None when both are empty.

    Raises Unreadable with the reason.
    """
    if cell.formula or time_cell.formula:
        raise Unreadable("berisi rumus; tempel sebagai nilai")
    if cell.is_empty and time_cell.is_empty:
        return None
    if cell.is_empty:
        raise Unreadable("jam tanpa tanggal")
    day, clock_time, zone = _parts(cell.value, month_first) if isinstance(cell.value, str) else _of_workbook(cell)
    if not time_cell.is_empty:
        if clock_time not in (None, (0, 0, None), (0, 0, 0)):
            raise Unreadable("jam tertulis di dua sel")
        clock_time, zone = _time_of(time_cell)
    if clock_time is None:
        return Stamp(day)
    hour, minute, second = clock_time
    if zone is not None:
        here = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(SEMARANG_ZONE)
        day, hour, minute = here.date(), here.hour, here.minute
    return Stamp(day, hour * 60 + minute, second)


Clock = tuple[int, int, int | None]  # hour, minute, second


def _of_workbook(cell: Cell) -> tuple[date, Clock | None, timezone | None]:
    value = cell.value
    if isinstance(value, datetime):
        whole = _whole_second(value)
        return _plausible(whole.date()), (whole.hour, whole.minute, whole.second) if cell.has_time else None, None
    if isinstance(value, date):
        return _plausible(value), None, None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_serial(float(value))
    raise Unreadable("jam tanpa tanggal" if isinstance(value, time | timedelta) else "bukan tanggal")


def _whole_second(moment: datetime) -> datetime:
    """A moment of a workbook is a fraction of a day: 08:15:00 may come as 08:14:59.999999."""
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _of_serial(number: float) -> tuple[date, Clock | None, None]:
    if not FIRST_SERIAL <= number <= LAST_SERIAL:
        raise Unreadable("bilangan ini bukan tanggal")
    seconds = round(number * 86_400)
    moment = datetime(1899, 12, 30) + timedelta(seconds=seconds)
    has_time = number != int(number)
    return moment.date(), (moment.hour, moment.minute, moment.second) if has_time else None, None


@lru_cache(50_000)
def _parts(text: str, month_first: bool) -> tuple[date, Clock | None, timezone | None]:
    plain = " ".join(text.split()).casefold()
    if SERIAL.fullmatch(plain):
        return _of_serial(float(plain.replace(",", ".")))
    day, rest = _day_of(plain, month_first)
    rest = rest.strip(" ,;")
    if not rest:
        return day, None, None
    clock_time, zone = _read_time(rest)
    return day, clock_time, zone


def _day_of(plain: str, month_first: bool) -> tuple[date, str]:
    if found := YEAR_FIRST.match(plain):
        return _day(int(found[1]), int(found[3]), int(found[4])), plain[found.end() :]
    if found := DAY_IN_FIGURES.match(plain):
        first, second = int(found[1]), int(found[2])
        number, month = (second, first) if month_first else (first, second)
        return _day(_year(found[3]), month, number), plain[found.end() :]
    if found := DAY_IN_WORDS.match(plain):
        if found[2] not in MONTH_WORDS:
            raise Unreadable(f"bulan {found[2]!r} tidak dikenal")
        return _day(_year(found[3]), MONTH_WORDS[found[2]], int(found[1])), plain[found.end() :]
    if CLOCK_TIME.fullmatch(plain):
        raise Unreadable("jam tanpa tanggal")
    raise Unreadable("bukan tanggal")


@lru_cache(10_000)
def _read_time(text: str) -> tuple[Clock, timezone | None]:
    found = CLOCK_TIME.fullmatch(text)
    if not found:
        raise Unreadable("jam tidak terbaca")
    hour, minute, second = int(found[1]), int(found[2]), int(found[3]) if found[3] else None
    if found[4]:
        if not 1 <= hour <= 12:
            raise Unreadable("jam dengan AM atau PM antara 1 dan 12")
        hour = hour % 12 + (12 if found[4].startswith("p") else 0)
    if hour == 24:
        raise Unreadable("jam 24 tidak ada; tulis 00:00 hari berikutnya")
    if hour > 23 or minute > 59 or (second or 0) > 59:
        raise Unreadable("jam tidak ada")
    return (hour, minute, second), _zone(found[5])


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text in ZONES:
        return timezone(timedelta(hours=ZONES[text]))
    hours, minutes = int(text[1:3]), int(text[-2:]) if len(text) > 3 else 0
    if hours > 14 or minutes > 59:
        raise Unreadable("selisih waktu tidak ada")
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _time_of(cell: Cell) -> tuple[Clock, timezone | None]:
    value = cell.value
    if isinstance(value, str):
        return _read_time(" ".join(value.split()).casefold())
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        moment = _whole_second(datetime.combine(date(2000, 1, 1), value))
        if moment.date() != date(2000, 1, 1):
            raise Unreadable("jam 24 tidak ada; tulis 00:00 hari berikutnya")
        return (moment.hour, moment.minute, moment.second), None
    if isinstance(value, timedelta):
        value = value / timedelta(days=1)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1:
        seconds = round(value * 86_400)
        if seconds < 86_400:
            return (seconds // 3600, seconds // 60 % 60, seconds % 60), None
    raise Unreadable("jam tidak terbaca")


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _day(year: int, month: int, number: int) -> date:
    try:
        return _plausible(date(year, month, number))
    except ValueError as error:
        raise Unreadable(str(error) if isinstance(error, Unreadable) else "tanggal ini tidak ada") from None


def _plausible(day: date) -> date:
    if not FIRST_STAMP_YEAR <= day.year <= LAST_STAMP_YEAR:
        raise Unreadable(f"tahun {day.year} tidak masuk akal")
    return day


def figures_of(text: str) -> tuple[int, int] | None:
    """The first two numbers of a day written in figures, day and month in one order or the other; else None."""
    found = DAY_IN_FIGURES.match(" ".join(text.split()).casefold())
    return (int(found[1]), int(found[2])) if found else None
