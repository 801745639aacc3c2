"""What happens next? One calendar for all stories, emptied in the order of time."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random

from opd import clock

Event = Callable[[], None]
WEEKEND = 5  # Saturday


class Agenda:
    """Events in office hours of Semarang; those from `end` on never happen."""

    def __init__(self, turned: clock.Turned, end: datetime) -> None:
        self.turned, self.end = turned, end
        self.dice = Random(f"{turned.seed}/agenda")  # noqa: S311 - repeatable on purpose
        self.number = itertools.count()
        self.events: list[tuple[datetime, int, Event]] = []

    @property
    def today(self) -> date:
        return clock.day_of(self.turned.moment)

    def on(self, day: date, event: Event, dice: Random | None = None) -> None:
        """At some minute of the first working day from `day` on; with dice of its own it moves no other event."""
        dice = dice or self.dice
        while day.weekday() >= WEEKEND:
            day += timedelta(days=1)
        minute = dice.randrange(8 * 60, 16 * 60)
        moment = datetime.combine(day, time(minute // 60, minute % 60, dice.randrange(60)), clock.JAKARTA)
        if moment < self.end:
            heapq.heappush(self.events, (max(moment, self.turned.moment), next(self.number), event))

    def run(self, report: Callable[[datetime], None]) -> None:
        """Turn the clock to each event and let it happen; events may put further ones on the agenda."""
        while self.events:
            moment, _, event = heapq.heappop(self.events)
            self.turned.moment = moment
            event()
            report(moment)
