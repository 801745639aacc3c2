"""Types of rows that carry columns of the ladder: what `with_rung` and its like annotate, by name. For mypy only."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from commitments.models import Commitment, Measurement, ServiceTarget, TargetRevision
    from opd.models import Unit


class FlagColumns(TypedDict):
    """Each flag of `ladder.Flag`: 1 when it holds, else 0."""

    silent: int
    overdue: int
    moved: int
    met_late: int
    softened: int
    worse: int
    claimed_higher: int


class TargetColumns(FlagColumns):
    """`ladder.TARGET_COLUMNS` of a live target; with `live_only=False` each is None where a target is not live."""

    rung: int
    rung_claimed: int
    value: Decimal | None
    value_claimed: Decimal | None
    period_end: date | None
    latest_id: int | None
    run_start: date | None
    progress: Decimal | None
    baseline_now: Decimal
    target_now: Decimal
    min_change_now: Decimal
    due_on: date
    slip_days: int
    met_on: date | None
    clock_days: int
    silent_limit: int
    waiting: int
    waiting_would_meet: int


class OwnerColumns(TypedDict):
    """What `with_unit` annotates: who owes it on a day; both None before anybody did."""

    unit_id_then: int
    unit_code: str


class OwnedTargetColumns(TargetColumns, OwnerColumns):
    """Both."""


class UnitColumns(FlagColumns):
    """`ladder.UNIT_COLUMNS`."""

    rung: int
    rung_claimed: int
    past_ceremony: int
    past_ceremony_claimed: int
    live_targets: int
    improving_targets: int
    least_progress: Decimal | None
    slip_days: int | None
    quiet_days: int | None
    best_target: int | None


class StateColumns(TypedDict):
    """What `with_decision` annotates: what became of a measurement by a day."""

    decided_at: datetime | None
    revoked_at: datetime | None
    state_then: str


class CountedColumns(TypedDict):
    """`ladder.MEASUREMENT_COLUMNS`: 1 where the ladder counts it."""

    counted: int | None


if TYPE_CHECKING:
    TargetOnLadder = WithAnnotations[ServiceTarget, OwnedTargetColumns]
    UnitOnLadder = WithAnnotations[Unit, UnitColumns]
    MeasurementOnDay = WithAnnotations[Measurement, StateColumns]
    CountedMeasurement = WithAnnotations[Measurement, CountedColumns]
    OwnedRevision = WithAnnotations[TargetRevision, OwnerColumns]
    OwnedCommitment = WithAnnotations[Commitment, OwnerColumns]
else:  # nothing at run time reads these
    TargetOnLadder = UnitOnLadder = MeasurementOnDay = CountedMeasurement = OwnedRevision = OwnedCommitment = Any
