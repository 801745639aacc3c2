"""`manage.py demo [--until DAY]`: fills an empty database with a labelled demonstration of nine years."""

from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from commitments.demo import build, people
from commitments.reports import month_ends
from opd import clock, register
from opd.errors import Refused


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--until {text}: tulis harinya seperti 2019-06-30.") from error


class Command(BaseCommand):
    help = "Mengisi basis data kosong dengan daftar unit dan sembilan tahun kemajuan contoh yang direka."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until", metavar="HARI", help="hari terakhir, misalnya 2019-06-30; biasanya hari ini")

    def handle(self, *args: Any, until: str | None, **options: Any) -> None:
        if register.is_demo():
            self.stdout.write("Data contoh sudah ada; tidak ada yang berubah.")
        else:
            self._build(day(until) if until else clock.today())
        for line in people.printed():
            self.stdout.write(line)

    def _build(self, until: date) -> None:
        if register.head():
            raise CommandError(
                "Basis data ini berisi register yang sebenarnya: data contoh tidak dicampurkan ke dalamnya."
            )
        if User.objects.exists():
            raise CommandError("Basis data ini sudah berisi akun: data contoh hanya mengisi basis data yang kosong.")
        if not build.SIGNED_ON < until <= clock.today():
            raise CommandError(f"--until {until}: pilih hari sesudah {build.SIGNED_ON} dan tidak sesudah hari ini.")
        try:
            build.build(until, self._progress)
        except Refused as error:
            raise CommandError(f"Data contoh tidak jadi dibuat: {error}") from error
        if self.stdout.isatty():
            self.stdout.write("")
        month_ends.fill()

    year = 0
    percent = -1

    def _progress(self, part: float, day: date) -> None:
        """Show the progress: on a terminal in one line that changes, elsewhere a line for each year."""
        percent = int(part * 100)
        if self.stdout.isatty():
            if percent > self.percent:
                self.stdout.write(f"\rMenyusun data contoh: {percent:3d}%, {day.year}", ending="")
                self.stdout.flush()
        elif day.year > self.year:
            self.stdout.write(f"Menyusun data contoh: {day.year} ({percent}%)")
            self.stdout.flush()
        self.percent, self.year = percent, day.year
