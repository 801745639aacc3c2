"""Views: the heads of all days, the newest head signed, and who keeps them."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from commitments import as_of
from commitments.public_page import open_to_all, public_page
from opd import register
from opd.accounts.throttle import DOWNLOADS, limited
from opd.models import Witness
from opd.register import kept_heads

PLAIN_TEXT = "text/plain; charset=utf-8"


def note_name() -> str:
    """The name under which heads are signed: the host of the register and `/jejak`."""
    return f"{urlsplit(settings.SITE_URL).netloc}/jejak"


@open_to_all
@public_page()
@limited(DOWNLOADS)
def daily_heads(request: HttpRequest) -> HttpResponseBase:
    """One line for each finished day since the first entry: the day, and the number and hash of its last entry."""
    lines = "".join(f"{day} {head.seq} {head.hash}\n" for day, head in kept_heads.daily_heads())
    return HttpResponse(lines, content_type=PLAIN_TEXT)


@open_to_all
@public_page()
def signed_head(request: HttpRequest) -> HttpResponseBase:
    head = register.head()
    if head is None:
        raise Http404
    return HttpResponse(kept_heads.signed_note(note_name(), head), content_type=PLAIN_TEXT)


@public_page()
def witnesses(request: HttpRequest) -> HttpResponse:
    """Who receives the head every day, and up to which entry each of them vouches."""
    found = list(Witness.objects.order_by("ended_at", "name", "pk"))
    context = {
        "asof": as_of.read(request),
        "section": "jejak",
        "here": request.path,
        "witnesses": [one for one in found if one.ended_at is None],
        "former": [one for one in found if one.ended_at],
        "vouched": max((one.vouched_seq for one in found if one.vouched_seq), default=None),
        "verifier_key": kept_heads.verifier_key(note_name()),
    }
    return render(request, "public/witnesses.html", context)
