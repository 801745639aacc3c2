"""`manage.py load_roster`: loads the real units, the agreement, its signatures, tenures and public facts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commitments import roster_loader
from commitments.reports import month_ends


class Command(BaseCommand):
    help = "Memuat daftar unit, kesepakatan, penanda tangan, pejabat, dan fakta publik yang bersumber."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            added = roster_loader.load(report=self.stdout.write)
        except roster_loader.BadRosterFile as error:
            raise CommandError(f"{error} Tidak ada yang dimuat.") from error
        month_ends.fill()
        if not added:
            self.stdout.write("Semua sudah ada; tidak ada yang berubah.")
        on_record, stated = roster_loader.signatures_on_record()
        if on_record == stated:
            self.stdout.write(f"Tanda tangan unit: {on_record}, sama dengan yang disebut sumber.")
        else:
            self.stdout.write(f"Tanda tangan unit: {on_record} tercatat, {stated} disebut sumber.")
