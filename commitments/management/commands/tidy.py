"""`manage.py tidy`: deletes expired sessions, and files that belong to no submission and no draft."""

from datetime import datetime
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from commitments import evidence as store
from commitments.evidence import pieces
from commitments.evidence.deletion import finish_redactions
from commitments.models import Evidence
from opd import clock, register


class Command(BaseCommand):
    help = (
        "Buang sesi yang habis, berkas yang dua pekan lebih tidak menjadi bukti kiriman atau konsep mana pun, dan "
        "salinan publik yang tidak disebut bukti mana pun."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("clearsessions")
        before = clock.now() - 2 * store.DRAFT_FILES_KEPT_FOR
        swept = finish_redactions() + _swept(before=before) + pieces.sweep(before=before)
        with register.many_acts():  # nobody publishes meanwhile: a copy that no row names is nobody's
            swept += _swept(before=clock.now(), public=True)
        self.stdout.write(f"{swept} berkas dibuang.")


def _swept(*, before: datetime, public: bool = False) -> int:
    column = "public_sha256" if public else "sha256"
    known, named = (
        set(rows.values_list(column, flat=True))
        for rows in (Evidence.objects.filter(redacted_at=None), Evidence.objects.all())
    )
    return store.sweep(known, named=named, before=before, public=public)
