"""Cookies that mark the browsers from which an account was used before.

Wrong passwords sent from elsewhere do not lock an owner out of such a browser.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.crypto import get_random_string

COOKIE = "dipakai"
HALF_A_YEAR = 180 * 24 * 60 * 60
ACCOUNTS = 10  # that one browser of an office remembers; the one used longest ago makes room


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Sets the cookie that marks this browser as known to the account.

    It is signed, not readable by scripts, and holds numbers only: the next user of a shared computer learns no name.
    """
    browser, *accounts = _cookie_fields(request) or [get_random_string(16)]
    accounts = [account for account in accounts if account != str(user.pk)][1 - ACCOUNTS :]
    response.set_signed_cookie(
        COOKIE,
        ".".join([browser, *accounts, str(user.pk)]),
        max_age=HALF_A_YEAR,
        path=reverse("account_login").removesuffix("login/"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def browser_of(request: HttpRequest, account: int) -> str | None:
    """The identifier of this browser if this account was used in it before, else None."""
    browser, *accounts = _cookie_fields(request) or [""]
    return browser if str(account) in accounts else None


def _cookie_fields(request: HttpRequest) -> list[str]:
    cookie = request.get_signed_cookie(COOKIE, default="", max_age=HALF_A_YEAR)
    return cookie.split(".") if cookie else []
