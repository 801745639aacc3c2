"""Sign-in for tests, through the real pages: a password, and for staff the code of the second factor."""

from __future__ import annotations

import base64
import hmac
import struct
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

PASSWORD = "sandi-untuk-uji-coba"  # what `cast.person` gives everyone
SECRET = "JBSWY3DPEHPK3PXP"


def give_second_factor(user: User) -> None:
    data = {"secret": encrypt(SECRET)}
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": data})


def code(secret: str = SECRET) -> str:
    """The six figures that an authenticator app shows now."""
    counter = struct.pack(">Q", int(time.time() // 30))
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def enter(user: User, *, second_factor: bool | None = None) -> Client:
    """A browser in which this person has signed in; staff with their second factor, unless told otherwise."""
    if second_factor is None:
        second_factor = user.is_staff
    if second_factor:
        give_second_factor(user)
    client = Client()
    answer = client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    if second_factor:
        assert answer["Location"] == reverse("mfa_authenticate")
        answer = client.post(answer["Location"], {"code": code()})
    assert answer.status_code == 302, answer.content.decode()
    return client
