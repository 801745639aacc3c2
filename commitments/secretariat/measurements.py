"""Admin pages of submissions: the verifier reads a value beside its evidence, then verifies, returns or rejects
it."""

from __future__ import annotations

from typing import Any, ClassVar

from csp.decorators import csp_update
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator

from commitments.models import Assignment, Decision, Evidence, EvidenceKind, Measurement, Verdict
from commitments.reports import decision_preview
from commitments.reports import target_page as targets
from commitments.reports.doubts import doubts, previous_measurement
from commitments.secretariat.decision_forms import NoteForm, RejectForm, ReturnForm, VerifyForm
from commitments.secretariat.evidence import evidence_on_screen
from commitments.secretariat.queue import DECIDERS, WAITING_CHOICE, QueueFilter, decider
from opd import access, clock
from opd.models.unit import holding_on
from opd.roster.decision_screen import DecisionAction, DecisionScreenAdmin, OfferedAction, ReasonForm
from opd.roster.new_row import ListTool, NewRowAdmin
from opd.roster.read_only import LabelledFact, address, in_words

MEASUREMENT_VERIFIERS = DECIDERS[access.VERIFIER]
MEASUREMENT_APPROVERS = DECIDERS[access.APPROVER]
MAX_EARLIER_VALUES = 10  # other values of the target beside the one to decide


def _as(role: str) -> Any:
    return decider(role, lambda row: row.target.unit)


def _became(verdict: Verdict) -> Any:
    def narrowed(rows: QuerySet[Measurement]) -> QuerySet[Measurement]:
        found = rows.filter(decisions__verdict=verdict)
        revoked = Decision.objects.filter(verdict=Verdict.REVOKED).values("measurement_id")
        return found.exclude(pk__in=revoked) if verdict == Verdict.VERIFIED else found

    return narrowed


class SubmissionQueue(QueueFilter):
    questions = (
        (WAITING_CHOICE, "menunggu verifikasi", lambda rows: rows.filter(decisions=None)),
        *((verdict.value, str(verdict.label), _became(verdict)) for verdict in Verdict),
    )


