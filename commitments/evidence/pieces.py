"""Files that come in pieces, because the line breaks: each piece is on disk before the next one is asked for.

A file on its way is named by who sends it and by its SHA-256, so that it goes on where it broke, from another page
too. It becomes evidence as any other file does, when its bytes are those that were announced.
"""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import io
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from commitments import evidence as store
from opd.errors import BadFact, Refused

MAX_FILES_ON_THE_WAY = 12  # of one account: two reports of six
SHA256_PATTERN = re.compile(r"[0-9a-f]{64}")


class WrongPlace(Refused):
    """Error: this piece does not follow what is here; `received` says from where to go on."""

    sentence = "Potongan ini bukan sambungan dari yang sudah diterima."

    def __init__(self, received: int) -> None:
        super().__init__()
        self.received = received


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "pieces"


def _path(owner: int, sha256: str) -> Path:
    assert SHA256_PATTERN.fullmatch(sha256)  # noqa: S101 - the address takes nothing else
    return _folder() / f"{owner}-{sha256}"


def _done(owner: int, sha256: str) -> Path:
    """The note that a file came whole: whoever did not hear of it need not send it again."""
    return _folder() / "done" / _path(owner, sha256).name


def whole(owner: int, sha256: str) -> store.ReceivedFile | None:
    """The file that this sender brought whole, while it is here."""
    try:
        told = json.loads(_done(owner, sha256).read_text())
    except (FileNotFoundError, ValueError):
        return None
    taken_on = told.pop("taken_on")
    file = store.ReceivedFile(**told, taken_on=date.fromisoformat(taken_on) if taken_on else None)
    return file if store.path_of(sha256).exists() else None


def received(owner: int, sha256: str) -> int:
    """How many bytes of this file are here."""
    try:
        return _path(owner, sha256).stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file to write on, for one sender at a time. NoRoom when the disk is full."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
            raise store.NoRoom from error
        raise


def add(owner: int, sha256: str, *, offset: int, piece: bytes) -> int:
    """Adds the next piece and returns how much is here now; WrongPlace when it is not the next one."""
    path = _path(owner, sha256)
    if not path.exists() and len(list(_folder().glob(f"{owner}-*"))) >= MAX_FILES_ON_THE_WAY:
        raise BadFact("Terlalu banyak berkas yang belum selesai dikirim. Kirim laporannya dahulu.")
    with _opened(path) as file:
        here = file.seek(0, os.SEEK_END)
        if offset != here:
            raise WrongPlace(here)
        if here + len(piece) > store.MAX_FILE_BYTES:
            raise BadFact(store.TOO_MANY_BYTES)
        file.write(piece)
        file.flush()
        os.fsync(file.fileno())
        return here + len(piece)


def finish(owner: int, sha256: str, *, name: str) -> store.ReceivedFile:
    """The whole file, checked as any other; what came in pieces is gone then, sound or not."""
    path = _path(owner, sha256)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise WrongPlace(0) from None
    with suppress(FileNotFoundError):
        path.unlink()
    if store.digest(content)[0] != sha256:
        raise WrongPlace(0)
    file = store.receive(name, io.BytesIO(content))
    note = _done(owner, sha256)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps(dataclasses.asdict(file), default=str))
    return file


def sweep(*, before: datetime) -> int:
    """Deletes what nobody has gone on with since `before`; returns how many files."""
    files = [path for path in (*_folder().glob("*"), *_folder().glob("done/*")) if path.is_file()]
    old = [path for path in files if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
