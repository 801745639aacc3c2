"""Does a text seem to hold somebody's personal data? Such a text becomes public only with a reason why it holds none.

A hint is no proof, and its absence neither: a person looks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from opd.errors import BadFact
from opd.register import batch
from opd.register.canonical import canonical
from opd.register.entry import Entry

REASON_LENGTH = 20, 2000  # characters

# Sixteen digits of an identity number (NIK), a mobile number, an address of e-mail; each as people write them, and
# bounded: a text may be long and hostile.
HINTS = (
    ("NIK atau nomor kartu keluarga", re.compile(r"(?<!\d)[1-9](?:[ .-]?\d){15}(?!\d)", re.ASCII)),
    ("nomor telepon", re.compile(r"(?<!\d)(?:\+?62|0)[ .-]?8(?:[ .-]?\d){7,11}(?!\d)", re.ASCII)),
    ("alamat surel", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")),
)
DIGEST = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)  # may have any digits in it
_reason: ContextVar[str] = ContextVar("why it is no personal data", default="")


class MayBePersonal(BadFact):
    """What an act would make public may be personal data, and nobody said why it is none."""

    def __init__(self, found: Iterable[str]) -> None:
        super().__init__(f"Yang akan dibaca publik mungkin memuat {' dan '.join(found)}. Hapus atau tutup dahulu.")


def hints(*texts: str) -> tuple[str, ...]:
    """What the texts seem to hold, in words; empty when nothing stands out."""
    return tuple(name for name, pattern in HINTS if any(pattern.search(text) for text in texts))


@contextmanager
def explained(reason: str) -> Iterator[None]:
    """Acts inside may make public what looks like personal data: `reason` says why it is none."""
    token = _reason.set(" ".join(reason.split()))
    try:
        yield
    finally:
        _reason.reset(token)


def explanation(rows: Iterable[dict[str, Any]], hinted: Iterable[str]) -> dict[str, str]:
    """What an entry says besides its rows: why it is no personal data, when it looks so; else nothing.

    `hinted`: what else becomes public with the act seems to hold that. MayBePersonal without a reason, or with one
    that repeats the data.
    """
    found = [*hinted, *_found_in(text for row in rows for text in _texts(row))]
    if not found:
        return {}
    reason, (least, most) = _reason.get(), REASON_LENGTH
    if not least <= len(reason) <= most or hints(reason):
        raise MayBePersonal(dict.fromkeys(found))
    return {"not_personal": reason}


def reasons(name: str) -> list[str]:
    """Why what an object of the register made public is no personal data, oldest first."""
    entries = Entry.objects.filter(object=name, body__contains='"not_personal":').order_by("seq")
    return [json.loads(entry.body)["data"]["not_personal"] for entry in entries]


def _texts(value: Any) -> Iterator[str]:
    """Every text in a row of the register that a person may have written."""
    if isinstance(value, str) and not DIGEST.fullmatch(value):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _found_in(texts: Iterable[str]) -> Iterator[str]:
    """What the texts that the register does not tell yet seem to hold, each with the words."""
    for text in texts:
        found = [(name, match.group()) for name, pattern in HINTS if (match := pattern.search(text))]
        if found and not _is_told(text):
            yield from (f"{name} (“{words}”)" for name, words in found)


def _is_told(text: str) -> bool:
    """Whether an entry holds this very text: then it is public already."""
    told, running = canonical(text), batch.current()
    if running and any(told in entry.body for entry in running.pending):
        return True
    return Entry.objects.filter(body__contains=told).exists()