@admin.register(Measurement)
class MeasurementAdmin(NewRowAdmin):
    tools = (ListTool("Impor dari XLSX", "admin:import-kind", ("realisasi",)),)
    screen_template = "secretariat/measurement_decide.html"
    words: ClassVar[dict[str, str]] = {
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
    list_display = ("target_named", "unit_now", "value_said", "period_end", "submitted_at", "age", "state_now")
    list_filter = (SubmissionQueue,)
    search_fields = ("target__reference", "target__service")
    list_select_related = ("target",)
    decision_actions = (
        DecisionAction(
            "verifikasi",
            "Verifikasi",
            "Angka ini Anda nyatakan terbukti.",
            do=Measurement.verify,
            may=_as(access.VERIFIER),
            offered_to=MEASUREMENT_VERIFIERS,
            fits=lambda row: row.state == "submitted",
            form=VerifyForm,
            done="Terverifikasi.",
            key="v",
        ),
        DecisionAction(
            "kembalikan",
            "Kembalikan",
            "Unit membaca alasannya dan dapat mengirim koreksi.",
            do=Measurement.return_,
            may=_as(access.VERIFIER),
            offered_to=MEASUREMENT_VERIFIERS,
            fits=lambda row: row.state == "submitted",
            form=ReturnForm,
            done="Dikembalikan ke unitnya.",
            key="k",
        ),
        DecisionAction(
            "tolak",
            "Tolak",
            "Ditolak untuk seterusnya; unit membaca alasannya.",
            do=Measurement.reject,
            may=_as(access.VERIFIER),
            offered_to=MEASUREMENT_VERIFIERS,
            fits=lambda row: row.state == "submitted",
            form=RejectForm,
            done="Ditolak.",
            grave=True,
            key="t",
        ),
        DecisionAction(
            "cabut",
            "Cabut verifikasi",
            "Angka ini tidak lagi dihitung sejak sekarang, untuk seterusnya. Keputusan pertamanya tetap tercatat.",
            do=Measurement.revoke,
            may=_as(access.APPROVER),
            offered_to=MEASUREMENT_APPROVERS,
            fits=lambda row: row.state == Verdict.VERIFIED,
            form=NoteForm,
            done="Verifikasi dicabut.",
            grave=True,
            fresh=True,
            key="c",
        ),
        DecisionAction(
            "hapus-catatan",
            "Hapus catatan",
            "Hanya bila catatannya memuat data pribadi. Sidiknya tetap di jejak.",
            do=Measurement.redact_note,
            may=_as(access.APPROVER),
            offered_to=MEASUREMENT_APPROVERS,
            fits=lambda row: bool(row.note),
            form=ReasonForm,
            done="Catatan dihapus.",
            grave=True,
            fresh=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Measurement]:
        """Submissions only: a draft is the unit's own."""
        owed = Assignment.objects.filter(holding_on(clock.today()), commitment=OuterRef("target__commitment_id"))
        rows = super().get_queryset(request).exclude(submitted_at=None).prefetch_related("decisions")
        return rows.annotate(unit_code=Subquery(owed.values("unit__code")[:1]))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """The order: of waiting ones the oldest first, of everything else the newest."""
        waiting = request.GET.get(SubmissionQueue.parameter_name) == WAITING_CHOICE
        return ("submitted_at", "pk") if waiting else ("-submitted_at", "-pk")

    def queue(self) -> QuerySet[Measurement]:
        return Measurement.objects.waiting().select_related("target__commitment")

    def facts(self, row: Measurement) -> list[LabelledFact]:
        return []  # its own template shows them

    def rests_on(self, row: Measurement) -> tuple[str, ...]:
        return (str(row.uuid), row.target.reference)

    # The browser's own viewer of a PDF, beside the number: chromium asks for both.
    @method_decorator(csp_update({"object-src": "'self'", "frame-src": "'self'"}))
    def change_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().change_view(*args, **kwargs)

    def more(self, request: HttpRequest, row: Measurement, offers: dict[str, OfferedAction]) -> dict[str, Any]:
        today, unit = clock.today(), row.target.unit
        page = targets.target_page(row.target.reference, today)
        if page is None:  # nothing is sent before its target is published
            raise Http404
        target = page.standing.target
        shown = evidence_on_screen(row, row.evidence_items(), offers.get("verifikasi"))
        versions = [version for version in page.versions if version.row.pk != row.pk]
        counted = [version.row for version in versions if version.counted]
        return {
            "title": f"{row.target.service}, {unit.short_name}",
            "unit": unit,
            "target": target,
            "page": page,
            "chart": page.chart,
            "before": previous_measurement(row, counted),
            "others": versions[:MAX_EARLIER_VALUES],
            "exhibits": shown,
            "doubts": doubts(
                row,
                target,
                [one.item for one in shown],
                counted,
                sum(bool(one.elsewhere) for one in shown),
            ),
            "outcomes": decision_preview.of_measurement(row, unit, today),
            "decisions": row.decisions.select_related("by"),
            "days_waiting": (today - clock.day_of(row.submitted_at)).days if row.submitted_at else 0,
            "unit_url": address(unit),
            "target_url": address(row.target),
        }

    @admin.display(description="target", ordering="target__reference")
    def target_named(self, row: Measurement) -> str:
        return str(row.target)

    @admin.display(description="unit", ordering="unit_code")
    def unit_now(self, row: Any) -> str:
        return row.unit_code or "–"

    @admin.display(description="realisasi", ordering="value")
    def value_said(self, row: Measurement) -> str:
        return f"{in_words(row.value)} {row.target.unit_of_measure}"

    @admin.display(description="hari")
    def age(self, row: Measurement) -> int | str:
        """Days since it was sent, while nobody has decided."""
        waits = row.submitted_at and not row.decisions.all()
        return (clock.today() - clock.day_of(row.submitted_at)).days if row.submitted_at and waits else "–"

    @admin.display(description="keadaan")
    def state_now(self, row: Measurement) -> str:
        return row.get_state_label()


@admin.register(Decision)
class DecisionAdmin(DecisionScreenAdmin):
    list_display = ("verdict", "measurement", "office", "at", "own_unit")
    list_filter = ("verdict", "own_unit")
    list_select_related = ("measurement__target",)
    search_fields = ("measurement__target__reference", "office")
    shown = ("measurement", "verdict", "note", "by", "office", "at", "own_unit", "seen")
