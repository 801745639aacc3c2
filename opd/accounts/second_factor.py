"""Encryption of the second factors' secrets in the database.

The key is derived from SECRET_KEY: a key of its own would be one more to keep safe. The README says how to
exchange it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.shortcuts import render

PURPOSE = b"semarang_mou second factor secrets"


def box() -> MultiFernet:
    """The cipher: it encrypts with today's key and also decrypts what earlier keys encrypted."""
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def encrypt(secret: str) -> str:
    return box().encrypt(secret.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Raises InvalidToken when it was encrypted with another SECRET_KEY, or not at all."""
    return box().decrypt(encrypted.encode()).decode()


def reencrypt(encrypted: str) -> str:
    """The same secret, encrypted with today's key."""
    return box().rotate(encrypted.encode()).decode()


def with_secrets(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """The stored data of a second factor with each secret in it changed; a passkey holds no secret."""
    changed: dict[str, Any] = {name: change(data[name]) for name in ("secret", "seed") if name in data}
    if data.get("migrated_codes") is not None:
        changed["migrated_codes"] = [change(code) for code in data["migrated_codes"]]
    return data | changed


class SecondFactors(DefaultMFAAdapter):
    """allauth's adapter for second factors, which stores their secrets only encrypted."""

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """With another SECRET_KEY nobody's code can be checked: that is said, not a broken page."""
        try:
            return decrypt(encrypted_text)
        except InvalidToken as error:
            page = render(context.request, "account/second_factor_unreadable.html", status=503)
            raise ImmediateHttpResponse(page) from error
