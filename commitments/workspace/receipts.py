"""Page of a draft or submission: what became of it, and what the unit can still do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from commitments.formats import title
from commitments.models import Measurement
from commitments.reports.doubts import claim_of
from commitments.reports.submission_preview import SubmissionPreview, preview
from commitments.workspace import submission
from commitments.workspace.ownership import MemberRequest, context_of, home_of, measurement_of, members
from commitments.workspace.reminders import draft_message
from opd.errors import Refused
from opd.models import Entry


@members
def receipt(request: MemberRequest, uuid: UUID) -> HttpResponse:
    return _receipt(request, measurement_of(request.user, uuid))


@members
def report_known(request: MemberRequest, uuid: UUID) -> JsonResponse:
    """Whether this report has arrived, and as what: a telephone asks before it sends everything again."""
    row = measurement_of(request.user, uuid)
    return JsonResponse(
        {"sent": row.submitted_at is not None, "address": reverse("workspace-receipt", args=[row.uuid])}
    )


@members
def receipt_text(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """The receipt as a text to keep: enough to recompute its entry in the register without help."""
    row = measurement_of(request.user, uuid)
    entry = _entry_of(row)
    if entry is None:
        raise Http404
    context = {"row": row, "unit": row.target.unit, "evidence": row.evidence.all(), "entry": entry}
    page = render(request, "workspace/receipt.txt", context, content_type="text/plain; charset=utf-8")
    page["Content-Disposition"] = f'attachment; filename="tanda-terima-{row.target.reference}-{entry.seq}.txt"'
    return page


def _entry_of(row: Measurement) -> Entry | None:
    return Entry.objects.filter(act="measurement.submitted", object=row.object_name).first()


def _receipt(request: MemberRequest, row: Measurement, problem: str = "") -> HttpResponse:
    versions = Measurement.objects.filter(chain=row.chain).exclude(submitted_at=None).order_by("version")
    context = context_of(request, row.target.unit) | {
        "row": row,
        "evidence": row.evidence.all(),
        "entry": _entry_of(row),
        "versions": versions.prefetch_related("decisions"),
        "later": Measurement.objects.filter(supersedes=row).first(),
        "previewed": _preview_of(row),
        "seen": row.fingerprint(),
        "whatsapp": "" if row.submitted_at else _word_to_the_head(row),
        "problem": problem or ("" if row.submitted_at else row.target.why_impossible(row.value)),
    }
    return render(request, "workspace/receipt.html", context, status=409 if problem else 200)


def _word_to_the_head(row: Measurement) -> str:
    about = f"laporan {title(row.target)}, {row.period.name}"
    return draft_message(row.target.unit, about, reverse("workspace-receipt", args=[row.uuid]))


def _preview_of(row: Measurement) -> SubmissionPreview | None:
    """The preview of a draft, for the head who is about to send what somebody else wrote."""
    if row.submitted_at or not row.target.is_live or row.target.why_impossible(row.value):
        return None
    return preview(row.target, claim_of(row, row.evidence_items()), base=row)


@members
@require_POST
def report_submit(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """The head sends a draft, usually an operator's, once every doubt about it has been shown."""
    row = measurement_of(request.user, uuid)
    previewed = _preview_of(row)
    if previewed and not previewed.is_covered_by(request.POST.get("read_doubts", "")):
        return _receipt(request, row, problem="Belum terkirim. Periksa sekali lagi yang tertulis di bawah ini.")
    return _act(request, uuid, Measurement.submit, "Terkirim. Halaman ini tanda terimanya.")


@members
@require_POST
def report_pull_back(request: MemberRequest, uuid: UUID) -> HttpResponse:
    return _act(request, uuid, Measurement.pull_back, "Kiriman ditarik kembali. Kirim koreksinya bila sudah benar.")


def _act(request: MemberRequest, uuid: UUID, act: Callable[..., Any], done: str) -> HttpResponse:
    row = measurement_of(request.user, uuid)
    try:
        act(row, by=request.user, seen=request.POST.get("seen", ""))
    except Refused as refusal:
        return _receipt(request, measurement_of(request.user, uuid), problem=str(refusal))
    messages.success(request, done)
    return redirect("workspace-receipt", uuid=uuid)


@members
@require_POST
def report_discard(request: MemberRequest, uuid: UUID) -> HttpResponse:
    row = measurement_of(request.user, uuid)
    try:
        submission.discard(row, by=request.user)
    except Refused as refusal:
        return _receipt(request, row, problem=str(refusal))
    messages.success(request, "Konsep dibuang.")
    return redirect(home_of(row.target.unit))
