"""Search for personal data in evidence. A hit is only a hint: a person must look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from django.core.cache import cache

from commitments import evidence as store
from commitments.evidence import pdf
from opd.errors import BadFact
from opd.register.personal_data import HINTS, hints

if TYPE_CHECKING:
    from commitments.models import Evidence

HOUR, MONTH = 60 * 60, 30 * 24 * 60 * 60  # seconds


def hints_of_evidence(items: Iterable[Evidence]) -> tuple[str, ...]:
    """The personal data that captions, addresses, file names and the words of PDFs seem to hold."""
    found = {name for item in items for name in (*hints(item.caption, item.url, item.file_name), *inside(item).hints)}
    return tuple(name for name, _ in HINTS if name in found)


class FileHints(NamedTuple):
    """The personal data that the words of a file seem to hold, and whether all of the file was read."""

    hints: tuple[str, ...] = ()
    is_all: bool = True


def inside(item: Evidence) -> FileHints:
    """The hints of a PDF; other files are not searched.

    Each PDF is read once a month, and once an hour while not all of it could be read.
    """
    if item.media_type != "application/pdf" or item.redacted_at:
        return FileHints()
    kept: FileHints | None = cache.get(key := f"pdf-{item.sha256}")
    if kept is None:
        kept = _looked_through(item.sha256)
        cache.set(key, kept, MONTH if kept.is_all else HOUR)  # never its words
    return kept


def _looked_through(sha256: str) -> FileHints:
    try:
        with store.opened(sha256) as file:
            words, is_all = pdf.read(file.read())
    except BadFact:
        return FileHints(is_all=False)
    return FileHints(hints(words), is_all)
