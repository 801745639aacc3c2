"""Sign-in with allauth: limits on wrong passwords, the second factor, and asking for the password again.

Nobody can sign up. Staff need a second factor before they can do anything else.
"""

import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
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
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from opd.accounts import correspondence, known_browser
from opd.accounts.throttle import Limit, client_address

SILENT_MESSAGES = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")

ADDING_PAGES = (
    *("mfa_add_webauthn", "mfa_activate_totp", "account-email"),
    *("mfa_view_recovery_codes", "mfa_download_recovery_codes"),  # which a new key brings along
)

# Wrong passwords. Only failures count: a whole office may sign in through one address at eight o'clock.
FROM_KNOWN_BROWSER = Limit("guesses-known-browser", 10, 5 * 60)
FROM_ADDRESS = Limit("guesses-address", 10, 60)
FROM_ADDRESS_ON_ACCOUNT = Limit("guesses-address-account", 5, 5 * 60)
ON_ACCOUNT = Limit("guesses-account", 100, 60 * 60)  # from a thousand addresses together
LETTERS = Limit("reset-letters", 3, 60 * 60)  # to one account, whose links all work: more would only be a nuisance


class AccountAdapter(DefaultAccountAdapter):
    """Settings of allauth for this site: no sign-up, own limits on wrong passwords, and where to go after sign-in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_guesses": "Terlalu banyak percobaan dengan sandi yang salah. Coba lagi sesudah pukul "
        "%(until)s WIB, atau masuk sekarang lewat surel: tekan “Lupa sandi?”."
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who signed in a moment ago, with whatever key, may add a key without the password again; not remove one."""
        match = context.request.resolver_match
        adds = match is not None and match.url_name in ADDING_PAGES
        if adds and signed_in_lately(context.request):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return working_place(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return working_place(request)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address of the client.

        When a request did not come through all our proxies, the address of the last sender.
        """
        try:
            return str(super().get_client_ip(request))
        except (ImproperlyConfigured, PermissionDenied):
            return request.META.get("REMOTE_ADDR", "")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts an attempt before the password is checked, and refuses one too many.

        It replaces allauth's own count, which locks owners out of the browser that they use every day.
        """
        self.counted = guess_limits(request, str(credentials.get("username") or credentials.get("email") or ""))
        full = [limit for limit, who in self.counted if not limit.take(who)]
        if full:
            until = max(limit.until for limit in full)
            raise forms.ValidationError(
                self.error_messages["too_many_guesses"] % {"until": f"{until:%H.%M}"}, code="too_many_guesses"
            )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Checks the password, and takes back the count of an attempt that was right or was never checked.

        So a person stopped at one limit does not use up another one. When the name is an e-mail address, it is
        looked up once only: a second try would cost a second hash, and its time would show which addresses have
        an account.
        """
        if credentials.get("username"):
            credentials.pop("email", None)
        wrong = False
        try:
            user: User | None = super().authenticate(request, **credentials)
            wrong = user is None
            return user
        finally:
            if not wrong:
                for limit, who in self.counted:
                    limit.give_back(who)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        known_browser.remember(request, response, user)
        return response

    def get_reset_password_from_key_url(self, key: str) -> str:
        user, _, key = key.partition("-")
        return correspondence.link("account_reset_password_from_key", user, key)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        if LETTERS.take(str(user.pk)):
            super().send_password_reset_mail(user, email, context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        super().send_mail(template_prefix, email, context | {"site_url": settings.SITE_URL})

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in SILENT_MESSAGES:
            super().add_message(request, level, message_template, *args, **kwargs)


def guess_limits(request: HttpRequest, name: str) -> list[tuple[Limit, str]]:
    """The limits that a wrong password counts against, each with the name that it counts under.

    A browser that the owner used before has its own count: wrong passwords from elsewhere do not lock it.
    """
    account = account_of(name)
    if account and (browser := known_browser.browser_of(request, account)):
        return [(FROM_KNOWN_BROWSER, f"{browser} {account}")]
    address, owner = client_address(request), str(account or name.lower())
    return [(FROM_ADDRESS, address), (FROM_ADDRESS_ON_ACCOUNT, f"{address} {owner}"), (ON_ACCOUNT, owner)]


def account_of(name: str) -> int | None:
    """The primary key of the account with this user name or e-mail address; both count as the same account."""
    found = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).order_by("pk")
    return found.values_list("pk", flat=True).first() if name else None


def working_place(request: HttpRequest) -> str:
    """The start page of this person: the admin for staff, the unit's workspace for everyone else."""
    return reverse("admin:index") if getattr(request.user, "is_staff", False) else settings.LOGIN_REDIRECT_URL


def note_second_factor(user: User, kind: str) -> None:
    """Records in the session that the second factor was used: who has just set it up need not show it again."""
    record = {"method": "mfa", "type": kind, "at": time.time()}
    records = [*get_authentication_records(context.request, user), record]
    context.request.session[AUTHENTICATION_METHODS_SESSION_KEY] = records


PASSWORD_FIELDS = ("password1", "password2")


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether this person gave a password or a code within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for record in records)


def require_lately(request: HttpRequest) -> None:
    """Makes allauth ask for the password before an important POST, and then send the same request again."""
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
    """Turns an error of the passkey library into a form error: allauth does not check the shape of what was sent."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, struct.error, RecursionError) as error:
        raise forms.ValidationError("Passkey ini tidak terbaca. Coba lagi, atau pakai cara lain.") from error


class CodeForm(AuthenticateForm):
    """Form for the six digits of an app, or for a recovery code, which those who have a passkey only have too."""

    @property
    def has_app(self) -> bool:
        return is_mfa_enabled(self.user, [Authenticator.Type.TOTP])


class CodeAgainForm(CodeForm, ReauthenticateForm):
    pass


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
    """Middleware that keeps staff without a second factor out of the admin.

    Staff who have none must set one up. A session that began before it was set up must show it once.
    """

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
        has_app = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
        page = reverse("mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn")
        return HttpResponseRedirect(f"{page}?{urlencode({'next': request.get_full_path()})}")
