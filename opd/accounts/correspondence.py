"""E-mail and WhatsApp messages: how they are written, sent and linked.

E-mail is plain text, so that every telephone shows it and nothing is hidden in it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from opd import texts
from opd.models import Invitation


def send(to: str, template: str, context: dict[str, Any], headers: dict[str, str] | None = None) -> None:
    """Sends the e-mail `<template>.txt`, whose first line is the subject.

    Raises OSError when the mail server does not accept it.
    """
    subject, _, body = render_to_string(f"{template}.txt", context).strip().partition("\n")
    body = texts.tidy(body, lines=True) + "\n"
    EmailMessage(texts.tidy(subject), body, to=[to], headers=headers).send()


def link(view: str, *args: Any) -> str:
    """The full address of a page for use in an e-mail. It starts with SITE_URL, never with the host of a request."""
    return settings.SITE_URL + reverse(view, args=args)


def invite(row: Invitation, link: str) -> bool:
    """Sends the invitation link by e-mail; whether it was sent. The inviter sees the link on the page in any case."""
    try:
        send(row.email, "account/email/invitation", {"invitation": row, "link": link})
    except OSError:
        return False
    return True


def whatsapp(row: Invitation, link: str) -> str:
    """The address that opens WhatsApp with the invitation text; the inviter picks the recipient there."""
    text = f"Anda diundang menjadi {row.place} di Melewati Seremoni. Buka dalam 72 jam, satu kali pakai: {link}"
    return f"https://wa.me/?{urlencode({'text': texts.tidy(text)})}"
