"""Who may sign in, and with what? Nobody signs up; staff need a second factor before anything else."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

SELF_EVIDENT = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")


class ClosedDoors(DefaultAccountAdapter):
    """Accounts are made by the secretariat only; each leads to its own working place."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return working_place(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return working_place(request)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in SELF_EVIDENT:
            super().add_message(request, level, message_template, *args, **kwargs)


def working_place(request: HttpRequest) -> str:
    """Where this person works: staff in the admin, everyone else in their unit's workspace."""
    return reverse("admin:index") if getattr(request.user, "is_staff", False) else settings.LOGIN_REDIRECT_URL


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether this person gave a password or a code within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for record in records)


def require_lately(request: HttpRequest) -> None:
    """Before something grave is sent: allauth asks for the password, then sends this very request again."""
    if request.method == "POST" and not signed_in_lately(request):
        raise ReauthenticationRequired


class FirstCode(ActivateTOTPForm):
    """Setting up the second factor shows that one has it: the session need not ask again."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        record = {"method": "mfa", "type": "totp", "at": time.time()}
        session = context.request.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            *get_authentication_records(context.request, self.user),
            record,
        ]
        return code


class SecondFactorForStaff:
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
