"""Pages about what a unit reported so far: every report with what became of it, and the unit's report card."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commitments.as_of import PER
from commitments.models import Commitment, Measurement
from commitments.reports import meeting_pack
from commitments.typst.print_source import PrintSource
from commitments.typst.report_card import report_card
from commitments.workspace.ownership import MemberRequest, context_of, members, unit_asked
from opd import clock, register
from opd.accounts.throttle import DOWNLOADS, limited

REPORTS_ON_A_PAGE = 25


@members
def past_reports(request: MemberRequest) -> HttpResponse:
    """Every report that the unit sent for what it owes today, newest first, with its state and the notes on it."""
    unit = unit_asked(request)
    owed = Commitment.objects.owed_by(unit, clock.today())
    sent = Measurement.objects.filter(target__commitment__in=owed).exclude(submitted_at=None)
    rows = sent.select_related("target").prefetch_related("decisions").order_by("-submitted_at", "-pk")
    page = Paginator(rows, REPORTS_ON_A_PAGE).get_page(request.GET.get("halaman"))
    return render(request, "workspace/past_reports.html", context_of(request, unit) | {"page": page})


@members
@limited(DOWNLOADS)
def own_report_card(request: MemberRequest) -> HttpResponse:
    """The report card of the person's unit, as the meeting reads it."""
    unit, day, head = unit_asked(request), clock.today(), register.head()
    sheet = meeting_pack.sheet(unit.code, day)
    if sheet is None or head is None:
        raise Http404
    address = request.build_absolute_uri(f"{reverse('unit', args=[unit.code])}?{PER}={day}")
    content = report_card(sheet, day, PrintSource(head, register.is_demo(), address))
    name = f'inline; filename="rapor-{unit.code}-{day}.pdf"'
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name})
