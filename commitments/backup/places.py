"""Where a backup is restored to: a new database and a new folder, which take their place only when all is well."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from commitments import evidence as store
from opd.errors import Refused

FILLED_BY_MIGRATING = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}
EVIDENCE_FOLDERS = ("original", "public")
# The file is thrown away unless all of it is written: it needs no journal, and no disk before the end.
FAST_UNTIL_DONE = (
    "PRAGMA journal_mode=MEMORY;PRAGMA synchronous=OFF;PRAGMA recursive_triggers=ON;PRAGMA cache_size=-262144"
)


class OccupiedPlace(Refused):
    """Error: something is here already; a restore writes over nothing."""

    sentence = "Tempat ini tidak kosong ({}): pulihkan ke basis data baru dan folder bukti yang kosong."


def refuse_occupied() -> None:
    """OccupiedPlace unless database and evidence folder are empty; what migrations put into tables does not count."""
    there = set(_tables_here())
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table in there - FILLED_BY_MIGRATING and model._base_manager.exists():
            raise OccupiedPlace(OccupiedPlace.sentence.format(f"tabel {table} berisi"))
    for folder in _evidence_folders():
        if folder.exists() and any(folder.iterdir()):
            raise OccupiedPlace(OccupiedPlace.sentence.format(f"{folder} berisi"))


def _tables_here() -> list[str]:
    with connection.cursor() as cursor:
        return connection.introspection.table_names(cursor)


@contextmanager
def new_database(*, keep: bool) -> Iterator[None]:
    """Context in which every query of this thread goes to a new database without tables.

    `keep`: when the block ends well, it takes the place of ours, which must be empty. Else nothing stays.
    """
    real = connections[DEFAULT_DB_ALIAS]
    copy = connections[DEFAULT_DB_ALIAS] = real.copy()
    ContentType.objects.clear_cache()
    try:
        with _new_file(real, copy, keep) if real.vendor == "sqlite" else _new_schema(copy, keep):
            yield
    finally:
        connections[DEFAULT_DB_ALIAS] = real
        copy.close()
        ContentType.objects.clear_cache()


@contextmanager
def _new_file(real: BaseDatabaseWrapper, copy: BaseDatabaseWrapper, keep: bool) -> Iterator[None]:
    """For SQLite: a file beside ours, or in a temporary folder."""
    ours = Path(real.settings_dict["NAME"])
    with tempfile.TemporaryDirectory(prefix=".pulih-", dir=ours.parent if keep else None) as folder:
        new = Path(folder) / "db.sqlite3"
        copy.settings_dict["NAME"] = str(new)
        copy.settings_dict["OPTIONS"]["init_command"] = FAST_UNTIL_DONE
        yield
        copy.close()
        if keep:
            real.close()
            _take_place(new, ours)


def _take_place(new: Path, ours: Path) -> None:
    with new.open("rb") as file:
        os.fsync(file.fileno())
    for left in ("-wal", "-shm"):  # of the empty database that was here: they must not be read as part of the new one
        ours.with_name(ours.name + left).unlink(missing_ok=True)
    new.replace(ours)
    store.sync(ours.parent)


@contextmanager
def _new_schema(copy: BaseDatabaseWrapper, keep: bool) -> Iterator[None]:
    """For PostgreSQL: one transaction, in our schema or in one of its own that never comes to be."""
    copy.settings_dict["OPTIONS"].pop("pool", None)  # a session used before may remember what a name then meant
    with transaction.atomic():
        if keep:
            _drop_empty_tables()
        else:
            with connection.cursor() as cursor:
                schema = f"pembuktian_{uuid4().hex}"
                cursor.execute(f"CREATE SCHEMA {schema}")
                cursor.execute(f"SET LOCAL search_path TO {schema}")
        yield
        if not keep:
            transaction.set_rollback(True)


def _drop_empty_tables() -> None:
    """The backup may be of an earlier release, with other columns: its tables are made anew."""
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {"django_migrations"}
    if doomed := [connection.ops.quote_name(table) for table in _tables_here() if table in ours]:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {', '.join(doomed)} CASCADE")


@contextmanager
def new_evidence_folder(*, keep: bool) -> Iterator[Path]:
    """Context of an empty folder, beside the folders of evidence or in a temporary place; it is gone afterwards.

    When the block fails, what it had moved to its place goes too.
    """
    root = Path(settings.MEDIA_ROOT)
    if keep:
        root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pulih-", dir=root if keep else None) as folder:
        try:
            yield Path(folder)
        except BaseException:
            if keep:
                for moved in _evidence_folders():
                    shutil.rmtree(moved, ignore_errors=True)
            raise


def move_evidence(folder: Path) -> None:
    """Puts the restored folders of evidence where the register looks for them."""
    for ours in _evidence_folders():
        restored = folder / ours.name
        if restored.exists():
            restored.replace(ours)  # the empty folder that may be here gives way
    store.sync(Path(settings.MEDIA_ROOT))


def _evidence_folders() -> list[Path]:
    return [Path(settings.MEDIA_ROOT) / name for name in EVIDENCE_FOLDERS]
