"""Forms kept while a person signs in again, and the check that the same person typed them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from commitments import evidence as store
from commitments.workspace.forms import EvidenceRows
from opd.accounts.throttle import Limit, client_address

SLOT, SHOWN = "typed before signing in", "a form was shown to this account"
MAX_KEPT_BYTES = 20_000  # bytes: anybody may knock here, and what they bring is stored
TYPED = Limit("typed", 20, 60)


def redirect_to_sign_in(request: HttpRequest) -> HttpResponse:
    """The redirect to the sign-in page.

    What a form of ours carried waits in the session, unless the page itself keeps it.
    """
    if "X-Draft" in request.headers:
        return redirect_to_login(request.get_full_path())
    if request.method == "POST" and "account" not in request.POST:  # a button: its own address shows nothing
        return redirect_to_login(_page_of(request))
    if (
        "account" in request.POST
        and len(str(dict(request.POST.lists())).encode()) <= MAX_KEPT_BYTES
        and TYPED.take(client_address(request))
    ):
        typed = request.POST.copy()
        but = ", kecuali berkasnya" if hold_files(request, typed) else ""
        fields = {name: values for name, values in typed.lists() if name != "csrfmiddlewaretoken"}
        request.session[SLOT] = {"path": request.get_full_path(), "fields": fields}
        messages.info(request, f"Waktu masuk Anda sudah habis. Masuk lagi: isian tadi masih ada{but}.")
    return redirect_to_login(request.get_full_path())


def shown_to(account: str) -> str:
    """A signed mark of the account that the form was shown to, so that its files may wait as well.

    Anybody may send a request here; only this mark proves that the account saw the form.
    """
    return signing.dumps(account, salt=SHOWN)


def hold_files(request: HttpRequest, typed: QueryDict) -> list[str]:
    """Puts the files on disk, named in `typed` for the account that the form was shown to.

    Returns the fields of the files that cannot wait there.
    """
    try:
        account = signing.loads(typed.get("shown", ""), salt=SHOWN, max_age=store.DRAFT_FILES_KEPT_FOR)
    except signing.BadSignature:
        return list(request.FILES)
    for _, files in request.FILES.lists():
        for file in files:
            file.seek(0)  # whoever broke off may have read it
    rows = EvidenceRows(typed, request.FILES, form_kwargs={"account": account})
    rows.hold()
    held = [row.add_prefix("file") for row in rows.forms if row.kept]
    return [name for name in request.FILES if name not in held]


def _page_of(request: HttpRequest) -> str:
    """The page that the button was on, or the home."""
    referer = urlsplit(request.headers.get("Referer", ""))
    return (
        referer._replace(scheme="", netloc="").geturl()
        if referer.netloc == request.get_host()
        else reverse("workspace")
    )


def is_of_another(request: HttpRequest) -> bool:
    """Whether a page left open by one account is sent after another signed in on the same telephone."""
    mine = request.user.get_username()
    return bool(request.POST.get("account", mine) != mine)


def given(request: HttpRequest) -> QueryDict | None:
    """The posted data of a form of ours; where nothing is sent, what was kept before the sign-in.

    Only the first may act.
    """
    return request.POST or taken_back(request)


def taken_back(request: HttpRequest) -> QueryDict | None:
    """What this person typed into this very form before; nobody else's, and only once."""
    if request.session.get(SLOT, {}).get("path") != request.get_full_path():
        return None
    fields: dict[str, list[Any]] = request.session.pop(SLOT)["fields"]
    if fields["account"] != [request.user.get_username()]:
        return None
    typed = QueryDict(mutable=True)
    for name, values in fields.items():
        typed.setlist(name, values)
    return typed
