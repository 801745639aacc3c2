"""What do all stories share? The calendar, the people, the units, and every promise on its way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from django.contrib.auth.models import User

from commitments.demo import people
from commitments.demo.catalogue import Plan
from commitments.demo.events import Agenda, Event
from commitments.demo.people import People
from commitments.demo.value_series import Course
from commitments.models import Commitment, Measurement, Memorandum, ServiceTarget
from opd import access
from opd.models import Unit


@dataclass
class Promise:
    """A target on its way through the years."""

    plan: Plan
    commitment: Commitment
    course: Course
    dice: Random
    target: ServiceTarget
    sent: int = 0
    verified: list[Measurement] = field(default_factory=list)


@dataclass
class Stage:
    """Everything that stories share."""

    agenda: Agenda
    people: People
    units: dict[str, Unit]
    memorandum: Memorandum
    until: date
    promises: dict[str, Promise] = field(default_factory=dict)  # by the target's reference
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

    def live(self, reference: str) -> Promise | None:
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
