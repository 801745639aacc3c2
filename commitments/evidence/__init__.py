"""Where are the bytes of a proof kept, are they safe on disk, and what may the public see of them?"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import tempfile
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from PIL import Image, ImageOps

from opd.errors import BadFact

MEDIA_TYPES = (
    ("image/jpeg", "JPEG"),
    ("image/png", "PNG"),
    ("image/webp", "WebP"),
    ("application/pdf", "PDF"),
)
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
MAX_FILE_BYTES = 10 * 1024 * 1024  # bytes of one file
MAX_PIXELS = 50_000_000  # checked before decoding: a small file can unfold to far more
SHRUNK_PHOTO_BYTES = 500_000  # bytes: a telephone makes photographs this small before it sends them
DRAFT_FILES_KEPT_FOR = timedelta(days=7)  # a draft on a telephone may wait that long, its files with it

EMPTY_FILE = "Berkas ini kosong."
TOO_MANY_PIXELS = "Gambar ini terlalu besar; kecilkan dahulu (paling banyak 50 megapiksel)."
TOO_MANY_BYTES = "Berkas ini lebih dari 10 MB; kecilkan dahulu."
OTHER_KIND = "Berkas ini bukan JPEG, PNG, WebP, atau PDF."
HEIC_NOT_TAKEN = (
    "Ini foto HEIC dari iPhone, yang belum dapat dibaca di sini. Kirim tangkapan layarnya, atau ubah "
    "Pengaturan > Kamera > Format menjadi Paling Kompatibel lalu foto lagi."
)
UNREADABLE_FILE = (
    OSError,
    EOFError,
    LookupError,
    ValueError,
    SyntaxError,
    TypeError,
    struct.error,
    Image.DecompressionBombError,
)
EXIF_PART, EXIF_TAKEN, EXIF_CHANGED = 0x8769, 0x9003, 0x0132  # numbers of the Exif standard


@dataclass(frozen=True)
class ReceivedFile:
    """A file that is safely on disk: its name as sent, its type by content, SHA-256 and size of its bytes,
    and the day on which a photograph says it was taken."""

    name: str
    media_type: str
    sha256: str
    size: int
    taken_on: date | None = None


def digest(content: bytes) -> tuple[str, int]:
    """SHA-256 (hex) and size in bytes."""
    return hashlib.sha256(content).hexdigest(), len(content)


def path_of(sha256: str, *, public: bool = False) -> Path:
    """Originals are private; public copies live in a folder of their own. Both are named by their digest."""
    return Path(settings.MEDIA_ROOT) / ("public" if public else "original") / sha256[:2] / sha256


def is_here_since_before(sha256: str, moment: datetime) -> bool:
    """Whether the original is on disk, and nobody has brought it again since."""
    path = path_of(sha256)
    return path.exists() and path.stat().st_mtime < moment.timestamp()


def write(path: Path, content: bytes) -> None:
    """Write, fsync, rename, fsync the folder: after this returns a power cut loses nothing."""
    with suppress(FileNotFoundError):
        os.utime(path)  # here already, and wanted again: `sweep` goes by this time
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as part:
        part.write(content)
        part.flush()
        os.fsync(part.fileno())
    Path(part.name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def media_type_of(content: bytes) -> str:
    """The type by content; BadFact with a sentence for anything but JPEG, PNG, WebP and PDF."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    try:
        with Image.open(io.BytesIO(content), formats=tuple(PICTURES)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise BadFact(TOO_MANY_PIXELS)
            return PICTURES[picture.format or ""]
    except UNREADABLE_FILE as error:
        is_heic = content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1")
        raise BadFact(HEIC_NOT_TAKEN if is_heic else OTHER_KIND) from error


def taken_on(content: bytes) -> date | None:
    """The day on which a photograph says it was taken (Exif); None when it does not say."""
    try:
        with Image.open(io.BytesIO(content), formats=tuple(PICTURES)) as picture:
            exif = picture.getexif()
            told = exif.get_ifd(EXIF_PART).get(EXIF_TAKEN) or exif.get(EXIF_CHANGED, "")
            return datetime.strptime(told[:10], "%Y:%m:%d").date()
    except UNREADABLE_FILE:
        return None


def examine(stream: BinaryIO) -> tuple[bytes, str]:
    """The bytes and the type of a file by its content, written nowhere yet. BadFact says what is wrong with it."""
    content = stream.read(MAX_FILE_BYTES + 1)
    if not content:
        raise BadFact(EMPTY_FILE)
    if len(content) > MAX_FILE_BYTES:
        raise BadFact(TOO_MANY_BYTES)
    return content, media_type_of(content)


def receive(name: str, stream: BinaryIO) -> ReceivedFile:
    """Check a file by its content and put it safely on disk. BadFact says what is wrong with it."""
    content, media_type = examine(stream)
    sha256, size = digest(content)
    write(path_of(sha256), content)
    return ReceivedFile(Path(name).name[-200:], media_type, sha256, size, taken_on(content))


def publish(sha256: str, media_type: str) -> str:
    """Make the copy that anyone may see: pictures are drawn anew, without EXIF or GPS. Returns its SHA-256.

    BadFact when the original is damaged or gone.
    """
    try:
        content = path_of(sha256).read_bytes()
        if media_type != "application/pdf":
            content = _redrawn(content)
    except (OSError, ValueError, SyntaxError) as error:
        raise BadFact(
            "Berkas aslinya rusak atau hilang, jadi tidak dapat diumumkan; tandai sebagai tertutup."
        ) from error
    shown, _ = digest(content)
    write(path_of(shown, public=True), content)
    return shown


def _redrawn(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=tuple(PICTURES)) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((2000, 2000))
    out = io.BytesIO()
    upright.save(out, "WEBP", quality=80, method=2)
    return out.getvalue()


def sweep(known: Collection[str], *, named: Collection[str], before: datetime, public: bool = False) -> int:
    """Delete files that belong to no proof in `known` and that nobody has brought since `before`; how many.

    `named`: what this register ever named, redacted proofs too.
    """
    files = [path for path in path_of("", public=public).glob("*/*") if path.is_file()]
    if not any(path.name in named for path in files):
        return 0  # the folder of another register, perhaps
    swept = 0
    for path in files:
        if path.name not in known and path.stat().st_mtime < before.timestamp():
            aside = path.rename(path.with_name(f".part-{path.name}"))
            if aside.stat().st_mtime < before.timestamp():
                aside.unlink()
                swept += 1
            else:
                aside.rename(path)  # somebody brought it again at this very moment
    return swept
