"""What will the public see after each choice? Asked of the ladder itself, before anybody decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from commitments.ladder import Assumption
from commitments.models import Measurement, ServiceTarget, TargetRevision, Verdict
from commitments.querysets import units_with_rung
from opd.models import Unit

Choice = tuple[str, str]  # what a person calls it, and the decision that the ladder assumes


@dataclass(frozen=True)
class Outcome:
    """A choice, and the target and its unit as anyone would read them after it; `target` is None off the ladder."""

    label: str
    target: Any
    unit: Any


def of_measurement(row: Measurement, unit: Unit, day: date) -> tuple[Outcome, ...]:
    """Now, and after each verdict that this submission may still get; returned and rejected read the same."""
    choices: tuple[Choice, ...] = ()
    if row.state == "submitted":
        choices = (("Diverifikasi", Verdict.VERIFIED), ("Dikembalikan atau ditolak", Verdict.RETURNED))
    elif row.state == Verdict.VERIFIED:
        choices = (("Verifikasi dicabut", Verdict.REVOKED),)
    return _outcomes(choices, row.pk, row.target_id, unit, day)


def of_revision(row: TargetRevision, unit: Unit, day: date) -> tuple[Outcome, ...]:
    """Refused, everything stays as it is now."""
    choices = (("Disetujui", "approved"),) if row.is_waiting else ()
    return _outcomes(choices, row.pk, row.target_id, unit, day)


def of_target(row: ServiceTarget, unit: Unit, day: date) -> tuple[Outcome, ...]:
    choices = (("Diumumkan", "published"),) if row.is_waiting else ()
    return _outcomes(choices, row.pk, row.pk, unit, day)


def _outcomes(choices: tuple[Choice, ...], pk: int, target: int, unit: Unit, day: date) -> tuple[Outcome, ...]:
    """Two queries for each, and for how it is now."""
    if not choices:
        return ()
    assumed = [(label, Assumption(decision, pk)) for label, decision in choices]
    return tuple(_outcome(label, target, unit, day, assuming) for label, assuming in [("Sekarang", None), *assumed])


def _outcome(label: str, target: int, unit: Unit, day: date, assuming: Assumption | None) -> Outcome:
    targets = ServiceTarget.objects.filter(pk=target).with_rung(day, assuming=assuming)
    units = units_with_rung(Unit.objects.filter(pk=unit.pk), day, assuming=assuming)
    return Outcome(label, targets.first(), units.first())
