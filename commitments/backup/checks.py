"""System check (`check --deploy`): there is a backup of these days, and one was proven this week."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

from commitments.backup import rotation
from opd import clock

BACKED_UP_WITHIN = timedelta(days=2)
PROVEN_WITHIN = timedelta(days=8)  # once a week, and a day late


def backups_are_recent(app_configs: Any = None, **options: Any) -> list[CheckMessage]:
    """Warnings about the backups in BACKUP_DIR; none while it is not set."""
    folder = settings.BACKUP_DIR
    if folder is None:
        return []
    taken = list(rotation.backups(folder).values()) if folder.is_dir() else []
    found = (
        ("Cadangan terakhir", taken[-1] if taken else None, BACKED_UP_WITHIN, "backup --rotate", "W001"),
        ("Pembuktian cadangan terakhir", rotation.last_proof(folder), PROVEN_WITHIN, "restore --prove", "W002"),
    )
    return [
        Warning(f"{what}: {_said(at)}.", hint=f"Jalankan: manage.py {command} {folder}", id=f"commitments.{number}")
        for what, at, within, command, number in found
        if at is None or clock.now() - at > within
    ]


def _said(at: datetime | None) -> str:
    return f"{at.astimezone(clock.JAKARTA):%Y-%m-%d %H.%M} WIB" if at else "belum pernah"
