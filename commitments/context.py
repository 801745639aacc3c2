"""What every page shows: whether the data is invented, and the head of the register."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from opd import register


def site(request: HttpRequest) -> dict[str, Any]:
    """Read only by the pages that show them: an error page must not need the database."""
    return {
        "demo": is_demo(request),
        "register_head": SimpleLazyObject(lambda: register.head()),
    }


def is_demo(request: HttpRequest) -> SimpleLazyObject:
    """Whether the data is invented; the register is asked at most once a request."""
    if not hasattr(request, "_is_demo"):
        request._is_demo = SimpleLazyObject(register.is_demo)  # type: ignore[attr-defined]
    return request._is_demo  # type: ignore[attr-defined]
