"""Which answers are the same for everyone? Those of views marked here; only they may be kept and shared.

Such an answer is a function of its address and of the version of the register (semarang_mou/page_cache.py).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponseBase]

# Ask each time, a 304 is cheap; while this server is away, a cache in front may go on with what it has.
PUBLIC_CACHE_CONTROL = "public, max-age=0, stale-if-error=86400"
RETRY_AFTER = "5"  # seconds, for whoever met a database that is busy or away
DATABASE_AWAY = "seremoni.database_away"  # said by the cache in front: then there is no use in asking the database


class PublicGZipMiddleware(GZipMiddleware):
    max_random_bytes = 0  # they hide secrets; such a page has none, and every process shall send the same bytes


packed = decorator_from_middleware(PublicGZipMiddleware)

# What others hang on an address to follow its reader: no question to this register.
TRACKING_PARAMETERS = ("utm_", "fbclid", "gclid", "igshid", "mc_")


class AnyParameter(frozenset[str]):
    """Every parameter but tracking codes: for a page that says which ones it does not understand."""

    def __contains__(self, name: object) -> bool:
        return not str(name).startswith(TRACKING_PARAMETERS)


ANY_PARAMETER = AnyParameter()


def public_page(*parameters: str, known: frozenset[str] | None = None) -> Callable[[View], View]:
    """Read only, compressed, the same for every reader; `parameters` are all that its address may carry.

    Others never reach the view: the tracking codes of shared links then lead to one page, kept once.
    """
    known = frozenset(parameters) if known is None else known

    def mark(view: View) -> View:
        @wraps(view)
        @require_safe
        @packed
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.META.get(DATABASE_AWAY):
                return _sorry(request)
            query = canonical(request.META.get("QUERY_STRING", ""), known)
            request.META["QUERY_STRING"] = query
            request.GET = QueryDict(query.encode("latin-1"), encoding="utf-8")
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                response.headers.setdefault("Cache-Control", PUBLIC_CACHE_CONTROL)
            return response

        shown.parameters = known  # type: ignore[attr-defined]
        return shown

    return mark


def open_to_all(view: View) -> View:
    """Scripts of other sites may read the answer: it is public, the same for everyone, and needs no cookie."""

    @wraps(view)
    def opened(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return opened


def _sorry(request: HttpRequest) -> HttpResponse:
    response = render(request, "503.html", status=503)
    response["Retry-After"] = RETRY_AFTER
    return response


def canonical(query: str, known: frozenset[str]) -> str:
    """The known parameters in alphabetical order; those of one name stay in theirs."""
    pairs = [pair.partition("=") for pair in query.split("&")]
    ours = [pair for pair in pairs if unquote_plus(pair[0]) in known]
    return "&".join("".join(pair) for pair in sorted(ours, key=lambda pair: pair[0]))
