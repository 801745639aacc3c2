"""The letters that our fonts can draw. One letter without a glyph makes a whole PDF/UA document invalid."""

from __future__ import annotations

import re
import struct
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

FONTS = Path(settings.BASE_DIR, "static", "fonts")
FILES = {  # docs/fonts.md; a letter is drawn with the first font that has it
    "Plus Jakarta Sans": "plus-jakarta-sans-regular.ttf",
    "DejaVu Sans": "dejavu-sans.ttf",
    "Noto Sans Javanese": "noto-sans-javanese.ttf",
    "Droid Sans Fallback": "droid-sans-fallback.ttf",
    "Symbola": "symbola.ttf",
}
HOUSE, *FALLBACKS = FILES
WITH_MARKS = "Noto Sans Javanese"  # the only script that needs combining marks: Latin letters have none in NFC
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
LEFT_OUT = re.compile("[\u200c\u200d\U0001f3fb-\U0001f3ff]")  # joiners and skin tones: they only change other letters


def drawable(text: str) -> str:
    """The text with a replacement for each letter that no font has, without joiners, skin tones and lone marks."""
    return text if text.isascii() else "".join(letter for letter, _ in _drawn(text))


def patterns(text: str) -> dict[str, str]:
    """Font -> a regular expression of the letters of the text that it has and the first font has not."""
    letters: dict[str, set[str]] = defaultdict(set)
    for letter, font in _drawn("" if text.isascii() else text):
        letters[font].add(letter)
    return {font: f"[{''.join(sorted(letters[font]))}]+" for font in FALLBACKS if letters[font]}


def plain(text: str) -> str:
    """The text with letters of the first font only, because the SVG renderer fails with a mixture of fonts."""
    return text if text.isascii() else "".join(_plain(letter) for letter in text)


def _drawn(text: str) -> Iterator[tuple[str, str]]:
    """(letter, font) of each letter that is drawn."""
    font = ""
    for letter in LEFT_OUT.sub("", text):
        if not _is_mark(letter):
            letter = letter if letter == "\n" or font_of(letter) else REPLACEMENT
            font = font_of(letter)
            yield letter, font
        elif font == WITH_MARKS == font_of(letter):
            yield letter, font


def _plain(letter: str) -> str:
    if _is_mark(letter):
        return ""
    if letter.isascii() or ord(letter) in _letters(HOUSE):
        return letter
    base = unicodedata.normalize("NFD", letter)[0]  # the letter without its accents; a sign has none
    return base if base.isalpha() and ord(base) in _letters(HOUSE) else "?"


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M")


def font_of(letter: str) -> str:
    """The first font that has the letter; empty when none has it."""
    return next((font for font in FILES if ord(letter) in _letters(font)), "")


@cache
def _letters(font: str) -> frozenset[int]:
    return frozenset(letters_of((FONTS / FILES[font]).read_bytes()))


def letters_of(font: bytes) -> Iterator[int]:
    """The code points that an OpenType font has, from its table `cmap` in the formats 4 and 12."""

    def numbers(form: str, at: int) -> tuple[int, ...]:
        return struct.unpack_from(f">{form}", font, at)

    tables = (12 + 16 * place for place in range(*numbers("H", 4)))
    [[cmap]] = (numbers("I", at + 8) for at in tables if font[at : at + 4] == b"cmap")
    for place in range(*numbers("H", cmap + 2)):
        at = cmap + numbers("I", cmap + 8 + 8 * place)[0]
        kind, *_, segments = numbers("4H", at)
        if kind == 4:
            lasts, firsts = numbers(f"{segments // 2}H", at + 14), numbers(f"{segments // 2}H", at + 16 + segments)
        elif kind == 12:
            groups = numbers("I", at + 12)[0]
            firsts, lasts = (numbers("I8x" * groups, at + 16 + 4 * which) for which in (0, 1))
        else:
            continue
        for first, last in zip(firsts, lasts, strict=True):
            yield from range(first, min(last, 0xFFFE if kind == 4 else last) + 1)
