"""The clock and the source of new identifiers; days are those of Semarang.

Only a demonstration may turn this clock.
"""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")


@dataclass
class TurnedClock:
    """A clock that stands at `moment` (aware) until it is set again; its identifiers come from a seed."""

    moment: datetime
    seed: str
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - repeatable on purpose, guards nothing


_turned: ContextVar[TurnedClock | None] = ContextVar("turned", default=None)


@contextmanager
def turned(clock: TurnedClock) -> Iterator[TurnedClock]:
    """Context in which every act happens at `clock.moment`; the register refuses it outside a demonstration."""
    token = _turned.set(clock)
    try:
        yield clock
    finally:
        _turned.reset(token)


def turned_by() -> TurnedClock | None:
    return _turned.get()


def now() -> datetime:
    """The moment, aware, in UTC, to the microsecond."""
    clock = _turned.get()
    return clock.moment.astimezone(UTC) if clock else datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """The calendar day in Semarang on which an aware moment falls."""
    return moment.astimezone(JAKARTA).date()


def today() -> date:
    return day_of(now())


def start_of(day: date) -> datetime:
    """The first moment (aware, UTC) of a day in Semarang."""
    return datetime.combine(day, time.min, JAKARTA).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment (aware, UTC) after a day in Semarang: a fact is known on `day` when it was recorded before
    this."""
    return start_of(day + timedelta(days=1))


def is_known(moment: datetime | None, day: date) -> bool:
    """Whether what happened at a moment is known at the end of a day; None: it has not happened."""
    return moment is not None and moment < end_of(day)


def new_uuid() -> uuid.UUID:
    clock = _turned.get()
    return uuid.UUID(int=clock.dice.getrandbits(128), version=4) if clock else uuid.uuid4()
