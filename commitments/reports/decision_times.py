"""How fast does the secretariat decide, and what has waited longest? It is measured as the units are."""

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
    """What waited for a decision at the end of a day, and for how many whole days the oldest had."""

    waiting: int
    oldest_days: int  # 0 when nothing waits


@dataclass(frozen=True)
class DecisionTimes:
    """How many whole days the decisions of a quarter took."""

    since: date
    until: date  # the last day counted
    decided: int
    median_days: Decimal | None  # None when nothing was decided

    @property
    def number(self) -> int:
        """The first to the fourth quarter of its year."""
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
    """Of the quarter in which a day lies, up to that day; one query.

    What a unit took back or corrected itself was not decided by the secretariat, and does not count.
    """
    since = quarter_of(day)
    took = list(_days_taken(since, day))
    return DecisionTimes(since, day, len(took), Decimal(str(median(took))) if took else None)


def paces(day: date, quarters: int) -> list[DecisionTimes]:
    """This quarter and the ones before it, newest first; one query each."""
    found = [decision_times(day)]
    while len(found) < quarters:
        found.append(decision_times(found[-1].since - timedelta(days=1)))
    return found


def _days_taken(since: date, day: date) -> Iterable[int]:
    first = Decision.objects.exclude(verdict=Verdict.REVOKED).filter(own_unit=False)
    known = first.filter(at__gte=clock.start_of(since), at__lt=clock.end_of(day)).order_by()
    for submitted_at, at in known.values_list("measurement__submitted_at", "at"):
        if submitted_at:  # it always is: the guard refuses a decision about a draft
            yield (clock.day_of(at) - clock.day_of(submitted_at)).days
