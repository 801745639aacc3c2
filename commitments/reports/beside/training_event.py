"""A training as an entry of a calendar, for the public file and for the calendar of a unit."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Event

from commitments.models import Training
from opd import register, texts


def training_event(training: Training) -> Event:
    """An event of a whole day: no source says at which hour."""
    event = Event()
    event.add("uid", f"{training.uuid}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", training.entered_at.replace(microsecond=0))
    event.add("dtstart", training.held_on)
    event.add("dtend", training.held_on + timedelta(days=1))
    title = texts.tidy(training.title)
    event.add("summary", f"[Data contoh] {title}" if register.is_demo() else title)
    event.add("location", texts.tidy(training.place))
    event.add("url", settings.SITE_URL + training.get_absolute_url())
    return event
