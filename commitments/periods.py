"""Periods that people report: the usual ones of a reporting cycle, their names, and reading them and days as typed.

What `Period.name` writes, `read` reads back as the same period.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from opd import texts

DAY_EXAMPLE = "Tulis misalnya 2 November 2017 atau 02/11/2017 (hari/bulan/tahun)."
PERIOD_EXAMPLE = "Tulis misalnya Oktober 2026, Triwulan I 2018, Semester II 2019, atau 1 Mei 2018 – 15 Juni 2018."
FIRST_YEAR, LAST_YEAR = 1945, 2100
MONTH_NAMES = (
    ("januari", "jan", "january"),
    ("februari", "feb", "pebruari", "february"),
    ("maret", "mar", "mrt", "march"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "jun", "june"),
    ("juli", "jul", "july"),
    ("agustus", "agu", "agt", "ags", "agst", "agust", "aug", "august"),
    ("september", "sep", "sept"),
    ("oktober", "okt", "oct", "october"),
    ("november", "nov", "nop", "nopember"),
    ("desember", "des", "dec", "december"),
)
MONTH_OF = {name: number for number, names in enumerate(MONTH_NAMES, 1) for name in names}
WEEKDAY_PATTERN = r"(?:(?:senin|selasa|rabu|kamis|jumat|jum'at|sabtu|minggu|ahad)\s*,?\s*)?"
NUMERALS = ("I", "II", "III", "IV")
NUMERAL_OF = {
    name: number for number, numeral in enumerate(NUMERALS, 1) for name in (numeral.casefold(), str(number))
}
PART_PATTERN = r"\s*[-.]?\s*(iv|i{1,3}|[1-4])(?:\s*[/,-]\s*|\s+(?:(?:tahun|thn?\.?)\s*)?)(\d{4})"
BETWEEN = re.compile(r"\s+(?:-|s\.?\s?d\.?|s/d|sampai(?:\s+dengan)?|hingga|to)\s+|\s*[–—]\s*|(?<=[a-z])-(?=[a-z])")


@dataclass(frozen=True, order=True)
class Period:
    """The days that one value is about, both ends included."""

    start: date
    end: date

    @property
    def name(self) -> str:
        """`Oktober 2026`, `Triwulan III 2026`, `Semester II 2019`, `Tahun 2018`, or its days."""
        months = self._whole_months()
        number, year = self.start.month, self.start.year
        if months == 1:
            return f"{_month_name(number)} {year}"
        if months == 3 and number % 3 == 1:
            return f"Triwulan {NUMERALS[number // 3]} {year}"
        if months == 6 and number % 6 == 1:
            return f"Semester {NUMERALS[number // 6]} {year}"
        return f"Tahun {year}" if months == 12 and number == 1 else self.days

    @property
    def days(self) -> str:
        """`1 – 31 Oktober 2026`: its first and last day, each part written once."""
        last = f"{self.end.day} {_month_name(self.end.month)} {self.end.year}"
        if self.start == self.end:
            return last
        first = [str(self.start.day)]
        if (self.start.year, self.start.month) != (self.end.year, self.end.month):
            first.append(_month_name(self.start.month))
        if self.start.year != self.end.year:
            first.append(str(self.start.year))
        return f"{' '.join(first)} – {last}"

    @property
    def code(self) -> str:
        """`2026-10-01/2026-10-31`, as a form posts it."""
        return f"{self.start}/{self.end}"

    @classmethod
    def of_code(cls, code: str) -> Period:
        """The period of such a code; ValueError for anything else."""
        start, _, end = code.partition("/")
        return cls(date.fromisoformat(start), date.fromisoformat(end))

    def _whole_months(self) -> int:
        """How many calendar months it covers; 0 when it begins or ends inside one."""
        after = self.end + timedelta(days=1)
        if self.start.day != 1 or after.day != 1 or self.end < self.start:
            return 0
        return (after.year - self.start.year) * 12 + after.month - self.start.month


def _month_name(number: int) -> str:
    return MONTH_NAMES[number - 1][0].capitalize()


def _of_months(year: int, month: int, count: int) -> Period:
    """So many whole months from the first day of a month."""
    over = month - 1 + count
    return Period(date(year, month, 1), date(year + over // 12, over % 12 + 1, 1) - timedelta(days=1))


# --- The usual periods of a cycle -------------------------------------------------------------------------------


USUAL_MONTHS = ((45, 1), (135, 3), (270, 6))  # a cycle of up to so many days reports so many months at once
WEEKLY_CYCLE = 10  # days; a cycle of at most these is one of weeks


def usual(cycle_days: int, day: date) -> Period:
    """The usual period of a cycle in which a day lies: a week, a month, a quarter, half a year or a year."""
    if cycle_days <= WEEKLY_CYCLE:
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    months = next((months for longest, months in USUAL_MONTHS if cycle_days <= longest), 12)
    return _of_months(day.year, (day.month - 1) // months * months + 1, months)


def finished(cycle_days: int, today: date) -> Iterator[Period]:
    """The usual periods that are over, newest first."""
    running = usual(cycle_days, today)
    while running.start.year > FIRST_YEAR:
        running = usual(cycle_days, running.start - timedelta(days=1))
        yield running


def offered(cycle_days: int, today: date, *, after: date, count: int = 2) -> list[Period]:
    """The finished usual periods to choose from, newest first; what ended by the day `after` can never count."""
    newest = islice(finished(cycle_days, today), count)
    return [period for period in newest if period.end > after]


def until_today(cycle_days: int, today: date, *, after: date) -> Period | None:
    """The running period up to today, without the days that were reported: those up to `after`."""
    start = max(usual(cycle_days, today).start, after + timedelta(days=1))
    return Period(start, today) if start <= today else None


# --- Reading ----------------------------------------------------------------------------------------------------


def read(text: str) -> Period:
    """The period that a text names; ValueError with a sentence when it names none."""
    text = " ".join(texts.tidy(text).casefold().replace("−", "-").split()).strip(" .")
    for pattern, months in ((r"(?:triwulan|tri wulan|tribulan|kuartal|tw|q)", 3), (r"(?:semester|smt|sem)\.?", 6)):
        if found := re.fullmatch(pattern + PART_PATTERN, text):
            number = NUMERAL_OF[found[1]]
            if number > 12 // months:
                raise ValueError(f"Semester hanya I dan II. {PERIOD_EXAMPLE}")
            return _of_months(_checked_year(found[2]), (number - 1) * months + 1, months)
    if found := re.fullmatch(r"(?:tahun\s*)?(\d{4})", text):
        return _of_months(_checked_year(found[1]), 1, 12)
    if month := _month(text):
        return month
    pair = BETWEEN.split(text)
    if len(pair) == 2:
        return _between(*pair)
    try:
        day = read_day(text)
    except ValueError:
        raise ValueError(f"Periode ini tidak terbaca. {PERIOD_EXAMPLE}") from None
    return Period(day, day)


def _month(text: str) -> Period | None:
    """The month that a text names, if it names one."""
    if found := re.fullmatch(r"(?:bulan\s+)?([a-z]+)\.?[\s./-]*(\d{4})", text):
        number, year = MONTH_OF.get(found[1]), found[2]
    elif found := re.fullmatch(r"(\d{1,2})\s*[/.-]\s*(\d{4})", text):
        number, year = int(found[1]), found[2]
    elif found := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
        number, year = int(found[2]), found[1]
    else:
        return None
    if number is None:
        return None
    if not 1 <= number <= 12:
        raise ValueError(f"Bulan {number} tidak ada. {PERIOD_EXAMPLE}")
    return _of_months(_checked_year(year), number, 1)


def _between(first: str, last: str) -> Period:
    """From a day or month to another; the first borrows the month and year that only the last one names."""
    end = _month(last)
    if end is not None:
        start = _month(first) or _month(f"{first} {end.end.year}")
        if start is None:
            raise ValueError(f"Awal periode ini tidak terbaca. {PERIOD_EXAMPLE}")
        return Period(start.start, end.end)
    day = read_day(last)
    if re.fullmatch(r"\d{1,2}", first):
        first = f"{first} {MONTH_NAMES[day.month - 1][0]}"
    if not re.search(r"\d{4}", first) and re.fullmatch(r"\d{1,2}[\s.]*[a-z]+", first):
        first = f"{first} {day.year}"
    return Period(read_day(first), day)


def read_day(text: str) -> date:
    """The day that a text names; digits alone are day, month, year in that order. ValueError with a sentence."""
    text = text.casefold().strip()
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ t]00:00(?::00)?)?", text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(
        rf"{WEEKDAY_PATTERN}(\d{{1,2}})\s*[/.-]\s*(\d{{1,2}})\s*[/.-]\s*(\d{{4}}|\d{{2}})", text
    ):
        return _day(_year(found[3]), int(found[2]), int(found[1]))
    if found := re.fullmatch(rf"{WEEKDAY_PATTERN}(\d{{1,2}})[\s.-]*([a-z]+)[\s.,'-]*(\d{{4}}|\d{{2}})", text):
        if found[2] not in MONTH_OF:
            raise ValueError(f"Bulan {found[2]!r} tidak dikenal. {DAY_EXAMPLE}")
        return _day(_year(found[3]), MONTH_OF[found[2]], int(found[1]))
    raise ValueError(f"Tanggal ini tidak lengkap atau tidak terbaca. {DAY_EXAMPLE}")


def plausible(found: date) -> date:
    _checked_year(str(found.year))
    return found


def _checked_year(text: str) -> int:
    if not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise ValueError(f"Tahun {int(text)} tidak masuk akal di sini. {DAY_EXAMPLE}")
    return int(text)


def _year(text: str) -> int:
    if len(text) == 2 and int(text) >= 50:
        raise ValueError(f"Tahun {text} dapat dibaca 19{text} atau 20{text}. Tulis tahunnya empat angka.")
    return int(text) if len(text) == 4 else 2000 + int(text)


def _day(year: int, month: int, number: int) -> date:
    if month > 12:
        raise ValueError(f"Bulan {month} tidak ada; angka dibaca hari/bulan/tahun. {DAY_EXAMPLE}")
    _checked_year(str(year))
    try:
        return date(year, month, number)
    except ValueError:
        raise ValueError(f"Tanggal ini tidak ada. {DAY_EXAMPLE}") from None
