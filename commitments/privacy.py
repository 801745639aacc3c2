"""Does a text hold somebody's personal data? Only a hint: a person looks."""

from __future__ import annotations

import re

# Sixteen digits of an identity number (NIK), a mobile number, an address of e-mail; each as people write them.
HINTS = (
    ("NIK atau nomor kartu keluarga", re.compile(r"(?<!\d)[1-9](?:[ .-]?\d){15}(?!\d)", re.ASCII)),
    ("nomor telepon", re.compile(r"(?<!\d)(?:\+?62|0)[ .-]?8(?:[ .-]?\d){7,11}(?!\d)", re.ASCII)),
    ("alamat surel", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
)


def hints(*texts: str) -> tuple[str, ...]:
    """What the texts seem to hold, in words; empty when nothing stands out."""
    return tuple(name for name, pattern in HINTS if any(pattern.search(text) for text in texts))
