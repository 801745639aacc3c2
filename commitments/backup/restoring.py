"""Restores a backup: reads all of it, builds a new register from it, checks that, and only then puts it in place."""

from __future__ import annotations

import gzip
import hashlib
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from commitments import evidence as store
from commitments.backup import archive as archives
from commitments.backup import places, tables
from commitments.backup.archive import Archive, BadBackup
from commitments.backup.progress import Progress, unseen
from commitments.backup.writing import evidence_named, secret_fingerprint
from commitments.ladder import kept
from opd import register
from opd.register import triggers
from opd.register.canonical import moment_text

MAX_FAULTS_NAMED = 3


@dataclass(frozen=True)
class Restored:
    """What was restored and verified, from the manifest of its backup."""

    manifest: dict[str, Any]
    files: int

    @property
    def lost(self) -> list[str]:
        """Evidence that was lost or damaged before the backup was taken."""
        return list(self.manifest["lost"])

    @property
    def is_other_secret(self) -> bool:
        """Whether second factors were encrypted with a SECRET_KEY that is not known here."""
        here = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return self.manifest["secret_key"] not in map(secret_fingerprint, here)


def restore(path: Path, *, keep: bool, accept_lost: bool = False, progress: Progress = unseen) -> Restored:
    """Restores a backup into this empty place, or, without `keep`, into one that is thrown away again.

    BadBackup or OccupiedPlace with the reason; then the place is as empty as before.
    """
    if keep:
        places.refuse_occupied()
    progress("Membaca cadangan", 0, 1)
    archive = archives.read(path)
    if archive.manifest["lost"] and not accept_lost:
        raise BadBackup(_lost_sentence(archive.manifest["lost"]))
    with places.new_evidence_folder(keep=keep) as folder, places.new_database(keep=keep):
        try:
            _restore_database(archive, progress)
        except DatabaseError as error:
            raise BadBackup(f"Basis data menolak isi cadangan ini: {error}".strip()) from error
        _restore_evidence(archive, folder, progress)
        if keep:
            places.move_evidence(folder)
    return Restored(archive.manifest, len(archive.evidence()))


def _lost_sentence(lost: list[str]) -> str:
    return (
        f"{len(lost)} berkas bukti sudah hilang atau rusak sebelum cadangan ini dibuat, di antaranya {lost[0]}. "
        "Pulihkan cadangan yang lebih lama, atau pakai --tanpa-yang-hilang."
    )


def _restore_database(archive: Archive, progress: Progress) -> None:
    progress("Membuat tabel", 0, 1)
    models = tables.backed_up(_migrated_as(archive))
    if {tables.part_of(model) for model in models} != {name for name in archive.places if name.startswith("tables/")}:
        raise BadBackup("Cadangan ini rusak: tabelnya bukan tabel rilis yang membuatnya.")
    with transaction.atomic():
        tables.empty(models)
        for model in models:
            _load(archive, model, progress)
        tables.settle(models)
    with kept.left_alone():
        call_command("migrate", verbosity=0, interactive=False)  # on to this release; lays the triggers
    if missing := triggers.missing(connection):
        raise BadBackup(f"{len(missing)} penjaga tidak terpasang sesudah dipulihkan, di antaranya {missing[0]}.")
    _check_register(archive, progress)


def _migrated_as(archive: Archive) -> Any:
    """Makes the tables as they were in the release that made the backup; returns its models."""
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    applied = {(str(app), str(name)) for app, name in archive.manifest["migrations"]}
    if unknown := applied - set(graph.nodes):
        raise BadBackup(f"{archives.NEWER_BACKUP} ({'.'.join(min(unknown))})")
    last = [node for node in sorted(applied) if not any(after[0] == node[0] for after in _next(graph, node, applied))]
    return executor.migrate(last).apps


def _next(graph: Any, node: tuple[str, str], applied: set[tuple[str, str]]) -> list[tuple[str, str]]:
    return [child.key for child in graph.node_map[node].children if child.key in applied]


def _load(archive: Archive, model: Any, progress: Progress) -> None:
    table = model._meta.db_table
    rows = archive.manifest["tables"].get(table, 0)
    with archive.opened(tables.part_of(model)) as part, gzip.GzipFile(fileobj=part, mode="rb") as lines:
        loaded = tables.load(model, lines, lambda done: progress(f"Memulihkan {table}", done, rows))
    if loaded != rows:
        raise BadBackup(f"Cadangan ini rusak: {table} berisi {loaded} baris, seharusnya {rows}.")


def _check_register(archive: Archive, progress: Progress) -> None:
    """The head is the one of the manifest, the chain is whole, and the tables are as it says."""
    told, head = archive.manifest["head"], register.head()
    if told != (head and {"seq": head.seq, "hash": head.hash, "at": moment_text(head.at)}):
        raise BadBackup("Kepala jejak di cadangan ini bukan yang disebut keterangannya.")
    total = head.seq if head else 0
    faults: Any = register.check(progress=lambda seq: progress("Memeriksa jejak", seq, total))
    with closing(faults):  # before its database goes
        named = "; ".join(islice(faults, MAX_FAULTS_NAMED))
    if named:
        raise BadBackup(f"Jejak di cadangan ini tidak utuh, sudah sebelum dicadangkan: {named}.")


def _restore_evidence(archive: Archive, folder: Path, progress: Progress) -> None:
    """Every file that the rows name, no other, each with the bytes that its name says."""
    parts = archive.evidence()
    named = evidence_named()
    if named != {*parts, *archive.manifest["lost"]}:
        raise BadBackup("Bukti di cadangan ini bukan yang disebut barisnya.")
    for number, name in enumerate(parts, 1):
        progress("Memulihkan bukti dukung", number, len(parts))
        path = folder / name.removeprefix("evidence/")
        with archive.opened(name) as part:
            store.write(path, part.read())
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != path.name:
                raise BadBackup(f"Bukti {path.name} di cadangan ini rusak.")
