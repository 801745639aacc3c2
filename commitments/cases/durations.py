"""Durations in whole minutes or days, working days, and statistics that round once, at the end."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

MINUTES, HOURS, CALENDAR, WORKING = "minutes", "hours", "calendar", "working"
TIMED = (MINUTES, HOURS)  # clocks that need the time of day on both ends
PER_HOUR = 60
PLACES = 10_000  # four decimals


class WorkingDays:
    """Counts working days: Monday to Friday without the holidays of the years on record."""

    def __init__(self, holidays: Iterable[date]) -> None:
        self.holidays = sorted({day for day in holidays if day.weekday() < 5})

    def between(self, start: date, stop: date) -> int:
        """Working days d with start < d <= stop; nothing below zero days is asked."""
        off = bisect_right(self.holidays, stop) - bisect_right(self.holidays, start)
        return _weekdays_until(stop) - _weekdays_until(start) - off

    def is_working(self, day: date) -> bool:
        place = bisect_right(self.holidays, day)
        return day.weekday() < 5 and not (place and self.holidays[place - 1] == day)


def _weekdays_until(day: date) -> int:
    """Mondays to Fridays up to and with that day, since Monday 1 January of the year 1."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)


def years_between(start: date, stop: date) -> range:
    """The years whose calendar a count of working days needs."""
    first = start + timedelta(days=1)
    return range(first.year, stop.year + 1)


def rounded(value: Fraction) -> str:
    """A value as decimal text with four places, rounded half up, once; without zeros at the end."""
    units = math.floor(value * PLACES + Fraction(1, 2))
    whole, part = divmod(abs(units), PLACES)
    text = f"{'-' if units < 0 else ''}{whole}.{part:04d}"
    return text.rstrip("0").rstrip(".")


def median(values: Sequence[int]) -> Fraction:
    middle, odd = divmod(len(values), 2)
    return Fraction(values[middle]) if odd else Fraction(values[middle - 1] + values[middle], 2)


def p90(values: Sequence[int]) -> Fraction:
    """The value of rank (9n + 9) div 10."""
    return Fraction(values[(9 * len(values) + 9) // 10 - 1])


def mean(values: Sequence[int]) -> Fraction:
    return Fraction(sum(values), len(values))


def share_within(values: Sequence[int], limit: Fraction) -> Fraction:
    return Fraction(100 * sum(value <= limit for value in values), len(values))


def share_yes(values: Collection[int]) -> Fraction:
    """The part of ones among ones and zeros, in percent."""
    return Fraction(100 * sum(values), len(values))


class Statistics(NamedTuple):
    """What the sorted durations say, each as decimal text in the unit of the clock."""

    value: str
    median: str
    p90: str
    slowest: str


def statistics(values: Sequence[int], statistic: str, unit: str, limit: Fraction | None = None) -> Statistics:
    """The statistic of sorted durations (minutes or days; ones and zeros where `unit` is empty)."""
    if not unit:
        value = rounded(share_yes(values))
        return Statistics(value, "", "", "")
    scale = PER_HOUR if unit == HOURS else 1
    found = {"median": median(values), "mean": mean(values), "p90": p90(values)}
    if statistic == "share":
        assert limit is not None  # noqa: S101 - a clock of a share has one
        value = rounded(share_within(values, limit * scale))
    else:
        value = rounded(found[statistic] / scale)
    return Statistics(
        value,
        rounded(found["median"] / scale),
        rounded(found["p90"] / scale),
        rounded(Fraction(values[-1], scale)),
    )
