"""Pages for sending a value, correcting one, and seeing beforehand what it would change."""

from __future__ import annotations

from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from commitments.formats import title
from commitments.models import Evidence, EvidenceKind, Measurement, ServiceTarget, Verdict
from commitments.models.cases.case_file import why_no_case_file
from commitments.numbers import as_typed
from commitments.reports.submission_preview import SubmissionPreview, on_ladder, preview
from commitments.workspace import kept_forms, submission
from commitments.workspace.cases.forms import CountedReportForm, answers_in
from commitments.workspace.cases.questions import shown_questions
from commitments.workspace.cases.views import case_file_of
from commitments.workspace.forms import EvidenceRows, PreviewForm, ReportForm
from commitments.workspace.forms.report import suggested
from commitments.workspace.ownership import MemberRequest, context_of, measurement_of, members, target_of
from commitments.workspace.reminders import tell_of_draft
from opd import clock
from opd.errors import Refused
from opd.form_errors import explain, reason_of, with_reason

MAX_LINKS = 3  # offered from earlier reports


@members
def report(request: MemberRequest, reference: str) -> HttpResponse:
    return _report(request, target_of(request.user, reference), base=None)


@members
def report_amend(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Correct what was sent, or write a draft anew."""
    if sent := _already_sent(request):
        return redirect("workspace-receipt", uuid=sent.uuid)
    base = measurement_of(request.user, uuid)
    if later := Measurement.objects.filter(supersedes=base).first():
        messages.info(request, "Koreksi atas kiriman itu sudah ada, yaitu yang ini.")
        return redirect("workspace-receipt", uuid=later.uuid)
    target = target_of(request.user, base.target.reference)
    if base.is_computed and case_file_of(request, target, base) is None:
        return redirect(f"{reverse('workspace-case-file', args=[target.reference])}?koreksi={base.uuid}")
    return _report(request, target, base=base)


def _already_sent(request: MemberRequest) -> Measurement | None:
    """Handles the second tap on a form that corrects a report: the version it corrects may be gone by then."""
    form = ReportForm.base_fields["uuid"]
    try:
        uuid = form.clean(request.POST.get("uuid"))
    except ValidationError:
        return None
    return Measurement.objects.owned_by(request.user).filter(uuid=uuid).first()


@members
def report_preview(request: MemberRequest, reference: str) -> HttpResponse:
    """The preview, a part of the report's page that is loaded while its reader types. Nothing is stored."""
    target = target_of(request.user, reference)
    preview_form = PreviewForm(request.GET, target=target)
    previewed = None
    if preview_form.is_valid():
        mine = Measurement.objects.owned_by(request.user).filter(target=target)
        base = (
            mine.filter(uuid=preview_form.cleaned_data["base"]).first() if preview_form.cleaned_data["base"] else None
        )
        previewed = preview(target, preview_form.claim(), base=base)
    return render(request, "workspace/_preview.html", {"asked": preview_form, "previewed": previewed})


def _report(request: MemberRequest, target: ServiceTarget, base: Measurement | None) -> HttpResponse:
    if request.method == "POST":
        return _received(request, target, base)
    if typed := kept_forms.taken_back(request):
        form, rows = _bound(request, typed, target, base)
        rows.hold()
        return _report_page(request, target, base, form, rows)
    initial = {"uuid": clock.new_uuid(), **_suggested(target, base)}
    if typed_on_card := request.GET.get("nilai"):
        initial["value"] = typed_on_card
    form = _form(request, target, base, initial=initial)
    kind = [] if base else _usual_kind(target)
    rows = EvidenceRows(initial=kind, form_kwargs={"account": request.user.get_username()})
    rows.extra -= len(kind)
    return _report_page(request, target, base, form, rows)


def _bound(
    request: MemberRequest, posted: QueryDict, target: ServiceTarget, base: Measurement | None
) -> tuple[ReportForm, EvidenceRows]:
    rows = EvidenceRows(posted.copy(), request.FILES, form_kwargs={"account": request.user.get_username()})
    return with_reason(_form(request, target, base, posted)), rows


def _form(
    request: MemberRequest, target: ServiceTarget, base: Measurement | None, *args: Any, **kwargs: Any
) -> ReportForm:
    """The form of a report: with fields for number and period, or with what was computed from a case file."""
    kwargs |= {"target": target, "offered": _offered(target, base)}
    if case_file := case_file_of(request, target, base):
        return CountedReportForm(*args, case_file=case_file, **kwargs)
    return ReportForm(*args, **kwargs)


def _received(request: MemberRequest, target: ServiceTarget, base: Measurement | None) -> HttpResponse:
    """A receipt; or the page again with the faults, or with the doubts to look at once more."""
    form, rows = _bound(request, request.POST, target, base)
    previewed = None
    if form.is_valid() & rows.is_valid():
        evidence_items = [*form.reused(), *rows.evidence_items()]
        keep, uuid = "simpan" in request.POST, form.cleaned_data["uuid"]
        before = submission.known(target, uuid)
        previewed = preview(target, form.claim(evidence_items), base=before or base)
        submit = "kirim" in request.POST and not keep
        is_sent = before is not None and before.submitted_at is not None
        if keep or (submit and (is_sent or previewed.is_covered_by(request.POST.get("read_doubts", "")))):
            try:
                with reason_of(form):
                    sent = submission.record(
                        by=request.user,
                        target=target,
                        uuid=uuid,
                        facts=form.facts(),
                        evidence_items=evidence_items,
                        submit=submit,
                        base=base,
                        case_file=getattr(form, "case_file", None),
                        answers=answers_in(request.POST),
                    )
                if keep:
                    tell_of_draft(
                        target.unit,
                        by=request.user,
                        title=f"laporan {title(target)}, {sent.period.name}",
                        about=target.reference,
                        address=reverse("workspace-receipt", args=[sent.uuid]),
                    )
                return redirect("workspace-receipt", uuid=sent.uuid)
            except submission.AlreadySent as conflict:
                return _conflict_page(request, target, form, evidence_items, conflict)
            except (Refused, ValidationError) as error:
                explain(form, error)
    rows.hold()
    return _report_page(request, target, base, form, rows, previewed)


def _conflict_page(
    request: MemberRequest,
    target: ServiceTarget,
    form: ReportForm,
    evidence_items: list[Any],
    conflict: submission.AlreadySent,
) -> HttpResponse:
    context = context_of(request, target.unit) | {
        "earlier": conflict.earlier,
        "earlier_evidence": [
            (item.get_evidence_kind_display(), item.sha256) for item in conflict.earlier.evidence.all()
        ],
        "given": form.cleaned_data,
        "given_value": as_typed(form.cleaned_data["value"]),
        "given_evidence": [(EvidenceKind(item.kind).label, item.sha256) for item in evidence_items],
        "target": target,
        "problem": str(conflict),
    }
    return render(request, "workspace/report_clash.html", context, status=409)


def _report_page(
    request: MemberRequest,
    target: ServiceTarget,
    base: Measurement | None,
    form: ReportForm,
    rows: EvidenceRows,
    previewed: SubmissionPreview | None = None,
) -> HttpResponse:
    preview_form = PreviewForm(form.as_asked(), target=target)
    context = context_of(request, target.unit) | {
        "base": base,
        "form": form,
        "rows": rows,
        "asked": preview_form,
        "to_confirm": previewed is not None and form.is_valid(),
        "case_file": getattr(form, "case_file", None),
        "takes_case_file": not why_no_case_file(target),
        "questions": shown_questions(form, target, base, request.POST),
        "shown": kept_forms.shown_to(request.user.get_username()),
    }
    if previewed is None and preview_form.is_valid():
        previewed = preview(target, preview_form.claim(), base=base)
    now = previewed.target if previewed else on_ladder(target, clock.today())
    return render(request, "workspace/report.html", {**context, "previewed": previewed, "target": now})


def _suggested(target: ServiceTarget, base: Measurement | None) -> dict[str, Any]:
    """The values that the form starts with: the version to amend, or the last finished period of its cycle."""
    if base:
        own = [] if base.submitted_at else base.evidence.filter(redacted_at=None)  # of what was sent: offered only
        is_usual = base.period in target.periods_to_report(clock.today())
        return {
            "reuse": [str(item.uuid) for item in own],
            "period" if is_usual else "period_typed": base.period,
            **{name: getattr(base, name) for name in ("value", "n", "method", "note")},
        }
    return suggested(target)


def _offered(target: ServiceTarget, base: Measurement | None) -> dict[str, submission.NewEvidence]:
    """What may be ticked: evidence of the version to amend, else addresses in reports that were not sent back."""
    if base:
        return {str(item.uuid): submission.NewEvidence.of(item) for item in base.evidence.filter(redacted_at=None)}
    standing = target.measurements.exclude(submitted_at=None).exclude(
        decisions__verdict__in=(Verdict.RETURNED, Verdict.REJECTED, Verdict.REVOKED)
    )
    links = Evidence.objects.filter(measurement__in=standing).exclude(url="")
    found: dict[str, submission.NewEvidence] = {}
    for item in links.order_by("-measurement__submitted_at", "pk"):
        found.setdefault(item.url, submission.NewEvidence(kind=item.evidence_kind, url=item.url))
    return dict(islice(found.items(), MAX_LINKS))


def _usual_kind(target: ServiceTarget) -> list[dict[str, Any]]:
    """How the last report was proven: what new evidence probably is. A kind alone is no evidence."""
    sent = Evidence.objects.filter(measurement__target=target, measurement__submitted_at__isnull=False)
    last = sent.filter(redacted_at=None).order_by("-measurement__submitted_at", "pk").first()
    return [{"kind": last.evidence_kind}] if last else []
