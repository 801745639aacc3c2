"""Check of every stored file of evidence against its row, to be continued where it was interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.cache import cache
from django.db.models import QuerySet

from commitments import evidence as store
from opd import register

if TYPE_CHECKING:
    from commitments.models.evidence import Evidence

ROWS_BETWEEN_MARKS = 20  # rows after which it is remembered how far the check is


@dataclass
class CheckMark:
    """How far an interrupted check came: the last row that it read, and the rows in which it found a fault."""

    name: str
    after: int = 0
    faulty: list[int] = field(default_factory=list)

    @classmethod
    def of_this_register(cls, *, from_start: bool) -> CheckMark:
        """The mark that the last check left, or a new one. Another register in the same place has its own."""
        first = register.ends().first
        name = f"evidence-check:{first.hash if first else ''}"
        return cls(name, *((0, []) if from_start else cache.get(name, (0, []))))

    def pass_over(self, pk: int, *, faulty: bool) -> None:
        self.after = pk
        if faulty:
            self.faulty.append(pk)
            self.keep()

    def keep(self) -> None:
        cache.set(self.name, (self.after, self.faulty), None)

    def forget(self) -> None:
        cache.delete(self.name)


def faults(run: register.CheckRun) -> Iterator[str]:
    """A sentence for every original and every public copy that is missing, cut, exchanged or unreadable.

    A file that was redacted meanwhile is none. Others may write: it reads no snapshot.
    """
    mark, rows = CheckMark.of_this_register(from_start=run.from_start), _with_files()
    total, done = rows.count(), rows.filter(pk__lte=mark.after).count()
    if done:
        run.say(f"Melanjutkan pemeriksaan bukti: {done} dari {total} sudah; --from-start mengulang semuanya.")
        yield from (fault for item in rows.filter(pk__in=mark.faulty) for fault in _faults_now(item))
    while batch := list(rows.filter(pk__gt=mark.after)[:ROWS_BETWEEN_MARKS]):
        for item in batch:
            found = _faults_now(item)
            mark.pass_over(item.pk, faulty=bool(found))
            done += 1
            run.progress("bukti", done, total)
            yield from found
        mark.keep()
    mark.forget()
    run.say(f"Bukti dukung: berkas dari {done} bukti diperiksa.")


def _with_files() -> QuerySet[Evidence]:
    rows: QuerySet[Evidence] = apps.get_model("commitments", "Evidence")._default_manager.exclude(media_type="")
    return rows.filter(redacted_at=None).order_by("pk")


def _faults_now(item: Evidence) -> list[str]:
    """The faults of the files of a row; read again, because the row may have changed since it was read."""
    return _faults(current) if _faults(item) and (current := _with_files().filter(pk=item.pk).first()) else []


def _faults(item: Evidence) -> list[str]:
    files = [("berkas asli", store.flaw(item.sha256, size=item.size), item.sha256)]
    if item.public_sha256:
        files.append(("salinan publik", store.flaw(item.public_sha256, public=True), item.public_sha256))
    return [f"evidence:{item.uuid}: {which} {sha256[:12]} {flaw}" for which, flaw, sha256 in files if flaw]
