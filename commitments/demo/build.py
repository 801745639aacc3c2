"""From an empty database to nine years of labelled progress, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from django.utils import translation

from commitments import roster_loader
from commitments.demo import catalogue, corrections, left_open, proposals, rechecks, revisions, unit_events
from commitments.demo.events import Agenda
from commitments.demo.people import People
from commitments.demo.story import Stage
from commitments.models import Memorandum
from opd import clock, register
from opd.models import Unit

SEED = "melewati-seremoni"
NOTICE = "Data contoh: semua target, realisasi, bukti, keputusan, dan pergantian pejabat sesudah ini direka."
SIGNED_ON = date(2017, 11, 2)

Progress = Callable[[float, date], None]


def build(until: date, progress: Progress) -> None:
    """Everything up to the evening before `until`, or nothing. `progress` is told the part done and the day."""
    begin = datetime.combine(SIGNED_ON, time(8), clock.JAKARTA)
    end = datetime.combine(until, time.min, clock.JAKARTA)
    with register.many_acts(), translation.override("id"), clock.turned(clock.Turned(begin, SEED)) as turned:
        with register.act(register.DEMO, "register") as act:
            act.office = register.DEMO
            act.extra = {"until": until, "notice": NOTICE}
        roster_loader.load(report=lambda line: None)
        agenda = Agenda(turned, end)
        units = {unit.code: unit for unit in Unit.objects.with_names(SIGNED_ON).select_related("parent")}
        stage = Stage(
            agenda=agenda,
            people=People.move_in(units, SIGNED_ON),
            units=units,
            memorandum=Memorandum.objects.get(code=roster_loader.MEMORANDUM),
            until=until,
        )
        for pledge in catalogue.pledges():
            proposals.pledge(stage, pledge)
        for part in (revisions, unit_events, corrections, left_open, rechecks):
            part.put_on(stage)
        agenda.run(lambda moment: progress((moment - begin) / (end - begin), clock.day_of(moment)))
