"""All that can be read in an answer: headers, text, parts of a workbook, words and notes of PDF and picture."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from PIL import ExifTags, Image
from pypdf import PdfReader

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
Surface = tuple[str, str]  # its kind, and all that can be read there


def surfaces(answer: Any) -> Iterator[Surface]:
    yield "headers", "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    if answer.cookies:
        yield "cookies", answer.cookies.output()
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    yield from of_content(content, answer.headers.get("Content-Type", ""))


def of_content(content: bytes, type_: str) -> Iterator[Surface]:
    """By what the answer says it is; the bytes as they stand, too."""
    kind = type_.partition(";")[0].rpartition("/")[2].rpartition(".")[2]
    yield kind, content.decode("utf-8", "replace")
    if content[:4] == b"PK\x03\x04":
        yield kind, "\n".join(_parts_of_archive(content))
    elif content[:5] == b"%PDF-":
        yield kind, "\n".join(_words_of_pdf(content))
    elif type_.startswith("image/") and "svg" not in type_:
        yield kind, "\n".join(_notes_of_picture(content))


def _parts_of_archive(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            yield name
            yield archive.read(name).decode("utf-8", "replace")


def _words_of_pdf(content: bytes) -> Iterator[str]:
    reader = PdfReader(io.BytesIO(content))
    yield str(reader.metadata)
    yield from (page.extract_text() for page in reader.pages)
    for packed in STREAM.findall(content):
        with suppress(zlib.error):
            yield zlib.decompress(packed).decode("latin-1")


def _notes_of_picture(content: bytes) -> Iterator[str]:
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        yield str(picture.info)
        yield str(getattr(picture, "text", ""))
        exif = picture.getexif()
        yield str(dict(exif))
        yield from (str(dict(exif.get_ifd(part))) for part in ExifTags.IFD)
