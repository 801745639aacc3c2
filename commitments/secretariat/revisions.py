"""Admin page of revisions: old beside new, who proposed it, and what the public will read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from commitments.models import RevisedField, TargetRevision
from commitments.reports import decision_preview, register_entries
from commitments.reports import target_page as targets
from commitments.reports.doubts import of_revision
from commitments.secretariat.queue import DECIDERS, WAITING_CHOICE, QueueFilter, decider
from opd import access, clock
from opd.roster.decision_screen import DecisionAction, DecisionScreenAdmin, OfferedAction, ReasonForm
from opd.roster.read_only import LabelledFact, address, in_words

REVISION_APPROVERS = DECIDERS[access.APPROVER]


class RevisionQueue(QueueFilter):
    questions = (
        (WAITING_CHOICE, "menunggu penyetuju", lambda rows: rows.waiting()),
        ("disetujui", "disetujui", lambda rows: rows.exclude(approved_at=None)),
        ("ditolak", "ditolak", lambda rows: rows.exclude(refused_at=None)),
    )


@admin.register(TargetRevision)
class RevisionAdmin(DecisionScreenAdmin):
    screen_template = "secretariat/revision_decide.html"
    words: ClassVar[dict[str, str]] = {
        "old": "lama",
        "new": "baru",
        **{str(value): str(label) for value, label in RevisedField.choices},
    }
    list_display = ("target_reference", "field", "old_said", "new_said", "proposed_at", "approved_at", "refused_at")
    list_filter = (RevisionQueue, "field")
    list_select_related = ("target",)
    search_fields = ("target__reference",)
    shown = (
        "target",
        "reason",
        "document",
        "proposed_at",
        "proposed_by",
        "approved_at",
        "approved_by",
        "refused_at",
        "refused_by",
        "refusal_reason",
    )
    decision_actions = (
        DecisionAction(
            "setujui",
            "Setujui",
            "Yang baru berlaku sejak sekarang; yang asli dan selisihnya tetap tampil.",
            do=TargetRevision.approve,
            may=decider(access.APPROVER, lambda revision: revision.target.unit),
            offered_to=REVISION_APPROVERS,
            fits=lambda revision: revision.is_waiting,
            done="Perubahan disetujui.",
            fresh=True,
            key="s",
        ),
        DecisionAction(
            "tolak",
            "Tolak",
            "Yang berlaku tetap; alasannya dibaca publik.",
            do=TargetRevision.refuse,
            may=decider(access.APPROVER, lambda revision: revision.target.unit),
            offered_to=REVISION_APPROVERS,
            fits=lambda revision: revision.is_waiting,
            form=ReasonForm,
            done="Perubahan ditolak.",
            key="t",
        ),
    )

    def queue(self) -> QuerySet[TargetRevision]:
        return TargetRevision.objects.waiting().order_by("proposed_at", "pk")

    def rests_on(self, row: TargetRevision) -> tuple[str, ...]:
        return (str(row.uuid), row.target.reference)

    def facts(self, row: TargetRevision) -> list[LabelledFact]:
        return super().facts(row)[1:] if not row.is_waiting else []

    def more(self, request: HttpRequest, row: TargetRevision, offers: dict[str, OfferedAction]) -> dict[str, Any]:
        today, unit = clock.today(), row.target.unit
        page = targets.target_page(row.target.reference, today)
        if page is None:  # nothing is changed before it is published
            raise Http404
        changes = [change for change in page.changes if change.row.pk != row.pk]
        return {
            "title": f"{row.get_field_display().capitalize()}: {row.target.service}",
            "unit": unit,
            "target": page.standing.target,
            "page": page,
            "chart": page.chart,
            "changes": changes,
            "asked_by": register_entries.done_by(row, "revision.proposed", today),
            "doubts": of_revision(row, page.standing, changes),
            "outcomes": decision_preview.of_revision(row, unit, today),
            "unit_url": address(unit),
            "target_url": address(row.target),
        }

    @admin.display(description="target", ordering="target__reference")
    def target_reference(self, row: TargetRevision) -> str:
        return row.target.reference

    @admin.display(description="lama")
    def old_said(self, row: TargetRevision) -> str:
        return in_words(row.old)

    @admin.display(description="baru")
    def new_said(self, row: TargetRevision) -> str:
        return in_words(row.new)
