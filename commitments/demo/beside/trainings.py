"""Trainings of the demonstration: the one of 2017 is sourced, the later ones and who was there are invented."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from commitments.demo.story import Story
from commitments.models import Training
from opd import access
from opd.models import Unit

HELD_ON = (date(2019, 3, 6), date(2021, 9, 15), date(2024, 5, 22))
DAYS_ANNOUNCED_AHEAD = 20
DAYS_AFTER_THE_LAST = 14  # the next one is announced at the end of the demonstration
SHARE_PRESENT = 0.55
FACTS = {
    "place": "Balai Kota Semarang",
    "organiser": "Diskominfo",
    "source": "Direka untuk peragaan; tidak ada sumbernya.",
}


def schedule(story: Story) -> None:
    upcoming = story.until + timedelta(days=DAYS_AFTER_THE_LAST)
    for number, day in enumerate((*(day for day in HELD_ON if day < story.until), upcoming), 5):
        announced = min(day - timedelta(days=DAYS_ANNOUNCED_AHEAD), story.before_the_end(6))
        if announced > story.today:
            story.calendar.on(announced, partial(_announce, story, day, number), story.rng(f"training/{number}"))


def _announce(story: Story, day: date, number: int) -> None:
    title = f"Bimtek ke-{number} (contoh): dari janji ke bukti"
    row = Training.enter(by=story.people[access.KEEPER], held_on=day, title=title, **FACTS)
    rng = story.rng(f"training/{number}/present")

    def attend() -> None:
        row.refresh_from_db()
        standing = [unit for unit in Unit.objects.standing_on(day).order_by("code") if rng.random() < SHARE_PRESENT]
        row.attend(by=story.people[access.KEEPER], seen=row.fingerprint(), units=standing)

    story.calendar.on(day + timedelta(days=1), attend, rng)
