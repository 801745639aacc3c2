"""What is taken back? Values corrected twice, verifications revoked, personal data destroyed."""

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


def put_on(stage: Story) -> None:
    for reference, day in CORRECTED_TWICE:
        stage.agenda.on(day, _correct_twice(stage, reference))
    for reference, day in REVOKED:
        stage.agenda.on(day, _revoke(stage, reference))
    reference, day = FILE_DESTROYED
    stage.agenda.on(day, _destroy_file(stage, reference))
    reference, day = NOTE_DESTROYED
    stage.agenda.on(day, _destroy_note(stage, reference))


def _correct_twice(stage: Story, reference: str) -> Event:
    """A verified value turns out too good, and so does its correction."""

    def once() -> None:
        if (promise := stage.live(reference)) and promise.verified:
            first = promise.verified[-1]
            reporting.correct(stage, promise, first, worse=True)
            stage.later(40, lambda: twice(promise, first.chain))

    def twice(promise: TargetStory, chain: UUID) -> None:
        newest = Measurement.objects.filter(chain=chain).order_by("-version")[0]
        reporting.correct(stage, promise, newest, worse=True)

    return once


def _revoke(stage: Story, reference: str) -> Event:
    def revoke() -> None:
        if (promise := stage.live(reference)) and promise.verified:
            wrong = promise.verified.pop()
            approver = stage.approver(promise.plan.unit)
            wrong.revoke(by=approver, seen=wrong.fingerprint(), note=sample_texts.REVOKED_REASON)
            stage.later(9, lambda: reporting.correct(stage, promise, wrong, worse=True))

    return revoke


def _destroy_file(stage: Story, reference: str) -> Event:
    """A file with somebody's name in it was shown; it is destroyed, its digest stays."""

    def send() -> None:
        if promise := stage.live(reference):
            row = reporting.send_month(stage, promise, with_file=True)
            stage.later(3, lambda: reporting.verify(stage, promise, row))
            stage.later(10, lambda: redact(promise, row))

    def redact(promise: TargetStory, row: Measurement) -> None:
        item = Evidence.objects.exclude(media_type="").get(measurement=row)
        item.redact(by=stage.approver(promise.plan.unit), seen=item.fingerprint(), reason=sample_texts.REDACTED)

    return send


def _destroy_note(stage: Story, reference: str) -> Event:
    def send() -> None:
        if promise := stage.live(reference):
            row = reporting.send_month(stage, promise, note=sample_texts.PRIVATE_NOTE)
            stage.later(3, lambda: reporting.verify(stage, promise, row))
            stage.later(6, lambda: redact(promise, row))

    def redact(promise: TargetStory, row: Measurement) -> None:
        approver = stage.approver(promise.plan.unit)
        row.redact_note(by=approver, seen=row.fingerprint(), reason=sample_texts.REDACTED_NOTE)

    return send
