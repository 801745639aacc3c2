"""Decorators for views whose answer is the same for every reader: only such an answer may be cached and shared.

The answer depends on the address and on the version of the register alone (semarang_mou/page_cache/__init__.py).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.decorators import decorator_from_middleware
from django.views import defaults
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponseBase]

# A browser asks each time, because a 304 is cheap. While this server is away, a cache in front may use old pages.
PUBLIC_CACHE_CONTROL = "public, max-age=0, stale-if-error=86400"
API_ROOT = "/api/"
AWAY_SENTENCE = "Basis data sedang tidak menjawab; coba lagi sebentar lagi."  # for machines; pages have their own
RETRY_AFTER = "5"  # seconds, for whoever met a database that is busy or away
DATABASE_AWAY = "seremoni.database_away"  # set by the page cache: the view shall not ask the database


class PublicGZipMiddleware(GZipMiddleware):
    """Compression without the random bytes that hide secrets: a public page has none, and its bytes must not vary."""

    max_random_bytes = 0


compressed = decorator_from_middleware(PublicGZipMiddleware)

# Parameters that other sites add to an address to follow its reader.
TRACKING_PARAMETERS = ("utm_", "fbclid", "gclid", "igshid", "mc_")


class AnyParameter(frozenset[str]):
    """All parameters except tracking codes, for a page that tells the reader which ones it does not know."""

    def __contains__(self, name: object) -> bool:
        return not str(name).startswith(TRACKING_PARAMETERS)


ANY_PARAMETER = AnyParameter()


def public_page(*parameters: str, known: frozenset[str] | None = None) -> Callable[[View], View]:
    """Decorator of a view that only reads: compressed, cached, the same for every reader.

    parameters, known: the query parameters that the view may use. All others are removed before the view sees them,
    so that links with different tracking codes are one page.
    """
    known = frozenset(parameters) if known is None else known

    def mark(view: View) -> View:
        @wraps(view)
        @require_safe
        @compressed
        def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.META.get(DATABASE_AWAY):
                return _unavailable(request)
            query = canonical(request.META.get("QUERY_STRING", ""), known)
            request.META["QUERY_STRING"] = query
            request.GET = QueryDict(query.encode("latin-1"), encoding="utf-8")
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                response.headers.setdefault("Cache-Control", PUBLIC_CACHE_CONTROL)
                if response.headers["Content-Type"].startswith("text/html") and not is_for_machines(request):
                    response.headers["Speculation-Rules"] = f'"{reverse("speculation-rules")}"'
            return response

        marked.parameters = known  # type: ignore[attr-defined]
        return marked

    return mark


def open_to_all(view: View) -> View:
    """Decorator that lets scripts of other sites read the answer: it is public and needs no cookie."""

    @wraps(view)
    def opened(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return opened


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to an address that does not exist: the page that it means in small letters, where there is one."""
    address = None if is_for_machines(request) else _in_small_letters(request.path_info)
    if address in (None, request.path_info):
        return defaults.page_not_found(request, exception)
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{address}?{query}" if query else str(address))


def _in_small_letters(path: str) -> str | None:
    """The same address as we write it: in small letters, references in capitals. None for no public page."""
    try:
        match = resolve(path.lower())
    except Resolver404:
        return None
    if not hasattr(match.func, "parameters"):
        return None
    reference = str(match.kwargs.get("reference", ""))
    return path.lower().replace(reference, reference.upper()) if reference else path.lower()


def is_for_machines(request: HttpRequest) -> bool:
    """Whether the answer is JSON, an error too: its description promises nothing else."""
    return request.path_info.startswith(API_ROOT)


def _unavailable(request: HttpRequest) -> HttpResponse:
    """The answer while the database is away: 503, try again in some seconds."""
    if is_for_machines(request):
        response: HttpResponse = JsonResponse({"error": AWAY_SENTENCE}, status=503)
    else:
        response = render(request, "503.html", status=503)
    response["Retry-After"] = RETRY_AFTER
    return response


def canonical(query: str, known: frozenset[str]) -> str:
    """The query with only the known parameters, sorted by name; values of one name keep their order."""
    pairs = [pair.partition("=") for pair in query.split("&")]
    ours = [pair for pair in pairs if unquote_plus(pair[0]) in known]
    return "&".join("".join(pair) for pair in sorted(ours, key=lambda pair: pair[0]))
