"""The page for a case file: the file, its columns, and what the register computed. The bytes end with the request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commitments.cases.case_rows import CasePeriod
from commitments.cases.columns import CaseColumns
from commitments.cases.durations import TIMED
from commitments.formats import measured, plain_date
from commitments.models import CaseFile, CaseMapping, Measurement, ServiceTarget
from commitments.models.cases.case_file import why_no_case_file
from commitments.workspace.cases.forms import CaseFileForm, ColumnsForm
from commitments.workspace.ownership import MemberRequest, context_of, measurement_of, members, target_of
from opd import clock


@dataclass(frozen=True)
class ReadLine:
    """One of the first rows as it was read, in words."""

    number: int
    start: str
    stop: str
    duration: str

    @classmethod
    def of(cls, told: dict[str, Any], unit: str) -> ReadLine:
        start, stop = (_in_words(told[name]) for name in ("start", "stop"))
        if not unit:
            return cls(told["line"], start, stop, "ya" if told["duration"] else "tidak")
        words = "menit" if unit in TIMED else "hari"
        return cls(told["line"], start, stop, measured(told["duration"], words))


def _in_words(moment: str) -> str:
    day, _, clock_time = moment.partition("T")
    return " ".join(filter(None, (plain_date(date.fromisoformat(day)), clock_time.replace(":", "."))))


@members
def case_file_receive(request: MemberRequest, reference: str) -> HttpResponse:
    """Takes a case file in and shows what was computed, or asks which column is which."""
    target = target_of(request.user, reference)
    base = _base(request, target)
    told: dict[str, Any] = {}
    row = None
    form = CaseFileForm(target=target)
    if request.method == "POST" and not why_no_case_file(target):
        form = CaseFileForm(request.POST, request.FILES, target=target)
        if form.is_valid():
            row, told = _received(request, form, target, base)
    context = context_of(request, target.unit) | {
        "target": target,
        "stated": target.clock,
        "base": base,
        "why_not": why_no_case_file(target),
        "form": form,
        "next_url": reverse("workspace-report-amend", args=[base.uuid])
        if base
        else reverse("workspace-report", args=[target.reference]),
        "row": row,
        "told": told,
        "preview": [ReadLine.of(one, row.unit) for one in told["preview"]] if row else [],
        "columns": ColumnsForm.about(told, _roles(target)) if told.get("columns") else None,
    }
    return render(request, "workspace/case_file.html", context, status=422 if told.get("problem") else 200)


def _received(
    request: MemberRequest, form: CaseFileForm, target: ServiceTarget, base: Measurement | None
) -> tuple[CaseFile | None, dict[str, Any]]:
    said = ColumnsForm.posted(request.POST, _roles(target))
    known = CaseMapping.objects.filter(target=target).first()
    columns = said or (CaseColumns.stored(known.columns) if known else None)
    file, period = form.cleaned_data["file"], form.chosen
    assert period is not None  # noqa: S101 - a valid form has one
    content = file.read()
    file.close()  # the copy that a long upload leaves on disk goes before the answer
    row, told = CaseFile.receive(
        by=request.user,
        target=target,
        period=CasePeriod(period.start, period.end),
        content=content,
        columns=columns,
        base=base,
    )
    if row:
        about = {"columns": told["columns"], "said_by": request.user, "said_at": clock.now()}
        CaseMapping.objects.update_or_create(target=target, defaults=about)
    return row, told


def _base(request: MemberRequest, target: ServiceTarget) -> Measurement | None:
    """The version that the file shall correct, or None."""
    asked = request.POST.get("koreksi") or request.GET.get("koreksi")
    try:
        base = measurement_of(request.user, UUID(asked)) if asked else None
    except ValueError:
        return None
    return base if base and base.target_id == target.pk else None


def _roles(target: ServiceTarget) -> tuple[str, ...]:
    """The columns that this target asks for."""
    stated = target.clock
    return (
        *("start", "start_time", "stop", "stop_time", "ticket"),
        *(("pauses",) if stated and stated.pauses else ()),
        *(() if stated else ("yes",)),
    )


def case_file_of(request: MemberRequest, target: ServiceTarget, base: Measurement | None) -> CaseFile | None:
    """The computed figures that a report is about: named by the form or its address, else those of its draft."""
    asked = request.POST.get("kasus") or request.GET.get("kasus")
    mine = CaseFile.objects.filter(target=target).select_related("target", "measurement")
    try:
        if asked:
            return mine.filter(uuid=asked).first()
    except ValidationError:  # not a UUID
        return None
    return mine.filter(measurement=base).first() if base and base.submitted_at is None else None
