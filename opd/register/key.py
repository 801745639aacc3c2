"""The fingerprint of REGISTER_KEY: which key salts the digests of this register, without telling the key."""

import hmac

from django.conf import settings


def fingerprint() -> str:
    return hmac.new(settings.REGISTER_KEY.encode(), b"sidik kunci register", "sha256").hexdigest()[:16]
