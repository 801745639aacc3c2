"""Does a text or a proof hold somebody's personal data? Only a hint: a person looks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.core.cache import cache

from commitments import evidence as store
from commitments import pdf
from commitments.models import Evidence

MONTH = 30 * 24 * 60 * 60  # seconds

# Sixteen digits of an identity number (NIK), a mobile number, an address of e-mail; each as people write them.
HINTS = (
    ("NIK atau nomor kartu keluarga", re.compile(r"(?<!\d)[1-9](?:[ .-]?\d){15}(?!\d)", re.ASCII)),
    ("nomor telepon", re.compile(r"(?<!\d)(?:\+?62|0)[ .-]?8(?:[ .-]?\d){7,11}(?!\d)", re.ASCII)),
    ("alamat surel", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
)


def hints(*texts: str) -> tuple[str, ...]:
    """What the texts seem to hold, in words; empty when nothing stands out."""
    return tuple(name for name, pattern in HINTS if any(pattern.search(text) for text in texts))


def of_proofs(items: Iterable[Evidence]) -> tuple[str, ...]:
    """What captions, addresses, names of files, and the words of a PDF seem to hold."""
    found = {
        name for item in items for name in (*hints(item.caption, item.url, item.file_name), *(inside(item) or ()))
    }
    return tuple(name for name, _ in HINTS if name in found)


def inside(item: Evidence) -> tuple[str, ...] | None:
    """What the words of a PDF seem to hold; None when no word of it can be read. Each file is read once a month."""
    if item.media_type != "application/pdf" or item.redacted_at:
        return ()

    kept = cache.get(key := f"pdf-{item.sha256}")
    if kept is None:
        text = pdf.text(store.path_of(item.sha256))
        kept = bool(text.strip()), hints(text)
        cache.set(key, kept, MONTH)  # never its words
    is_read, found = kept
    return found if is_read else None
