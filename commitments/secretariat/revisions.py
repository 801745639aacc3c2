"""Admin page of revisions: old beside new, who proposed it, and what the public will read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from commitments.models import RevisedField, TargetRevision
from commitments.models.proposal import conversation
from commitments.reports import decision_preview, register_entries
from commitments.reports import target_page as targets
from commitments.reports.doubts import of_revision
from commitments.secretariat.proposal_acts import NoteField
from commitments.secretariat.work.mine import with_mark
from commitments.secretariat.work.queue import WAITING_CHOICE, AgeFilter, MineFilter, OwingUnitFilter, QueueFilter
from opd import clock
from opd.roster.decision_view import ActForm, DecisionView, ReasonField
from opd.roster.read_only import LabelledFact, ReadOnlyAdmin, address, in_words


class RevisionQueue(QueueFilter):
    questions = (
        (WAITING_CHOICE, "menunggu penyetuju", lambda rows: rows.waiting()),
        ("dikembalikan", "dikembalikan", lambda rows: rows.returned()),
        ("disetujui", "disetujui", lambda rows: rows.exclude(approved_at=None)),
        ("ditolak", "ditolak", lambda rows: rows.exclude(refused_at=None)),
    )


class RevisionAct(ActForm):
    """Base form of an act of an approver on a revision that waits."""

    @staticmethod
    def fits(row: TargetRevision) -> bool:
        return row.is_waiting

    @staticmethod
    def may(user: User, row: TargetRevision) -> object:
        return row.office_to_decide(user)


class ApproveRevisionForm(RevisionAct):
    slug, key = "setujui", "s"
    button = "Setujui"
    explains = "Yang baru berlaku sejak sekarang; yang asli dan selisihnya tetap tampil."
    done = "Perubahan disetujui."
    fresh = True

    def save(self, *, by: User, seen: str) -> object:
        return self.row.approve(by=by, seen=seen)


class ReturnRevisionForm(RevisionAct):
    slug, key = "kembalikan", "k"
    button = "Kembalikan"
    explains = "Yang berlaku tetap; unitnya membaca catatan Anda, lalu memperbaiki atau menarik usulannya."
    done = "Dikembalikan ke unitnya."

    note = NoteField()

    def save(self, *, by: User, seen: str) -> object:
        return self.row.return_(by=by, seen=seen, note=self.cleaned_data["note"])


class RefuseRevisionForm(RevisionAct):
    slug, key = "tolak", "t"
    button = "Tolak"
    explains = "Yang berlaku tetap; alasannya dibaca publik."
    done = "Perubahan ditolak."

    reason = ReasonField()

    @staticmethod
    def fits(row: TargetRevision) -> bool:
        return row.is_undecided

    def save(self, *, by: User, seen: str) -> object:
        return self.row.refuse(by=by, seen=seen, reason=self.cleaned_data["reason"])


class RevisionView(DecisionView):
    template_name = "secretariat/revision_decide.html"
    acts = (ApproveRevisionForm, ReturnRevisionForm, RefuseRevisionForm)
    labels = {
        "old": "lama",
        "new": "baru",
        **{str(value): str(label) for value, label in RevisedField.choices},
    }

    def queue(self) -> QuerySet[TargetRevision]:
        return TargetRevision.objects.waiting().order_by("proposed_at", "pk")

    def depends_on(self) -> tuple[str, ...]:
        return (str(self.object.uuid), self.object.target.reference)

    def facts(self) -> list[LabelledFact]:
        return [] if self.object.is_undecided else super().facts()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, today = self.object, clock.today()
        unit, page = row.target.unit, targets.target_page(row.target.reference, today)
        if page is None:  # nothing is changed before it is published
            raise Http404
        other_changes = [change for change in page.changes if change.row.pk != row.pk]
        return super().get_context_data(
            title=f"{row.get_field_display().capitalize()}: {row.target.service}",
            unit=unit,
            target=page.standing.target,
            page=page,
            chart=page.chart,
            other_changes=other_changes,
            asked_by=register_entries.done_by(row, "revision.proposed", today),
            doubts=of_revision(
                row, row.target.revisions.approved_on(today).filter(field=row.field).exclude(pk=row.pk).count()
            ),
            talk=conversation(row),
            outcomes=decision_preview.of_revision(row, unit, today),
            unit_url=address(unit),
            target_url=address(row.target),
            **kwargs,
        )


@admin.register(TargetRevision)
class RevisionAdmin(ReadOnlyAdmin):
    row_view = RevisionView
    list_display = (
        "target_reference",
        "unit_now",
        "whose",
        "field",
        "old_said",
        "new_said",
        "proposed_at",
        "approved_at",
        "refused_at",
    )
    list_filter = (RevisionQueue, MineFilter, AgeFilter, "field", OwingUnitFilter)
    list_select_related = ("target",)
    search_fields = ("target__reference", "target__service")
    to_unit = ("target__commitment__assignments__unit",)
    fields = (
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[TargetRevision]:
        rows: Any = super().get_queryset(request)
        return with_mark(request.user, rows.with_unit(clock.today()))  # type: ignore[arg-type]

    @admin.display(description="unit", ordering="unit_code")
    def unit_now(self, row: Any) -> str:
        return row.unit_code or "–"

    @admin.display(description="yang memutus")
    def whose(self, row: Any) -> str:
        return str(row.whose) if row.is_undecided else ""

    @admin.display(description="target", ordering="target__reference")
    def target_reference(self, row: TargetRevision) -> str:
        return row.target.reference

    @admin.display(description="lama")
    def old_said(self, row: TargetRevision) -> str:
        return "jam belum dijelaskan" if row.clock else in_words(row.old)

    @admin.display(description="baru")
    def new_said(self, row: TargetRevision) -> str:
        return row.clock.sentence if row.clock else in_words(row.new)
