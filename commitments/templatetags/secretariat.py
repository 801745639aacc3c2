"""Template filters of the secretariat's pages: register entries, days of waiting, values of a revision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django import template

from commitments.formats import measured, short_date
from commitments.models.cases.stated_clock import NO_CLOCK, StatedClock
from commitments.reports import register_entries
from opd import clock
from opd.models import Entry

register = template.Library()


@register.filter
def as_lines(entries: Iterable[Entry]) -> list[register_entries.EntryLine]:
    """Entries as the public register page shows them."""
    return list(register_entries.lines(entries, clock.today()))


@register.filter
def days_waiting(since: datetime, day: date) -> int:
    """Whole days from a moment until a day in Semarang."""
    return (day - clock.day_of(since)).days


@register.filter
def in_force(value: Decimal | date | str | None, unit_of_measure: str) -> str:
    """The old or the new value of a revision: a due date, a number with its unit of measure, or a clock."""
    if value is None:
        return str(NO_CLOCK)
    if isinstance(value, str):
        return StatedClock.of_code(value).sentence
    return measured(value, unit_of_measure) if isinstance(value, Decimal) else short_date(value)
