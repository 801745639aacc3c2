"""Pages for an invited person and for a lost password.

The secret part of an invitation link is stored in the session before any page is shown.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.account.views import PasswordResetFromKeyView
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from opd.accounts import first_door, known_browser
from opd.accounts.forms import FirstAccountForm, NewAccountForm
from opd.accounts.sign_in import working_place
from opd.accounts.throttle import Limit, limited
from opd.errors import Refused
from opd.form_errors import explain
from opd.models import Invitation

INVITATION_KEY, FIRST_DOOR_KEY = "undangan", "pertama"  # keys of the session
INVITATIONS = Limit("invitations", 20, 60)


@never_cache
@limited(INVITATIONS)
def invitation_open(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind the invitation link: it stores the secret part and redirects to a page without it.

    So it does not stay on the screen or in the Referer of the next page.
    """
    found = Invitation.objects.open_link(token)
    request.session[INVITATION_KEY] = found.pk if found else 0
    return redirect("invitation")


@never_cache
def invitation(request: HttpRequest) -> HttpResponse:
    """Accept an invitation: with a new account, or with the account that is signed in."""
    row = (
        Invitation.objects.select_related("unit", "invited_by")
        .filter(pk=request.session.get(INVITATION_KEY, 0))
        .first()
    )
    if row is None or (why_not := row.why_not()):
        problem = why_not if row else "Tautan ini tidak dikenal. Periksa apakah tersalin utuh."
        return render(request, "account/invitation_closed.html", {"problem": problem}, status=410)
    mine = request.user if isinstance(request.user, User) else None
    form = NewAccountForm(
        request.POST or None, full_name=row.name, email=row.email, initial={"username": _suggested(row)}
    )
    if request.method == "POST" and (mine or form.is_valid()):
        try:
            user = mine or form.account()
            row.accept(user=user)
        except Refused as refusal:
            explain(form, refusal)
        else:
            return redirect(working_place(request)) if mine else _welcome(request, user)
    return render(request, "account/invitation.html", {"invitation": row, "form": form, "mine": mine})


def _suggested(row: Invitation) -> str:
    return ".".join(row.name.lower().split())[:150]


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    """Signs the person in and leads to the second factor: staff must set it up, others may do it later."""
    record_authentication(request, user, method="password", username=user.get_username(), reauthenticated=True)
    second_factor = "mfa_activate_totp" if user.is_staff else "mfa_index"
    answer: HttpResponse = perform_login(request, user, redirect_url=reverse(second_factor))
    return answer


@never_cache
@limited(INVITATIONS)
def first_account_open(request: HttpRequest, token: str) -> HttpResponseBase:
    """The address that a new register prints: it stores the secret part, as an invitation does."""
    request.session[FIRST_DOOR_KEY] = token
    return redirect("first-account")


@never_cache
def first_account(request: HttpRequest) -> HttpResponse:
    """The first administrator makes an account; the second factor comes next, then the launch board."""
    token, unfinished = request.session.get(FIRST_DOOR_KEY, ""), first_door.unfinished()
    if not first_door.opens_with(token):
        return render(request, "account/invitation_closed.html", {"problem": first_door.DOOR_CLOSED}, status=410)
    form = FirstAccountForm(request.POST or None, initial={"seen": unfinished})
    if request.method == "POST" and form.is_valid():
        user = form.account()
        try:
            first_door.enter(user, given=token, seen=form.cleaned_data["seen"])
        except Refused as refusal:
            explain(form, refusal)
            unfinished = first_door.unfinished()
            form.data = {**request.POST.dict(), "seen": unfinished}
        else:
            answer = _welcome(request, user)
            request.session[first_door.FIRST_VISIT_KEY] = True
            return answer
    return render(request, "account/first_account.html", {"form": form, "unfinished": unfinished})


class PasswordResetLink(PasswordResetFromKeyView):
    """The page that the e-mail for a lost password leads to.

    Who can read the owner's e-mail is not guessing: from then on the browser is a known one, where the new password
    works, and the old one too.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        if owner := getattr(self, "reset_user", None):
            known_browser.remember(request, response, owner)
        return response
