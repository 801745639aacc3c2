"""Corrections in the demonstration: values corrected twice, verifications revoked, personal data redacted."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from commitments.demo import reporting, sample_texts
from commitments.demo.story import Event, Story, TargetStory
from commitments.models import Evidence, Measurement

CORRECTED_TWICE = (("ARPUS-01-1", date(2021, 2, 10)), ("RSUD-WONGSONEGORO-01-1", date(2022, 6, 8)))
REVOKED = (("BAPENDA-01-1", date(2020, 10, 7)), ("DISDUKCAPIL-01-4", date(2023, 5, 10)))
FILE_DESTROYED = ("DINKES-01-1", date(2020, 12, 2))
NOTE_DESTROYED = ("DISNAKER-01-1", date(2022, 2, 9))


def schedule(story: Story) -> None:
    for reference, day in CORRECTED_TWICE:
        story.calendar.on(day, _correct_twice(story, reference))
    for reference, day in REVOKED:
        story.calendar.on(day, _revoke(story, reference))
    reference, day = FILE_DESTROYED
    story.calendar.on(day, _destroy_file(story, reference))
    reference, day = NOTE_DESTROYED
    story.calendar.on(day, _destroy_note(story, reference))


def _correct_twice(story: Story, reference: str) -> Event:
    """A verified value is too good and is corrected; then the correction is corrected too."""

    def correct() -> None:
        if (target_story := story.live(reference)) and target_story.verified:
            first = target_story.verified[-1]
            reporting.correct(story, target_story, first, worse=True)
            story.later(40, lambda: correct_again(target_story, first.chain))

    def correct_again(target_story: TargetStory, chain: UUID) -> None:
        newest = Measurement.objects.filter(chain=chain).order_by("-version")[0]
        reporting.correct(story, target_story, newest, worse=True)

    return correct


def _revoke(story: Story, reference: str) -> Event:
    def revoke() -> None:
        if (target_story := story.live(reference)) and target_story.verified:
            wrong = target_story.verified.pop()
            approver = story.approver(target_story.planned.unit)
            wrong.revoke(by=approver, seen=wrong.fingerprint(), note=sample_texts.REVOKED_REASON)
            story.later(9, lambda: reporting.correct(story, target_story, wrong, worse=True))

    return revoke


def _destroy_file(story: Story, reference: str) -> Event:
    """A public file contains a name; it is destroyed, and its SHA-256 stays."""

    def send() -> None:
        if target_story := story.live(reference):
            row = reporting.send_month(story, target_story, with_file=True)
            story.later(3, lambda: reporting.verify(story, target_story, row))
            story.later(10, lambda: redact(target_story, row))

    def redact(target_story: TargetStory, row: Measurement) -> None:
        item = Evidence.objects.exclude(media_type="").get(measurement=row)
        item.redact(
            by=story.approver(target_story.planned.unit), seen=item.fingerprint(), reason=sample_texts.REDACTED
        )

    return send


def _destroy_note(story: Story, reference: str) -> Event:
    def send() -> None:
        if target_story := story.live(reference):
            row = reporting.send_month(story, target_story, note=sample_texts.PRIVATE_NOTE)
            story.later(3, lambda: reporting.verify(story, target_story, row))
            story.later(6, lambda: redact(target_story, row))

    def redact(target_story: TargetStory, row: Measurement) -> None:
        approver = story.approver(target_story.planned.unit)
        row.redact_note(by=approver, seen=row.fingerprint(), reason=sample_texts.REDACTED_NOTE)

    return send
