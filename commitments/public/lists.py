"""Views: the lists of units and of commitments, as a page and as files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from commitments import as_of
from commitments.as_of import AsOf
from commitments.lists import exports
from commitments.lists.commitment_rows import commitment_list_rows
from commitments.lists.filters import Choices, CommitmentFilter, UnitFilter, kecamatan, kecamatan_on
from commitments.lists.list_page import ListPage
from commitments.lists.long_lists import long_commitment_list, long_unit_list
from commitments.lists.tables import CommitmentTable, UnitTable
from commitments.lists.unit_rows import search_hits, unit_details, unit_list_rows
from commitments.models.agreement import public_facts_on
from commitments.public_page import ANY_PARAMETER, public_page
from opd.accounts.throttle import DOWNLOADS, limited
from opd.register.snapshot import snapshot


@public_page(known=ANY_PARAMETER)
def unit_list(request: HttpRequest) -> HttpResponseBase:
    asof = as_of.read(request)
    long = None if "format" in request.GET else long_unit_list(asof.day)
    lines = None if long else unit_list_rows(asof.day, searched=bool(request.GET.get("q")))
    places = _places(request, asof) if lines is None else kecamatan(line.unit for line in lines)
    filter_ = UnitFilter(request.GET, lines, UnitTable.known_orders(), places)
    page = ListPage(request.path, request.GET, asof.day if asof.is_past else None, filter_, UnitTable, long)
    if page.is_file and not asof.notice:
        return _file(request, asof, page, "unit", gettext("unit"))
    more = unit_details(page.shown, asof.day)
    rows = [(line, more.get(line.unit.pk), search_hits(line, page.search)) for line in page.shown]
    return _page(request, asof, "units", "unit", page=page, rows=rows)


@public_page(known=ANY_PARAMETER)
def commitment_list(request: HttpRequest) -> HttpResponseBase:
    asof = as_of.read(request)
    long = None if "format" in request.GET else long_commitment_list(asof.day)
    lines, units = (None, ()) if long else commitment_list_rows(asof.day)
    places = _places(request, asof) if lines is None else kecamatan(units)
    filter_ = CommitmentFilter(request.GET, lines, CommitmentTable.known_orders(), places)
    page = ListPage(request.path, request.GET, asof.day if asof.is_past else None, filter_, CommitmentTable, long)
    if page.is_file and not asof.notice:
        return _file(request, asof, page, "komitmen", gettext("komitmen dan target"))
    bare = any(line.service is None for line in (page.shown if lines is None else lines))
    return _page(
        request,
        asof,
        "commitments",
        "komitmen",
        page=page,
        bare=bare,
        facts=() if page.total else public_facts_on(asof.day),
    )


def _places(request: HttpRequest, asof: AsOf) -> Choices:
    return kecamatan_on(asof.day, request.GET.getlist("kecamatan"))


@limited(DOWNLOADS)
def _file(request: HttpRequest, asof: AsOf, page: ListPage, name: str, title: str) -> HttpResponseBase:
    """Every row that the filters leave, not only those of a page."""
    source = request.build_absolute_uri(page.address())
    sheet = exports.ExportSheet(name, title, asof.day, source, page.table.as_values())
    with snapshot():
        return exports.download(sheet, page.format)


def _page(request: HttpRequest, asof: AsOf, template: str, section: str, **context: Any) -> HttpResponseBase:
    here = context["page"].here if "page" in context else f"{request.path}{asof.query}"
    return render(request, f"public/{template}.html", {"asof": asof, "section": section, "here": here, **context})
