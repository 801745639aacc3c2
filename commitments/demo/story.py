"""What all parts of the demonstration share: the calendar of events, accounts, units, commitments and targets."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.contrib.auth.models import User

from commitments.demo import people
from commitments.demo.catalogue import PlannedTarget
from commitments.demo.people import DemoPeople
from commitments.demo.value_series import ValueSeries
from commitments.models import Commitment, Measurement, Memorandum, ServiceTarget
from opd import access, clock
from opd.models import Unit

Event = Callable[[], None]
WEEKEND = 5  # Saturday


class EventCalendar:
    """A calendar of events in the office hours of Semarang; events from `end` on are dropped."""

    def __init__(self, turned: clock.TurnedClock, end: datetime) -> None:
        self.turned, self.end = turned, end
        self.rng = Random(f"{turned.seed}/agenda")  # noqa: S311 - repeatable on purpose
        self.number = itertools.count()
        self.events: list[tuple[datetime, int, Event]] = []

    @property
    def today(self) -> date:
        return clock.day_of(self.turned.moment)

    def on(self, day: date, event: Event, rng: Random | None = None) -> None:
        """Schedule an event at a random minute of the first working day from `day` on.

        rng: an own generator, so that the event changes the time of no other event.
        """
        rng = rng or self.rng
        while day.weekday() >= WEEKEND:
            day += timedelta(days=1)
        minute = rng.randrange(8 * 60, 16 * 60)
        moment = datetime.combine(day, time(minute // 60, minute % 60, rng.randrange(60)), clock.JAKARTA)
        if moment < self.end:
            heapq.heappush(self.events, (max(moment, self.turned.moment), next(self.number), event))

    def run(self, report: Callable[[datetime], None]) -> None:
        """Turn the clock to each event and run it; an event may schedule further ones."""
        while self.events:
            moment, _, event = heapq.heappop(self.events)
            self.turned.moment = moment
            event()
            report(moment)


@dataclass
class TargetStory:
    """A target of the demonstration, with its values and what was submitted so far."""

    planned: PlannedTarget
    commitment: Commitment
    series: ValueSeries
    rng: Random
    target: ServiceTarget
    sent: int = 0
    verified: list[Measurement] = field(default_factory=list)


@dataclass
class Story:
    """The state that all parts share."""

    calendar: EventCalendar
    people: DemoPeople
    units: dict[str, Unit]
    memorandum: Memorandum
    until: date
    target_stories: dict[str, TargetStory] = field(default_factory=dict)  # by the target's reference
    commitments: dict[str, Commitment] = field(default_factory=dict)
    successors: dict[str, str] = field(default_factory=dict)  # code of an ended unit -> code of its successor
    photo: bytes = b""  # of the last ceremony, to be used a second time

    @property
    def today(self) -> date:
        return self.calendar.today

    def later(self, days: int, event: Event) -> None:
        self.calendar.on(self.today + timedelta(days=days), event)

    def before_the_end(self, days: int) -> date:
        return self.until - timedelta(days=days)

    def rng(self, name: str) -> Random:
        """A random generator of its own for one part, so that no other part changes its numbers."""
        return Random(f"{self.calendar.turned.seed}/{name}")  # noqa: S311 - repeatable on purpose

    def live(self, reference: str) -> TargetStory | None:
        target_story = self.target_stories.get(reference)
        return target_story if target_story and target_story.target.is_live else None

    def owner(self, code: str) -> Unit:
        """The unit that owes the commitments of this unit now: itself or its successor."""
        return self.units[self.successors.get(code, code)]

    def head(self, code: str) -> User:
        return self.people.head(self.owner(code).code)

    def approver(self, code: str) -> User:
        return self.people[access.INSPECTOR if self._is_of_setda(code) else access.APPROVER]

    def verifier(self, code: str) -> User:
        """The verifier for a unit: one of the two, at random, or the Inspektorat."""
        if self._is_of_setda(code):
            return self.people[access.INSPECTOR]
        return self.people[people.SECOND_VERIFIER if self.calendar.rng.random() < 0.3 else access.VERIFIER]

    def _is_of_setda(self, code: str) -> bool:
        """Whether the unit is Setda or one of its bagian, for which the Inspektorat decides."""
        unit = self.owner(code)
        return unit.code == access.SETDA or unit.parent_id is not None
