"""Is a backup refused, with the reason, when it is bad, cut, changed, foreign or newer, and the place left empty?"""

from __future__ import annotations

import gzip
import io
import random
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from commitments.backup import archive, places, tables, writing
from commitments.backup.archive import BadBackup
from commitments.models import Evidence
from opd.models import Entry, Unit
from tests.cast import Cast, unit
from tests.places import empty_place, evidence_files
from tests.test_backup import draft_with, received, shown

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

FLIPS = 200
Change = Callable[[dict[str, bytes], dict[str, Any]], None]


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A small backup of a register with two files and a draft's."""
    cast = Cast()
    shown(cast, received("satu"))
    draft_with(cast, received("dua"))
    return writing.write(tmp_path / "cadangan.tar").path


@contextmanager
def refused(folder: Path, reason: str) -> Iterator[None]:
    """Context of an empty place that a restore must leave empty, saying why."""
    with empty_place(folder):
        before = {path.name for path in folder.iterdir()}
        with pytest.raises(CommandError, match=reason):
            yield
        places.refuse_occupied()
        assert connection.introspection.table_names() == []
        assert evidence_files() == {}
        assert [path.name for path in Path(settings.MEDIA_ROOT).glob(".*")] == []
        connection.close()
        new = {path.name for path in folder.iterdir()} - before
        assert {name for name in new if "place_" not in name} == set()


def restore(path: Path) -> None:
    call_command("restore", str(path), stdout=io.StringIO())


def rewritten(backup: Path, change: Change) -> Path:
    """The same backup with other contents, sealed by somebody who holds the key."""
    read = archive.read(backup)
    parts = {name: b"" for name in read.places if name not in (archive.TITLE, archive.MANIFEST, archive.SEAL)}
    for name in parts:
        with read.opened(name) as part:
            parts[name] = part.read()
    facts = {name: told for name, told in read.manifest.items() if name != "parts"}
    change(parts, facts)
    other = backup.with_name("lain.tar")
    with other.open("wb") as file:
        written = archive.ArchiveWriter(file)
        for name, content in parts.items():
            with written.part(name) as part:
                part.write(content)
        written.finish(facts)
    return other


def replaced(part: str, old: bytes, new: bytes) -> Change:
    """The change of a text in the rows of a table."""

    def change(parts: dict[str, bytes], facts: dict[str, Any]) -> None:
        rows = gzip.decompress(parts[part])
        assert rows.count(old)
        parts[part] = gzip.compress(rows.replace(old, new))

    return change


# --- The file ------------------------------------------------------------------------------------------------


def test_a_byte_flipped_anywhere_is_refused(backup: Path) -> None:
    """Headers, padding and the end too: `tar` itself would not see half of them."""
    whole, chance = backup.read_bytes(), random.Random(20171102)
    archive.read(backup)
    places_of_flips = chance.sample(range(len(whole)), FLIPS)
    places_of_flips += [*range(100, 160), *range(len(whole) - 40, len(whole))]
    accepted = []
    for place in places_of_flips:
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        backup.write_bytes(changed)
        try:
            archive.read(backup)
            accepted.append(place)
        except BadBackup:
            pass
    assert accepted == []


