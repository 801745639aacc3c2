"""The file of a backup: a plain tar file of known parts, in which no byte can be changed unseen.

Its parts, in this order: what it is and its format; a file for each table; the files of evidence; the manifest, which
names each part with SHA-256 and size; and the manifest's seal. The headers between them are always the same for the
same name and size, so that they are compared instead of believed.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from opd.errors import Refused
from opd.register import key

BACKUP_FORMAT = 1
TITLE, MANIFEST, SEAL = "cadangan.txt", "manifest.json", "manifest.hmac"
TITLE_LINE = "melewati-seremoni, cadangan register, bentuk {}\n"
PART_NAME = re.compile(
    r"tables/[a-z0-9_]{1,60}\.jsonl\.gz|evidence/(?:original|public)/([0-9a-f]{2})/\1[0-9a-f]{62}"
    rf"|{re.escape(TITLE)}|{re.escape(MANIFEST)}|{re.escape(SEAL)}"
)
BLOCK_SIZE = tarfile.BLOCKSIZE
END_OF_TAR = bytes(2 * BLOCK_SIZE)
CHUNK_SIZE = 1024 * 1024  # bytes


class BadBackup(Refused):
    """Error: this file is no backup that may be restored here; nothing of it was restored."""

    sentence = "Cadangan ini rusak: isinya berbeda dari ketika dibuat."


CUT_BACKUP = "Cadangan ini terpotong: bagian akhirnya tidak ada."
NO_BACKUP = "Berkas ini bukan cadangan register, atau terpotong di awalnya."
NEWER_BACKUP = "Cadangan ini dibuat rilis yang lebih baru; pasang rilis itu dahulu."
OTHER_KEY = (
    "Kuncinya lain: cadangan ini dibuat dengan REGISTER_KEY bersidik {made}, di sini {here}. "
    "Pasang REGISTER_KEY yang disimpan bersama register itu."
)


def _header(name: str, size: int) -> bytes:
    part = tarfile.TarInfo(name)
    part.size, part.mode = size, 0o600
    return part.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK_SIZE)


def _seal(manifest: bytes) -> str:
    """Only who holds REGISTER_KEY can make it, so a changed backup cannot be made to look whole."""
    return hmac.new(settings.REGISTER_KEY.encode(), b"cadangan register|" + manifest, "sha256").hexdigest()


class WrittenPart(io.RawIOBase):
    """One part while it is being written: it counts and hashes what passes."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.size, self.hash = file, 0, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self.file.write(content)
        self.hash.update(content)
        self.size += len(content)
        return len(content)


class ArchiveWriter:
    """Writes the parts of a backup into a new file, one after the other."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.parts: dict[str, dict[str, Any]] = {}
        with self.part(TITLE) as part:
            part.write(TITLE_LINE.format(BACKUP_FORMAT).encode())

    @contextmanager
    def part(self, name: str) -> Iterator[WrittenPart]:
        """Context of one part. Its size is known only afterwards: then its header is written."""
        place = self.file.tell()
        self.file.write(bytes(BLOCK_SIZE))
        part = WrittenPart(self.file)
        yield part
        self.file.write(_padding(part.size))
        end = self.file.tell()
        self.file.seek(place)
        self.file.write(_header(name, part.size))
        self.file.seek(end)
        self.parts[name] = {"sha256": part.hash.hexdigest(), "size": part.size}

    def finish(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Writes the manifest, its seal and the end; returns the manifest."""
        told = {**facts, "parts": dict(self.parts)}
        manifest = json.dumps(told, ensure_ascii=False, indent=1).encode()
        with self.part(MANIFEST) as part:
            part.write(manifest)
        with self.part(SEAL) as part:
            part.write(_seal(manifest).encode())
        self.file.write(END_OF_TAR)
        return told


