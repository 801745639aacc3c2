"""Views for machines: the register as a file with one entry a line, and the health check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from commitments.public_page import open_to_all, public_page
from opd import health, register
from opd.accounts.throttle import DOWNLOADS, limited
from opd.models import Entry

ENTRIES_A_SLICE = 500  # entries in memory at a time
ENTRY_NUMBER = re.compile(r"\d{1,15}", re.ASCII)


@open_to_all
@public_page("sejak")
@limited(DOWNLOADS, as_json=True)
def register_lines(request: HttpRequest) -> HttpResponseBase:
    """The register, one entry a line; `?sejak=SEQ` gives only the entries after that number."""
    after = request.GET.get("sejak", "0")
    if not ENTRY_NUMBER.fullmatch(after):
        return JsonResponse({"error": "sejak diisi nomor catatan terakhir yang sudah Anda punya."}, status=400)
    response = StreamingHttpResponse(lines(int(after)), content_type="application/jsonl; charset=utf-8")
    if register.is_demo():  # the lines must stay as they were hashed, so the file name says that it is a demo
        response["Content-Disposition"] = 'inline; filename="contoh-jejak.jsonl"'
    return response


def lines(after: int = 0) -> Iterator[str]:
    """The entries after a number, in slices; each line holds the text exactly as it was hashed."""
    while rows := list(
        Entry.objects.filter(seq__gt=after).order_by("seq").values_list("seq", "body", "hash")[:ENTRIES_A_SLICE]
    ):
        yield "".join(f'{{"entry": {body}, "hash": "{digest}"}}\n' for _, body, digest in rows)
        after = rows[-1][0]


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    fault = health.fault()
    if fault is None:
        return JsonResponse({"status": "ok"})
    return JsonResponse({"status": fault.status, "reason": fault.reason}, status=503)
