"""A person writes down their own e-mail address; it holds once the letter sent there was answered.

Nothing is stored meanwhile: the link carries the address, signed together with the one that it replaces.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core import signing
from django.core.validators import EmailValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from opd.accounts import correspondence
from opd.accounts.forms import REQUIRED_FIELD
from opd.accounts.throttle import Limit

EMAIL_LINK_SALT = "own e-mail address"
LINK_HOLDS_FOR = timedelta(days=1)
LETTERS_TO_NEW_ADDRESSES = Limit("letters-to-new-addresses", 5, 60 * 60)  # of one account


class EmailAddressForm(forms.Form):
    email = forms.EmailField(
        label="Surel Anda",
        error_messages={**REQUIRED_FIELD, "invalid": EmailValidator.message},
        help_text="Ke sini pengingat dan tautan sandi baru dikirim: pastikan milik Anda sendiri, bukan milik kantor.",
    )


def is_taken(address: str, *, but: User) -> bool:
    return User.objects.filter(email__iexact=address).exclude(pk=but.pk).exists()


def _link(user: User, address: str) -> str:
    token = signing.dumps([user.pk, user.email, address], salt=EMAIL_LINK_SALT)
    return correspondence.link("account-email-confirm", token)


def _told(token: str) -> tuple[User, str] | None:
    """Whose address is to become which; None for a link that is forged, old, or overtaken by another one."""
    try:
        pk, before, address = signing.loads(token, salt=EMAIL_LINK_SALT, max_age=LINK_HOLDS_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True, email=before).first()
    return (user, address) if user and not is_taken(address, but=user) else None


@never_cache
@login_required
def email_change(request: HttpRequest) -> HttpResponse:
    """Sends a letter to the address that a person wrote; whether it was taken, nobody is told."""
    assert isinstance(request.user, User)  # noqa: S101 - signed in
    user = request.user
    raise_if_reauthentication_required(request, app="allauth.mfa")
    form = EmailAddressForm(request.POST or None, initial={"email": user.email})
    context: dict[str, Any] = {"form": form, "sent_to": "", "mail_leaves": correspondence.mail_leaves()}
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        if address.lower() == user.email.lower():
            form.add_error("email", "Alamat ini sudah tercatat untuk Anda.")
        elif not LETTERS_TO_NEW_ADDRESSES.take(str(user.pk)):
            until = f"{LETTERS_TO_NEW_ADDRESSES.until:%H.%M}"
            form.add_error("email", f"Terlalu banyak alamat dicoba. Coba lagi sesudah pukul {until} WIB.")
        elif is_taken(address, but=user) or _is_written_to(user, address):
            context["sent_to"] = address
        else:
            form.add_error("email", "Suratnya tidak dapat dikirim sekarang. Alamat yang lama tetap berlaku.")
    return render(request, "account/email_change.html", context)


def _is_written_to(user: User, address: str) -> bool:
    try:
        correspondence.send(address, "account/email/confirm_address", {"user": user, "link": _link(user, address)})
    except OSError:
        return False
    return True


@never_cache
def email_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in the letter: a tap writes the address down. The one before is told of it."""
    told = _told(token)
    if told is None:
        problem = "Tautan ini tidak berlaku lagi. Tulis alamat Anda sekali lagi dari halaman akun."
        return render(request, "account/invitation_closed.html", {"problem": problem}, status=410)
    user, address = told
    if request.method != "POST":
        return render(request, "account/email_confirm.html", {"address": address, "owner": user})
    before = user.email
    with transaction.atomic():
        User.objects.filter(pk=user.pk, email=before).update(email=address)
    if before:
        with suppress(OSError):  # the old address may be gone: that is why it changes
            correspondence.send(before, "account/email/address_changed", {"user": user, "address": address})
    messages.success(request, f"Surel Anda kini {address}.")
    return redirect("mfa_index" if request.user.is_authenticated else "account_login")
