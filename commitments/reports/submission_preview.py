"""Preview of a submission: the rung if its value were verified, and doubts that its sender should check."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from commitments.ladder import SupposedMeasurement
from commitments.ladder.statements import only_targets
from commitments.models import Evidence, EvidenceKind, Measurement, ServiceTarget
from commitments.models.target import Direction
from commitments.numbers import as_typed
from opd import clock

JUMP_OF_LAST_VALUE = Decimal("0.5")  # share of the last value; a larger change is a doubt


@dataclass(frozen=True)
class ClaimedValue:
    """The value to be submitted and its evidence, as far as the form is filled in."""

    value: Decimal
    period_start: date | None = None
    period_end: date | None = None
    kinds: Collection[str] | None = None  # of the evidence; None while none has been chosen
    digests: Collection[str] = ()  # SHA-256 of the files
    taken_on: Collection[date] = ()  # days of the photos

    @property
    def is_proven(self) -> bool:
        return self.kinds is None or EvidenceKind.RESULT in self.kinds


@dataclass(frozen=True)
class SubmissionPreview:
    """The target with its ladder of today, the rung after verification, and the doubts for the sender."""

    target: Any
    claim: ClaimedValue
    rung: int  # if the value were verified
    same_files: list[Evidence] = field(default_factory=list)

    @property
    def last(self) -> Decimal:
        """The value to compare with: the latest that counts or waits, else the baseline."""
        known = self.target.value_claimed
        return Decimal(self.target.baseline_now if known is None else known)

    @property
    def is_first(self) -> bool:
        return self.target.value_claimed is None

    @property
    def oldest_photo(self) -> date | None:
        return min(self.claim.taken_on, default=None)

    @property
    def doubts(self) -> list[str]:
        """Names of the doubts; the words are in the templates."""
        claim, change = self.claim, self.claim.value - self.last
        worse = change > 0 if self.target.direction == Direction.LOWER else change < 0
        start = claim.period_start
        found = {
            "worse": worse,
            "jump": abs(change) > JUMP_OF_LAST_VALUE * abs(self.last) > 0,
            "unproven": not claim.is_proven,
            "same_file": bool(self.same_files),
            "old_photo": start is not None and self.oldest_photo is not None and self.oldest_photo < start,
        }
        return [name for name, holds in found.items() if holds]

    @property
    def summary(self) -> str:
        """The value and each doubt with what it rests on, in one line: the form keeps what its sender saw."""
        last = as_typed(self.last)
        files = [f"{item.measurement.target.reference}/{item.measurement.period_end}" for item in self.same_files]
        rests_on = {"worse": last, "jump": last, "same_file": ",".join(files), "old_photo": self.oldest_photo}
        return " ".join([as_typed(self.claim.value), *(f"{name}:{rests_on.get(name, '')}" for name in self.doubts)])

    def is_covered_by(self, summary: str) -> bool:
        """Whether a sender who saw this `summary` has seen the present value and each doubt as it is now."""
        return set(self.summary.split()) <= set(summary.split())


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
    return SubmissionPreview(now, claim, rung, list(_same_files(target, claim, base)))


def on_ladder(target: ServiceTarget, day: date, assuming: SupposedMeasurement | None = None) -> Any:
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
