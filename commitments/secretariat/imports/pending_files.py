"""Files that wait on disk between the trial and the confirmation, named by their digest.

Imported files stay there.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from commitments import evidence as store
from opd.errors import BadFact

SECONDS_PENDING = 24 * 60 * 60
FILE_GONE = "Berkasnya sudah tidak disimpan. Unggah lagi."


def folder(name: str) -> Path:
    """Where such files stand: those that wait (with what is told of their jobs), or those that were imported."""
    return Path(settings.MEDIA_ROOT) / "import" / name


def put(content: bytes) -> str:
    """Keeps a file for a day; returns its SHA-256. NoRoom on a full disk. Files never confirmed are deleted."""
    sha256, _ = store.digest(content)
    try:
        folder("tercatat").mkdir(parents=True, exist_ok=True)  # now: once it is imported nothing may fail
    except OSError as error:
        raise store.NoRoom from error
    store.write(folder("menunggu") / sha256, content)
    for old in folder("menunggu").iterdir():
        with suppress(FileNotFoundError):  # another request was faster
            if time.time() - old.stat().st_mtime > SECONDS_PENDING:
                old.unlink()
    return sha256


def get(sha256: str) -> bytes:
    """The bytes as they were tried, or BadFact."""
    for name in ("menunggu", "tercatat"):
        try:
            content = (folder(name) / sha256).read_bytes()
        except OSError:
            continue
        if hashlib.sha256(content).hexdigest() == sha256:
            return content
    raise BadFact(FILE_GONE)


def settle(sha256: str) -> None:
    """Moves an imported file to where it stays, because the register names it; a full disk allows a move too."""
    kept = folder("tercatat")
    with suppress(FileNotFoundError):  # imported before
        (folder("menunggu") / sha256).replace(kept / sha256)
        store.sync(kept)
