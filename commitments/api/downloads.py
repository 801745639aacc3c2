"""Views: the page about all data, each list of the API as one file, and what outsiders check them with."""

from __future__ import annotations

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from commitments import as_of
from commitments.api import kit, whole_list
from commitments.api.kit.data_package import catalogue, data_package
from commitments.api.urls import API_LISTS
from commitments.as_of import PER, AsOf
from commitments.lists import exports
from commitments.public_page import public_page
from opd.accounts.throttle import DOWNLOADS, limited
from opd.register.snapshot import snapshot

PROGRAMS = {  # to download and run; none of ours imports them
    name: Path(kit.__file__).with_name(f"{name}.py") for name in ("verify", "cases")
}


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


@public_page(PER)
@limited(DOWNLOADS)
def plain_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A whole list for a program: comma, point, the names of the columns first, and nothing else."""
    if name not in API_LISTS:
        raise Http404
    asof = as_of.read(request)
    if asof.notice:
        return _data(request, asof)
    with snapshot():
        return exports.answer(
            exports.as_plain_csv(whole_list.cells(API_LISTS[name], asof.day)), f"{name}-{asof.day}.csv", "csv"
        )


@public_page()
def program(request: HttpRequest, name: str) -> HttpResponseBase:
    if name not in PROGRAMS:
        raise Http404
    return HttpResponse(PROGRAMS[name].read_bytes(), content_type="text/x-python; charset=utf-8")


@public_page()
def package(request: HttpRequest) -> HttpResponseBase:
    return _described(data_package(request.build_absolute_uri), "application/json")


@public_page()
def catalog(request: HttpRequest) -> HttpResponseBase:
    return _described(catalogue(request.build_absolute_uri), "application/ld+json")


def _described(description: dict[str, object], media_type: str) -> JsonResponse:
    return JsonResponse(description, json_dumps_params={"ensure_ascii": False, "indent": 1}, content_type=media_type)


def _data(request: HttpRequest, asof: AsOf) -> HttpResponseBase:
    context = {
        "asof": asof,
        "section": "data",
        "here": f"{request.path}{asof.query}",
        "listings": whole_list.list_descriptions(),
        "site": request.build_absolute_uri("/").rstrip("/"),
        "licence": exports.LICENCE,
        "licence_url": exports.LICENCE_URL,
    }
    return render(request, "public/data.html", context)
