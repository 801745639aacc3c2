"""Views: the page about all data, and each list of the API as one file."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from commitments import as_of
from commitments.api import whole_list
from commitments.api.urls import API_LISTS
from commitments.as_of import PER, AsOf
from commitments.lists import exports
from commitments.public_page import public_page
from opd.accounts.throttle import DOWNLOADS, limited
from opd.register.snapshot import snapshot


@public_page(PER)
def data(request: HttpRequest) -> HttpResponseBase:
    return _data(request, as_of.read(request))


@public_page(PER)
@limited(DOWNLOADS)
def data_file(request: HttpRequest, name: str, format_: str) -> HttpResponseBase:
    """A whole list of the API as a file; for a day that cannot be used, the page about all data with the reason."""
    if format_ not in whole_list.formats(name):
        raise Http404
    asof = as_of.read(request)
    if asof.notice:
        return _data(request, asof)
    view = API_LISTS[name]
    with snapshot():
        if format_ == "json":
            return exports.answer(whole_list.as_json(view, asof.day), f"{name}-{asof.day}.json", "json")
        source = request.build_absolute_uri(reverse(f"api-{name}") + asof.query)
        sheet = exports.ExportSheet(
            name, f"{name}. {view.summary}", asof.day, source, whole_list.cells(view, asof.day)
        )
        return exports.download(sheet, format_)


def _data(request: HttpRequest, asof: AsOf) -> HttpResponseBase:
    context = {
        "asof": asof,
        "section": "data",
        "here": f"{request.path}{asof.query}",
        "listings": whole_list.list_descriptions(),
        "licence": exports.LICENCE,
        "licence_url": exports.LICENCE_URL,
    }
    return render(request, "public/data.html", context)
