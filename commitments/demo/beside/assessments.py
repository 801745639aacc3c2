"""Assessments by outsiders in the demonstration: the sourced ones, each on record soon after its source appeared."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from commitments import roster_loader
from commitments.demo.story import Story
from commitments.models import Assessment
from opd import access

DAYS_UNTIL_ENTERED = 3  # days after the source appeared


def schedule(story: Story) -> None:
    """What was published before the demonstration begins came with the roster."""
    for line, row in roster_loader.ASSESSMENTS_FILE.read(roster_loader.FIXTURES):
        if row["published_on"] > story.today:
            day = row["published_on"] + timedelta(days=DAYS_UNTIL_ENTERED)
            story.calendar.on(day, partial(_enter, story, row), story.rng(f"assessment/{line}"))


def _enter(story: Story, row: dict[str, Any]) -> None:
    unit = story.units[row["unit"]] if row["unit"] else None
    Assessment.enter(by=story.people[access.KEEPER], **row | {"unit": unit})
