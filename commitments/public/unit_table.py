"""The table of a unit or of one target: each target, with a row for each measurement submitted by a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext

from commitments.formats import rung_name
from commitments.ladder.rows import MeasurementOnDay, TargetOnLadder
from commitments.models import Measurement, MeasurementState, ServiceTarget
from opd import clock
from opd.models import Unit


def rows(targets: Any, day: date) -> Iterator[list[Any]]:
    """The headings, then the rows; a target without measurements has one row with empty cells. Two queries.

    `targets`: a query for them, with the columns of the ladder on this day.
    """
    yield [
        gettext("nomor target"),
        gettext("layanan"),
        gettext("satuan"),
        gettext("nilai awal"),
        gettext("target"),
        gettext("tenggat"),
        gettext("anak tangga"),
        gettext("awal periode"),
        gettext("akhir periode"),
        gettext("realisasi"),
        gettext("n"),
        gettext("keadaan"),
        gettext("dikirim"),
        gettext("asal angka"),
    ]
    sent = Measurement.objects.filter(target__in=targets.values("pk")).submitted_on(day).with_decision(day)
    measurements: dict[int, list[MeasurementOnDay]] = {}
    for row in sent.order_by("period_end", "submitted_at", "uuid"):
        measurements.setdefault(row.target_id, []).append(row)
    for target in targets.order_by("reference"):
        for cells in [_measurement_cells(row) for row in measurements.get(target.pk, ())] or [[None] * 7]:
            yield [*_target_cells(target), *cells]


def targets_of(unit: Unit, day: date) -> Any:
    """The targets that a unit owes on a day, withdrawn ones too."""
    return ServiceTarget.objects.owed_by(unit, day).published_on(day).with_rung(day, live_only=False)


def target_alone(reference: str, day: date) -> Any:
    """The target with this reference, where it was published by a day."""
    return ServiceTarget.objects.filter(reference=reference).published_on(day).with_rung(day, live_only=False)


def _target_cells(target: TargetOnLadder) -> list[Any]:
    """The cells about a target: its figures in force, or the original ones when it was withdrawn."""
    live = target.rung is not None
    return [
        target.reference,
        target.service,
        target.unit_of_measure,
        target.baseline_now if live else target.baseline_value,
        target.target_now if live else target.target_value,
        target.due_on if live else target.original_due_on,
        rung_name(target.rung) if live else gettext("ditarik"),
    ]


def _measurement_cells(row: MeasurementOnDay) -> list[Any]:
    """The cells about a measurement; the number of cases only after it was verified."""
    state = MeasurementState(row.state_then)
    return [
        row.period_start,
        row.period_end,
        row.value,
        row.n if state.was_verified else None,
        state.words(),
        clock.day_of(row.submitted_at) if row.submitted_at else None,
        str(row.get_origin_display()),
    ]