@dataclass(frozen=True)
class Archive:
    """A backup that was read to its end: every part is whole, and it was made with the key of this register."""

    path: Path
    manifest: dict[str, Any]
    places: dict[str, tuple[int, int]]  # part -> where it begins, its size

    @contextmanager
    def opened(self, name: str) -> Iterator[BinaryIO]:
        start, size = self.places[name]
        with self.path.open("rb") as file:
            file.seek(start)
            yield io.BufferedReader(_Slice(file, size), CHUNK_SIZE)

    def evidence(self) -> list[str]:
        """The parts that are files of evidence."""
        return [name for name in self.places if name.startswith("evidence/")]


class _Slice(io.RawIOBase):
    """The next `left` bytes of a file, as a file."""

    def __init__(self, file: BinaryIO, left: int) -> None:
        self.file, self.left = file, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self.file.read(min(len(buffer), self.left))
        self.left -= len(content)
        buffer[: len(content)] = content
        return len(content)


def read(path: Path) -> Archive:
    """Reads a backup from beginning to end. BadBackup with the reason unless every byte is as it was written."""
    try:
        with path.open("rb") as file:
            _refuse_other_files(file)
            places, found, small = _read_parts(file)
    except OSError as error:
        raise BadBackup(f"{path} tidak dapat dibaca: {error.strerror}.") from error
    manifest = _opened_manifest(small)
    del found[MANIFEST], found[SEAL]
    if manifest["parts"] != found:
        raise BadBackup
    return Archive(path, manifest, places)


def _refuse_other_files(file: BinaryIO) -> None:
    """Reads what this file says it is."""
    begin = file.read(2 * BLOCK_SIZE)
    line = re.match(re.escape(TITLE_LINE).replace(r"\{\}", r"(\d{1,6})").encode(), begin[BLOCK_SIZE:])
    if not line or not begin.startswith(TITLE.encode() + b"\0"):
        raise BadBackup(NO_BACKUP)
    if int(line[1]) > BACKUP_FORMAT:
        raise BadBackup(NEWER_BACKUP)
    file.seek(0)


def _read_parts(file: BinaryIO) -> tuple[dict[str, tuple[int, int]], dict[str, dict[str, Any]], dict[str, bytes]]:
    """Where each part lies, what its bytes are (as the manifest says it), and the manifest with its seal."""
    places: dict[str, tuple[int, int]] = {}
    found: dict[str, dict[str, Any]] = {}
    small: dict[str, bytes] = {}
    while any(header := _exactly(file, BLOCK_SIZE)):
        name, size = _told(header)
        if name in places or SEAL in places:
            raise BadBackup
        places[name] = (file.tell(), size)
        digest = hashlib.sha256()
        for content in _pieces(file, size):
            digest.update(content)
            if name in (MANIFEST, SEAL):
                small[name] = small.get(name, b"") + content
        if any(_exactly(file, len(_padding(size)))):
            raise BadBackup
        found[name] = {"sha256": digest.hexdigest(), "size": size}
    if any(_exactly(file, BLOCK_SIZE)) or file.read(1) or not {MANIFEST, SEAL} <= small.keys():
        raise BadBackup
    return places, found, small


def _exactly(file: BinaryIO, size: int) -> bytes:
    content = file.read(size)
    if len(content) < size:
        raise BadBackup(CUT_BACKUP)
    return content


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size:
        yield (content := _exactly(file, min(size, CHUNK_SIZE)))
        size -= len(content)


def _told(header: bytes) -> tuple[str, int]:
    """Name and size of the part that begins here. Links, devices, owners, other folders: none of them is ours."""
    try:
        part = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        if PART_NAME.fullmatch(part.name) and part.size >= 0 and header == _header(part.name, part.size):
            return part.name, part.size
    except (tarfile.HeaderError, ValueError):
        pass
    raise BadBackup("Cadangan ini rusak: memuat bagian yang bukan bagian cadangan.")


def _opened_manifest(small: dict[str, bytes]) -> dict[str, Any]:
    try:
        manifest = json.loads(small[MANIFEST])
        made_with = manifest["register_key"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadBackup from error
    if made_with != key.fingerprint():
        raise BadBackup(OTHER_KEY.format(made=made_with, here=key.fingerprint()))
    if not hmac.compare_digest(small[SEAL], _seal(small[MANIFEST]).encode()):
        raise BadBackup
    return manifest
