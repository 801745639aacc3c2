"""The page on which a unit reports all that is due in one go: a row for each target, one proof for all."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from commitments.formats import title
from commitments.ladder.rows import DueTargetRow
from commitments.models import Measurement
from commitments.reports.submission_preview import SubmissionPreview, preview
from commitments.workspace import due_work, kept_forms, submission
from commitments.workspace.forms import EvidenceForm, ReportForm
from commitments.workspace.forms.report import COLUMNS_OF_ALL, suggested
from commitments.workspace.ownership import MemberRequest, context_of, home_of, members, unit_asked
from commitments.workspace.reminders import tell_of_draft
from commitments.workspace.submission import NewEvidence
from opd import clock
from opd.errors import Refused
from opd.form_errors import explain, reason_of, with_reason


@dataclass
class MonthRow:
    """A target that may be reported, its part of the form, and what was read from it."""

    target: DueTargetRow
    form: ReportForm
    previewed: SubmissionPreview | None = None
    sent: Measurement | None = None  # under this identity, before or now

    @property
    def is_sent(self) -> bool:
        return self.sent is not None and self.sent.submitted_at is not None

    @property
    def is_filled(self) -> bool:
        return bool((self.form.data or {}).get(self.form.add_prefix("value"), "").strip())

    @property
    def read_name(self) -> str:
        """The name of the field that holds what its sender has read."""
        return self.form.add_prefix("read_doubts")

    @property
    def fields(self) -> list[forms.BoundField]:
        """What the row asks for; the rest travels along hidden."""
        return [self.form[name] for name in COLUMNS_OF_ALL]


def rows_of(due: list[due_work.DueTarget], given: QueryDict | None) -> list[MonthRow]:
    """A row for each target that waits for nobody, what is due first; and for what is sent a second time."""
    found = []
    for target in {one.target.pk: one.target for one in due}.values():
        if target.waiting and not (given and given.get(f"{target.reference}-value")):
            continue
        initial = {"uuid": clock.new_uuid(), **suggested(target)}
        form = ReportForm(given, initial=initial, prefix=target.reference, target=target, offered={})
        form.in_a_table()
        found.append(MonthRow(target, with_reason(form)))
    return found


@members
def month(request: MemberRequest) -> HttpResponse:
    """Everything is read back with its doubts first; then all of it is sent, or kept as drafts, each row once."""
    unit = unit_asked(request)
    given = kept_forms.given(request)
    posted = given.copy() if given else None
    rows = rows_of(due_work.due_targets(unit, clock.today()), posted)
    proof = EvidenceForm(posted, request.FILES or None, prefix="bukti-0", account=request.user.get_username())
    filled = [row for row in rows if row.is_filled]
    read = bool(filled) and all([row.form.is_valid() for row in filled]) & proof.is_valid()
    if read:
        evidence_items = proof.evidence_items() if proof.has_changed() else []
        for row in filled:
            row.sent = submission.known(row.target, row.form.cleaned_data["uuid"])
            row.previewed = preview(row.target, row.form.claim(evidence_items), base=row.sent)
        if request.method == "POST" and _may_go(request, filled) and _recorded(request, filled, evidence_items):
            if "simpan" in request.POST:
                named = ", ".join(title(row.target) for row in filled)
                tell_of_draft(unit, by=request.user, title=f"laporan {named}", about="month", address=home_of(unit))
            done = reverse("workspace" if "simpan" in request.POST else "workspace-past-reports")
            return redirect(f"{done}?unit={unit.code}")
    if posted is not None:
        proof.is_valid()
        proof.hold()
    context = context_of(request, unit) | {
        "rows": rows,
        "filled": filled if read else [],
        "nothing": posted is not None and not filled,
        "has_mistakes": bool(filled) and not read,
        "proof": proof,
        "shown": kept_forms.shown_to(request.user.get_username()),
        "is_answered": posted is not None,
    }
    return render(request, "workspace/month.html", context)


def _may_go(request: MemberRequest, filled: list[MonthRow]) -> bool:
    """Whether it is only kept, or its sender has read what each row would change and every doubt."""
    if "simpan" in request.POST:
        return True
    told = {row.target.pk: request.POST.get(row.read_name, "") for row in filled}
    return "kirim" in request.POST and all(
        row.is_sent or (row.previewed is not None and row.previewed.is_covered_by(told[row.target.pk]))
        for row in filled
    )


def _recorded(request: MemberRequest, filled: list[MonthRow], evidence_items: list[NewEvidence]) -> bool:
    """Writes row after row; those that came in stay when another is refused, and are not written twice."""
    submit, done = "simpan" not in request.POST, 0
    for row in filled:
        try:
            with reason_of(row.form):
                row.sent = submission.record(
                    by=request.user,
                    target=row.target,
                    uuid=row.form.cleaned_data["uuid"],
                    facts=row.form.facts(),
                    evidence_items=evidence_items,
                    submit=submit,
                )
            done += 1
        except (Refused, ValidationError) as error:
            explain(row.form, error)
    if done == len(filled):
        words = "terkirim. Di bawah ini tanda terimanya" if submit else "tersimpan sebagai konsep"
        messages.success(request, f"{done} laporan {words}.")
    return done == len(filled)
