"""How does a unit send a value, see what became of it, take it back, and mend it?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from commitments import submission
from commitments.forms import EvidenceRows, ReportForm
from commitments.models import Measurement, ServiceTarget
from commitments.views.workspace.doors import MemberRequest, home_of, measurement_of, members, target_of
from opd import access, clock
from opd.errors import Refused
from opd.explain import explain
from opd.models import Entry


@members
def report(request: MemberRequest, reference: str) -> HttpResponse:
    return _report(request, target_of(request.user, reference), base=None)


@members
def report_amend(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """A correction of what was sent, or a draft written anew."""
    if sent := _already_sent(request):
        return redirect("workspace-receipt", uuid=sent.uuid)
    base = measurement_of(request.user, uuid)
    if later := Measurement.objects.filter(supersedes=base).first():
        messages.info(request, "Koreksi atas kiriman itu sudah ada, yaitu yang ini.")
        return redirect("workspace-receipt", uuid=later.uuid)
    return _report(request, target_of(request.user, base.target.reference), base=base)


def _already_sent(request: MemberRequest) -> Measurement | None:
    """The second tap on an amended form: its base may be gone by now."""
    form = ReportForm.base_fields["uuid"]
    try:
        uuid = form.clean(request.POST.get("uuid"))
    except ValidationError:
        return None
    return Measurement.objects.owned_by(request.user).filter(uuid=uuid).first()


def _report(request: MemberRequest, target: ServiceTarget, base: Measurement | None) -> HttpResponse:
    if request.method != "POST":
        initial = {"uuid": clock.new_uuid(), **_suggested(target, base)}
        form = ReportForm(initial=initial, target=target, base=base)
        return _report_page(request, target, base, form, EvidenceRows(prefix="bukti"))
    form = ReportForm(request.POST, target=target, base=base)
    rows = EvidenceRows(request.POST, request.FILES, prefix="bukti")
    if form.is_valid() & rows.is_valid():
        try:
            sent = submission.record(
                by=request.user,
                target=target,
                uuid=form.cleaned_data["uuid"],
                facts=form.facts(),
                proofs=[*form.reused(), *rows.proofs()],
                submit="kirim" in request.POST,
                base=base,
            )
        except submission.AlreadySent as clash:
            context = {"earlier": clash.earlier, "given": form.cleaned_data, "target": target, "problem": str(clash)}
            return render(request, "workspace/report_clash.html", context, status=409)
        except (Refused, ValidationError) as error:
            explain(form, error)
        else:
            return redirect("workspace-receipt", uuid=sent.uuid)
    return _report_page(request, target, base, form, rows)


def _report_page(
    request: MemberRequest, target: ServiceTarget, base: Measurement | None, form: ReportForm, rows: Any
) -> HttpResponse:
    today = clock.today()
    unit = target.unit
    context = {
        "target": ServiceTarget.objects.with_rung(today).select_related("commitment").get(pk=target.pk),
        "unit": unit,
        "base": base,
        "form": form,
        "rows": rows,
        "is_head": access.serves(request.user, unit, access.HEAD),
    }
    return render(request, "workspace/report.html", context)


def _suggested(target: ServiceTarget, base: Measurement | None) -> dict[str, Any]:
    """What the form starts with: the version to amend, or the period since the last report."""
    if base:
        names = ("value", "period_start", "period_end", "n", "method", "note")
        reuse = [str(item.uuid) for item in base.evidence.filter(redacted_at=None)]
        return {name: getattr(base, name) for name in names} | {"reuse": reuse}
    last = target.measurements.exclude(submitted_at=None).order_by("-period_end", "-submitted_at").first()
    today = clock.today()
    since = (last.period_end if last else target.baseline_on) + timedelta(days=1)
    method = last.method if last else target.baseline_method
    return {"period_start": min(since, today), "period_end": today, "method": method}


@members
def receipt(request: MemberRequest, uuid: UUID) -> HttpResponse:
    return _receipt(request, measurement_of(request.user, uuid))


def _receipt(request: MemberRequest, row: Measurement, problem: str = "") -> HttpResponse:
    unit = row.target.unit
    versions = Measurement.objects.filter(chain=row.chain).exclude(submitted_at=None).order_by("version")
    context = {
        "row": row,
        "unit": unit,
        "evidence": row.evidence.all(),
        "entry": Entry.objects.filter(act="measurement.submitted", object=row.object_name).first(),
        "versions": versions.prefetch_related("decisions"),
        "later": Measurement.objects.filter(supersedes=row).first(),
        "seen": row.fingerprint(),
        "problem": problem,
        "is_head": access.serves(request.user, unit, access.HEAD),
    }
    return render(request, "workspace/receipt.html", context, status=409 if problem else 200)


@members
@require_POST
def report_submit(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """The head sends a draft, usually an operator's."""
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
