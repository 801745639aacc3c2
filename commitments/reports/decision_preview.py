"""Preview of a decision: what the public will see after each choice, computed by the ladder itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from commitments.ladder import COMMITMENT_WITHDRAWN, Assumption, Rung, kept
from commitments.ladder.rows import TargetOnLadder, UnitOnLadder
from commitments.ladder.statements import only_targets
from commitments.models import Commitment, Measurement, MeasurementState, ServiceTarget, TargetRevision, Verdict
from commitments.models.querysets import units_with_rung
from opd.models import Unit

Choice = tuple[str, str]  # its label, and the decision that the ladder assumes


@dataclass(frozen=True)
class ChoicePreview:
    """A choice, with its targets that are on the ladder and their unit as everyone would see them after it."""

    label: str
    targets: tuple[TargetOnLadder, ...]
    unit: UnitOnLadder

    @property
    def unmet(self) -> int:
        """How many of the targets would keep the unit from Tercapai if they were withdrawn."""
        return sum(target.rung < Rung.ACHIEVED for target in self.targets)


def of_measurement(row: Measurement, unit: Unit, day: date) -> tuple[ChoicePreview, ...]:
    """Now, and after each verdict that this submission can still get; returned and rejected look the same."""
    choices: tuple[Choice, ...] = ()
    if row.state == MeasurementState.SUBMITTED:
        choices = (("Diverifikasi", Verdict.VERIFIED), ("Dikembalikan atau ditolak", Verdict.RETURNED))
        choices = choices[1:] if row.target.why_impossible(row.value) else choices
    elif row.state == MeasurementState.VERIFIED:
        choices = (("Verifikasi dicabut", Verdict.REVOKED),)
    return _previews(choices, row.pk, [row.target_id], unit, day)


def of_revision(row: TargetRevision, unit: Unit, day: date) -> tuple[ChoicePreview, ...]:
    """Now, and after approval; after a refusal everything stays as it is now."""
    choices = (("Disetujui", "approved"),) if row.is_waiting else ()
    return _previews(choices, row.pk, [row.target_id], unit, day)


def of_target(row: ServiceTarget, unit: Unit, day: date) -> tuple[ChoicePreview, ...]:
    choices: tuple[Choice, ...] = ()
    if row.is_waiting:
        choices = (("Diumumkan", "published"),)
    elif row.is_live:
        choices = (("Ditarik", "withdrawn"),)
    return _previews(choices, row.pk, [row.pk], unit, day)


def of_commitment(row: Commitment, unit: Unit, day: date) -> tuple[ChoicePreview, ...]:
    """Now, and after withdrawal. Published with its targets, a unit stands at the first rung at least."""
    choices = (("Ditarik", COMMITMENT_WITHDRAWN),) if row.is_live else ()
    return _previews(choices, row.pk, row.targets.values_list("pk", flat=True), unit, day)


def _previews(
    choices: tuple[Choice, ...], pk: int, targets: Collection[int], unit: Unit, day: date
) -> tuple[ChoicePreview, ...]:
    """The situation now and after each choice; two queries for each. Nothing when there is no choice."""
    if not choices:
        return ()
    assumed = [(label, Assumption(decision, pk)) for label, decision in choices]
    return tuple(_preview(label, targets, unit, day, assuming) for label, assuming in [("Sekarang", None), *assumed])


def _preview(
    label: str, targets: Collection[int], unit: Unit, day: date, assuming: Assumption | None
) -> ChoicePreview:
    rows = ServiceTarget.objects.with_rung(day, narrowed=only_targets(targets), assuming=assuming)
    units = units_with_rung(
        Unit.objects.filter(pk=unit.pk), day, narrowed=kept.only_units([unit.pk]), assuming=assuming
    )
    return ChoicePreview(label, tuple(rows), units.get())
