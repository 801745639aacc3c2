"""The history on the home page: the number of units on each step at the end of each month, and the big changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from commitments.ladder.answers import LAPSED_STEP, STEPS
from commitments.models import Memorandum, MonthEnd
from commitments.public import history_chart
from commitments.reports import month_ends
from commitments.reports.home_page import LadderStep

BIG_MONTHS = 3  # months with the largest rises, and as many with the largest falls, that the page names


@dataclass(frozen=True)
class MonthCounts:
    """The number of units on each step of the drawn ladder at the end of a day, in the order of STEPS."""

    day: date
    counts: tuple[int, ...]

    @classmethod
    def of_stored(cls, row: MonthEnd) -> MonthCounts:
        return cls(row.day, tuple(row.lapsed if step == LAPSED_STEP else row.counts[int(step)] for step in STEPS))

    @property
    def past(self) -> int:
        """Units past the ceremony: those above the step of what lapsed."""
        return sum(self.counts[: STEPS.index(LAPSED_STEP)])

    @property
    def cells(self) -> tuple[str, ...]:
        """The counts as text, the highest step first, because a page prints some seven hundred of them."""
        return tuple(str(count) for count in self.counts)


@dataclass(frozen=True)
class BigMonth:
    """A month in which the number of units past the ceremony changed much."""

    number: int  # of its marker in the chart
    before: MonthCounts
    after: MonthCounts

    @property
    def by(self) -> int:
        return self.after.past - self.before.past

    @property
    def fell(self) -> int:
        return -self.by


@dataclass(frozen=True)
class History:
    """The counts of all months until a day."""

    points: tuple[MonthCounts, ...]  # oldest first; the last is the day itself
    complete: bool  # no month since the beginning is missing
    begun: date
    big_months: tuple[BigMonth, ...]
    chart: history_chart.HistoryChart | None = field(repr=False)

    @property
    def first(self) -> MonthCounts:
        return self.points[0]

    @property
    def last(self) -> MonthCounts:
        return self.points[-1]

    @property
    def peak(self) -> MonthCounts:
        """The month with the most units past the ceremony; of several, the last."""
        return max(self.points, key=lambda point: (point.past, point.day))

    @property
    def newest_first(self) -> tuple[MonthCounts, ...]:
        return self.points[::-1]


def history(
    memorandum: Memorandum | None, steps: Sequence[LadderStep], day: date, begun: date | None, *, fill: bool = True
) -> History | None:
    """The history until a day; `steps`: the counts of that day. None before the signing. One query if stored.

    fill: whether a reader may be asked to wait for a missing month; else `semarang_mou/upkeep.py` works it out.
    """
    if memorandum is None or begun is None:
        return None
    start = max(begun, memorandum.signed_on)
    months = list(month_ends.months_between(start, day))
    found = month_ends.stored(day)
    if fill and len(found) < len(months):
        month_ends.fill_briefly()
        found = month_ends.stored(day)
    today = MonthCounts(day, tuple(step.count for step in steps))
    points = (*(MonthCounts.of_stored(row) for row in found if row.day >= start), today)
    big_months = _big_months(points)
    return History(
        points=points,
        complete=len(points) == len(months) + 1,
        begun=start,
        big_months=big_months,
        chart=history_chart.history_chart(start, points, big_months) if len(points) > 1 else None,
    )


def _big_months(points: Sequence[MonthCounts]) -> tuple[BigMonth, ...]:
    """The largest rises and falls from one month to the next, in order of time; of equal ones, the newest."""
    steps = [(before, after) for before, after in pairwise(points) if after.past != before.past]
    by_size = sorted(steps, key=lambda step: (abs(step[1].past - step[0].past), step[1].day), reverse=True)
    rises = [step for step in by_size if step[1].past > step[0].past][:BIG_MONTHS]
    falls = [step for step in by_size if step[1].past < step[0].past][:BIG_MONTHS]
    in_time = sorted(rises + falls, key=lambda step: step[1].day)
    return tuple(BigMonth(number, *step) for number, step in enumerate(in_time, 1))
