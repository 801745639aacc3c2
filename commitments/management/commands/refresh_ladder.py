"""`manage.py refresh_ladder`: works today's ladder out anew, after `check_register` named what is kept."""

from typing import Any

from django.core.management.base import BaseCommand

from commitments.ladder import kept


class Command(BaseCommand):
    help = "Hitung ulang tangga hari ini yang disimpan untuk halaman."

    def handle(self, *args: Any, **options: Any) -> None:
        kept.keep_up(anew=True)
        self.stdout.write("Tangga hari ini dihitung ulang.")
