"""Admin pages of commitments and targets: an approver reads, then publishes or withdraws them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from commitments.ladder.rows import OwnedCommitment
from commitments.ladder.statements import only_targets
from commitments.models import (
    Acknowledgement,
    Assignment,
    Commitment,
    ProposalStep,
    RevisedField,
    ServiceTarget,
    TargetRevision,
)
from commitments.models.proposal import conversation
from commitments.reports import decision_preview, register_entries
from commitments.reports.doubts import Doubt, of_commitment, of_target
from commitments.secretariat.proposal_acts import (
    AmendCommitmentForm,
    AmendTargetForm,
    PublishCommitmentForm,
    PublishTargetForm,
    RefuseProposalForm,
    ReturnProposalForm,
    TakeBackProposalForm,
    WithdrawCommitmentForm,
    WithdrawTargetForm,
)
from commitments.secretariat.work.mine import with_mark
from commitments.secretariat.work.queue import (
    WAITING_CHOICE,
    AgeFilter,
    MineFilter,
    OwingUnitFilter,
    Question,
    QueueFilter,
)
from opd import clock
from opd.models import Unit
from opd.roster.decision_view import DecisionView
from opd.roster.read_only import DASH, LabelledFact, ReadOnlyAdmin, address, in_words

PROPOSAL_STAMPS = (
    "proposed_at",
    "proposed_by",
    "published_at",
    "published_by",
    "withdrawn_at",
    "withdrawn_by",
    "withdrawal_reason",
)


class ProposalQueue(QueueFilter):
    questions: tuple[Question, ...] = (
        (WAITING_CHOICE, "menunggu penyetuju", lambda rows: rows.waiting()),
        ("dikembalikan", "dikembalikan", lambda rows: rows.returned()),
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
        (WAITING_CHOICE, "menunggu penyetuju", lambda rows: rows.waiting_alone()),
        *ProposalQueue.questions[1:],
        ("tanpa-sumber", "tanpa sumber data", lambda rows: rows.incomplete()),
        ("diam", "diam", lambda rows: rows.silent_on(clock.today())),
    )


class ProposalView(DecisionView):
    """Base page of a commitment or a target."""

    def queue(self) -> QuerySet[Any]:
        return self.model_admin.model.objects.waiting().order_by("proposed_at", "pk")

    def facts(self) -> list[LabelledFact]:
        """The facts, without the stamps that are still empty."""
        stamps = {str(self.object._meta.get_field(name).verbose_name) for name in PROPOSAL_STAMPS}
        return [one for one in super().facts() if one.text != DASH or one.label not in stamps]


class CommitmentView(ProposalView):
    template_name = "secretariat/commitment_decide.html"
    acts = (
        PublishCommitmentForm,
        ReturnProposalForm,
        RefuseProposalForm,
        AmendCommitmentForm,
        TakeBackProposalForm,
        WithdrawCommitmentForm,
    )
    labels = {
        "content": "isi usulan",
        "targets": "target",
        "proposed_at": "diusulkan",
        "published_at": "diumumkan",
        "withdrawn_at": "ditarik",
        **{str(value): str(label) for value, label in RevisedField.choices},
    }

    def depends_on(self) -> tuple[str, ...]:
        return (self.object.reference, *self.object.targets.values_list("reference", flat=True))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, unit, today = self.object, self.object.owner, clock.today()
        rungs = row.targets.with_rung(
            today, live_only=False, narrowed=only_targets(row.targets.values_list("pk", flat=True))
        )
        targets = list(rungs.prefetch_related("revisions", "steps"))
        return super().get_context_data(
            title=row.title,
            unit=unit,
            unit_url=address(unit),
            asked_by=register_entries.done_by(row, "commitment.proposed", today),
            doubts=self._doubts(targets, unit) if row.is_waiting else (),
            talk=conversation(row),
            targets=[(target, address(target)) for target in targets],
            waiting=[target for target in targets if target.is_waiting],
            outcomes=decision_preview.of_commitment(row, unit, today) if self.acts_offered(row) else (),
            **kwargs,
        )

    def _doubts(self, targets: list[Any], unit: Unit) -> list[Doubt]:
        """Those about the commitment, and those about each target that is decided with it."""
        about = [(target, doubt) for target in targets if target.is_waiting for doubt in of_target(target)]
        named = [replace(doubt, text=f"{target.reference}: {doubt.text}") for target, doubt in about]
        return [*of_commitment(self.object, targets, unit), *named]


def _change_in_words(row: TargetRevision) -> str:
    if row.clock:
        return f"{row.get_field_display()}: {row.clock.sentence}"
    return f"{row.get_field_display()}: {in_words(row.old)} → {in_words(row.new)}"


class TargetView(ProposalView):
    template_name = "secretariat/target_decide.html"
    acts = (
        PublishTargetForm,
        ReturnProposalForm,
        RefuseProposalForm,
        AmendTargetForm,
        TakeBackProposalForm,
        WithdrawTargetForm,
    )
    labels = {"content": "isi usulan"}

    def queue(self) -> QuerySet[Any]:
        return ServiceTarget.objects.waiting_alone().order_by("proposed_at", "pk")

    def facts(self) -> list[LabelledFact]:
        unit = self.object.unit
        revisions = [
            LabelledFact("perubahan", _change_in_words(one), address(one)) for one in self.object.revisions.all()
        ]
        return [LabelledFact("unit", f"{unit.name} ({unit.code})", address(unit)), *super().facts(), *revisions]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, unit, today = self.object, self.object.unit, clock.today()
        return super().get_context_data(
            unit=unit,
            asked_by=register_entries.done_by(row, "target.proposed", today),
            doubts=of_target(row) if row.is_waiting else (),
            talk=conversation(row),
            outcomes=decision_preview.of_target(row, unit, today),
            unit_url=address(unit),
            **kwargs,
        )


class ProposalAdmin(ReadOnlyAdmin):
    """Admin page that commitments and targets share: each with the unit that owes it."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return with_mark(request.user, rows.with_unit(clock.today()))  # type: ignore[arg-type]

    @admin.display(description="yang memutus")
    def whose(self, row: Any) -> str:
        return str(row.whose) if row.is_undecided else ""

    @admin.display(description="unit", ordering="unit_code")
    def unit_now(self, row: OwnedCommitment) -> str:
        return row.unit_code or "–"


