"""While somebody only reads, the register is asked for its ends at most once."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from opd import register


class RegisterEndsMiddleware:
    """Middleware: one answer stands on one head of the register, as far as it names it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with register.ends_once():
            return self.get_response(request)
