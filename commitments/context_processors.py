"""Context processor: whether the data is invented, the head of the register, and who runs it, for every page."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from opd import register
from opd.models import RegisterOperator


def site(request: HttpRequest) -> dict[str, Any]:
    """All are lazy, so that a page that does not show them, such as an error page, needs no database."""
    return {
        "demo": SimpleLazyObject(register.is_demo),
        "register_head": SimpleLazyObject(lambda: register.ends().head),
        "operator": SimpleLazyObject(RegisterOperator.in_force),
    }
