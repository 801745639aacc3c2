"""What will the public see after each verdict? Asked of the ladder itself, before anybody decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from commitments.ladder import Assumption
from commitments.models import Measurement, ServiceTarget, Verdict
from commitments.querysets import units_with_rung
from opd.models import Unit


@dataclass(frozen=True)
class Outcome:
    """A choice, the target and its unit as anyone would read them after it; `target` is None off the ladder."""

    label: str
    target: Any
    unit: Any

    @classmethod
    def of(cls, label: str, row: Measurement, unit: Unit, day: date, verdict: str | None) -> Outcome:
        """Two queries."""
        assuming = Assumption(row.pk, verdict) if verdict else None
        targets = ServiceTarget.objects.filter(pk=row.target_id).with_rung(day, assuming=assuming)
        units = units_with_rung(Unit.objects.filter(pk=unit.pk), day, assuming=assuming)
        return cls(label, targets.first(), units.first())


def outcomes(row: Measurement, unit: Unit, day: date) -> tuple[Outcome, ...]:
    """Now, and after each verdict that this submission may still get; returned and rejected read the same."""
    verdicts: tuple[tuple[str, str], ...] = ()
    if row.state == "submitted":
        verdicts = (("Diverifikasi", Verdict.VERIFIED), ("Dikembalikan atau ditolak", Verdict.RETURNED))
    elif row.state == Verdict.VERIFIED:
        verdicts = (("Verifikasi dicabut", Verdict.REVOKED),)
    if not verdicts:
        return ()
    now = Outcome.of("Sekarang", row, unit, day, None)
    return (now, *(Outcome.of(label, row, unit, day, verdict) for label, verdict in verdicts))
