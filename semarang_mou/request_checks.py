"""WSGI and Django middleware that refuse a request in another charset than UTF-8, or with a body that was cut off."""

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.http import parse_header_parameters

CHARSET_REFUSED = b"Hanya UTF-8 yang dibaca di sini.\n"


def only_utf_8(application: WSGIApplication) -> WSGIApplication:
    """WSGI middleware that refuses every charset but UTF-8.

    It stands before Django, which would read even the address in the charset of the request, or fail with it.
    """

    def checked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        _, options = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        if options.get("charset", "utf-8").lower() in ("utf-8", "utf8"):
            return application(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
        return [CHARSET_REFUSED]

    return checked


class WholeRequestMiddleware:
    """Middleware that refuses a request whose body was cut off.

    The server hands over what came before the connection broke, and Django can parse a form whose last file is cut
    short. So a body shorter than its Content-Length is an error; the sender got no answer and sends it again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH", "")
        if length.isdecimal():
            request.read = _complete(request.read, int(length))  # type: ignore[method-assign]
        return self.get_response(request)


def _complete(read: Callable[..., bytes], length: int) -> Callable[..., bytes]:
    """A `read` that raises when the stream ends before `length` bytes."""
    left = length

    def checked(*size: Any) -> bytes:
        nonlocal left
        data = read(*size)
        left -= len(data)
        if left > 0 and not (data and size):
            raise UnreadablePostError(f"{left} bytes of {length} never came")
        return data

    return checked
