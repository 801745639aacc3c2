"""How many units stood on each rung, month after month since the signing, and what moved?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from commitments.ladder import PAST_CEREMONY
from commitments.models import Memorandum
from commitments.public import history_chart
from commitments.reports import month_ends
from commitments.reports.home_page import RungCount

MOVES_IN_WORDS = 3  # rises, and as many falls, that the page says in words


@dataclass(frozen=True)
class MonthCounts:
    """The end of one day: how many units on each rung, from 0 to 5."""

    day: date
    counts: tuple[int, ...]

    @property
    def past(self) -> int:
        """Above the heavy line, silent ones too."""
        return sum(self.counts[PAST_CEREMONY:])

    @property
    def cells(self) -> tuple[str, ...]:
        """As text: a page prints some seven hundred of them."""
        return tuple(str(count) for count in self.counts[::-1])


@dataclass(frozen=True)
class BigMonth:
    """A month in which the number above the line moved much."""

    number: int  # of its mark in the drawing
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
    points: tuple[MonthCounts, ...]  # oldest first; the last is the day itself
    complete: bool  # every month since the beginning is there
    begun: date
    turns: tuple[BigMonth, ...]
    drawing: history_chart.HistoryChart | None = field(repr=False)

    @property
    def first(self) -> MonthCounts:
        return self.points[0]

    @property
    def last(self) -> MonthCounts:
        return self.points[-1]

    @property
    def peak(self) -> MonthCounts:
        """The most above the line, and the last time that it was so."""
        return max(self.points, key=lambda point: (point.past, point.day))

    @property
    def newest_first(self) -> tuple[MonthCounts, ...]:
        return self.points[::-1]


def history(
    memorandum: Memorandum | None, steps: Sequence[RungCount], day: date, begun: date | None
) -> History | None:
    """Until a day, whose own `steps` the wall has counted; None before anybody signed. One query when all is kept."""
    if memorandum is None or begun is None:
        return None
    start = max(begun, memorandum.signed_on)
    wanted = list(month_ends.months_between(start, day))
    found = month_ends.kept(day)
    if len(found) < len(wanted):
        month_ends.fill_for_a_reader()
        found = month_ends.kept(day)
    today = MonthCounts(day, tuple(step.count for step in sorted(steps, key=lambda step: step.rung)))
    points = (*(MonthCounts(row.day, tuple(row.counts)) for row in found if row.day >= start), today)
    turns = _turns(points)
    return History(
        points=points,
        complete=len(points) == len(wanted) + 1,
        begun=start,
        turns=turns,
        drawing=history_chart.drawing(start, points, turns) if len(points) > 1 else None,
    )


def _turns(points: Sequence[MonthCounts]) -> tuple[BigMonth, ...]:
    """The largest rises and falls from one month to the next, the newest of equal ones; in order of time."""
    steps = [(before, after) for before, after in pairwise(points) if after.past != before.past]
    by_size = sorted(steps, key=lambda step: (abs(step[1].past - step[0].past), step[1].day), reverse=True)
    rises = [step for step in by_size if step[1].past > step[0].past][:MOVES_IN_WORDS]
    falls = [step for step in by_size if step[1].past < step[0].past][:MOVES_IN_WORDS]
    told = sorted(rises + falls, key=lambda step: step[1].day)
    return tuple(BigMonth(number, *step) for number, step in enumerate(told, 1))