def test_a_backup_cut_anywhere_is_refused(backup: Path) -> None:
    whole, chance = backup.read_bytes(), random.Random(20171102)
    for size in [*range(0, len(whole), max(1, len(whole) // 60)), len(whole) - 1, len(whole) - 512]:
        backup.write_bytes(whole[:size])
        with pytest.raises(BadBackup, match="terpotong"):
            archive.read(backup)
    backup.write_bytes(whole + bytes([chance.randrange(256)]))
    with pytest.raises(BadBackup, match="rusak"):
        archive.read(backup)


@pytest.mark.parametrize("content", [b"", b"bukan cadangan", b"SQLite format 3\0" * 100, bytes(10_240)])
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lain.tar").write_bytes(content)
    with refused(tmp_path, "bukan cadangan register"):
        restore(tmp_path / "lain.tar")


def test_another_tar_file_and_no_file_at_all_are_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "lain.tar", "w") as other:
        other.add(__file__, "cadangan.txt")
    with refused(tmp_path, "bukan cadangan register"):
        restore(tmp_path / "lain.tar")
    with refused(tmp_path, "tidak dapat dibaca"):
        restore(tmp_path / "tidak-ada.tar")


@pytest.mark.parametrize(
    "name",
    [
        "../luar.txt",
        "/tmp/luar.txt",
        "evidence/original/aa/../../../luar.txt",
        f"evidence/original/aa/{'b' * 64}",
        "tables/../../luar.jsonl.gz",
        "luar.txt",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(backup: Path, name: str) -> None:
    def change(parts: dict[str, bytes], facts: dict[str, Any]) -> None:
        parts[name] = b"isi"

    other = rewritten(backup, change)
    with refused(backup.parent, "bukan bagian cadangan"):
        restore(other)
    assert not list(backup.parent.rglob("luar*"))


def test_a_link_instead_of_a_file_is_refused(backup: Path) -> None:
    evidence = archive.read(backup).evidence()[0]
    link = tarfile.TarInfo(evidence)
    link.type, link.linkname, link.mode = tarfile.SYMTYPE, "/etc/passwd", 0o600
    whole = backup.read_bytes()
    where = whole.index(evidence.encode())
    backup.write_bytes(whole[:where] + link.tobuf(tarfile.GNU_FORMAT) + whole[where + 512 :])
    with refused(backup.parent, "bukan bagian cadangan"):
        restore(backup)


# --- Whose it is, and of which release -----------------------------------------------------------------------


def test_the_backup_of_another_key_is_refused(backup: Path, settings: Settings) -> None:
    settings.REGISTER_KEY = "kunci lain"
    with refused(backup.parent, "Kuncinya lain"):
        restore(backup)


def test_a_changed_manifest_is_refused_without_the_key(backup: Path) -> None:
    """Whoever has no key can recompute every digest, not the seal."""
    whole = backup.read_bytes()
    assert whole.count(b'"release": "') == 1
    backup.write_bytes(whole.replace(b'"release": "', b'"Release": "'))
    with refused(backup.parent, "rusak"):
        restore(backup)


def test_a_newer_format_is_refused(backup: Path) -> None:
    whole = backup.read_bytes()
    backup.write_bytes(whole.replace(b"bentuk 1", b"bentuk 2", 1))
    with refused(backup.parent, "rilis yang lebih baru"):
        restore(backup)


def test_newer_migrations_are_refused(backup: Path) -> None:
    def change(parts: dict[str, bytes], facts: dict[str, Any]) -> None:
        facts["migrations"].append(["opd", "0999_from_the_future"])

    other = rewritten(backup, change)
    with refused(backup.parent, r"rilis yang lebih baru.*opd\.0999_from_the_future"):
        restore(other)


# --- What is in it -------------------------------------------------------------------------------------------

UNITS, ENTRIES = tables.part_of(Unit), tables.part_of(Entry)


def without_evidence(parts: dict[str, bytes], facts: dict[str, Any]) -> None:
    del parts[next(name for name in parts if name.startswith("evidence/"))]


def with_spoiled_evidence(parts: dict[str, bytes], facts: dict[str, Any]) -> None:
    parts[next(name for name in parts if name.startswith("evidence/"))] = b"lain"


def with_another_head(parts: dict[str, bytes], facts: dict[str, Any]) -> None:
    facts["head"]["hash"] = "0" * 64


def without_a_row(parts: dict[str, bytes], facts: dict[str, Any]) -> None:
    parts[UNITS] = gzip.compress(gzip.decompress(parts[UNITS]).rpartition(b"\n[")[0] + b"\n")


@pytest.mark.by_night_on_postgres
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (without_evidence, "Bukti di cadangan ini bukan yang disebut barisnya"),
        (with_spoiled_evidence, "Bukti .* di cadangan ini rusak"),
        (with_another_head, "Kepala jejak"),
        (without_a_row, "rusak: opd_unit berisi"),
        (replaced(UNITS, b'"Kepala"', b'"Raja"'), "Jejak di cadangan ini tidak utuh.*unit:"),
        (replaced(ENTRIES, b"documented", b"assumed"), "Jejak di cadangan ini tidak utuh.*entri 1"),
    ],
)
def test_a_register_that_does_not_hold_is_refused(backup: Path, change: Change, reason: str) -> None:
    """The one who backed it up held the key; what he backed up was already wrong."""
    other = rewritten(backup, change)
    with refused(backup.parent, reason):
        restore(other)


# --- Where to ------------------------------------------------------------------------------------------------


def test_an_occupied_place_is_refused(backup: Path) -> None:
    with pytest.raises(CommandError, match=r"tidak kosong .tabel opd_entry berisi"):
        restore(backup)
    with empty_place(backup.parent):
        received("lain")
        with pytest.raises(CommandError, match=r"tidak kosong .*original berisi"):
            restore(backup)
        assert len(evidence_files()) == 1


def test_a_place_that_cannot_be_reached_is_told_in_a_sentence(backup: Path) -> None:
    with empty_place(backup.parent / "tidak" / "ada"):
        if connection.vendor == "sqlite":
            with pytest.raises(CommandError, match="basis data atau disk tidak dapat dipakai"):
                restore(backup)
    with pytest.raises(CommandError, match="foldernya belum ada"):
        call_command("backup", str(backup.parent / "tidak" / "ada.tar"))


def test_a_place_that_was_only_migrated_is_empty(backup: Path) -> None:
    head = Entry.objects.order_by("-seq").values_list("hash", flat=True)
    here = head[0]
    with empty_place(backup.parent):
        call_command("migrate", verbosity=0)
        restore(backup)
        assert head.all()[0] == here


def test_a_proof_leaves_nothing(backup: Path) -> None:
    rows = Evidence.objects.count()
    before = evidence_files()
    said = io.StringIO()
    call_command("restore", "--prove", str(backup), stdout=said)
    assert "Terbukti dapat dipulihkan" in said.getvalue()
    assert (Evidence.objects.count(), evidence_files()) == (rows, before)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'pembuktian%'")
            assert cursor.fetchone() == (0,)
    unit("sesudahnya")
