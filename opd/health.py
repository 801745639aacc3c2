"""Health check: the database answers, every migration is applied, every trigger is in place, the key is the
register's."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache

from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from opd import register
from opd.register import key, triggers

logger = logging.getLogger(__name__)

DATABASE_PATIENCE = 2  # seconds for a database that does not answer


@dataclass(frozen=True)
class HealthFault:
    """What is wrong: a code for machines and a sentence for the person on duty."""

    status: str
    reason: str


def fault() -> HealthFault | None:
    """The first thing that is wrong now; None when all is well."""
    probe = _probe()
    try:
        return _missing_migrations(probe) or _missing_guards(probe) or _wrong_register(probe)
    except Error:
        logger.exception("the database does not answer")  # with addresses that the public need not read
        return HealthFault("database-away", "Basis data tidak menjawab.")
    finally:
        probe.close()


def _probe() -> BaseDatabaseWrapper:
    """A database connection of its own: the pool would wait longer than a health check may."""
    probe = connection.copy()
    if probe.vendor == "postgresql":
        probe.settings_dict["OPTIONS"].pop("pool", None)
        probe.settings_dict["OPTIONS"]["connect_timeout"] = DATABASE_PATIENCE
    return probe


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.nodes)


def _missing_migrations(probe: BaseDatabaseWrapper) -> HealthFault | None:
    missing = sorted(_migrations() - set(MigrationRecorder(probe).applied_migrations()))
    if not missing:
        return None
    named = ".".join(missing[0])
    return HealthFault(
        "migrations-missing",
        f"{len(missing)} migrasi belum dijalankan, di antaranya {named}: jalankan manage.py migrate.",
    )


def _missing_guards(probe: BaseDatabaseWrapper) -> HealthFault | None:
    missing = triggers.missing(probe)
    if not missing:
        return None
    return HealthFault(
        "guards-missing",
        f"{len(missing)} penjaga basis data tidak terpasang, di antaranya {missing[0]}: cari siapa yang melepasnya, "
        "jalankan manage.py check_register, lalu manage.py migrate.",
    )


def _wrong_register(probe: BaseDatabaseWrapper) -> HealthFault | None:
    """Another key than the register's, and a demonstration whose first entry no longer says so."""
    real = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = probe
    try:
        found = register.state()
    finally:
        connections[DEFAULT_DB_ALIAS] = real
    if found.is_disguised:
        return HealthFault("demo-disguised", "Register ini register contoh yang catatan pertamanya diubah.")
    try:
        if found.last:
            key.refuse_other(found.key, is_demo=found.is_demo)
    except key.OtherKey as error:
        return HealthFault("key-other", str(error))
    return None
