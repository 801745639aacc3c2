"""What every page shows: whether the data is invented, and the head of the register."""

from typing import Any

from django.http import HttpRequest

from opd import register


def site(request: HttpRequest) -> dict[str, Any]:
    head = register.head()
    return {"demo": register.is_demo() if head else False, "register_head": head}
