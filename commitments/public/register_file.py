"""Views for machines: the register as a file with one entry a line, and the health check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.db.models import BigIntegerField, Count, Func, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from commitments.public_page import open_to_all, public_page
from opd import health, register
from opd.accounts.throttle import DOWNLOADS, limited
from opd.models import Entry

ENTRIES_A_SLICE = 500  # entries in memory at a time
LINE = '{{"entry": {}, "hash": "{}"}}\n'
ENTRY_NUMBER = re.compile(r"\d{1,15}", re.ASCII)


class SizeInBytes(Func):
    """Bytes of a text in UTF-8."""

    function = "OCTET_LENGTH"
    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="LENGTH(CAST(%(expressions)s AS BLOB))", **context)


@open_to_all
@public_page("sejak")
@limited(DOWNLOADS, as_json=True)
def register_lines(request: HttpRequest) -> HttpResponseBase:
    """The register, one entry a line; `?sejak=SEQ` gives only the entries after that number."""
    after = request.GET.get("sejak", "0")
    if not ENTRY_NUMBER.fullmatch(after):
        return JsonResponse({"error": "sejak diisi nomor catatan terakhir yang sudah Anda punya."}, status=400)
    head = register.head()
    until = head.seq if head else 0
    response = StreamingHttpResponse(lines(int(after), until), content_type="application/jsonl; charset=utf-8")
    response["Content-Length"] = str(
        size_of_lines(int(after), until)
    )  # who gets fewer bytes knows that they lack some
    if register.is_demo():  # the lines must stay as they were hashed, so the file name says that it is a demo
        response["Content-Disposition"] = 'inline; filename="contoh-jejak.jsonl"'
    return response


def lines(after: int, until: int) -> Iterator[str]:
    """The entries after a number up to another, in slices; each line holds the text exactly as it was hashed."""
    while rows := list(
        Entry.objects.filter(seq__gt=after, seq__lte=until)
        .order_by("seq")
        .values_list("seq", "body", "hash")[:ENTRIES_A_SLICE]
    ):
        yield "".join(LINE.format(body, digest) for _, body, digest in rows)
        after = rows[-1][0]


def size_of_lines(after: int, until: int) -> int:
    """Bytes of these lines in UTF-8."""
    entries = Entry.objects.filter(seq__gt=after, seq__lte=until)
    found = entries.aggregate(number=Count("seq"), bodies=Coalesce(Sum(SizeInBytes("body")), 0))
    return int(found["bodies"] + found["number"] * len(LINE.format("", "0" * 64)))


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    fault = health.fault()
    if fault is None:
        return JsonResponse({"status": "ok"})
    return JsonResponse({"status": fault.status, "reason": fault.reason}, status=503)
