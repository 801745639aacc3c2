"""Admin pages of commitments and targets: an approver reads, then publishes or withdraws."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from commitments.ladder import among
from commitments.models import Acknowledgement, Assignment, Commitment, RevisedField, ServiceTarget
from commitments.reports import decision_preview, register_entries
from commitments.reports.doubts import of_commitment, of_target
from commitments.secretariat.queue import DECIDERS, WAITING_CHOICE, Question, QueueFilter, decider
from opd import access, clock
from opd.roster.decision_screen import DecisionAction, DecisionScreenAdmin, OfferedAction, ReasonForm
from opd.roster.new_row import ListTool, NewRowAdmin
from opd.roster.read_only import DASH, LabelledFact, address, in_words

PROPOSAL_APPROVERS = DECIDERS[access.APPROVER]
PROPOSAL_STAMPS = ("proposed_at", "proposed_by", "published_at", "published_by", "withdrawn_at", "withdrawn_by")


class ProposalQueue(QueueFilter):
    questions: tuple[Question, ...] = (
        (WAITING_CHOICE, "menunggu penyetuju", lambda rows: rows.waiting()),
        ("berjalan", "berjalan", lambda rows: rows.live_on(clock.today())),
        ("ditarik", "ditarik", lambda rows: rows.exclude(withdrawn_at=None)),
    )


class CommitmentQueue(ProposalQueue):
    questions = (
        *ProposalQueue.questions,
        ("belum-diterima", "belum diterima kepala baru", lambda rows: rows.unaccepted_on(clock.today())),
    )


class TargetQueue(ProposalQueue):
    questions = (
        *ProposalQueue.questions,
        ("tanpa-sumber", "tanpa sumber data", lambda rows: rows.incomplete()),
        ("diam", "diam", lambda rows: rows.silent_on(clock.today())),
    )


class ProposalAdmin(DecisionScreenAdmin):
    """Admin page that commitments and targets share: waiting ones first, with the unit that owes them."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).with_unit(clock.today())  # type: ignore[attr-defined]

    def facts(self, row: Any) -> list[LabelledFact]:
        """The facts, without the stamps that are still empty."""
        stamps = {str(row._meta.get_field(name).verbose_name) for name in (*PROPOSAL_STAMPS, "withdrawal_reason")}
        return [one for one in super().facts(row) if one.text != DASH or one.label not in stamps]

    def queue(self) -> QuerySet[Any]:
        return self.model.objects.waiting().order_by("proposed_at", "pk")

    @admin.display(description="unit", ordering="unit_code")
    def unit_now(self, row: Any) -> str:
        return row.unit_code or "–"


@admin.register(Commitment)
class CommitmentAdmin(ProposalAdmin, NewRowAdmin):
    screen_template = "secretariat/commitment_decide.html"
    tools = (ListTool("Impor dari XLSX", "admin:import-kind", ("komitmen",)),)
    list_display = ("reference", "title", "unit_now", "dimension", "proposed_at", "published_at", "withdrawn_at")
    list_filter = (CommitmentQueue, "dimension", "quick_win")
    search_fields = ("reference", "title")
    words: ClassVar[dict[str, str]] = {
        "content": "isi usulan",
        "targets": "target",
        "proposed_at": "diusulkan",
        "published_at": "diumumkan",
        "withdrawn_at": "ditarik",
        **{str(value): str(label) for value, label in RevisedField.choices},
    }
    shown = ("memorandum", *PROPOSAL_STAMPS, "withdrawal_reason")
    decision_actions = (
        DecisionAction(
            "umumkan",
            "Umumkan",
            "Sejak itu publik membacanya. Targetnya diumumkan sendiri-sendiri.",
            do=Commitment.publish,
            may=decider(access.APPROVER, lambda commitment: commitment.owner),
            offered_to=PROPOSAL_APPROVERS,
            fits=lambda commitment: commitment.is_waiting,
            done="Komitmen diumumkan.",
            fresh=True,
            key="u",
        ),
        DecisionAction(
            "tarik",
            "Tarik komitmen",
            "Semua targetnya yang berjalan ikut ditarik; alasannya dibaca publik.",
            do=Commitment.withdraw,
            may=decider(access.APPROVER, lambda commitment: commitment.owner),
            offered_to=PROPOSAL_APPROVERS,
            fits=lambda commitment: commitment.is_live,
            form=ReasonForm,
            done="Komitmen ditarik.",
            grave=True,
            fresh=True,
        ),
    )

    def rests_on(self, row: Commitment) -> tuple[str, ...]:
        return (row.reference, *row.targets.values_list("reference", flat=True))

    def more(self, request: HttpRequest, row: Commitment, offers: dict[str, OfferedAction]) -> dict[str, Any]:
        today, unit = clock.today(), row.owner
        rungs = row.targets.with_rung(
            today, live_only=False, narrowed=among(row.targets.values_list("pk", flat=True))
        )
        targets = list(rungs.prefetch_related("revisions"))
        return {
            "title": row.title,
            "unit": unit,
            "unit_url": address(unit),
            "asked_by": register_entries.done_by(row, "commitment.proposed", today),
            "doubts": of_commitment(row, targets, unit) if row.is_waiting else (),
            "targets": [(target, address(target)) for target in targets],
            "waiting": [target for target in targets if target.is_waiting],
            "outcomes": decision_preview.of_commitment(row, unit, today) if offers else (),
        }


