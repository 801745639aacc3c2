"""The calendar of a unit for the telephone: public dates only."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Alarm, Calendar, Event

from commitments.formats import measured
from commitments.ladder import Rung
from commitments.ladder.statements import ever_owed_by
from commitments.models import ServiceTarget, Training
from commitments.reports.beside.training_event import training_event
from commitments.workspace.due_work import days_to_report, lacks_target
from opd import clock, register, texts
from opd.models import Unit

ALARM_BEFORE = timedelta(days=7)  # a due date announces itself
ALARM_HOUR = timedelta(hours=9)  # an event of a whole day begins at midnight, when nobody wants to hear of it
REFRESH_INTERVAL = timedelta(hours=12)


def calendar_of(unit: Unit, day: date) -> bytes:
    """Due dates in force of targets not met yet, when the next report is due, and the last days before the public
    reads "diam"; and the trainings to come."""
    calendar = Calendar()
    calendar.add("prodid", "-//Melewati Seremoni//ID")
    calendar.add("version", "2.0")
    name = texts.tidy(f"Melewati Seremoni: {unit}")
    calendar.add("x-wr-calname", f"[Data contoh] {name}" if register.is_demo() else name)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    owed = ServiceTarget.objects.owed_by(unit, day).with_rung(day, narrowed=ever_owed_by([unit.pk]))
    for target in owed.select_related("commitment").order_by("reference"):
        if target.rung < Rung.ACHIEVED:
            goal = measured(target.target_now, target.unit_of_measure)
            calendar.add_component(_day(target, "tenggat", target.due_on, f"Tenggat: {target.service}, {goal}"))
        if not target.waiting and (left := days_to_report(target)) >= 0:
            report = f"Waktunya lapor: {target.service}"
            calendar.add_component(_day(target, "siklus", day + timedelta(days=left), report))
        if not target.waiting and target.silent_limit >= target.clock_days:
            last = day + timedelta(days=target.silent_limit - target.clock_days)
            calendar.add_component(_day(target, "lapor", last, f"Lapor sebelum disebut diam: {target.service}"))
    for training in Training.objects.upcoming(day):
        calendar.add_component(training_event(training))
    if lacks_target(unit, day):
        monday = day + timedelta(days=7 - day.weekday())
        calendar.add_component(_event(f"{unit.code}-target", monday, f"Usulkan target pertama {unit}", "/kerja/"))
    content: bytes = calendar.to_ical()
    return content


def _day(target: Any, kind: str, on: date, summary: str) -> Event:
    """An event of a whole day; `uid` stays the same when the day moves, so that the telephone moves it too."""
    return _event(f"{target.reference}-{kind}", on, summary, target.get_absolute_url())


def _event(name: str, on: date, summary: str, path: str) -> Event:
    event, summary = Event(), texts.tidy(summary)
    event.add("uid", f"{name}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", clock.now().replace(microsecond=0))
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(days=1))
    event.add("summary", summary)
    event.add("url", settings.SITE_URL + path)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", ALARM_HOUR - ALARM_BEFORE)
    event.add_component(alarm)
    return event
