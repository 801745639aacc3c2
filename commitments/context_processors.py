"""What every page shows: whether the data is invented, and the head of the register."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from opd import register


def site(request: HttpRequest) -> dict[str, Any]:
    """Read only by the pages that show them: an error page must not need the database."""
    return {
        "demo": SimpleLazyObject(register.is_demo),
        "register_head": SimpleLazyObject(lambda: register.ends().head),
    }
