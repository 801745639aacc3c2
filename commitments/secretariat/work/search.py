"""One search over all lists of the desk: what the staff may read, found by number, name or unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from commitments.models import Commitment, Measurement, PublicFact, ServiceTarget, Signature, TargetRevision
from opd.models import Invitation, Membership, Person, Tenure, Unit, UnitChange
from opd.roster.read_only import address, for_readers

SEARCHED = (
    *(Unit, Measurement, Commitment, ServiceTarget, TargetRevision, UnitChange),
    *(Tenure, Person, Membership, Invitation, Signature, PublicFact),
)
SHOWN = 5  # rows of each list; the list itself shows all
SHORTEST_SEARCH = 2  # letters


@dataclass(frozen=True)
class FoundInList:
    """What one list holds of it: the first rows, and the address of the list with the same search."""

    title: str
    rows: tuple[tuple[str, str], ...]  # a name and an address
    more: bool
    url: str


def found_in(request: HttpRequest, text: str) -> list[FoundInList]:
    """Every list that holds something of this name; two queries a list at most."""
    found = []
    for model in SEARCHED:
        page = admin.site._registry.get(model)
        if page is None or not page.has_view_permission(request) or not page.search_fields:
            continue
        rows, _ = page.get_search_results(request, page.get_queryset(request), text)
        some: list[Any] = list(rows.order_by("-pk").distinct()[: SHOWN + 1])
        opts = model._meta
        there = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        if some:
            named = tuple((str(row), address(row)) for row in some[:SHOWN])
            title = str(opts.verbose_name_plural).capitalize()
            found.append(FoundInList(title, named, len(some) > SHOWN, f"{there}?{urlencode({'q': text})}"))
    return found


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = " ".join(request.GET.get("q", "")[:100].split())
    context = {
        **admin.site.each_context(request),
        "title": "Cari di semua daftar",
        "text": text,
        "found": found_in(request, text) if len(text) >= SHORTEST_SEARCH else [],
        "is_short": len(text) < SHORTEST_SEARCH,
    }
    return TemplateResponse(request, "secretariat/search.html", context)


urlpatterns = [path("", for_readers(search), name="search")]
