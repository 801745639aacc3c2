"""The database of a test process: a copy of a template, which is migrated once and kept until its sources change."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

SOURCES = ("opd/**/*.py", "commitments/models/*.py", "commitments/apps.py", "semarang_mou/settings.py")
MAKING_LOCK = 20171102  # PostgreSQL's advisory lock around the template


def digest_of_sources(root: Path) -> str:
    """Digest of what a fresh database follows from: migrations, models, guards, and what runs after a migration."""
    ours = sorted(path for pattern in SOURCES for path in root.glob(pattern))
    digest = hashlib.sha256(f"{django.VERSION} {connection.vendor}".encode())
    for path in [*ours, *_migrations()]:
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:20]


def _migrations() -> list[Path]:
    """Those of every application, of others too."""
    folders = [Path(app.path, "migrations") for app in apps.get_app_configs()]
    return [path for folder in folders for path in sorted(folder.glob("*.py"))]


def use_copy(name: str, kept_in: Path) -> None:
    """Points the connection at a new database of that name, a copy of the template; the first process makes it."""
    if connection.vendor == "sqlite":
        with _only_one(kept_in):
            shutil.copyfile(_sqlite_template(kept_in), name)
    else:
        _copy_on_server(name)
    _point_at(name)


def _point_at(name: str) -> None:
    _disconnect()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _disconnect() -> None:
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sqlite_template(folder: Path) -> Path:
    template = folder / f"template-{digest_of_sources(Path(settings.BASE_DIR))}.sqlite3"
    if not template.exists():
        for older in folder.glob("template-*"):
            older.unlink()
        unfinished = template.with_suffix(".unfinished")
        _migrate(str(unfinished))
        unfinished.rename(template)
    return template


def _migrate(name: str) -> None:
    _point_at(name)
    call_command("migrate", verbosity=0, interactive=False)
    _disconnect()


def _copy_on_server(name: str) -> None:
    """The server lives no longer than the test run, so the template needs no digest."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")  # on a busy machine the first process migrates for a minute
        cursor.execute("SELECT pg_advisory_lock(%s)", [MAKING_LOCK])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'template_of_tests'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE DATABASE unfinished_template")
            _migrate("unfinished_template")
            cursor.execute("ALTER DATABASE unfinished_template RENAME TO template_of_tests")
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template_of_tests')
