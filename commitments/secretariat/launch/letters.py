"""Invitations as letters to print: one page each, with the link as an address and as a QR code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.timezone import localtime

from commitments.formats import long_moment, plain_date
from commitments.typst import typst_runner
from opd import clock, register
from opd.accounts import correspondence
from opd.models import Invitation, RegisterOperator

LETTER_TEMPLATE = "undangan.typ"


def letters_pdf(invited: Iterable[tuple[Invitation, str]]) -> bytes:
    """The letters of invitations with the secret parts of their links."""
    now, operator = clock.now(), RegisterOperator.in_force()
    data = {
        "day": plain_date(clock.day_of(now)),
        "demo": register.is_demo(),
        "operator": operator.name,
        "contact": operator.contact,
        "letters": [_letter(row, token) for row, token in invited],
    }
    return typst_runner.pdf_of(LETTER_TEMPLATE, data, now)


def _letter(row: Invitation, token: str) -> dict[str, Any]:
    link = correspondence.link("invitation-open", token)
    return {
        "name": row.name,
        "place": row.place,
        "unit": row.unit.name if row.unit else "",
        "is_head": row.role == "head",
        "until": long_moment(localtime(row.expires_at)),
        "link": link,
        "code": typst_runner.qr_code(link),
    }
