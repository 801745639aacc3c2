"""Deletes the files of evidence that no row names any more."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import transaction
from django.db.models import QuerySet

from commitments import evidence as store
from opd import register

if TYPE_CHECKING:
    from commitments.models.evidence import Evidence


def _rows() -> QuerySet[Evidence]:
    return apps.get_model("commitments", "Evidence")._default_manager.all()


def destroy_unnamed(*, originals: Collection[str] = (), copies: Collection[str] = ()) -> int:
    """Deletes these originals and these public copies, by SHA-256; returns how many files.

    A file stays that a row which is not redacted still names. With an original go all its public copies. The register
    is locked: nobody publishes the same meanwhile.
    """
    rows = _rows()
    with register.many_acts():
        shown = rows.filter(sha256__in=originals).exclude(public_sha256="").values_list("public_sha256", flat=True)
        doomed = {*copies, *shown}
        kept = rows.filter(redacted_at=None)
        held = kept.filter(sha256__in=originals).values_list("sha256", flat=True)
        open_ones = kept.filter(public_sha256__in=doomed).values_list("public_sha256", flat=True)
        paths = [store.path_of(sha256) for sha256 in set(originals) - set(held)]
        paths += [store.path_of(sha256, public=True) for sha256 in doomed - set(open_ones)]
        there = [path for path in paths if path.exists()]
        for path in there:
            path.unlink(missing_ok=True)
    return len(there)


def destroy_after_commit(*originals: str) -> None:
    """Deletes what was redacted as soon as the redaction is on record."""
    transaction.on_commit(partial(destroy_unnamed, originals=originals))


def finish_redactions() -> int:
    """Deletes what was redacted and is still here, because the machine stopped in between; returns how many.

    A file that was sent again since then waits for its report.
    """
    redacted = _rows().exclude(redacted_at=None).exclude(media_type="").values_list("sha256", "redacted_at")
    left = {sha256 for sha256, moment in redacted if moment and store.is_here_since_before(sha256, moment)}
    return destroy_unnamed(originals=left)


@contextmanager
def no_copy_without_its_act() -> Iterator[list[Evidence]]:
    """Context around an act that opens the evidence in this list: if it fails, no public copy is left."""
    opened: list[Evidence] = []
    try:
        yield opened
    except BaseException:
        destroy_unnamed(copies={item.public_sha256 for item in opened} - {""})
        raise
