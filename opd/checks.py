"""System checks of the installation (`check --deploy`): private files, the address in e-mails, who keeps it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import DatabaseError
from django.http.request import validate_host

OTHERS = 0o077  # what the group and everybody else may do


def private_places() -> Iterator[Path]:
    """The folders and files on this machine that hold keys, accounts, evidence and the cache of them."""
    yield settings.BASE_DIR / ".env"
    for database in settings.DATABASES.values():
        if database["ENGINE"] == "django.db.backends.sqlite3":
            yield from (Path(f"{database['NAME']}{end}") for end in ("", "-wal", "-shm"))
    yield Path(settings.MEDIA_ROOT)
    if settings.BACKUP_DIR:
        yield settings.BACKUP_DIR
    yield from (Path(cache["LOCATION"]) for cache in settings.CACHES.values() if "file_cache" in cache["BACKEND"])
    yield from (Path(to["filename"]) for to in settings.LOGGING["handlers"].values() if "filename" in to)


def open_files(app_configs: Any = None, **options: Any) -> list[CheckMessage]:
    """Warnings about private files that others on this machine can read.

    A closed folder protects everything in it.
    """
    found = [place for place in private_places() if place.exists() and place.stat().st_mode & OTHERS]
    if not found:
        return []
    named = " ".join(shlex.quote(str(place)) for place in found)
    sentence = f"Pengguna lain di mesin ini dapat membaca: {named}."
    return [Warning(sentence, hint=f"Jalankan: chmod -R go= {named}", id="opd.W001")]


def site_url(app_configs: Any = None, **options: Any) -> list[CheckMessage]:
    """Warning when SITE_URL is no usable address: links for new passwords and invitations begin with it."""
    address = urlsplit(settings.SITE_URL)
    if address.scheme == "https" and validate_host(address.hostname or "", settings.ALLOWED_HOSTS):
        return []
    sentence = f"SITE_URL ({settings.SITE_URL}) bukan https:// dengan salah satu nama di ALLOWED_HOSTS."
    return [Warning(sentence, hint="Tautan di surel memakai alamat itu.", id="opd.W002")]


def _is_operator_named() -> bool:
    from opd.models import RegisterOperator  # settings are checked before models are loaded

    try:
        return RegisterOperator.objects.exists()
    except DatabaseError:  # not migrated yet, or away
        return False


def report_address(app_configs: Any = None, **options: Any) -> list[CheckMessage]:
    """Warning when nobody is named for mistakes: "Laporkan kesalahan" on every page leads to that contact."""
    if settings.OPERATOR["contact"].strip() or _is_operator_named():
        return []
    sentence = "OPERATOR_CONTACT kosong: pembaca yang menemukan kesalahan tidak punya alamat untuk melapor."
    hint = "Sebut penyelenggara di papan peluncuran, atau isi peubah itu; /tentang/ menampilkannya."
    return [Warning(sentence, hint=hint, id="opd.W003")]
