"""Rules for search engines: they may list the real register, but never a demonstration with invented figures."""

from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from commitments.lists.exports import DEMO_NOTICE
from commitments.public_page import public_page
from opd import register


@public_page()
def robots(request: HttpRequest) -> HttpResponse:
    """View: robots.txt. A chat service may always fetch the picture of a page."""
    return render(request, "robots.txt", content_type="text/plain; charset=utf-8")


class NoIndexMiddleware:
    """Middleware that adds `noindex` and the reason to every answer of a demonstration, files and pictures too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 and _is_demo():
            response["X-Robots-Tag"] = "noindex"
            response["X-Data-Contoh"] = str(DEMO_NOTICE)
        return response


def _is_demo() -> bool:
    try:
        return register.is_demo()
    except Error:  # the answer did not need the database, so this must not either
        return False
