"""Did the whole request arrive? A line that breaks half-way must not pass for a shorter message."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, UnreadablePostError


class WholeRequests:
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
