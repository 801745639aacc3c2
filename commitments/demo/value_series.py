"""The series of values of a target of the demonstration over the years."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from commitments.demo.catalogue import PlannedTarget

DAYS_A_YEAR = 365.25
MONTHS_OF_CYCLE = {30: 1, 60: 2, 90: 3, 180: 6, 365: 12}  # reporting cycle in days -> calendar months of a period

# Storyline -> the shape of its series; a storyline that is not here is its own shape.
SHAPES = {
    "steady": "rising",
    "corrected": "flat",
    "silent": "rising",
    "silent-flat": "flat",
    "hushed": "rising",
    "fallen": "rising",
    "replaced": "flat",
    "replacement": "flat",
    "withdrawn": "flat",
    "hopeful": "flat",
    "claimed": "none",
    "fresh": "none",
    "silent-none": "none",
}


def month_after(day: date, months: int) -> date:
    """The first day of the month that is `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@dataclass
class ValueSeries:
    """The values of one target: with noise, rounded like real figures, the same in every build."""

    planned: PlannedTarget
    published: date
    until: date
    rng: Random
    years_to_rise: float = field(init=False)

    def __post_init__(self) -> None:
        self.years_to_rise = self.rng.uniform(1.2, 2.4)

    @property
    def shape(self) -> str:
        return SHAPES.get(self.planned.storyline, self.planned.storyline)

    def period(self, number: int) -> tuple[date, date]:
        """First and last day of a reporting period; 0 is the first period after publication."""
        months = MONTHS_OF_CYCLE[self.planned.cycle]
        start = month_after(self.published, 1 + number * months)
        return start, month_after(start, months) - timedelta(days=1)

    def progress(self, day: date) -> float:
        """The part of the way from baseline to target done by a day, noise included."""
        years = (day - self.published).days / DAYS_A_YEAR
        noise = self.rng.gauss(0, 0.04)
        if self.shape == "rising":
            return min(0.97, 0.95 * (1 - math.exp(-years / self.years_to_rise)) + noise)
        if self.shape == "sustained":
            return min(1.04, 0.2 + years / self.years_to_rise) + abs(noise) if years < 3 else 1.02 + 2 * abs(noise)
        if self.shape == "achieved":
            missed = 120 <= (self.until - day).days <= 230
            return 0.88 if missed else min(1.02, 0.15 + years / self.years_to_rise / 1.5) + abs(noise) / 2
        if self.shape == "late":
            since = (day - self.planned.turns_on).days / DAYS_A_YEAR if self.planned.turns_on else 0
            return abs(noise) / 2 if since <= 0 else min(0.96, 0.9 * (1 - math.exp(-since / 0.9)) + noise)
        if self.shape == "worse":
            return max(-0.6, 0.1 - 0.085 * years) + noise
        if self.shape == "boast":
            return 1.0
        return abs(noise)

    def value(self, day: date) -> Decimal:
        return self.value_at(self.progress(day))

    def value_at(self, progress: float) -> Decimal:
        """The value at a part of the way, in whole steps; it meets the target only when the whole way is done."""
        planned_target = self.planned
        way = planned_target.target - planned_target.baseline
        if self.shape == "flat" and progress < 0.5:
            least = float(planned_target.min_change / abs(way)) * 0.8
            progress = min(least, progress)
        value = planned_target.baseline + way * Decimal(round(progress, 4))
        value = round(value / planned_target.step) * planned_target.step
        better = 1 if planned_target.direction == "higher" else -1
        if progress < 1 and better * (value - planned_target.target) >= 0:
            value = planned_target.target - better * planned_target.step
        if progress >= 1 and better * (value - planned_target.target) < 0:
            value = planned_target.target
        if (
            self.shape == "flat"
            and progress < 0.5
            and better * (value - planned_target.baseline) >= planned_target.min_change
        ):
            value = planned_target.baseline
        if planned_target.statistic == "share":
            value = min(max(value, Decimal(0)), Decimal(100))
        if planned_target.statistic == "score":
            value = min(value, Decimal(100))
        return max(value, planned_target.step) if planned_target.direction == "lower" else value

    def cases(self) -> int | None:
        return round(self.planned.n * self.rng.uniform(0.75, 1.25)) or 1 if self.planned.n else None