@admin.register(Commitment)
class CommitmentAdmin(ProposalAdmin):
    row_view = CommitmentView
    tools = (("Impor dari XLSX", "admin:import-kind", "komitmen"),)
    list_display = (
        "reference",
        "title",
        "unit_now",
        "whose",
        "dimension",
        "proposed_at",
        "published_at",
        "withdrawn_at",
    )
    list_filter = (CommitmentQueue, MineFilter, AgeFilter, "dimension", "quick_win", OwingUnitFilter)
    search_fields = ("reference", "title")
    to_unit = ("assignments__unit",)
    fields = ("memorandum", *PROPOSAL_STAMPS)


@admin.register(ServiceTarget)
class TargetAdmin(ProposalAdmin):
    row_view = TargetView
    list_display = (
        "reference",
        "service",
        "unit_now",
        "whose",
        "family",
        "change_said",
        "original_due_on",
        "published_at",
    )
    list_filter = (TargetQueue, MineFilter, AgeFilter, "family", OwingUnitFilter)
    search_fields = ("reference", "service")
    to_unit = ("commitment__assignments__unit",)
    fields = (
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
        "lower_bound",
        "upper_bound",
        "original_due_on",
        "cycle_days",
        "data_source",
        "known_limits",
        "replaces",
        *PROPOSAL_STAMPS,
    )

    @admin.display(description="janji")
    def change_said(self, row: ServiceTarget) -> str:
        return f"{in_words(row.baseline_value)} → {in_words(row.target_value)} {row.unit_of_measure}"


@admin.register(ProposalStep)
class ProposalStepAdmin(ReadOnlyAdmin):
    row_view = DecisionView
    list_display = ("about", "step", "office", "at")
    list_filter = ("step",)
    list_select_related = ("commitment", "target", "revision__target", "unit_change")
    fields = ("commitment", "target", "revision", "unit_change", "step", "note", "office", "at", "by")


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    row_view = DecisionView
    list_display = ("commitment_reference", "unit_code", "from_on", "until_on")
    list_select_related = ("commitment", "unit")
    search_fields = ("commitment__reference", "unit__code")
    to_unit = ("unit",)
    fields = ("commitment", "unit", "from_on", "until_on", "change")

    @admin.display(description="komitmen", ordering="commitment__reference")
    def commitment_reference(self, row: Assignment) -> str:
        return row.commitment.reference

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: Assignment) -> str:
        return row.unit.code


@admin.register(Acknowledgement)
class AcknowledgementAdmin(ReadOnlyAdmin):
    row_view = DecisionView
    list_display = ("commitment_reference", "tenure", "at")
    list_select_related = ("commitment", "tenure__person")
    fields = ("commitment", "tenure", "at", "by")

    @admin.display(description="komitmen", ordering="commitment__reference")
    def commitment_reference(self, row: Acknowledgement) -> str:
        return row.commitment.reference
