"""An empty place to restore to, on the database of the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import override_settings

NO_LIMIT = "-c statement_timeout=0"  # the server of the tests ends long statements; a real one does not


@contextmanager
def empty_place(folder: Path) -> Iterator[None]:
    """Context in which database and evidence folder are new and empty; a restore may fill them.

    On PostgreSQL the place is a schema of its own.
    """
    real = connections[DEFAULT_DB_ALIAS]
    place = connections[DEFAULT_DB_ALIAS] = real.copy()
    schema = f"place_{uuid4().hex}"
    if place.vendor == "sqlite":
        place.settings_dict["NAME"] = str(folder / f"{schema}.sqlite3")
    else:
        _run(real, f"CREATE SCHEMA {schema}")
        options = place.settings_dict["OPTIONS"]
        options.pop("pool", None)
        options["options"] = f"{options['options']} {NO_LIMIT} -c search_path={schema}"
    ContentType.objects.clear_cache()
    try:
        with override_settings(MEDIA_ROOT=str(folder / f"{schema}-evidence")):
            yield
    finally:
        place.close()
        connections[DEFAULT_DB_ALIAS] = real
        ContentType.objects.clear_cache()
        if real.vendor == "postgresql":
            _run(real, f"DROP SCHEMA {schema} CASCADE")


def _run(real: object, statement: str) -> None:
    """Beside the transaction that the test may be in."""
    beside = real.copy()  # type: ignore[attr-defined]
    beside.settings_dict["OPTIONS"].pop("pool", None)
    with beside.cursor() as cursor:
        cursor.execute(statement)
    beside.close()


def evidence_files() -> dict[str, bytes]:
    """Everything in the evidence folder, by its path there."""
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
