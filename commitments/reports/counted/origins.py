"""How many of the verified numbers of a day were computed from case files, and not typed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q

from commitments.ladder.rows import TargetOnLadder
from commitments.models import Decision, Measurement, Origin, Verdict
from opd import clock
from opd.models import Unit


class OriginCounts(NamedTuple):
    """`computed` of `verified` numbers."""

    computed: int
    verified: int


def tell_origins(targets: Iterable[TargetOnLadder]) -> None:
    """Sets `origin_now` of targets on the ladder: where the value that counts comes from. One query."""
    targets = list(targets)
    latest = [target.latest_id for target in targets if target.latest_id]
    origins = dict(Measurement.objects.filter(pk__in=latest).values_list("pk", "origin"))
    for target in targets:
        target.__dict__["origin_now"] = origins.get(target.latest_id or 0)


def origin_counts(day: date, unit: Unit | None = None) -> OriginCounts:
    """One query; of a unit what it owes on that day."""
    known = Decision.objects.filter(at__lt=clock.end_of(day))
    revoked = known.filter(verdict=Verdict.REVOKED).values("measurement_id")
    verified = known.filter(verdict=Verdict.VERIFIED).exclude(measurement__in=revoked)
    if unit:
        verified = verified.filter(measurement__in=Measurement.objects.owed_by(unit, day))
    is_computed = Q(measurement__origin=Origin.COMPUTED)
    found = verified.aggregate(verified=Count("pk"), computed=Count("pk", filter=is_computed))
    return OriginCounts(found["computed"], found["verified"])
