"""`manage.py check_register [--head SEQ:HASH] [--evidence]`: checks the chain, and compares with it what is kept."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from opd import clock, register
from opd.models import Entry
from opd.register.snapshot import snapshot


class Command(BaseCommand):
    help = "Memeriksa rantai jejak, lalu membandingkannya dengan semua tabel; status keluar 1 bila ada yang salah."
    percent = -1

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", metavar="SEQ:HASH", help="kepala jejak yang pernah disimpan di luar register")
        for part in register.ALSO_CHECKED:
            if part.option:
                parser.add_argument(f"--{part.option}", action="store_true", help=part.help)
        parser.add_argument(
            "--from-start", action="store_true", help="tidak melanjutkan pemeriksaan panjang yang terhenti"
        )

    def handle(self, *args: Any, head: str | None, from_start: bool, **options: Any) -> None:
        kept = None if head is None else self._kept(head)
        run = register.CheckRun(from_start, self._progress, self._say)
        try:
            with snapshot():
                last, is_demo = register.head(), register.is_demo()
                faults = self._print(self._snapshot_faults(kept, last, run))
            for part in register.ALSO_CHECKED:
                if part.option and options[part.option]:
                    faults += self._print(part.faults(run))
        except Error as error:
            raise CommandError(f"Basis data tidak dapat dibaca: {error}".strip(), returncode=2) from error
        if faults:
            raise CommandError(f"{faults} hal tidak cocok dengan yang tercatat; sebabnya tertulis di atas.")
        self.stdout.write(self._all_well(last))
        if is_demo:
            self.stdout.write("Ini register contoh: kemajuannya direka.")
        if last:
            self.stdout.write(self._vouched_for(kept, last.seq))

    def _kept(self, head: str) -> tuple[int, str]:
        kept = register.KeptHead.read(head)
        if kept is None:
            raise CommandError("--head ditulis SEQ:HASH: nomor, titik dua, lalu 64 angka heksadesimal.", returncode=2)
        return kept

    def _snapshot_faults(
        self, kept: tuple[int, str] | None, last: Entry | None, run: register.CheckRun
    ) -> Iterable[str]:
        total = last.seq if last else 0
        entries = register.check(kept, lambda seq: self._progress("jejak", seq, total))
        return chain(entries, *(part.faults(run) for part in register.ALSO_CHECKED if not part.option))

    def _print(self, faults: Iterable[str]) -> int:
        """Prints each fault when it is found; returns the number of faults."""
        number = 0
        for number, fault in enumerate(faults, 1):  # noqa: B007 - it is the count
            self._say(fault)
        self._clear()
        return number

    def _all_well(self, last: Entry | None) -> str:
        if last is None:
            return "Register masih kosong, dan tabelnya juga."
        at = last.at.astimezone(clock.JAKARTA)
        return (
            f"Utuh: {last.seq} catatan menyambung dan semua tabel sama dengannya. "
            f"Kepala jejak {last.seq}:{last.hash}, {at:%Y-%m-%d %H.%M.%S} WIB."
        )

    def _vouched_for(self, kept: tuple[int, str] | None, last: int) -> str:
        """What a head kept elsewhere proves, and what nothing outside proves."""
        if kept is None:
            return (
                "Tanpa --head tidak ada yang di luar register ini yang ikut menjamin: jejak yang ditulis ulang "
                "seluruhnya tampak utuh juga."
            )
        after = last - kept[0]
        later = f"; {after} catatan sesudahnya baru dijamin kepala yang lebih baru" if after else ""
        return f"Kepala yang Anda simpan cocok: menjamin catatan 1 sampai {kept[0]} tidak ditulis ulang{later}."

    def _progress(self, subject: str, done: int, total: int) -> None:
        """Shows the progress on one line, on a terminal only."""
        percent = done * 100 // max(total, 1)
        if self.stdout.isatty() and percent != self.percent:
            self.percent = percent
            self.stdout.write(f"\rMemeriksa {subject}: {percent:3d}%", ending="")
            self.stdout.flush()

    def _say(self, sentence: str) -> None:
        self._clear()
        self.stdout.write(sentence)

    def _clear(self) -> None:
        if self.stdout.isatty():
            self.stdout.write("\r\033[K", ending="")
