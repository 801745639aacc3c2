"""Search for personal data in texts. A text with a hit becomes public only with a reason why it is not personal data.

A hit is only a hint, and no hit proves nothing: a person must look.
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
from opd.texts import LONGEST_TEXT, SHORTEST_REASON

REASON_LENGTH = SHORTEST_REASON, LONGEST_TEXT  # characters

# Sixteen digits of an identity number (NIK), a mobile number, an address of e-mail; each as people write them, and
# bounded: a text may be long and hostile.
HINTS = (
    ("NIK atau nomor kartu keluarga", re.compile(r"(?<!\d)[1-9](?:[ .-]?\d){15}(?!\d)", re.ASCII)),
    ("nomor telepon", re.compile(r"(?<!\d)(?:\+?62|0)[ .-]?8(?:[ .-]?\d){7,11}(?!\d)", re.ASCII)),
    ("alamat surel", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")),
)
# May have any digits in it.
DIGEST_OR_UUID = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_reason: ContextVar[str] = ContextVar("why it is no personal data", default="")


class MayBePersonal(BadFact):
    """Error: an act would make public what may be personal data, and nobody gave a reason why it is not."""

    def __init__(self, found: Iterable[str]) -> None:
        super().__init__(f"Yang akan dibaca publik mungkin memuat {' dan '.join(found)}. Hapus atau tutup dahulu.")


def hints(*texts: str) -> tuple[str, ...]:
    """The kinds of personal data that the texts seem to hold, in words; empty when nothing was found."""
    return tuple(name for name, pattern in HINTS if any(pattern.search(text) for text in texts))


@contextmanager
def explained(reason: str) -> Iterator[None]:
    """Context in which acts may make public what looks like personal data; `reason` says why it is not."""
    token = _reason.set(" ".join(reason.split()))
    try:
        yield
    finally:
        _reason.reset(token)


def explanation(rows: Iterable[dict[str, Any]], hinted: Iterable[str]) -> dict[str, str]:
    """The part of an entry that says why a text is not personal data, when it looks so; else nothing.

    `hinted`: whether something else that becomes public with the act seems to hold personal data. Raises
    MayBePersonal without a reason, or with a reason that repeats the data.
    """
    found = [*hinted, *_found_in(text for row in rows for text in _texts(row))]
    if not found:
        return {}
    reason, (least, most) = _reason.get(), REASON_LENGTH
    if not least <= len(reason) <= most or hints(reason):
        raise MayBePersonal(dict.fromkeys(found))
    return {"not_personal": reason}


def reasons(name: str) -> list[str]:
    """The recorded reasons why the public texts of an object are not personal data, oldest first."""
    entries = Entry.objects.filter(object=name, body__contains='"not_personal":').order_by("seq")
    return [json.loads(entry.body)["data"]["not_personal"] for entry in entries]


def _texts(value: Any) -> Iterator[str]:
    """Every text in a row of the register that a person may have written."""
    if isinstance(value, str) and not DIGEST_OR_UUID.fullmatch(value):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _found_in(texts: Iterable[str]) -> Iterator[str]:
    """The texts that the register does not hold yet and that seem to hold personal data, each with the words
    found."""
    for text in texts:
        found = [(name, match.group()) for name, pattern in HINTS if (match := pattern.search(text))]
        if found and not _is_recorded(text):
            yield from (f"{name} (“{words}”)" for name, words in found)


def _is_recorded(text: str) -> bool:
    """Whether an entry already holds this very text: then it is public already."""
    recorded_text, running = canonical(text), batch.current()
    if running and any(recorded_text in entry.body for entry in running.pending):
        return True
    return Entry.objects.filter(body__contains=recorded_text).exists()
