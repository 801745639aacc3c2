"""How does a message leave? Plain text, so that any telephone shows it and nothing is hidden in it."""

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
    """`<template>.txt`: the first line is the subject. Raises OSError when the mail server does not take it."""
    subject, _, body = render_to_string(f"{template}.txt", context).strip().partition("\n")
    body = texts.tidy(body, lines=True) + "\n"
    EmailMessage(texts.tidy(subject), body, to=[to], headers=headers).send()


def link(view: str, *args: Any) -> str:
    """An address for a letter, under SITE_URL: what a request says of its host goes into none."""
    return settings.SITE_URL + reverse(view, args=args)


def invite(row: Invitation, link: str) -> bool:
    """Whether the link left by e-mail; the inviter sees it anyway."""
    try:
        send(row.email, "account/email/invitation", {"invitation": row, "link": link})
    except OSError:
        return False
    return True


def whatsapp(row: Invitation, link: str) -> str:
    """The address that opens WhatsApp with the invitation typed out; to whom, the inviter picks there."""
    text = f"Anda diundang menjadi {row.place} di Melewati Seremoni. Buka dalam 72 jam, satu kali pakai: {link}"
    return f"https://wa.me/?{urlencode({'text': texts.tidy(text)})}"
