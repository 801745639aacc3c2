"""Who may sign in, and with what? Nobody signs up; staff need a second factor before anything else."""

import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode

SILENT_MESSAGES = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")
KNOWN_BROWSER_COOKIE = "dipakai"  # the cookie of a browser from which an account was used
KNOWN_BROWSER_SECONDS = 180 * 24 * 60 * 60


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the secretariat only; each leads to its own working place."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return working_place(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return working_place(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Guesses are counted by account and by where they come from: a stranger cannot shut the owner out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}@{ratelimit.get_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Besides, guesses from a thousand addresses count together. A browser that the owner used before is counted
        by itself: nobody else's guesses shut it out."""
        name = str(credentials.get("email") or credentials.get("username") or "").lower()
        if was_used_here(request, name):
            self._login_failed_rl_usage = self._count("login_failed_here", request, name)
            return
        super().pre_authenticate(request, **credentials)
        self._login_failed_rl_usage.usage += self._count("login_failed_anywhere", request, name).usage

    def _count(self, action: str, request: HttpRequest, name: str) -> ratelimit.RateLimitUsage:
        usage = ratelimit.consume(request, app="allauth.account", action=action, key=name)
        if usage is None:
            raise self.validation_error("too_many_login_attempts")
        return usage

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Remembers that this account was used from this browser."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        names = {user.get_username().lower(), user.email.lower()} - {""}
        response.set_signed_cookie(
            KNOWN_BROWSER_COOKIE,
            ".".join(sorted(map(mark, names))),
            max_age=KNOWN_BROWSER_SECONDS,
            path=reverse("account_login"),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in SILENT_MESSAGES:
            super().add_message(request, level, message_template, *args, **kwargs)


def was_used_here(request: HttpRequest, name: str) -> bool:
    """Whether this account was the last one used from this browser."""
    kept = request.get_signed_cookie(KNOWN_BROWSER_COOKIE, default="", max_age=KNOWN_BROWSER_SECONDS) or ""
    return mark(name) in kept.split(".")


def mark(name: str) -> str:
    """A name as the cookie holds it: the next user of a shared computer does not read it."""
    return salted_hmac(KNOWN_BROWSER_COOKIE, name).hexdigest()[:16]


def working_place(request: HttpRequest) -> str:
    """Where this person works: staff in the admin, everyone else in their unit's workspace."""
    return reverse("admin:index") if getattr(request.user, "is_staff", False) else settings.LOGIN_REDIRECT_URL


def note_second_factor(user: User, kind: str) -> None:
    """Setting up a second factor shows that one has it: the session need not ask again."""
    record = {"method": "mfa", "type": kind, "at": time.time()}
    records = [*get_authentication_records(context.request, user), record]
    context.request.session[AUTHENTICATION_METHODS_SESSION_KEY] = records


PASSWORD_FIELDS = ("password1", "password2")


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether this person gave a password or a code within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for record in records)


def require_lately(request: HttpRequest) -> None:
    """Before something grave is sent: allauth asks for the password, then sends this very request again."""
    if request.method == "POST" and not signed_in_lately(request):
        typed = request.POST.copy()
        for name in PASSWORD_FIELDS:  # what waits in the session is no place for them: they are asked for again
            typed.pop(name, None)
        request.POST = typed  # type: ignore[assignment]
        raise ReauthenticationRequired


class FirstCodeForm(ActivateTOTPForm):
    def clean_code(self) -> str:
        code: str = super().clean_code()
        note_second_factor(self.user, "totp")
        return code


@contextmanager
def readable() -> Iterator[None]:
    """What no browser sends is a sentence, not a broken page: allauth takes the shape of a passkey on trust."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, struct.error, RecursionError) as error:
        raise forms.ValidationError("Passkey ini tidak terbaca. Coba lagi, atau pakai cara lain.") from error


class PasskeyForm(AuthenticateWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        with readable():
            return super().clean_credential()


class PasskeySignInForm(PasskeyForm, LoginWebAuthnForm):
    pass


class PasskeyAgainForm(PasskeyForm, ReauthenticateWebAuthnForm):
    pass


class FirstPasskeyForm(AddWebAuthnForm):
    name = forms.CharField(
        label="Namai perangkat ini", required=False, max_length=60, help_text="Misalnya: ponsel kantor."
    )
    passwordless = forms.BooleanField(
        label="Masuk cukup dengan passkey, tanpa mengetik sandi",
        required=False,
        initial=True,
        help_text="Perangkat lalu selalu meminta sidik jari, wajah, atau PIN.",
    )

    def clean(self) -> dict[str, Any]:
        with readable():
            given: dict[str, Any] = super().clean()
        if given.get("credential"):
            note_second_factor(self.user, "webauthn")
        return given


class SecondFactorMiddleware:
    """Nothing of the admin without a second factor: those who have none set one up, a session that never
    showed it (opened before it was set up) is asked for it."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or "admin" not in match.app_names or not getattr(request.user, "is_staff", False):
            return None  # whoever is not staff is turned away by the admin itself
        if not is_mfa_enabled(request.user):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        if any(record["method"] == "mfa" for record in get_authentication_records(request, request.user)):
            return None
        return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")
