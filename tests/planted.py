"""Strings that no stranger may ever read, made to be found again however they are written."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote_plus

# Only letters and figures, so that quoting for an address, HTML, JSON or a table leaves them as they are.
STEM, IDENTITY, MOBILE = "kelambu", "337499", "8990000"
WORD = re.compile(rf"{STEM}\d{{4}}")
NUMBER = re.compile(rf"(?=({IDENTITY}\d{{10}}|{MOBILE}\d{{4}}))")  # they may begin within another number
BETWEEN_FIGURES = re.compile(r"(?<=\d)[ .\-()/\u00a0\u202f]{1,2}(?=\d)")
PACKED = re.compile(r"[A-Za-z0-9+/_-]{15,}")
SHORTEST_SECRET = 12


class Plants:
    """What was planted, each with the place where it lies."""

    def __init__(self) -> None:
        self.place_of: dict[str, str] = {}
        self.secrets: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self.place_of) + len(self.secrets)

    def word(self, place: str) -> str:
        return self._put(f"{STEM}{len(self.place_of):04d}", place)

    def identity(self, place: str) -> str:
        """A number of sixteen figures, as people write it."""
        number = self._put(f"{IDENTITY}{len(self.place_of):010d}", place)
        return " ".join(re.findall("....", number))

    def mobile(self, place: str) -> str:
        """As the city's units are written down: 62 and figures."""
        return f"62{self._put(f'{MOBILE}{len(self.place_of):04d}', place)}"

    def mail(self, place: str) -> str:
        return f"{self.word(place)}@contoh.invalid"

    def sentence(self, place: str) -> str:
        """Four strings, as somebody would write them down about a person."""
        mobile = self.mobile(place)
        number = f"0{mobile[2:5]}-{mobile[5:9]}-{mobile[9:]}"
        return f"Ibu {self.word(place)} {self.identity(place)}, {number} atau {self.mail(place)}"

    def secret(self, text: str, place: str) -> None:
        """What the program made itself: a key, a token, a digest."""
        assert len(text) >= SHORTEST_SECRET, place
        self.secrets[text] = place

    def _put(self, text: str, place: str) -> str:
        self.place_of[text] = place
        return text

    def found_in(self, text: str) -> set[str]:
        """The planted strings in a text, plain, quoted, escaped, spaced, in either case, or in base64."""
        found: set[str] = set()
        for reading in readings(text):
            low = reading.lower()
            found |= {word for word in WORD.findall(low) if word in self.place_of} if STEM in low else set()
            squashed = BETWEEN_FIGURES.sub("", low)
            found |= {number for number in NUMBER.findall(squashed) if number in self.place_of}
            found |= {secret for secret in self.secrets if secret in reading}
        return found

    def __getitem__(self, text: str) -> str:
        return self.place_of.get(text) or self.secrets[text]


def readings(text: str) -> Iterator[str]:
    """A text as it stands, without the escapes of addresses and HTML, without those of JSON, and its base64 read."""
    yield text
    plain = unescape(unquote_plus(text)) if "%" in text or "&" in text else text
    if plain != text:
        yield plain
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    yield "\n".join(_unpacked(run) for run in PACKED.findall(plain))


def _unpacked(run: str) -> str:
    """A run of letters read as base64, its beginning anywhere: an address or a word may stand right before it."""
    run = run.translate(str.maketrans("-_", "+/"))
    whole = []
    for start in range(4):
        rest = run[start:]
        with_end = rest[: len(rest) - (len(rest) % 4 == 1)]
        try:
            whole.append(base64.b64decode(with_end + "=" * (-len(with_end) % 4)).decode("latin-1"))
        except binascii.Error:
            continue
    return " ".join(whole)
