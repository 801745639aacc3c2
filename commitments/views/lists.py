"""What may anyone look through? The lists of units and promises, on the page and as files, and all data."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from commitments import exports
from commitments.api import whole
from commitments.api.urls import LISTINGS
from commitments.filters import PromiseFilter, UnitFilter, kecamatan
from commitments.listing import Listing
from commitments.reports.promise_list import promise_lines
from commitments.reports.unit_list import hits, particulars, unit_lines
from commitments.tables import PromiseTable, UnitTable
from commitments.views import asof as asof_
from commitments.views.asof import PARAMETER, AsOf
from commitments.views.everyone import ANYTHING, public_page
from opd.snapshot import snapshot


@public_page(known=ANYTHING)
def unit_list(request: HttpRequest) -> HttpResponseBase:
    asof = asof_.read(request)
    lines = unit_lines(asof.day, searched=bool(request.GET.get("q")))
    places = kecamatan(line.unit for line in lines)
    filter_ = UnitFilter(request.GET, lines, UnitTable.known_orders(), places)
    page = Listing(request.path, request.GET, asof.day if asof.is_past else None, filter_, UnitTable)
    if page.is_file and not asof.notice:
        return _file(request, asof, page, "unit", gettext("unit"))
    more = particulars(page.shown, asof.day)
    rows = [(line, more.get(line.unit.pk), hits(line, page.query)) for line in page.shown]
    return _page(request, asof, "units", "unit", page=page, rows=rows)


@public_page(known=ANYTHING)
def commitment_list(request: HttpRequest) -> HttpResponseBase:
    asof = asof_.read(request)
    lines, units = promise_lines(asof.day)
    filter_ = PromiseFilter(request.GET, lines, PromiseTable.known_orders(), kecamatan(units))
    page = Listing(request.path, request.GET, asof.day if asof.is_past else None, filter_, PromiseTable)
    if page.is_file and not asof.notice:
        return _file(request, asof, page, "komitmen", gettext("komitmen dan target"))
    bare = any(line.service is None for line in lines)
    return _page(request, asof, "commitments", "komitmen", page=page, bare=bare)


@public_page(PARAMETER)
def data(request: HttpRequest) -> HttpResponseBase:
    return _data(request, asof_.read(request))


@public_page(PARAMETER)
def data_file(request: HttpRequest, name: str, format_: str) -> HttpResponseBase:
    """A whole listing of the API as a file; a day that makes no sense is said on the page instead."""
    if format_ not in whole.formats(name):
        raise Http404
    asof = asof_.read(request)
    if asof.notice:
        return _data(request, asof)
    view = LISTINGS[name]
    with snapshot():
        if format_ == "json":
            return exports.answer(whole.as_json(view, asof.day), f"{name}-{asof.day}.json", "json")
        source = request.build_absolute_uri(reverse(f"api-{name}") + asof.query)
        sheet = exports.Sheet(name, f"{name}. {view.summary}", asof.day, source, whole.cells(view, asof.day))
        return exports.download(sheet, format_)


def _data(request: HttpRequest, asof: AsOf) -> HttpResponseBase:
    told = {"listings": whole.listings(), "licence": exports.LICENCE, "licence_url": exports.LICENCE_URL}
    return _page(request, asof, "data", "data", **told)


def _file(request: HttpRequest, asof: AsOf, page: Listing, name: str, title: str) -> HttpResponseBase:
    """Every row that the filters leave, not only those of a page."""
    source = request.build_absolute_uri(page.address())
    sheet = exports.Sheet(name, title, asof.day, source, page.table.as_values())
    with snapshot():
        return exports.download(sheet, page.format)


def _page(request: HttpRequest, asof: AsOf, template: str, section: str, **context: Any) -> HttpResponseBase:
    here = context["page"].here if "page" in context else f"{request.path}{asof.query}"
    return render(request, f"public/{template}.html", {"asof": asof, "section": section, "here": here, **context})
