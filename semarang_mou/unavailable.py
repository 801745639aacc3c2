"""What is answered when the database is busy or away, or a disk full? 503, when to try again, the form as sent.

Django asks here whatever broke and wherever it did: in a view, a page or a middleware, of any part of the site.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from typing import NamedTuple

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views import defaults

from commitments.public_page import AWAY_SENTENCE, RETRY_AFTER, is_for_machines
from commitments.workspace import kept_forms

SQLITE_ERROR, SQLITE_BUSY, SQLITE_LOCKED = 1, 5, 6  # the first is a question that is wrong
SQLITE_FULL, POSTGRES_FULL = 13, "53100"
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)  # of the system: a long upload waits in a file until it is judged
# Of PostgreSQL: a lock, a statement and a deadlock that took too long; none of them leaves anything behind.
BUSY_STATES = ("55P03", "57014", "40P01")
# Nobody typed these.
OF_THE_PAGE = ("csrfmiddlewaretoken", "account", "seen", "shown", "since", "read_doubts", "token")


class SentField(NamedTuple):
    """One value of a form that was sent."""

    name: str
    value: str

    @property
    def is_text(self) -> bool:
        """Whether somebody wrote it, and would miss it."""
        return self.name not in OF_THE_PAGE and len(self.value.split()) > 1

    @property
    def is_secret(self) -> bool:
        return "password" in self.name


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to what nobody caught: the page of a fault, or of a database that cannot answer now."""
    error = sys.exc_info()[1]
    full = _is_full(error)
    away = full or (isinstance(error, OperationalError) and _code(error) != SQLITE_ERROR)
    if is_for_machines(request):
        response: HttpResponse = _for_machines(away=away)
    elif away:
        response = _page(request, busy=_is_busy(error), full=full)
    else:
        return defaults.server_error(request)
    if away:
        response["Retry-After"] = RETRY_AFTER
    return response


def _code(error: BaseException | None) -> int | None:
    """SQLite's primary code."""
    code: int | None = getattr(error and error.__cause__, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _is_busy(error: BaseException | None) -> bool:
    """Whether the database was only waited for: then nothing of the act is recorded."""
    cause = error and error.__cause__
    is_waiting = type(cause).__name__ == "PoolTimeout" or getattr(cause, "sqlstate", None) in BUSY_STATES
    return is_waiting or _code(error) in (SQLITE_BUSY, SQLITE_LOCKED)


def _is_full(error: BaseException | None) -> bool:
    """Whether the disk of the database, or of what is being sent, is full: then nothing of the act is recorded."""
    is_of_database = getattr(error and error.__cause__, "sqlstate", None) == POSTGRES_FULL
    return is_of_database or _code(error) == SQLITE_FULL or getattr(error, "errno", None) in DISK_FULL


def _for_machines(*, away: bool) -> JsonResponse:
    said = AWAY_SENTENCE if away else "Ada gangguan di sisi kami."
    headers = {"Access-Control-Allow-Origin": "*"}
    return JsonResponse({"error": said}, status=503 if away else 500, headers=headers)


def _page(request: HttpRequest, *, busy: bool, full: bool) -> HttpResponse:
    """With all that was sent, once it is known that a page of ours sent it."""
    context: dict[str, object] = {"busy": busy, "full": full, "address": request.get_full_path()}
    if request.method == "POST" and getattr(request, "csrf_processing_done", False):
        typed = request.POST.copy()
        context["files"] = [] if "X-Draft" in request.headers else kept_forms.hold_files(request, typed)
        context["fields"] = list(_fields(typed))
    else:
        _drop_unfinished_upload(request)
    response = render(request, "503.html", context, status=503)
    add_never_cache_headers(response)
    return response


def _drop_unfinished_upload(request: HttpRequest) -> None:
    """Frees the room of a file that did not come in whole; else it is taken until Python tidies its memory up."""
    for handler in request.upload_handlers:
        handler.upload_interrupted()


def _fields(typed: QueryDict) -> Iterator[SentField]:
    for name, values in typed.lists():
        yield from (SentField(name, str(value)) for value in values if name != "csrfmiddlewaretoken")
