"""How does the desk tell what happened? Entries of the register as the public page tells them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django import template

from commitments.reports import trail
from opd import clock
from opd.models import Entry

register = template.Library()


@register.filter
def told(entries: Iterable[Entry]) -> list[trail.Line]:
    return list(trail.lines(entries, clock.today()))


@register.filter
def days_waiting(since: datetime, day: date) -> int:
    """Whole days from a moment until a day in Semarang."""
    return (day - clock.day_of(since)).days
