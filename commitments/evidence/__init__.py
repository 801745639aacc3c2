"""Files of evidence on disk: how they are received and kept, and which copy the public may see."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from commitments.evidence import pdf, photos
from opd.errors import BadFact, Refused

logger = logging.getLogger(__name__)

MEDIA_TYPES = (
    ("image/jpeg", "JPEG"),
    ("image/png", "PNG"),
    ("image/webp", "WebP"),
    ("application/pdf", "PDF"),
)
MAX_FILE_BYTES = 10 * 1024 * 1024  # bytes of one file
SHRUNK_PHOTO_BYTES = 500_000  # bytes: a telephone makes photographs this small before it sends them
DRAFT_FILES_KEPT_FOR = timedelta(days=7)  # a draft on a telephone may wait that long, its files with it

EMPTY_FILE = "Berkas ini kosong."
TOO_MANY_BYTES = "Berkas ini lebih dari 10 MB; kecilkan dahulu."


class NoRoom(Refused):
    """Error: the disk is full; nothing half-written is left on it."""

    sentence = (
        "Penyimpanan register penuh atau tidak dapat ditulisi: berkas ini belum tersimpan, belum ada yang tercatat. "
        "Beri tahu pengelola register, lalu kirim lagi."
    )


class Damaged(BadFact):
    """Error: a file is lost, or its bytes no longer match its digest; it is shown to nobody."""

    sentence = "Berkas aslinya rusak atau hilang, jadi tidak dapat diumumkan; tandai sebagai tertutup."


@dataclass(frozen=True)
class ReceivedFile:
    """A received file that is safely on disk: its name as sent, its type by content, SHA-256 and size in bytes.

    `taken_on` is the day on which a photograph says it was taken.
    """

    name: str
    media_type: str
    sha256: str
    size: int
    taken_on: date | None = None


def digest(content: bytes) -> tuple[str, int]:
    """SHA-256 (hex) and size in bytes."""
    return hashlib.sha256(content).hexdigest(), len(content)


def path_of(sha256: str, *, public: bool = False) -> Path:
    """The path of a file, named by its digest. Originals are private; public copies lie in a folder of their own."""
    return Path(settings.MEDIA_ROOT) / ("public" if public else "original") / sha256[:2] / sha256


def is_here_since_before(sha256: str, moment: datetime) -> bool:
    """Whether the original is on disk, and nobody has sent it again since."""
    path = path_of(sha256)
    return path.exists() and path.stat().st_mtime < moment.timestamp()


def opened(sha256: str, *, public: bool = False) -> BinaryIO:
    """A stored file, opened after its digest was checked: what is served is what was hashed. Else raises Damaged."""
    try:
        file = path_of(sha256, public=public).open("rb")
    except OSError as error:
        logger.error("evidence %s cannot be read: %s", sha256, error.strerror)
        raise Damaged from error
    if not _is_sound(file, sha256):
        file.close()
        logger.error("evidence %s is not what was hashed", sha256)
        raise Damaged
    return file


def flaw(sha256: str, *, size: int | None = None, public: bool = False) -> str:
    """What is wrong with a stored file, in words; empty when its bytes are those that were hashed."""
    try:
        with path_of(sha256, public=public).open("rb") as file:
            if _is_sound(file, sha256):
                return ""
            here = file.seek(0, os.SEEK_END)
    except FileNotFoundError:
        return "hilang"
    except OSError as error:
        return f"tidak dapat dibaca: {error.strerror}"
    if size is not None and here < size:
        return f"terpotong: {here} dari {size} bita"
    return "bukan berkas yang dicatat: isinya lain"


def _is_sound(file: BinaryIO, sha256: str) -> bool:
    """Whether the bytes have that digest; the file is at its beginning again afterwards."""
    try:
        found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # a file opened for reading
    except OSError:
        return False
    file.seek(0)
    return found == sha256


def write(path: Path, content: bytes) -> None:
    """Writes a file so that a power cut after the return loses nothing: write, fsync, rename, fsync the folder.

    The file is named by its digest: one that is already here, and sound, is left. NoRoom when the disk is full.
    """
    try:
        if not _is_here(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _put(path, content)
        sync(path.parent)  # the name of one that is here too: whoever brought it may not have come so far
    except OSError as error:
        logger.exception("evidence cannot be written")
        raise NoRoom from error


def _is_here(path: Path) -> bool:
    """Whether a sound file is here already; it is marked as wanted again, because `sweep` goes by its time."""
    with suppress(OSError), path.open("rb") as file:
        if _is_sound(file, path.name):
            os.utime(path)
            return True
    return False


def _put(path: Path, content: bytes) -> None:
    """Writes the whole file or nothing."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as part:
        try:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).replace(path)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise


def sync(folder: Path) -> None:
    """Makes the names in a folder survive a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def receive(name: str, stream: BinaryIO) -> ReceivedFile:
    """Checks a file by its content and puts it safely on disk. Refused when the file or the disk is not fit."""
    content = stream.read(MAX_FILE_BYTES + 1)
    if not content:
        raise BadFact(EMPTY_FILE)
    if len(content) > MAX_FILE_BYTES:
        raise BadFact(TOO_MANY_BYTES)
    media_type, taken_on = _examined(content)
    sha256, size = digest(content)
    write(path_of(sha256), content)
    return ReceivedFile(Path(name).name[-200:], media_type, sha256, size, taken_on)


def _examined(content: bytes) -> tuple[str, date | None]:
    """The type by content, and the day on which a photograph was taken. BadFact for all but the four types."""
    if content.startswith(b"%PDF-"):
        pdf.refuse_unreadable(content)
        return "application/pdf", None
    return photos.media_type_of(content), photos.taken_on(content)


def redrawn(sha256: str, media_type: str) -> bytes:
    """The public copy of an original, drawn anew. Damaged when the original is lost, altered, or cannot be drawn."""
    with opened(sha256) as file:
        content = file.read()
    try:
        return pdf.redrawn(content) if media_type == "application/pdf" else photos.redrawn(content)
    except BadFact as error:
        raise Damaged from error


def publish(copy: bytes) -> str:
    """Stores a public copy where everybody may open it; returns its SHA-256."""
    sha256, _ = digest(copy)
    write(path_of(sha256, public=True), copy)
    return sha256


def sweep(known: Collection[str], *, named: Collection[str], before: datetime, public: bool = False) -> int:
    """Deletes files that belong to no evidence in `known` and that nobody has sent since `before`; returns how many.

    `named`: the digests that this register ever named, of redacted evidence too.
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
