"""Views: the outside mirror and the trainings."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from commitments import as_of
from commitments.as_of import PER
from commitments.public.beside import mirror_page, training_page
from commitments.public_page import public_page


@public_page(PER)
def mirror(request: HttpRequest) -> HttpResponse:
    asof = as_of.read(request)
    return _beside(request, "mirror", asof, mirror_page.mirror_page(asof.day))


@public_page(PER)
def training_list(request: HttpRequest) -> HttpResponse:
    asof = as_of.read(request)
    return _beside(request, "trainings", asof, training_page.training_page(asof.day))


@public_page()
def training_calendar(request: HttpRequest, day: str) -> HttpResponse:
    """The training of a day for a telephone's calendar; only what is on record now."""
    try:
        content = training_page.calendar_file(date.fromisoformat(day))
    except ValueError as error:
        raise Http404 from error
    if content is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="bimtek-{day}.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def _beside(request: HttpRequest, template: str, asof: as_of.AsOf, page: object) -> HttpResponse:
    context = {"asof": asof, "section": "", "here": f"{request.path}{asof.query}", "page": page}
    return render(request, f"public/{template}.html", context)
