"""`manage.py tidy`: deletes expired sessions, and files that belong to no submission and no draft."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from commitments import evidence as store
from commitments.models import Evidence
from opd import clock


class Command(BaseCommand):
    help = "Buang sesi yang habis, dan berkas yang dua pekan lebih tidak menjadi bukti kiriman atau konsep mana pun."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("clearsessions")
        before = clock.now() - 2 * store.DRAFT_FILES_KEPT_FOR
        used = Evidence.objects.filter(redacted_at=None)
        swept = store.sweep(set(used.values_list("sha256", flat=True)), before=before)
        swept += store.sweep(set(used.values_list("public_sha256", flat=True)), before=before, public=True)
        self.stdout.write(f"{swept} berkas dibuang.")
