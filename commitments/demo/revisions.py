"""Revisions of targets in the demonstration: proposed by heads, decided by approvers, a few still waiting."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from commitments.demo.catalogue import rows
from commitments.demo.story import Story, TargetStory
from commitments.models import RevisedField, TargetRevision

REFUSAL_REASON = "Banyaknya pemohon tidak mengubah lamanya satu permohonan; target semula tetap."
DECIDED_AFTER = 13  # days


def schedule(story: Story) -> None:
    for row in rows("revisions.csv"):
        _schedule_revision(story, row)


def _schedule_revision(story: Story, row: dict[str, str]) -> None:
    """Schedule a revision. `when` is a day, or -N for N days before the end; without a verdict it still waits."""
    relative = row["when"].startswith("-")
    day = story.before_the_end(-int(row["when"])) if relative else date.fromisoformat(row["when"])

    def propose() -> None:
        if target_story := story.live(row["target"]):
            revision = target_story.target.revise(
                by=story.head(target_story.planned.unit),
                seen=target_story.target.fingerprint(),
                field=row["field"],
                new=_new(story, row),
                reason=row["reason"],
                document=row["document"],
            )
            if row["verdict"]:
                story.calendar.on(day + timedelta(days=DECIDED_AFTER), lambda: decide(target_story, revision))

    def decide(target_story: TargetStory, revision: TargetRevision) -> None:
        approver, seen = story.approver(target_story.planned.unit), revision.fingerprint()
        if row["verdict"] == "approve":
            revision.approve(by=approver, seen=seen)
        else:
            revision.refuse(by=approver, seen=seen, reason=REFUSAL_REASON)

    story.calendar.on(day, propose)


def _new(story: Story, row: dict[str, str]) -> Decimal | date:
    if row["field"] != RevisedField.DUE:
        return Decimal(row["new"])
    return date.fromisoformat(row["new"]) if row["new"] else date(story.until.year + 2, 6, 30)
