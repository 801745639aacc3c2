"""What do all stories share? The calendar, the people, the units, and every promise on its way."""

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
    """Events in office hours of Semarang; those from `end` on never happen."""

    def __init__(self, turned: clock.TurnedClock, end: datetime) -> None:
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


@dataclass
class TargetStory:
    """A target on its way through the years."""

    plan: PlannedTarget
    commitment: Commitment
    course: ValueSeries
    dice: Random
    target: ServiceTarget
    sent: int = 0
    verified: list[Measurement] = field(default_factory=list)


@dataclass
class Story:
    """Everything that stories share."""

    agenda: EventCalendar
    people: DemoPeople
    units: dict[str, Unit]
    memorandum: Memorandum
    until: date
    promises: dict[str, TargetStory] = field(default_factory=dict)  # by the target's reference
    commitments: dict[str, Commitment] = field(default_factory=dict)
    heirs: dict[str, str] = field(default_factory=dict)  # unit that has ended -> unit that owes its promises
    photo: bytes = b""  # of a ceremony, to be used a second time

    @property
    def today(self) -> date:
        return self.agenda.today

    def later(self, days: int, event: Event) -> None:
        self.agenda.on(self.today + timedelta(days=days), event)

    def before_the_end(self, days: int) -> date:
        return self.until - timedelta(days=days)

    def dice(self, name: str) -> Random:
        """Luck of its own for one story, so that no other story disturbs it."""
        return Random(f"{self.agenda.turned.seed}/{name}")  # noqa: S311 - repeatable on purpose

    def live(self, reference: str) -> TargetStory | None:
        promise = self.promises.get(reference)
        return promise if promise and promise.target.is_live else None

    def owner(self, code: str) -> Unit:
        """The unit that answers for what this one promised."""
        return self.units[self.heirs.get(code, code)]

    def head(self, code: str) -> User:
        return self.people.head(self.owner(code).code)

    def approver(self, code: str) -> User:
        return self.people[access.INSPECTOR if self._is_of_setda(code) else access.APPROVER]

    def verifier(self, code: str) -> User:
        """Two verifiers share the work."""
        if self._is_of_setda(code):
            return self.people[access.INSPECTOR]
        return self.people[people.SECOND_VERIFIER if self.agenda.dice.random() < 0.3 else access.VERIFIER]

    def _is_of_setda(self, code: str) -> bool:
        """Setda and its bagian are decided by the Inspektorat."""
        unit = self.owner(code)
        return unit.code == access.SETDA or unit.parent_id is not None
