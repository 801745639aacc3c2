"""Did the whole request arrive, in letters that we read? A line that breaks half-way is no shorter message."""

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.http import parse_header_parameters

CHARSET_REFUSED = b"Hanya UTF-8 yang dibaca di sini.\n"


def only_utf_8(application: WSGIApplication) -> WSGIApplication:
    """In front of Django, which reads even an address in whatever letters a request names, or breaks over them."""

    def asked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        _, named = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        if named.get("charset", "utf-8").lower() in ("utf-8", "utf8"):
            return application(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
        return [CHARSET_REFUSED]

    return asked


class WholeRequestMiddleware:
    """Servers hand over what came before the line broke, and a form whose last file is cut short still parses.

    A body shorter than its Content-Length breaks the request instead; the sender, who got no answer, sends it again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH", "")
        if length.isdecimal():
            request.read = _all_of(request.read, int(length))  # type: ignore[method-assign]
        return self.get_response(request)


def _all_of(read: Callable[..., bytes], length: int) -> Callable[..., bytes]:
    """`read` that raises when the stream ends before `length` bytes."""
    left = length

    def checked(*size: Any) -> bytes:
        nonlocal left
        data = read(*size)
        left -= len(data)
        if left > 0 and not (data and size):
            raise UnreadablePostError(f"{left} bytes of {length} never came")
        return data

    return checked