@admin.register(ServiceTarget)
class TargetAdmin(ProposalAdmin):
    screen_template = "secretariat/target_decide.html"
    words: ClassVar[dict[str, str]] = {"content": "isi usulan"}
    list_display = ("reference", "service", "unit_now", "family", "change_said", "original_due_on", "published_at")
    list_filter = (TargetQueue, "family")
    search_fields = ("reference", "service")
    shown = (
        "reference",
        "commitment",
        "service",
        "family",
        "unit_of_measure",
        "statistic",
        "direction",
        "baseline_value",
        "baseline_on",
        "baseline_source",
        "baseline_method",
        "target_value",
        "min_change",
        "original_due_on",
        "cycle_days",
        "data_source",
        "known_limits",
        "replaces",
        *PROPOSAL_STAMPS,
        "withdrawal_reason",
    )
    decision_actions = (
        DecisionAction(
            "umumkan",
            "Umumkan",
            "Sejak itu target ini ada di tangga bukti, dan yang asli tidak dapat diubah lagi.",
            do=ServiceTarget.publish,
            may=decider(access.APPROVER),
            offered_to=PROPOSAL_APPROVERS,
            fits=lambda target: target.is_waiting,
            done="Target diumumkan.",
            fresh=True,
            key="u",
        ),
        DecisionAction(
            "tarik",
            "Tarik target",
            "Ditarik sebelum Tercapai, target ini menahan unitnya di bawah Tercapai sampai ada penggantinya.",
            do=ServiceTarget.withdraw,
            may=decider(access.APPROVER),
            offered_to=PROPOSAL_APPROVERS,
            fits=lambda target: target.is_live,
            form=ReasonForm,
            done="Target ditarik.",
            grave=True,
            fresh=True,
        ),
    )

    @admin.display(description="janji")
    def change_said(self, row: ServiceTarget) -> str:
        return f"{in_words(row.baseline_value)} → {in_words(row.target_value)} {row.unit_of_measure}"

    def more(self, request: HttpRequest, row: ServiceTarget, offers: dict[str, OfferedAction]) -> dict[str, Any]:
        today, unit = clock.today(), row.unit
        return {
            "unit": unit,
            "asked_by": register_entries.done_by(row, "target.proposed", today),
            "doubts": of_target(row) if row.is_waiting else (),
            "outcomes": decision_preview.of_target(row, unit, today),
            "unit_url": address(unit),
        }

    def facts(self, row: ServiceTarget) -> list[LabelledFact]:
        unit = row.unit
        revisions = [
            LabelledFact(
                "perubahan", f"{one.get_field_display()}: {in_words(one.old)} → {in_words(one.new)}", address(one)
            )
            for one in row.revisions.all()
        ]
        return [LabelledFact("unit", f"{unit.name} ({unit.code})", address(unit)), *super().facts(row), *revisions]


@admin.register(Assignment)
class AssignmentAdmin(DecisionScreenAdmin):
    list_display = ("commitment_reference", "unit_code", "from_on", "until_on")
    list_select_related = ("commitment", "unit")
    search_fields = ("commitment__reference", "unit__code")
    shown = ("commitment", "unit", "from_on", "until_on", "change")

    @admin.display(description="komitmen", ordering="commitment__reference")
    def commitment_reference(self, row: Assignment) -> str:
        return row.commitment.reference

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: Assignment) -> str:
        return row.unit.code


@admin.register(Acknowledgement)
class AcknowledgementAdmin(DecisionScreenAdmin):
    list_display = ("commitment_reference", "tenure", "at")
    list_select_related = ("commitment", "tenure__person")
    shown = ("commitment", "tenure", "at", "by")

    @admin.display(description="komitmen", ordering="commitment__reference")
    def commitment_reference(self, row: Acknowledgement) -> str:
        return row.commitment.reference
