"""Which targets are changed under way? Asked for by heads, decided by others, a few still waiting."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from commitments.demo.catalogue import rows
from commitments.demo.story import Story, TargetStory
from commitments.models import RevisedField, TargetRevision

REFUSED = "Banyaknya pemohon tidak mengubah lamanya satu permohonan; target semula tetap."
DECIDED_AFTER = 13  # days


def put_on(stage: Story) -> None:
    for row in rows("revisions.csv"):
        _ask(stage, row)


def _ask(stage: Story, row: dict[str, str]) -> None:
    """`when` is a day, or minus so many days before the end; without a verdict it still waits."""
    relative = row["when"].startswith("-")
    day = stage.before_the_end(-int(row["when"])) if relative else date.fromisoformat(row["when"])

    def ask() -> None:
        if promise := stage.live(row["target"]):
            revision = promise.target.revise(
                by=stage.head(promise.plan.unit),
                seen=promise.target.fingerprint(),
                field=row["field"],
                new=_new(stage, row),
                reason=row["reason"],
                document=row["document"],
            )
            if row["verdict"]:
                stage.agenda.on(day + timedelta(days=DECIDED_AFTER), lambda: decide(promise, revision))

    def decide(promise: TargetStory, revision: TargetRevision) -> None:
        approver, seen = stage.approver(promise.plan.unit), revision.fingerprint()
        if row["verdict"] == "approve":
            revision.approve(by=approver, seen=seen)
        else:
            revision.refuse(by=approver, seen=seen, reason=REFUSED)

    stage.agenda.on(day, ask)


def _new(stage: Story, row: dict[str, str]) -> Decimal | date:
    if row["field"] != RevisedField.DUE:
        return Decimal(row["new"])
    return date.fromisoformat(row["new"]) if row["new"] else date(stage.until.year + 2, 6, 30)
