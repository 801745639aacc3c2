"""How does the measured value of a story move over the years?"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from commitments.demo.catalogue import PlannedTarget

DAYS_A_YEAR = 365.25
MONTHS_OF_CYCLE = {30: 1, 60: 2, 90: 3, 180: 6, 365: 12}  # reporting cycle in days -> calendar months of a period

# Which measured course each story takes; the rest of a story is told in `stories`.
PACES = {
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
    """The first day of the month so many months after the one of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@dataclass
class ValueSeries:
    """The values of one target: noisy, rounded as such a figure would be told, repeatable."""

    plan: PlannedTarget
    published: date
    until: date
    dice: Random
    pace: float = field(init=False)

    def __post_init__(self) -> None:
        self.pace = self.dice.uniform(1.2, 2.4)

    @property
    def name(self) -> str:
        return PACES.get(self.plan.story, self.plan.story)

    def period(self, number: int) -> tuple[date, date]:
        """First and last day of the reporting period with this number, counted from publication."""
        months = MONTHS_OF_CYCLE[self.plan.cycle]
        start = month_after(self.published, 1 + number * months)
        return start, month_after(start, months) - timedelta(days=1)

    def gained(self, day: date) -> float:
        """The part of the way from baseline to target gone by a day; noise included."""
        years = (day - self.published).days / DAYS_A_YEAR
        noise = self.dice.gauss(0, 0.04)
        if self.name == "rising":
            return min(0.97, 0.95 * (1 - math.exp(-years / self.pace)) + noise)
        if self.name == "sustained":
            return min(1.04, 0.2 + years / self.pace) + abs(noise) if years < 3 else 1.02 + 2 * abs(noise)
        if self.name == "achieved":
            missed = 120 <= (self.until - day).days <= 230
            return 0.88 if missed else min(1.02, 0.15 + years / self.pace / 1.5) + abs(noise) / 2
        if self.name == "late":
            since = (day - self.plan.turn).days / DAYS_A_YEAR if self.plan.turn else 0
            return abs(noise) / 2 if since <= 0 else min(0.96, 0.9 * (1 - math.exp(-since / 0.9)) + noise)
        if self.name == "worse":
            return max(-0.6, 0.1 - 0.085 * years) + noise
        if self.name == "boast":
            return 1.0
        return abs(noise)

    def value(self, day: date) -> Decimal:
        return self.told(self.gained(day))

    def told(self, gained: float) -> Decimal:
        """The value at a part of the way: in whole steps, never meeting the target before the way is gone."""
        plan = self.plan
        way = plan.target - plan.baseline
        if self.name == "flat" and gained < 0.5:
            least = float(plan.min_change / abs(way)) * 0.8
            gained = min(least, gained)
        value = plan.baseline + way * Decimal(round(gained, 4))
        value = round(value / plan.step) * plan.step
        better = 1 if plan.direction == "higher" else -1
        if gained < 1 and better * (value - plan.target) >= 0:
            value = plan.target - better * plan.step
        if gained >= 1 and better * (value - plan.target) < 0:
            value = plan.target
        if self.name == "flat" and gained < 0.5 and better * (value - plan.baseline) >= plan.min_change:
            value = plan.baseline
        if plan.statistic == "share":
            value = min(max(value, Decimal(0)), Decimal(100))
        if plan.statistic == "score":
            value = min(value, Decimal(100))
        return max(value, plan.step) if plan.direction == "lower" else value

    def cases(self) -> int | None:
        return round(self.plan.n * self.dice.uniform(0.75, 1.25)) or 1 if self.plan.n else None
