"""How does an invited person come in? The secret part of the link is put away before any page is shown."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from opd.accounts import working_place
from opd.accounts.forms import NewAccountForm
from opd.errors import Refused
from opd.form_errors import explain
from opd.models import Invitation

INVITATION_KEY = "undangan"  # the key of the session


@never_cache
@ratelimit.decorator(app="allauth.account", action="invitation", limit_get=True)
def invitation_open(request: HttpRequest, token: str) -> HttpResponse:
    """The link itself: whoever looks over the shoulder, a log, and the next page's Referer do not see it again."""
    found = Invitation.objects.by_token(token).first()
    request.session[INVITATION_KEY] = found.pk if found else 0
    return redirect("invitation")


@never_cache
def invitation(request: HttpRequest) -> HttpResponse:
    """Take the place one was invited to: with a new account, or with the one that is signed in."""
    row = (
        Invitation.objects.select_related("unit", "invited_by")
        .filter(pk=request.session.get(INVITATION_KEY, 0))
        .first()
    )
    if row is None or (why_not := row.why_not()):
        problem = why_not if row else "Tautan ini tidak dikenal. Periksa apakah tersalin utuh."
        return render(request, "account/invitation_closed.html", {"problem": problem}, status=410)
    mine = request.user if isinstance(request.user, User) else None
    form = NewAccountForm(request.POST or None, invitation=row, initial={"username": _suggested(row)})
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
    """In at once, and on to the second factor: staff cannot go round it, others may leave it for later."""
    record_authentication(request, user, method="password", username=user.get_username(), reauthenticated=True)
    answer: HttpResponse = perform_login(request, user, redirect_url=reverse("mfa_index"))
    return answer
