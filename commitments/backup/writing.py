"""Takes a backup: the rows of one moment, then every file of evidence that they name, while others go on writing."""

from __future__ import annotations

import gzip
import hmac
import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import django
from django.apps import apps
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import QuerySet

from commitments import evidence as store
from commitments.backup import tables
from commitments.backup.archive import CHUNK_SIZE, PART_NAME, ArchiveWriter
from commitments.backup.progress import Progress, unseen
from commitments.models import Evidence
from opd import clock, register
from opd.errors import BadFact, Refused
from opd.register import key
from opd.register.canonical import moment_text
from opd.register.checking import UNREADABLE
from opd.register.snapshot import snapshot

PART_PREFIX = ".cadangan-"  # a backup that is still being written
MAX_ATTEMPTS = 20  # each ends at the first file that went; under two busy writers one in two did


class NoBackup(Refused):
    """Error: no backup was made; nothing half-written is left."""

    sentence = "Bukti dukung terus dihapus selama dicadangkan: ulangi saat register lebih sepi."


class EvidenceLeft(Exception):
    """A file went while the backup was written, because its row did: the rows must be read again."""


@dataclass(frozen=True)
class Written:
    """What a finished backup holds. `lost`: evidence that was missing or damaged before the backup was taken."""

    path: Path
    manifest: dict[str, Any]

    @property
    def lost(self) -> list[str]:
        return list(self.manifest["lost"])


def write(path: Path, progress: Progress = unseen) -> Written:
    """Writes a backup to a path where nothing is yet: the whole file, safely on disk, or nothing."""
    _refuse_other_schema()
    if path.exists() or not path.absolute().parent.is_dir():
        raise NoBackup(f"{path} sudah ada, atau foldernya belum ada: pilih nama lain.")
    for _ in range(MAX_ATTEMPTS):
        try:
            with _new_file(path) as file:
                return Written(path, _written(ArchiveWriter(file), progress))
        except EvidenceLeft:
            continue
        except OSError as error:
            raise NoBackup(f"Cadangan tidak dapat ditulis: {error.strerror}. Belum ada yang tercadangkan.") from error
    raise NoBackup


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """Context of a file that gets its name only when all of it is safely on disk."""
    folder = path.absolute().parent
    with tempfile.NamedTemporaryFile(dir=folder, prefix=PART_PREFIX, delete=False) as file:  # for its owner only
        try:
            yield cast(BinaryIO, file)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
            store.sync(folder)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _refuse_other_schema() -> None:
    applied = set(MigrationRecorder(connection).applied_migrations())
    known = set(MigrationLoader(None).graph.nodes)
    if applied != known:
        other = ".".join(min(applied ^ known))
        raise NoBackup(f"Basis data tidak sesuai rilis ini ({other}): jalankan manage.py migrate dahulu.")


def _written(archive: ArchiveWriter, progress: Progress) -> dict[str, Any]:
    with snapshot():
        facts = _facts()
        facts["tables"] = {model._meta.db_table: _add_rows(archive, model, progress) for model in _models()}
        named = sorted(evidence_named())
    facts["lost"] = []
    for number, name in enumerate(named, 1):
        progress("Menyalin bukti dukung", number, len(named))
        if not _add_file(archive, name):
            facts["lost"].append(name)
    return archive.finish(facts)


def _models() -> list[Any]:
    return tables.backed_up(apps)


def _add_rows(archive: ArchiveWriter, model: Any, progress: Progress) -> int:
    progress(f"Menyalin {model._meta.db_table}", 0, 1)
    try:
        with (
            archive.part(tables.part_of(model)) as part,
            gzip.GzipFile("", "wb", compresslevel=1, fileobj=part, mtime=0) as packed,
        ):
            return tables.dump(model, cast(BinaryIO, packed))
    except (Error, *UNREADABLE) as error:
        raise NoBackup(f"{model._meta.db_table} memuat nilai yang tidak terbaca: {error}.") from error


def _facts() -> dict[str, Any]:
    """What a restore must know before it begins, and compare when it ends."""
    head = register.head()
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    return {
        "made_at": moment_text(clock.now()),
        "release": project["version"],
        "django": django.__version__,
        "database": connection.vendor,
        "migrations": sorted(list(node) for node in MigrationRecorder(connection).applied_migrations()),
        "head": head and {"seq": head.seq, "hash": head.hash, "at": moment_text(head.at)},
        "register_key": key.fingerprint(),
        "secret_key": secret_fingerprint(settings.SECRET_KEY),
    }


def secret_fingerprint(secret: str) -> str:
    """Which SECRET_KEY the second factors are encrypted with, without telling the key."""
    return hmac.new(secret.encode(), b"sidik kunci rahasia", "sha256").hexdigest()[:16]


# --- Evidence ------------------------------------------------------------------------------------------------


def _kept() -> QuerySet[Evidence]:
    return Evidence.objects.filter(redacted_at=None)


def evidence_named() -> set[str]:
    """The parts that the rows ask for: originals and public copies of all evidence that is not redacted."""
    originals = _kept().exclude(media_type="").values_list("sha256", flat=True)
    copies = _kept().exclude(public_sha256="").values_list("public_sha256", flat=True)
    return {_part_name(sha256) for sha256 in originals} | {_part_name(sha256, public=True) for sha256 in copies}


def _part_name(sha256: str, *, public: bool = False) -> str:
    return f"evidence/{store.path_of(sha256, public=public).relative_to(settings.MEDIA_ROOT)}"


def _add_file(archive: ArchiveWriter, name: str) -> bool:
    """Copies one file; False when it is lost or damaged although a row still names it."""
    if not PART_NAME.fullmatch(name):
        return False  # a digest that no act could have written
    _, folder, _, sha256 = name.split("/")
    try:
        file = store.opened(sha256, public=folder == "public")
    except BadFact:
        if name not in evidence_named():
            raise EvidenceLeft from None
        return False
    with file, archive.part(name) as part:
        shutil.copyfileobj(file, part, CHUNK_SIZE)
    if part.hash.hexdigest() != sha256:
        raise NoBackup(f"Bukti {sha256} berubah selagi disalin: jalankan manage.py backup sekali lagi.")
    return True
