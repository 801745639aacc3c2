"""The key that salts private digests: its fingerprint stands in the register, and each key that followed it."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from opd.errors import Refused
from opd.register.entry import Entry

KEYED_ACT = "register.keyed"
KEY_FIELD = "register_key"  # in the data of the first entry and of each `register.keyed`
OPEN_KEY = "58b9d8f199e8b44f"  # fingerprint of the key in the Makefile, which everybody can read


class OtherKey(Refused):
    """Error: this machine holds another key than the register, or one that everybody knows."""


def fingerprint(key: str = "") -> str:
    """What tells a key from others without showing it: REGISTER_KEY, unless another one is given."""
    return hmac.new((key or settings.REGISTER_KEY).encode(), b"sidik kunci register", "sha256").hexdigest()[:16]


def private_digest(name: str, field_name: str, seq: int, value: str | None, salt_key: str = "") -> str | None:
    """SHA-256 of a private text, salted with HMAC(key, object|field|seq); None stays None.

    The key is REGISTER_KEY, unless the one in force at that entry was another.
    """
    if value is None:
        return None
    salt_bytes = (salt_key or settings.REGISTER_KEY).encode()
    salt = hmac.digest(salt_bytes, f"{name}|{field_name}|{seq}".encode(), "sha256").hex()
    return hashlib.sha256(f"{salt}{value}".encode()).hexdigest()


def keyed_mark(text: str) -> str:
    """What only a holder of REGISTER_KEY can make of a text: it was kept by this program, and is unchanged."""
    return hmac.digest(settings.REGISTER_KEY.encode(), f"yang disimpan|{text}".encode(), "sha256").hex()


def recorded_in(body: str) -> str:
    """The fingerprint that the text of an entry holds; empty where it holds none."""
    try:
        found = json.loads(body)["data"].get(KEY_FIELD)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""


def refuse_other(recorded: str, *, is_demo: bool) -> None:
    """Raises OtherKey unless this machine's key is the one that the register names, and no open one."""
    own = fingerprint()
    if recorded and recorded != own:
        raise OtherKey(
            f"Kunci register di mesin ini (sidik {own}) bukan kunci register ini (sidik {recorded}): tidak ada yang "
            "dicatat. Minta pengelola server mengisi REGISTER_KEY yang benar."
        )
    if own == OPEN_KEY and not is_demo:
        raise OtherKey(
            f"Kunci register di mesin ini (sidik {own}) kunci terbuka milik data contoh: register yang sebenarnya "
            "perlu kunci rahasia sendiri di REGISTER_KEY."
        )


@dataclass(frozen=True)
class KeyPeriod:
    """The entries of one key: the first and the last number, and the fingerprint."""

    since: int
    until: int
    fingerprint: str


class KeyRing:
    """The keys of a register, and those of them that this machine holds: REGISTER_KEY and REGISTER_KEY_OLD."""

    def __init__(self, periods: list[KeyPeriod]) -> None:
        self.periods = periods
        self.held = {fingerprint(key): key for key in (*settings.REGISTER_KEY_OLD, settings.REGISTER_KEY)}

    @classmethod
    def of_register(cls, last: int) -> KeyRing:
        """The keys up to the entry `last`. What was written before the first fingerprint was salted with that key."""
        texts = Entry.objects.filter(Q(seq=1) | Q(act=KEYED_ACT)).order_by("seq").values_list("seq", "body")
        starts = [(seq, found) for seq, body in texts if isinstance(seq, int) and (found := recorded_in(body))]
        ends = [seq - 1 for seq, _ in starts[1:]] + [last]
        numbers = [1] + [seq for seq, _ in starts[1:]]
        return cls([KeyPeriod(*period) for period in zip(numbers, ends, (key for _, key in starts), strict=False)])

    def missing(self) -> list[KeyPeriod]:
        return [period for period in self.periods if period.fingerprint not in self.held]

    def key_at(self, seq: int) -> str | None:
        """The key that salted the digests of an entry; None when this machine does not hold it."""
        for period in reversed(self.periods):
            if seq >= period.since:
                return self.held.get(period.fingerprint)
        return str(settings.REGISTER_KEY)
