"""Builder of the demonstration: fills an empty database with nine years of labelled progress, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from django.utils import translation

from commitments import roster_loader
from commitments.demo import catalogue, corrections, left_open, proposals, rechecks, revisions, unit_events
from commitments.demo.beside import assessments, trainings
from commitments.demo.people import DemoPeople
from commitments.demo.story import EventCalendar, Story
from commitments.evidence import confined
from commitments.models import Memorandum
from opd import clock, register
from opd.models import Unit

SEED = "melewati-seremoni"
NOTICE = "Data contoh: semua target, realisasi, bukti, keputusan, dan pergantian pejabat sesudah ini direka."
SIGNED_ON = date(2017, 11, 2)

Progress = Callable[[float, date], None]


def build(until: date, progress: Progress) -> None:
    """Build everything up to the day before `until`, or nothing. `progress` gets the part done and the day."""
    begin = datetime.combine(SIGNED_ON, time(8), clock.JAKARTA)
    end = datetime.combine(until, time.min, clock.JAKARTA)
    with (
        register.many_acts(),
        confined.own_files(),
        translation.override("id"),
        clock.turned(clock.TurnedClock(begin, SEED)) as turned,
    ):
        with register.act(register.DEMO_ACT, "register") as act:
            act.office = register.DEMO_ACT
            act.extra = {"until": until, "notice": NOTICE}
        roster_loader.load(report=lambda line: None, published_by=SIGNED_ON)
        calendar = EventCalendar(turned, end)
        units = {unit.code: unit for unit in Unit.objects.with_names(SIGNED_ON).select_related("parent")}
        story = Story(
            calendar=calendar,
            people=DemoPeople.create(units, SIGNED_ON),
            units=units,
            memorandum=Memorandum.objects.get(code=roster_loader.MEMORANDUM_CODE),
            until=until,
        )
        for planned_commitment in catalogue.planned_commitments():
            proposals.schedule_commitment(story, planned_commitment)
        for part in (revisions, unit_events, corrections, left_open, rechecks, assessments, trainings):
            part.schedule(story)
        calendar.run(lambda moment: progress((moment - begin) / (end - begin), clock.day_of(moment)))
