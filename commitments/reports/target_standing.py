"""The standing of a target on a day: the figures that every page prints about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate

from django.db.models import Count

from commitments.formats import days
from commitments.ladder import PAST_CEREMONY, Flag, Rung
from commitments.ladder.rows import TargetOnLadder
from commitments.models import Direction, Evidence, EvidenceKind, Measurement, MeasurementState, ServiceTarget
from commitments.reports import target_chart


@dataclass(frozen=True)
class EvidenceTally:
    """The number of pieces of evidence of each kind, from ceremony to result; kinds without any are left out."""

    parts: tuple[tuple[EvidenceKind, int], ...] = ()

    @classmethod
    def of(cls, counts: dict[str, int]) -> EvidenceTally:
        return cls(tuple((kind, counts[kind]) for kind in EvidenceKind if counts.get(kind)))

    @property
    def total(self) -> int:
        return sum(number for _, number in self.parts)

    @property
    def spans(self) -> list[tuple[EvidenceKind, int, int]]:
        """(kind, start, length) of the parts of one bar."""
        starts = accumulate((number for _, number in self.parts), initial=0)
        return [(kind, start, number) for start, (kind, number) in zip(starts, self.parts, strict=False)]


@dataclass(frozen=True)
class TargetStanding:
    """A target with the columns of the ladder of `day`, its latest counted measurement and its evidence by then."""

    target: TargetOnLadder
    day: date
    latest: Measurement | None = None
    tally: EvidenceTally = field(default_factory=EvidenceTally)

    @property
    def is_live(self) -> bool:
        return self.target.rung is not None

    @property
    def rung(self) -> Rung:
        return Rung(self.target.rung)

    @property
    def rung_claimed(self) -> Rung:
        return Rung(self.target.rung_claimed)

    @property
    def gain(self) -> Decimal | None:
        """How much better the latest counted value is than the baseline; negative when worse."""
        value = self.target.value
        return None if value is None else self._towards(value - self.target.baseline_now)

    @property
    def loss(self) -> Decimal | None:
        """How much worse the latest counted value is than the baseline: the gain with the other sign."""
        return None if self.gain is None else -self.gain

    @property
    def gap(self) -> Decimal | None:
        """What the latest counted value lacks to the target; negative when the target is exceeded."""
        value = self.target.value
        return None if value is None else self._towards(self.target.target_now - value)

    @property
    def run_days(self) -> int | None:
        """Days for which counted measurements have met the target without a break; None when the last does not."""
        start, end = self.target.run_start, self.target.period_end
        return (end - start).days if start and end else None

    @property
    def overdue_days(self) -> int:
        """Days since the original due date, which is the one that the flag `overdue` uses."""
        return (self.day - self.target.original_due_on).days

    @property
    def slip_days(self) -> int:
        return self.target.slip_days

    @property
    def advance_days(self) -> int:
        return -self.slip_days

    @property
    def met_late_days(self) -> int:
        """Days from the original due date until it was met; 0 when it was not."""
        return ((self.target.met_on or self.target.original_due_on) - self.target.original_due_on).days

    @property
    def clock_days(self) -> int:
        """Days without news, as the ladder counts them."""
        return self.target.clock_days

    def figure_of(self, flag: Flag) -> str:
        """The figure beside a flag that holds; empty for a flag that has none."""
        figures: dict[Flag, Callable[[], str]] = {
            Flag.SILENT: lambda: days(self.clock_days),
            Flag.OVERDUE: lambda: days(self.overdue_days),
            Flag.MOVED: lambda: f"{'+' if self.slip_days > 0 else ''}{days(self.slip_days)}",
            Flag.MET_LATE: lambda: days(self.met_late_days),
            Flag.SOFTENED: str,
            Flag.WORSE: str,
            Flag.CONTESTED: str,
            Flag.CLAIMED_HIGHER: str,  # shown as a second rung
        }
        return figures[flag]()

    @property
    def is_silent(self) -> bool:
        return bool(self.target.silent)

    @property
    def is_overdue(self) -> bool:
        return bool(self.target.overdue)

    @property
    def silent_since(self) -> date:
        """For a silent target: the day on which it became silent."""
        return self.day - timedelta(days=self.clock_days - self.target.silent_limit - 1)

    @property
    def track(self) -> target_chart.ProgressTrack:
        """The progress from baseline to target, to draw; with a dot for the claimed value when that differs."""
        claimed = self.target.value_claimed
        if claimed is None or claimed == self.target.value:
            return target_chart.track(self.target.progress, None)
        span = self.target.target_now - self.target.baseline_now
        return target_chart.track(self.target.progress, (claimed - self.target.baseline_now) / span)

    def _towards(self, difference: Decimal) -> Decimal:
        return Direction(self.target.direction).sign * difference


def standings(targets: Iterable[TargetOnLadder], day: date, *, tallied: bool = True) -> list[TargetStanding]:
    """The standings of targets from `with_rung(day)`; two queries for any number of targets."""
    rows = list(targets)
    latest = Measurement.objects.in_bulk([row.latest_id for row in rows if row.latest_id])
    tallies = tallies_of(rows, day) if tallied else {}
    return [
        TargetStanding(row, day, latest.get(row.latest_id or 0), tallies.get(row.pk, EvidenceTally())) for row in rows
    ]


def best_first(targets: Iterable[TargetOnLadder]) -> list[TargetOnLadder]:
    """Those proven better than their baseline and not silent, the one that went furthest first."""
    proven = [target for target in targets if target.rung >= PAST_CEREMONY and not target.silent]
    return sorted(proven, key=lambda target: (-target.rung, -(target.progress or 0), target.reference))


def best_of(rows: Iterable[TargetStanding]) -> TargetStanding | None:
    """The best target of a unit; None when none is proven better, or only silent ones are."""
    by_key = {row.target.pk: row for row in rows}
    return next((by_key[target.pk] for target in best_first(row.target for row in by_key.values())), None)


def improving(rows: Iterable[TargetStanding]) -> int:
    """How many are proven better than their baseline."""
    return sum(row.rung.is_past_ceremony for row in rows)


def tallies_of(targets: Iterable[ServiceTarget], day: date) -> dict[int, EvidenceTally]:
    """Target (primary key) -> the evidence of its measurements that are verified at the end of a day."""
    verified = Measurement.objects.submitted_on(day).with_decision(day).filter(state_then=MeasurementState.VERIFIED)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for target, kind, number in (
        Evidence.objects.filter(measurement__target__in=targets, measurement__in=verified.values("pk"))
        .order_by()
        .values_list("measurement__target", "evidence_kind")
        .annotate(Count("pk"))
    ):
        counts[target][kind] = number
    return {target: EvidenceTally.of(found) for target, found in counts.items()}


def total_tally(rows: Iterable[TargetStanding]) -> EvidenceTally:
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        for kind, number in row.tally.parts:
            counts[kind] += number
    return EvidenceTally.of(counts)
