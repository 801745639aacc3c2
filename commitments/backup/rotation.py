"""Backups night after night: which are kept, which one was proven, and when."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from commitments.backup import archive, restoring, writing
from commitments.backup.archive import BadBackup
from commitments.backup.progress import Progress, unseen
from commitments.backup.restoring import Restored
from commitments.backup.writing import NoBackup, Written
from opd import clock

BACKUP_NAME = re.compile(r"cadangan-(\d{8}-\d{6})\.tar", re.ASCII)
NAME_TIME = "%Y%m%d-%H%M%S"  # as the clock in Semarang shows it, where no hour comes twice
PERIODS: tuple[tuple[int, Callable[[datetime], Any]], ...] = (
    (7, lambda at: at.date()),
    (4, lambda at: at.isocalendar()[:2]),
    (12, lambda at: (at.year, at.month)),
)
PROOFS = "terbukti.txt"  # beside the backups: a line for each that was proven
LEFT_AFTER = timedelta(days=1)  # what was interrupted that long ago is not being written any more


def taken_at(path: Path) -> datetime | None:
    """When a backup was taken, by its name; None for whatever else lies in the folder."""
    match = BACKUP_NAME.fullmatch(path.name)
    if not match or path.is_symlink() or not path.is_file():
        return None
    try:
        return datetime.strptime(match[1], NAME_TIME).replace(tzinfo=clock.JAKARTA)
    except ValueError:
        return None


def backups(folder: Path) -> dict[Path, datetime]:
    """The backups in a folder, the oldest first."""
    found = {path: at for path in folder.iterdir() if (at := taken_at(path))}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def kept(moments: Iterable[datetime]) -> set[datetime]:
    """The last one of each of the last 7 days, 4 weeks and 12 months that have any."""
    found: set[datetime] = set()
    for number, period in PERIODS:
        last = {period(at): at for at in sorted(moments)}
        found.update(sorted(last.values())[-number:])
    return found


def rotate(folder: Path, progress: Progress = unseen) -> tuple[Written, int]:
    """Writes a backup into the folder, reads it back, and deletes what no longer has its turn; returns how many.

    Nothing is deleted unless the new one is whole. What is no backup by its name is never touched.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoBackup(f"{folder} tidak dapat dibuat: {error.strerror}.") from error
    new = folder / f"cadangan-{clock.now().astimezone(clock.JAKARTA).strftime(NAME_TIME)}.tar"
    written = writing.write(new, progress)
    try:
        archive.read(new)
    except BadBackup as error:
        raise NoBackup(f"{new} tidak terbaca kembali; tidak ada yang dibuang. {error}") from error
    return written, 0 if written.lost else _drop(folder, new)


def _drop(folder: Path, new: Path) -> int:
    found = backups(folder)
    stay = kept(found.values())
    doomed = [path for path, at in found.items() if at not in stay and path != new]
    for path in doomed:
        path.unlink()
    for left in folder.glob(f"{writing.PART_PREFIX}*"):
        if left.stat().st_mtime < (datetime.now(UTC) - LEFT_AFTER).timestamp():
            left.unlink()
    return len(doomed)


def prove(place: Path, *, accept_lost: bool = False, progress: Progress = unseen) -> tuple[Path, Restored]:
    """Restores a backup, or the newest of a folder, into a place that is thrown away, and notes that it could."""
    path = place
    if place.is_dir():
        if not (found := list(backups(place))):
            raise BadBackup(f"Belum ada cadangan di {place}.")
        path = found[-1]
    restored = restoring.restore(path, keep=False, accept_lost=accept_lost, progress=progress)
    head = restored.manifest["head"]
    with (path.parent / PROOFS).open("a") as notes:
        notes.write(f"{clock.now().isoformat(timespec='seconds')} {path.name} {head['seq'] if head else 0}\n")
    return path, restored


def last_proof(folder: Path) -> datetime | None:
    """When a backup of this folder was last proven; None when never."""
    try:
        return datetime.fromisoformat((folder / PROOFS).read_text().split()[-3])
    except (OSError, ValueError, IndexError):
        return None
