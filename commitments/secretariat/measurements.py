"""Admin pages of submissions: the verifier reads a value beside its evidence, then verifies, returns or rejects
it."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.decorators import method_decorator

from commitments.ladder.rows import OwnedMeasurement
from commitments.models import Decision, Evidence, EvidenceKind, Measurement, MeasurementState, Verdict
from commitments.models.querysets import MeasurementQuerySet
from commitments.reports import decision_preview
from commitments.reports import target_page as targets
from commitments.reports.doubts import doubts, previous_measurement
from commitments.secretariat.evidence import evidence_on_screen
from commitments.secretariat.measurement_acts import RedactNoteForm, RejectForm, ReturnForm, RevokeForm, VerifyForm
from commitments.secretariat.work.mine import with_mark
from commitments.secretariat.work.queue import (
    WAITING_CHOICE,
    MineFilter,
    OwingUnitFilter,
    QueueFilter,
    SubmissionAgeFilter,
)
from opd import clock
from opd.roster.decision_view import DecisionView
from opd.roster.read_only import ReadOnlyAdmin, address, in_words

MAX_EARLIER_VALUES = 10  # other values of the target beside the one to decide


def _became(verdict: Verdict) -> Any:
    def narrowed(rows: MeasurementQuerySet) -> MeasurementQuerySet:
        return rows.verified() if verdict == Verdict.VERIFIED else rows.filter(decisions__verdict=verdict)

    return narrowed


class SubmissionQueue(QueueFilter):
    questions = (
        (WAITING_CHOICE, "menunggu verifikasi", lambda rows: rows.waiting()),
        *((verdict.value, str(verdict.label), _became(verdict)) for verdict in Verdict),
    )


# The browser's own viewer of a PDF, beside the number: chromium asks for both.
@method_decorator(csp_update({"object-src": "'self'", "frame-src": "'self'"}), name="dispatch")
class MeasurementView(DecisionView):
    template_name = "secretariat/measurement_decide.html"
    acts = (VerifyForm, ReturnForm, RejectForm, RevokeForm, RedactNoteForm)
    labels = {
        "decisions": "keputusan",
        "evidence": "bukti",
        "target": "target yang berlaku",
        "baseline_value": "nilai awal",
        "target_value": "target",
        "min_change": "perubahan terkecil",
        "due_on": "tenggat",
        **{field.name: str(field.verbose_name) for model in (Decision, Evidence) for field in model._meta.fields},
        **{str(value): str(label) for value, label in (*Verdict.choices, *EvidenceKind.choices)},
        "reason": "alasan",
    }

    def queue(self) -> QuerySet[Measurement]:
        return Measurement.objects.waiting().select_related("target__commitment")

    def depends_on(self) -> tuple[str, ...]:
        return (str(self.object.uuid), self.object.target.reference)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, today = self.object, clock.today()
        unit, page = row.target.unit, targets.target_page(row.target.reference, today)
        if page is None:  # nothing is sent before its target is published
            raise Http404
        target = page.standing.target
        shown_evidence = evidence_on_screen(row, row.evidence_items())
        versions = [version for version in page.versions if version.row.pk != row.pk]
        counted = [version.row for version in versions if version.counted]
        shared = sum(bool(shown.elsewhere) for shown in shown_evidence)
        context = super().get_context_data(
            title=f"{row.target.service}, {unit.short_name}",
            unit=unit,
            target=target,
            page=page,
            chart=page.chart,
            before=previous_measurement(row, counted),
            others=versions[:MAX_EARLIER_VALUES],
            doubts=doubts(row, target, [shown.item for shown in shown_evidence], counted, shared),
            outcomes=decision_preview.of_measurement(row, unit, today),
            decisions=row.decisions.select_related("by"),
            questions=row.questions_asked.all(),
            days_waiting=(today - clock.day_of(row.submitted_at)).days if row.submitted_at else 0,
            unit_url=address(unit),
            target_url=address(row.target),
            **kwargs,
        )
        verify = context["acts"].get(VerifyForm.slug)
        choices = verify.choices() if verify and not verify.refusal else {}
        return context | {"shown_evidence": [(shown, choices.get(shown.item.uuid)) for shown in shown_evidence]}


@admin.register(Measurement)
class MeasurementAdmin(ReadOnlyAdmin):
    row_view = MeasurementView
    tools = (("Impor dari XLSX", "admin:import-kind", "realisasi"),)
    list_display = (
        "target_named",
        "unit_now",
        "whose",
        "value_said",
        "period_end",
        "submitted_at",
        "age",
        "state_now",
    )
    list_filter = (SubmissionQueue, MineFilter, SubmissionAgeFilter, "target__family", "on_behalf", OwingUnitFilter)
    search_fields = ("target__reference", "target__service")
    to_unit = ("target__commitment__assignments__unit",)
    list_select_related = ("target",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Measurement]:
        """Submissions only: a draft is the unit's own."""
        rows: Any = super().get_queryset(request)
        found: QuerySet[Measurement] = rows.with_unit(clock.today()).exclude(submitted_at=None)
        marked: QuerySet[Measurement] = with_mark(request.user, found)  # type: ignore[arg-type]  # staff only
        return marked.prefetch_related("decisions")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """The order: of waiting ones the oldest first, of everything else the newest."""
        waiting = request.GET.get(SubmissionQueue.parameter_name) == WAITING_CHOICE
        return ("submitted_at", "pk") if waiting else ("-submitted_at", "-pk")

    @admin.display(description="target", ordering="target__reference")
    def target_named(self, row: Measurement) -> str:
        return str(row.target)

    @admin.display(description="unit", ordering="unit_code")
    def unit_now(self, row: OwnedMeasurement) -> str:
        return row.unit_code or "–"

    @admin.display(description="yang memutus")
    def whose(self, row: Any) -> str:
        return str(row.whose) if row.state == MeasurementState.SUBMITTED else ""

    @admin.display(description="realisasi", ordering="value")
    def value_said(self, row: Measurement) -> str:
        return f"{in_words(row.value)} {row.target.unit_of_measure}"

    @admin.display(description="hari")
    def age(self, row: Measurement) -> int | str:
        """Days since it was sent, while nobody has decided."""
        waits = row.submitted_at if row.state == MeasurementState.SUBMITTED else None
        return (clock.today() - clock.day_of(waits)).days if waits else "–"

    @admin.display(description="keadaan")
    def state_now(self, row: Measurement) -> str:
        return row.get_state_label()


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    row_view = DecisionView
    list_display = ("verdict", "measurement", "office", "at", "own_unit")
    list_filter = ("verdict", "own_unit")
    list_select_related = ("measurement__target",)
    search_fields = ("measurement__target__reference", "office")
    fields = ("measurement", "verdict", "note", "by", "office", "at", "own_unit", "seen")
