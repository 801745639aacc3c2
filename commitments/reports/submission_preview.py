"""Preview of a submission: the rung if its value were verified, and doubts that its sender should check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from commitments.formats import short_date
from commitments.ladder import SupposedMeasurement
from commitments.ladder.rows import TargetOnLadder
from commitments.ladder.statements import only_targets
from commitments.models import Evidence, Measurement, ServiceTarget
from commitments.numbers import as_typed
from commitments.reports.doubts import ClaimedValue, Doubt, doubts_about
from opd import clock


@dataclass(frozen=True)
class SubmissionPreview:
    """The target with its ladder of today, the rung after verification, and the doubts for the sender."""

    target: TargetOnLadder
    claim: ClaimedValue
    rung: int  # if the value were verified
    doubts: tuple[Doubt, ...] = ()

    @property
    def typed(self) -> str:
        """Its value as one would type it."""
        return as_typed(self.claim.value)

    @property
    def summary(self) -> str:
        """The value and each doubt with what it rests on, in one line: the form keeps what its sender saw."""
        return " ".join([self.typed, *(doubt.mark for doubt in self.doubts)])

    def is_covered_by(self, summary: str) -> bool:
        """Whether a sender who saw this `summary` has seen the present value and each doubt as it is now.

        But for what was left empty as the form allows: a report is three taps and the number.
        """
        to_read = {self.typed, *(doubt.mark for doubt in self.doubts if not doubt.is_omission)}
        return to_read <= set(summary.split())


def preview(target: ServiceTarget, claim: ClaimedValue, *, base: Measurement | None = None) -> SubmissionPreview:
    """The preview for a live target; base: the version to correct, or the draft to replace. Nothing is stored."""
    today = clock.today()
    now = on_ladder(target, today)
    rung = now.rung
    if claim.is_proven:
        rung = on_ladder(
            target,
            today,
            assuming=SupposedMeasurement(target.pk, claim.value, claim.period_end or today, *_next_version(base)),
        ).rung
    same = list(_same_files(target, claim, base))
    where = ", ".join(
        f"{item.measurement.target.reference} sampai {short_date(item.measurement.period_end)}" for item in same
    )
    period, chain = claim.period, base.chain if base else None
    found = doubts_about(
        claim,
        now,
        last=now.value_claimed,
        reused=len(same),
        overlapping=target.measurements.overlapping(period, but=chain) if period else [],
        where=where,
    )
    return SubmissionPreview(now, claim, rung, tuple(found))


def on_ladder(target: ServiceTarget, day: date, assuming: SupposedMeasurement | None = None) -> TargetOnLadder:
    """A live target with the columns of the ladder of a day; the ladder computes no other target."""
    rows = ServiceTarget.objects.filter(pk=target.pk).select_related("commitment")
    return rows.with_rung(day, narrowed=only_targets([target.pk]), assuming=assuming).get()


def _next_version(base: Measurement | None) -> tuple[UUID, int] | tuple[()]:
    """(chain, version) of the measurement that would follow `base`; empty without a base."""
    if base is None:
        return ()
    return base.chain, base.version + (base.submitted_at is not None)


def _same_files(target: ServiceTarget, claim: ClaimedValue, base: Measurement | None) -> QuerySet[Evidence]:
    """Evidence with the same bytes as the chosen files: of any submission, or of a draft for the same target."""
    same = Q(sha256__in=claim.digests) | Q(original_sha256__in=claim.digests)
    known = Q(measurement__submitted_at__isnull=False) | Q(measurement__target=target)
    files = Evidence.objects.filter(same, known, redacted_at=None).exclude(media_type="")
    if base:
        files = files.exclude(measurement__chain=base.chain)
    return files.select_related("measurement__target__commitment").order_by("-pk")[:3]
