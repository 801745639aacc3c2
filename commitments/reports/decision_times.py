"""Decision times of the secretariat: the days that decisions take, and the days that the oldest submission waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from commitments.models import Decision, Measurement, Verdict
from opd import clock

MONTHS_COUNTED = 3  # of a quarter


@dataclass(frozen=True)
class WaitingQueue:
    """The submissions that waited for a decision at the end of a day, and the whole days of the oldest."""

    waiting: int
    oldest_days: int  # 0 when nothing waits


@dataclass(frozen=True)
class DecisionTimes:
    """The decisions of a quarter, and the median of the whole days that they took."""

    since: date
    until: date  # the last day counted
    decided: int
    median_days: Decimal | None  # None when nothing was decided

    @property
    def number(self) -> int:
        """The number of the quarter in its year, 1 to 4."""
        return self.since.month // MONTHS_COUNTED + 1


def quarter_of(day: date) -> date:
    """The first day of the calendar quarter."""
    return date(day.year, (day.month - 1) // MONTHS_COUNTED * MONTHS_COUNTED + 1, 1)


def queue(day: date) -> WaitingQueue:
    end = clock.end_of(day)
    decided = Decision.objects.filter(at__lt=end).values("measurement_id")
    waiting = Measurement.objects.filter(submitted_at__lt=end).exclude(pk__in=decided)
    sent = list(waiting.order_by("submitted_at").values_list("submitted_at", flat=True))
    return WaitingQueue(len(sent), (day - clock.day_of(sent[0])).days if sent and sent[0] else 0)


def decision_times(day: date) -> DecisionTimes:
    """The decision times of the quarter of a day, up to that day; one query.

    What a unit pulled back or corrected itself was not decided by the secretariat, and does not count.
    """
    since = quarter_of(day)
    days = list(_days_taken(since, day))
    return DecisionTimes(since, day, len(days), Decimal(str(median(days))) if days else None)


def latest_quarters(day: date, quarters: int, since: date | None) -> list[DecisionTimes]:
    """The decision times of this quarter and of the ones before it, newest first; one query each.

    since: the first day of the register: a quarter that ended before it is none.
    """
    found = [decision_times(day)]
    while len(found) < quarters and since and found[-1].since > since:
        found.append(decision_times(found[-1].since - timedelta(days=1)))
    return found


def _days_taken(since: date, day: date) -> Iterable[int]:
    decisions = Decision.objects.exclude(verdict=Verdict.REVOKED).filter(own_unit=False)
    in_time = decisions.filter(at__gte=clock.start_of(since), at__lt=clock.end_of(day)).order_by()
    for submitted_at, at in in_time.values_list("measurement__submitted_at", "at"):
        if submitted_at:  # always set: a trigger refuses a decision about a draft
            yield (clock.day_of(at) - clock.day_of(submitted_at)).days
