"""Views: what others take from a page: share images, badges, the table of a unit, the sheet for the council."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from commitments import as_of
from commitments.as_of import PER
from commitments.lists import exports
from commitments.public import unit_page as units
from commitments.public import unit_table
from commitments.public.sharing import council_sheet as sheets
from commitments.public.sharing import share_image
from commitments.public_page import public_page
from commitments.reports import home_page
from commitments.reports import target_page as targets
from commitments.typst import typst_runner
from commitments.typst.print_source import PrintSource
from opd import register, texts
from opd.accounts.throttle import DOWNLOADS, limited

PICTURE_CHART_WIDTH = 720  # of the picture of a target


@public_page(PER)
def home_share_image(request: HttpRequest) -> HttpResponse:
    day = as_of.read(request).day
    return _embeddable(
        HttpResponse(
            share_image.home(home_page.home_page(day, most_units=home_page.MAX_TILES), day), content_type="image/png"
        )
    )


@public_page(PER)
def unit_share_image(request: HttpRequest, code: str) -> HttpResponse:
    day = as_of.read(request).day
    page = units.unit_page(code, day)
    if page is None:
        raise Http404
    return _embeddable(HttpResponse(share_image.unit(page, day), content_type="image/png"))


@public_page(PER)
def badge(request: HttpRequest, code: str) -> HttpResponse:
    """A small picture of the unit's rung, for the unit's own site."""
    asof = as_of.read(request)
    row = units.unit_row(code, asof.day)
    if row is None:
        raise Http404
    picture = texts.tidy(render_to_string("public/badge.svg", {"row": row, "asof": asof}, request), lines=True)
    return _embeddable(HttpResponse(picture, content_type="image/svg+xml"))


@public_page(PER)
@limited(DOWNLOADS)
def council_sheet(request: HttpRequest) -> HttpResponse:
    """One sheet of paper with the units that have something to explain; the home page says why a day is no day."""
    asof, head = as_of.read(request), register.head()
    if asof.notice:
        return redirect(f"{reverse('home')}?{urlencode({PER: request.GET[PER]})}")
    if head is None:
        raise Http404
    address = request.build_absolute_uri(f"{reverse('home')}?{PER}={asof.day}")
    words = sheets.sheet_words(asof.day, PrintSource(head, register.is_demo(), address))
    name = f"{'contoh-' if register.is_demo() else ''}lembar-dewan-{asof.day}.pdf"
    return HttpResponse(
        typst_runner.pdf_of(sheets.COUNCIL_TEMPLATE, words, head.at),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@public_page(PER)
@limited(DOWNLOADS)
def unit_data(request: HttpRequest, code: str) -> HttpResponseBase:
    """The table of a unit as CSV. For a day that cannot be used: a redirect to its page, which shows the reason."""
    asof = as_of.read(request)
    row = units.unit_row(code, asof.day)
    if row is None:
        raise Http404
    if asof.notice:
        return redirect(f"{row.get_absolute_url()}?{urlencode({PER: request.GET[PER]})}")
    source = request.build_absolute_uri(f"{row.get_absolute_url()}{asof.query}")
    table = unit_table.rows(unit_table.targets_of(row, asof.day), asof.day)
    return exports.download(exports.ExportSheet(f"unit-{code}", row.name, asof.day, source, table), "csv")


@public_page(PER)
@limited(DOWNLOADS)
def target_data(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The measurements of one target as CSV."""
    asof = as_of.read(request)
    found = unit_table.target_alone(reference, asof.day)
    row = found.first()
    if row is None:
        raise Http404
    if asof.notice:
        return redirect(f"{row.get_absolute_url()}?{urlencode({PER: request.GET[PER]})}")
    source = request.build_absolute_uri(f"{row.get_absolute_url()}{asof.query}")
    name = f"sasaran-{reference.lower()}"
    table = exports.ExportSheet(name, str(row), asof.day, source, unit_table.rows(found, asof.day))
    return exports.download(table, "csv")


@public_page(PER)
def target_picture(request: HttpRequest, reference: str) -> HttpResponse:
    """The chart of a target as a picture that says by itself what it is, of which day, and from where."""
    asof = as_of.read(request)
    page = targets.target_page(reference, asof.day)
    if page is None:
        raise Http404
    context = {
        "page": page,
        "asof": asof,
        "target": page.standing.target,
        "chart": page.chart,
        "width": PICTURE_CHART_WIDTH,
    }
    picture = texts.tidy(render_to_string("public/target_picture.svg", context, request), lines=True)
    return _embeddable(HttpResponse(picture, content_type="image/svg+xml"))


def _embeddable(response: HttpResponse) -> HttpResponse:
    """The response with the header that lets other sites show the picture."""
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
