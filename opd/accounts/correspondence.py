"""E-mail and WhatsApp messages: how they are written, sent and linked.

E-mail is plain text, so that every telephone shows it and nothing is hidden in it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from opd import register, texts
from opd.models import Invitation

WHATSAPP = "https://wa.me"
PRINTED_ONLY = tuple(f"django.core.mail.backends.{name}.EmailBackend" for name in ("console", "dummy", "filebased"))


def mail_leaves() -> bool:
    """Whether e-mail leaves this machine; without EMAIL_URL it is only printed where the server was started."""
    return settings.EMAIL_BACKEND not in PRINTED_ONLY


def send(to: str, template: str, context: dict[str, Any], headers: dict[str, str] | None = None) -> None:
    """Sends the e-mail `<template>.txt`, whose first line is the subject.

    Raises OSError when the mail server does not accept it.
    """
    subject, _, body = render_to_string(f"{template}.txt", context).strip().partition("\n")
    body = texts.tidy(body, lines=True) + "\n"
    EmailMessage(texts.tidy(subject), body, to=[to], headers=headers).send()


def why_unsent(error: OSError) -> str:
    """Why a letter did not leave. Mail servers repeat whom it was for: only their code is told."""
    return error.strerror or f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()


def link(view: str, *args: Any) -> str:
    """The full address of a page for use in an e-mail. It starts with SITE_URL, never with the host of a request."""
    return settings.SITE_URL + reverse(view, args=args)


def invite(row: Invitation, link: str) -> bool:
    """Sends the invitation link by e-mail; whether it left. The inviter sees the link on the page in any case."""
    if not row.email or not mail_leaves():
        return False
    try:
        send(row.email, "account/email/invitation", {"invitation": row, "link": link})
    except OSError:
        return False
    return True


def hand_over(row: Invitation, token: str) -> dict[str, Any]:
    """What `account/_invited.html` shows of a new invitation: its link, once, and the ways to pass it on.

    It is sent by e-mail if there is an address.
    """
    address = link("invitation-open", token)
    return {
        "invitation": row,
        "link": address,
        "mailed": invite(row, address),
        "mail_leaves": mail_leaves(),
        "whatsapp": whatsapp(row, address),
    }


def whatsapp(row: Invitation, link: str) -> str:
    """The address that opens WhatsApp with the invitation text; without a number the inviter picks the recipient."""
    until = date_format(timezone.localtime(row.expires_at), "j F Y, H.i")
    text = (
        f"{row.name}, Anda diundang menjadi {row.place} di Melewati Seremoni, register janji layanan Kota Semarang. "
        f"Buka paling lambat {until} WIB, satu kali pakai: {link}"
    )
    return whatsapp_address(row.whatsapp, texts.tidy(text))


def whatsapp_address(number: str, text: str) -> str:
    """The address that opens WhatsApp with a text, to a number if there is one.

    In a demonstration it never carries a number: nobody is to be written to about invented facts.
    """
    to = "" if register.is_demo() else number
    return f"{WHATSAPP}/{to}?{urlencode({'text': text}, quote_via=quote)}"
