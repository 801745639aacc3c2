"""What does the Inspektorat look at again in the demonstration? A sample each half-year, the last one under way."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from commitments.demo.people import SECOND_INSPECTOR
from commitments.demo.story import Event, Story
from commitments.models import Recheck, RecheckItem
from opd import access

FIRST_RECHECK_ON = date(2019, 7, 3)
EVERY, SIZE, LATER = timedelta(days=182), 6, 9  # days until the first finding of a sample is written down
FINDINGS = {
    "sesuai": "Sumbernya dibuka lagi bersama petugas unit; angkanya sama.",
    "berbeda": "Dihitung ulang dari data mentah, angkanya lain; sekretariat diberi tahu.",
    "tak-terlacak": "Data mentah periode itu sudah tidak disimpan, jadi tidak dapat dihitung ulang.",
}


def put_on(stage: Story) -> None:
    day = FIRST_RECHECK_ON
    while day < stage.until:
        stage.agenda.on(day, _draw(stage, day), stage.dice(f"recheck/{day}"))
        day += EVERY


def _draw(stage: Story, day: date) -> Event:
    """Of the values verified since the draw before this one."""

    def draw() -> None:
        row = Recheck.draw(by=stage.people[access.INSPECTOR], size=SIZE, since=day - EVERY)
        for item in row.items.order_by("rank"):
            dice = stage.dice(f"recheck/{row.number}/{item.rank}")
            later = stage.today + timedelta(days=LATER + 3 * item.rank)
            stage.agenda.on(later, partial(_record, stage, item, dice), dice)

    return draw


def _record(stage: Story, item: RecheckItem, dice: Random) -> None:
    """By the inspector who did not decide about it."""
    outcome = dice.choices(list(FINDINGS), weights=(80, 12, 8))[0]
    value = item.measurement.value
    other = value + (abs(value) / 10).quantize(Decimal("0.1")) + 1 if outcome == "berbeda" else None
    item.record(
        by=stage.people[SECOND_INSPECTOR],
        seen=item.fingerprint(),
        outcome=outcome,
        finding=FINDINGS[outcome],
        found_value=other,
    )
