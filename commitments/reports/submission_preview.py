"""What would the public see if this value were verified, and what should its sender look at again?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from commitments.ladder import SupposedMeasurement, among
from commitments.models import Evidence, EvidenceKind, Measurement, ServiceTarget
from commitments.models.target import Direction
from commitments.numbers import written
from opd import clock

JUMP_OF_LAST_VALUE = Decimal("0.5")  # a change of more than this share of the last value is asked about


@dataclass(frozen=True)
class ClaimedValue:
    """What is about to be said, as far as it is known: `kinds` is None while no evidence has been chosen."""

    value: Decimal
    period_start: date | None = None
    period_end: date | None = None
    kinds: Collection[str] | None = None
    digests: Collection[str] = ()
    taken_on: Collection[date] = ()

    @property
    def is_proven(self) -> bool:
        return self.kinds is None or EvidenceKind.RESULT in self.kinds


@dataclass(frozen=True)
class SubmissionPreview:
    """The target as it stands today, the rung it would be on, and the doubts to tell the sender."""

    target: Any
    claim: ClaimedValue
    rung: int
    same_files: list[Evidence] = field(default_factory=list)

    @property
    def last(self) -> Decimal:
        """What the value is compared with: the latest that counts or waits, else the baseline."""
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
        """The names of what to look at again; templates have the words."""
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
    def told(self) -> str:
        """The value and each doubt with what it rests on, in one line: what whoever sends it has been shown."""
        last = written(self.last)
        files = [f"{item.measurement.target.reference}/{item.measurement.period_end}" for item in self.same_files]
        rests_on = {"worse": last, "jump": last, "same_file": ",".join(files), "old_photo": self.oldest_photo}
        return " ".join([written(self.claim.value), *(f"{name}:{rests_on.get(name, '')}" for name in self.doubts)])

    def was_told(self, shown: str) -> bool:
        """Whether somebody who was shown `shown` (a `told`) has seen this value and every doubt as it is now."""
        return set(self.told.split()) <= set(shown.split())


def foresee(target: ServiceTarget, claim: ClaimedValue, *, base: Measurement | None = None) -> SubmissionPreview:
    """For a live target; `base` is the version to be corrected or the draft to be replaced. Nothing is written."""
    today = clock.today()
    now = as_it_stands(target, today)
    rung = now.rung
    if claim.is_proven:
        rung = as_it_stands(
            target,
            today,
            assuming=SupposedMeasurement(target.pk, claim.value, claim.period_end or today, *_place_after(base)),
        ).rung
    return SubmissionPreview(now, claim, rung, list(_same_files(target, claim, base)))


def as_it_stands(target: ServiceTarget, day: date, assuming: SupposedMeasurement | None = None) -> Any:
    """A live target on the ladder of a day, of which no other is worked out."""
    rows = ServiceTarget.objects.filter(pk=target.pk).select_related("commitment")
    return rows.with_rung(day, narrowed=among([target.pk]), assuming=assuming).get()


def _place_after(base: Measurement | None) -> tuple[UUID, int] | tuple[()]:
    """Chain and version of what would follow `base`."""
    if base is None:
        return ()
    return base.chain, base.version + (base.submitted_at is not None)


def _same_files(target: ServiceTarget, claim: ClaimedValue, base: Measurement | None) -> QuerySet[Evidence]:
    """Where the same bytes have served before: what anybody sent, or what this unit keeps as drafts."""
    same = Q(sha256__in=claim.digests) | Q(original_sha256__in=claim.digests)
    known = Q(measurement__submitted_at__isnull=False) | Q(measurement__target=target)
    files = Evidence.objects.filter(same, known, redacted_at=None).exclude(media_type="")
    if base:
        files = files.exclude(measurement__chain=base.chain)
    return files.select_related("measurement__target__commitment").order_by("-pk")[:3]
