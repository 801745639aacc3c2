"""Rechecks of the demonstration: the Inspektorat draws a sample each half-year; the last one is still open."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from commitments.demo.people import SECOND_INSPECTOR
from commitments.demo.story import Event, Story
from commitments.models import Recheck, RecheckItem, ServiceTarget
from opd import access

FIRST_RECHECK_ON = date(2019, 7, 3)
RECHECK_INTERVAL = timedelta(days=182)
SAMPLE_SIZE = 6
FINDING_DAYS = 9  # days until the first finding of a sample is recorded
SHARE_THAT_STANDS = 0.4
STANDS_AFTER_DAYS = 26
STANDS = "Dokumen sumbernya ditemukan kemudian dan cocok dengan angka yang diverifikasi."
FINDINGS = {
    "sesuai": "Sumbernya dibuka lagi bersama petugas unit; angkanya sama.",
    "berbeda": "Dihitung ulang dari data mentah, angkanya lain; sekretariat diberi tahu.",
    "tak-terlacak": "Data mentah periode itu sudah tidak disimpan, jadi tidak dapat dihitung ulang.",
}


def schedule(story: Story) -> None:
    day = FIRST_RECHECK_ON
    while day < story.until:
        story.calendar.on(day, _draw(story, day), story.rng(f"recheck/{day}"))
        day += RECHECK_INTERVAL


def _draw(story: Story, day: date) -> Event:
    """Draw a sample of the values verified since the last one, and schedule its findings."""

    def draw() -> None:
        row = Recheck.draw(by=story.people[access.INSPECTOR], size=SAMPLE_SIZE, since=day - RECHECK_INTERVAL)
        for item in row.items.order_by("rank"):
            rng = story.rng(f"recheck/{row.number}/{item.rank}")
            later = story.today + timedelta(days=FINDING_DAYS + 3 * item.rank)
            story.calendar.on(later, partial(_record, story, item, rng), rng)

    return draw


def _record(story: Story, item: RecheckItem, rng: Random) -> None:
    """Record a finding, by an inspector who did not decide about the value."""
    outcome = rng.choices(list(FINDINGS), weights=(80, 12, 8))[0]
    other = differing_value(item.measurement.target, item.measurement.value) if outcome == "berbeda" else None
    item.record(
        by=story.people[SECOND_INSPECTOR],
        seen=item.fingerprint(),
        outcome=outcome,
        finding=FINDINGS[outcome],
        found_value=other,
    )
    if item.is_objecting and rng.random() < SHARE_THAT_STANDS:
        story.calendar.on(story.today + timedelta(days=STANDS_AFTER_DAYS), partial(_let_stand, story, item), rng)


def _let_stand(story: Story, item: RecheckItem) -> None:
    """The inspector who drew the sample looks again, and the number stands, unless it was revoked meanwhile."""
    item.refresh_from_db()
    inspector = story.people[access.INSPECTOR]
    may = access.allows(item.require_other_inspector, inspector)  # for Setda this inspector decided the number too
    if may and item.is_objecting and item.measurement.state == "verified":
        item.let_stand(by=inspector, seen=item.fingerprint(), reason=STANDS)


def differing_value(target: ServiceTarget, value: Decimal) -> Decimal:
    """A value that differs by some more than a tenth, and is possible: 99 per cent is followed by less, not more."""
    step = (abs(value) / 10).quantize(Decimal("0.1")) + 1
    return value - step if target.why_impossible(value + step) else value + step
