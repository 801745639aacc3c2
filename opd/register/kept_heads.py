"""Heads for others to keep: the last entry of each finished day, and the newest head with a signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db.models import Max
from django.db.models.functions import TruncDate

from opd import clock
from opd.register.canonical import moment_text
from opd.register.ends import KeptHead
from opd.register.entry import Entry

ED25519 = b"\x01"  # the kind of key, as C2SP's signed notes number it


def daily_heads() -> Iterator[tuple[date, KeptHead]]:
    """(day, head) of each finished day since the first entry; a day without an entry repeats the last head."""
    days = Entry.objects.annotate(day=TruncDate("at", tzinfo=clock.JAKARTA)).order_by().values_list("day")
    last_of = sorted(days.annotate(Max("seq")))
    today = clock.today()
    hashes = _hashes_of([seq for _, seq in last_of])
    for (day, seq), (following, _) in pairwise([*last_of, (today, 0)]):
        head = KeptHead(seq, hashes[seq])
        while day < min(following, today):
            yield day, head
            day += timedelta(days=1)


def _hashes_of(numbers: list[int]) -> dict[int, str]:
    return dict(Entry.objects.filter(seq__in=numbers).values_list("seq", "hash"))


def _signing_key() -> Ed25519PrivateKey:
    """Made from REGISTER_KEY, so that there is no second secret to keep."""
    seed = hmac.digest(settings.REGISTER_KEY.encode(), b"kunci catatan kepala", "sha256")
    return Ed25519PrivateKey.from_private_bytes(seed)


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_key(name: str) -> str:
    """The public key as a signed note names it: `NAME+ID+KEY`. `name`: the host of the register and `/jejak`."""
    public = _signing_key().public_key().public_bytes_raw()
    return f"{name}+{_key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def signed_note(name: str, head: Entry) -> str:
    """The head as a signed note (C2SP): name, number, hash, moment, an empty line, and the line of the signature."""
    key = _signing_key()
    text = f"{name}\n{head.seq}\n{head.hash}\n{moment_text(head.at)}\n"
    signed = _key_id(name, key.public_key().public_bytes_raw()) + key.sign(text.encode())
    return f"{text}\n\N{EM DASH} {name} {base64.b64encode(signed).decode()}\n"
