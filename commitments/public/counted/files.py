"""Views: the public list of durations of a case file, and the calendar of holidays."""

from __future__ import annotations

import csv
import io
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from commitments.models import CaseFile, Holiday, HolidayYear
from commitments.public_page import public_page

CALENDAR_COLUMNS = ("year", "day", "name", "source", "decree", "approved_on")


@public_page()
def case_durations(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The sorted durations behind one number, one a line; its SHA-256 stands in the register."""
    row = CaseFile.objects.sent().exclude(durations="").filter(uuid=uuid).first()
    if row is None:
        raise Http404
    return HttpResponse(row.durations, content_type="text/csv; charset=utf-8")


@public_page()
def calendar_file(request: HttpRequest) -> HttpResponse:
    """The holidays in force: one line a day."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(CALENDAR_COLUMNS)
    days = Holiday.objects.filter(calendar__in=HolidayYear.objects.in_force()).select_related("calendar")
    for one in days.order_by("day"):
        year = one.calendar
        approved_on = year.approved_at.date() if year.approved_at else ""
        lines.writerow((year.year, one.day, one.name, year.source, year.decree, approved_on))
    return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
