"""Which backups stay, which go, and is it seen when none was taken or proven lately?"""

from __future__ import annotations

import io
import os
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from commitments import evidence as store
from commitments.backup import archive, rotation
from commitments.backup.checks import backups_are_recent
from opd import clock
from tests.cast import Cast
from tests.test_backup import received, shown

if TYPE_CHECKING:
    from pytest_django import Settings

FIRST = datetime(2026, 1, 1, 1, 30, tzinfo=clock.JAKARTA)


def test_a_backup_each_night_leaves_seven_days_four_weeks_and_twelve_months() -> None:
    there: set[datetime] = set()
    for night in range(800):
        there = rotation.kept({*there, FIRST + timedelta(days=night)})
    last = FIRST + timedelta(days=799)
    assert last.date().isoformat() == "2028-03-10"
    days = [at.date() for at in sorted(there, reverse=True)]
    assert days[:7] == [(last - timedelta(days=day)).date() for day in range(7)]
    assert [day.isoformat() for day in days[7:]] == [
        *("2028-02-29", "2028-02-27", "2028-02-20", "2028-01-31", "2027-12-31", "2027-11-30", "2027-10-31"),
        *("2027-09-30", "2027-08-31", "2027-07-31", "2027-06-30", "2027-05-31", "2027-04-30"),
    ]


def test_whatever_nights_were_missed_the_newest_stays() -> None:
    chance = random.Random(7)
    there: set[datetime] = set()
    at = FIRST
    for _ in range(300):
        at += timedelta(hours=chance.choice([1, 24, 24, 24, 200, 2000]))
        there = rotation.kept({*there, at})
        assert at in there
        assert len(there) <= 23


def old_backup(folder: Path, day: str, content: bytes = b"lama") -> Path:
    path = folder / f"cadangan-{day.replace('-', '')}-013000.tar"
    path.write_bytes(content)
    return path


@pytest.mark.django_db
def test_only_backups_without_a_turn_go(tmp_path: Path) -> None:
    strange = ["cadangan-20200101-013000.tar.gz", "Cadangan-20200101-013000.tar", "cadangan-20201341-013000.tar"]
    strange += ["cadangan-2020.tar", "foto.jpg", "terbukti.txt", ".cadangan-baru"]
    for name in strange:
        (tmp_path / name).write_text("bukan milik rotasi")
    (tmp_path / "cadangan-20200102-013000.tar").mkdir()
    (tmp_path / "cadangan-20200103-013000.tar").symlink_to(tmp_path / "foto.jpg")
    half = tmp_path / ".cadangan-terputus"
    half.write_text("setengah")
    os.utime(half, (0, 0))
    kept = old_backup(tmp_path, "2020-03-02")
    gone = kept.with_name("cadangan-20200302-000000.tar")
    gone.write_bytes(b"pagi itu juga")
    Cast()
    said = io.StringIO()
    call_command("backup", "--rotate", str(tmp_path), stdout=said)
    assert "1 cadangan lama dibuang" in said.getvalue()
    assert (gone.exists(), kept.exists(), half.exists()) == (False, True, False)
    assert [name for name in strange if not (tmp_path / name).exists()] == []
    [new] = [path for path in rotation.backups(tmp_path) if path != kept]
    archive.read(new)


@pytest.mark.django_db
def test_nothing_goes_when_the_new_backup_is_not_whole(tmp_path: Path) -> None:
    old = [old_backup(tmp_path, f"2020-03-{day:02}") for day in range(1, 20)]
    item = shown(Cast(), received("hilang"))
    store.path_of(item.sha256).unlink()
    with pytest.raises(CommandError, match="tidak ada cadangan lama yang dibuang"):
        call_command("backup", "--rotate", str(tmp_path), stdout=io.StringIO())
    assert [path for path in old if not path.exists()] == []


@pytest.mark.django_db
@pytest.mark.by_night_on_postgres
def test_the_newest_backup_is_proven_and_the_proof_is_seen_to_grow_old(tmp_path: Path, settings: Settings) -> None:
    settings.BACKUP_DIR = tmp_path
    assert told() == ["Cadangan terakhir: belum pernah.", "Pembuktian cadangan terakhir: belum pernah."]
    Cast()
    call_command("backup", "--rotate", stdout=io.StringIO())
    assert told() == ["Pembuktian cadangan terakhir: belum pernah."]
    old_backup(tmp_path, "2020-03-01", b"rusak")
    said = io.StringIO()
    call_command("restore", "--prove", stdout=said)
    assert re.search(r"Terbukti dapat dipulihkan: \S+/cadangan-\d{8}-\d{6}\.tar", said.getvalue())
    assert told() == []
    proofs = tmp_path / rotation.PROOFS
    late = (datetime.now(UTC) - timedelta(days=9)).isoformat(timespec="seconds")
    proofs.write_text(f"{late} {' '.join(proofs.read_text().split()[1:])}\n")
    [new] = [path for path in rotation.backups(tmp_path) if "2020" not in path.name]
    new.unlink()
    assert told() == [
        "Cadangan terakhir: 2020-03-01 01.30 WIB.",
        f"Pembuktian cadangan terakhir: {datetime.fromisoformat(late).astimezone(clock.JAKARTA):%Y-%m-%d %H.%M} WIB.",
    ]


def told() -> list[str]:
    return [warning.msg for warning in backups_are_recent()]


@pytest.mark.django_db
def test_a_bad_backup_is_not_noted_as_proven(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Belum ada cadangan"):
        call_command("restore", "--prove", str(tmp_path))
    old_backup(tmp_path, "2020-03-01", b"rusak")
    with pytest.raises(CommandError, match="bukan cadangan"):
        call_command("restore", "--prove", str(tmp_path))
    assert not (tmp_path / rotation.PROOFS).exists()


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_where_to_must_be_said_once(command: str, tmp_path: Path) -> None:
    option = {"backup": "--rotate", "restore": "--prove"}[command]
    with pytest.raises(CommandError, match="Sebut satu berkas"):
        call_command(command)
    with pytest.raises(CommandError, match="Sebut satu berkas"):
        call_command(command, str(tmp_path / "satu.tar"), option, str(tmp_path))
