"""May search engines list this site? The real register yes, a demonstration never: its figures are invented."""

from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from commitments.lists.exports import DEMO_NOTICE
from commitments.public_page import public_page
from opd import register


@public_page()
def robots(request: HttpRequest) -> HttpResponse:
    """What each kind of robot may visit; a chat may always show the picture of a page."""
    return render(request, "robots.txt", content_type="text/plain; charset=utf-8")


class NoIndexMiddleware:
    """Says `noindex`, and in a sentence why, on whatever a demonstration answers: files, lines and pictures too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 and _says_demo():
            response["X-Robots-Tag"] = "noindex"
            response["X-Data-Contoh"] = str(DEMO_NOTICE)
        return response


def _says_demo() -> bool:
    try:
        return register.is_demo()
    except Error:  # the answer did not need the database, so this must not either
        return False
