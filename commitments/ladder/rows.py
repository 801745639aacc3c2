"""Types of rows that carry columns of the ladder: what `with_rung` and its like annotate, by name. For mypy only."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

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
    contested: int
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
    heard_on: date
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


class DueColumns(OwnedTargetColumns):
    """What the workspace asks beside: the last submission, and since when the oldest undecided one waits."""

    last_sent: int | None
    waiting_since: datetime | None


class UnansweredColumns(TypedDict):
    """What `unanswered` annotates: the last decision of the secretariat, and the version a correction starts from."""

    last_verdict: str
    last_decided_at: datetime
    newest: int


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
    heard_on: date | None
    waiting: int
    quiet_days: int | None


class AnsweredUnitColumns(UnitColumns):
    """The same, and the answer, which only signers have."""

    answer: str


class StateColumns(TypedDict):
    """What `with_decision` annotates: what became of a measurement by a day."""

    decided_at: datetime | None
    revoked_at: datetime | None
    own_unit: bool | None
    state_then: str


class CountedColumns(TypedDict):
    """`ladder.MEASUREMENT_COLUMNS`: 1 where the ladder counts it."""

    counted: int | None


class NamedUnitRow(Protocol):
    """A row of `values_list`: a unit with its names of a day."""

    pk: int
    code: str
    unit_kind: str
    name: str
    short_name: str


class ListedUnitRow(NamedUnitRow, Protocol):
    """The same with the columns of the ladder, for the list of units: `UNIT_ROW_COLUMNS`."""

    valid_until: date | None
    signed: bool
    rung: int
    rung_claimed: int
    live_targets: int
    improving_targets: int
    least_progress: Decimal | None
    slip_days: int | None
    heard_on: date | None
    waiting: int
    quiet_days: int | None
    past_ceremony: int
    past_ceremony_claimed: int
    answer: str
    silent: int
    contested: int


class ListedTargetRow(Protocol):
    """A row of `values_list`, for the list of commitments: `COMMITMENT_ROW_COLUMNS`.

    The columns of a target are None for a commitment without one, those of the ladder for a withdrawn one.
    """

    reference: str
    title: str
    dimension: str
    quick_win: bool
    withdrawn_at: datetime | None
    owner_id: int | None
    target_reference: str | None
    target_service: str | None
    target_family: str | None
    target_unit_of_measure: str | None
    target_statistic: str
    target_direction: str
    target_baseline_value: Decimal | None
    target_target_value: Decimal | None
    target_original_due_on: date | None
    target_withdrawn_at: datetime | None
    rung: int | None
    rung_claimed: int | None
    value: Decimal | None
    progress: Decimal | None
    baseline_now: Decimal | None
    target_now: Decimal
    due_on: date | None
    slip_days: int | None
    heard_on: date | None
    clock_days: int | None
    waiting: int | None


if TYPE_CHECKING:
    TargetOnLadder = WithAnnotations[ServiceTarget, OwnedTargetColumns]
    DueTargetRow = WithAnnotations[ServiceTarget, DueColumns]
    UnansweredMeasurement = WithAnnotations[Measurement, UnansweredColumns]
    UnitOnLadder = WithAnnotations[Unit, AnsweredUnitColumns]
    MeasurementOnDay = WithAnnotations[Measurement, StateColumns]
    CountedMeasurement = WithAnnotations[Measurement, CountedColumns]
    OwnedRevision = WithAnnotations[TargetRevision, OwnerColumns]
    OwnedMeasurement = WithAnnotations[Measurement, OwnerColumns]
    OwnedCommitment = WithAnnotations[Commitment, OwnerColumns]
else:  # nothing at run time reads these
    TargetOnLadder = UnitOnLadder = MeasurementOnDay = CountedMeasurement = Any
    DueTargetRow = UnansweredMeasurement = Any
    OwnedRevision = OwnedMeasurement = OwnedCommitment = Any
