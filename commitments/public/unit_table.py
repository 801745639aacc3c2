"""One unit as a table: every target it owes on a day, a row for each result that had been sent by then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext

from commitments.formats import rung_name
from commitments.models import Measurement, ServiceTarget, Verdict
from opd import clock
from opd.models import Unit


def rows(unit: Unit, day: date) -> Iterator[list[Any]]:
    """The headings, then the rows; a target without results has one, its last cells empty. Two queries."""
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
    ]
    targets = ServiceTarget.objects.owed_by(unit, day).published_on(day).with_rung(day, live_only=False)
    sent = Measurement.objects.filter(target__in=targets.values("pk")).submitted_on(day).with_decision(day)
    results: dict[int, list[Any]] = {}
    for row in sent.order_by("period_end", "submitted_at", "uuid"):
        results.setdefault(row.target_id, []).append(row)
    for target in targets.order_by("reference"):
        for result in results.get(target.pk, [None]):
            yield [*_promised(target), *(_sent(result) if result else [None] * 6)]


def _promised(target: Any) -> list[Any]:
    """A withdrawn target is on no rung; its original figures are what it promised."""
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


def _sent(result: Any) -> list[Any]:
    """The number of cases is shown once a verifier has seen the proof."""
    state = "revoked" if result.revoked_at else result.verdict or "submitted"
    return [
        result.period_start,
        result.period_end,
        result.value,
        result.n if state in ("verified", "revoked") else None,
        gettext("menunggu verifikasi") if state == "submitted" else Verdict(state).label,
        clock.day_of(result.submitted_at),
    ]
