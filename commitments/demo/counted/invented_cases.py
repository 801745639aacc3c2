"""Case files of the demonstration: invented cases whose statistic is the value that the story wants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from django.contrib.auth.models import User

from commitments.cases.case_rows import CasePeriod
from commitments.cases.durations import WorkingDays
from commitments.models import CaseFile, Measurement, ServiceTarget, StatedClock, calendar_on_record

if TYPE_CHECKING:
    from commitments.demo.catalogue import PlannedTarget

CLOCKS = {
    "menit": StatedClock("ambil-nomor", "selesai", "minutes"),
    "jam": StatedClock("berkas-diserahkan", "selesai", "hours"),
    "hari kerja": StatedClock("berkas-diserahkan", "diterima", "working"),
}
SHORTER_CLOCKS = {  # of a target that replaces another: it starts when most of the waiting is over
    "menit": StatedClock("dipanggil", "selesai", "minutes"),
    "jam": StatedClock("berkas-lengkap", "selesai", "hours"),
    "hari kerja": StatedClock("berkas-lengkap", "selesai", "working"),
}
CLOCK_SHARE = 0.8  # of targets of the family cepat that say their clock
COUNTED_STATISTICS_OF_DEMO = ("median", "p90")
FEWEST, MOST = 41, 79  # cases of one file
OPENS, CLOSES = 8 * 60, 16 * 60  # minutes of the day
UNIT_WITH_MISSING_NUMBERS = "disdukcapil"
DROPPED_SHARE = 0.1  # of its cases, the slowest, for some months
COUNTER_DAYS = 8  # days of the period on which the invented counter was open
OPEN_SHARE = 0.03  # of cases that are not finished
ANSWER = "Nomor itu dibatalkan pemohon di loket."


def clock_for(measure: str, statistic: str, storyline: str, rng: Random) -> StatedClock | None:
    """The clock of a planned target; None for one that does not say it."""
    if statistic not in COUNTED_STATISTICS_OF_DEMO or storyline == "boast" or rng.random() >= CLOCK_SHARE:
        return None
    clocks = SHORTER_CLOCKS if storyline == "replacement" else CLOCKS
    return clocks.get(measure)


@dataclass(frozen=True)
class InventedCases:
    """The cases of one report: how many minutes or working days each took, and when it stopped."""

    durations: list[int]
    start: date
    end: date
    unit: str
    rng: Random
    days: WorkingDays

    def csv(self, dropped: int = 0) -> bytes:
        """The file, with the columns that only its office needs. The slowest `dropped` are left out of it."""
        slowest = sorted(self.durations)[len(self.durations) - dropped :] if dropped else []
        rows = sorted(self._cases(), key=lambda row: (row[0], row[2]))
        numbers: dict[date, int] = {}
        lines = ["Nomor;Layanan;Waktu mulai;Waktu selesai"]
        for start, stop, took in rows:
            numbers[start.date()] = number = numbers.get(start.date(), 0) + 1
            if took in slowest:
                slowest.remove(took)
                continue
            ticket = f"{self.start:%m}{self.end:%m}-{number:03d}"  # each period has tickets of its own
            lines.append(f"{ticket};contoh;{start:%d/%m/%Y %H:%M};{f'{stop:%d/%m/%Y %H:%M}' if stop else ''}")
        return "\n".join(lines).encode()

    def _counter_days(self) -> list[date]:
        every = (self.start + timedelta(days=number) for number in range((self.end - self.start).days + 1))
        working = [day for day in every if self.days.is_working(day)]
        return self.rng.sample(working, min(COUNTER_DAYS, len(working)))

    def _cases(self) -> Iterator[tuple[datetime, datetime | None, int]]:
        days = self._counter_days()
        for took in self.durations:
            stop = self._moment(self.rng.choice(days))
            yield self._start_of(stop, took), stop, took
        for _ in range(int(len(self.durations) * OPEN_SHARE)):
            yield self._moment(self.rng.choice(days)), None, -1

    def _moment(self, day: date) -> datetime:
        return datetime.combine(day, time()) + timedelta(minutes=self.rng.randrange(OPENS, CLOSES))

    def _start_of(self, stop: datetime, took: int) -> datetime:
        if self.unit != "working":
            return stop - timedelta(minutes=took)
        day = stop.date()
        while self.days.between(day, stop.date()) < took or not self.days.is_working(day):
            day -= timedelta(days=1)
        return self._moment(day)


def durations_with(value: Decimal, statistic: str, unit: str, rng: Random) -> list[int]:
    """Invented durations in minutes or days whose statistic is exactly this value."""
    wanted = value * (60 if unit == "hours" else 1)
    low, high = int(wanted), -int(-wanted // 1)
    half = rng.randrange(FEWEST // 2, MOST // 2)
    if statistic == "p90":
        n = 2 * half + 1
        rank = (9 * n + 9) // 10
        return [*_below(rank - 1, low, rng), low, *_above(n - rank, high, rng)]
    middle = [low] if low == high else [low, high]
    return [*_below(half, low, rng), *middle, *_above(half, high, rng)]


def _below(count: int, most: int, rng: Random) -> list[int]:
    return [min(most, max(int(most > 1), round(most * rng.uniform(0.35, 1)))) for _ in range(count)]


def _above(count: int, least: int, rng: Random) -> list[int]:
    return [max(least, round(least * (1 + rng.expovariate(2.2)))) for _ in range(count)]


def counted_cases(
    planned: PlannedTarget,
    target: ServiceTarget,
    period: CasePeriod,
    value: Decimal,
    *,
    by: User,
    corrects: Measurement | None,
    rng: Random,
) -> CaseFile | None:
    """What the register computes from the invented cases of one report; None where the target says no clock."""
    stated, on_record = planned.clock, calendar_on_record()
    if stated is None or period.end.year not in on_record.years:
        return None
    durations = durations_with(value, planned.statistic, stated.unit, rng)
    cases = InventedCases(durations, period.start, period.end, stated.unit, rng, WorkingDays(on_record.days))
    dropped = int(len(durations) * DROPPED_SHARE) if planned.unit == UNIT_WITH_MISSING_NUMBERS else 0
    row, _ = CaseFile.receive(by=by, target=target, period=period, content=cases.csv(dropped), base=corrects)
    return row
