"""`manage.py check_register [--head SEQ:HASH]`: checks the chain, and compares the tables with it."""

import re
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from opd import clock, register
from opd.models import Entry
from opd.register.snapshot import snapshot

KEPT_HEAD = re.compile(r"([1-9]\d{0,14}):([0-9a-f]{64})", re.ASCII)


class Command(BaseCommand):
    help = "Memeriksa rantai jejak, lalu membandingkannya dengan semua tabel; status keluar 1 bila ada yang salah."
    total = 0
    percent = -1

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", metavar="SEQ:HASH", help="kepala jejak yang pernah disimpan di luar register")

    def handle(self, *args: Any, head: str | None, **options: Any) -> None:
        kept = None if head is None else self._kept(head)
        try:
            with snapshot():
                last = register.head()
                self.total = last.seq if last else 0
                faults = self._faults(kept)
        except Error as error:
            raise CommandError(f"Basis data tidak dapat dibaca: {error}".strip(), returncode=2) from error
        if faults:
            raise CommandError(f"{faults} hal tidak cocok: register ini berubah di luar tindakan yang tercatat.")
        self.stdout.write(self._all_well(last))

    def _kept(self, head: str) -> tuple[int, str]:
        match = KEPT_HEAD.fullmatch(head.strip().lower())
        if match is None:
            raise CommandError("--head ditulis SEQ:HASH: nomor, titik dua, lalu 64 angka heksadesimal.", returncode=2)
        return int(match[1]), match[2]

    def _faults(self, kept: tuple[int, str] | None) -> int:
        """Prints each fault when it is found; returns the number of faults."""
        number = 0
        kept_elsewhere = (check() for check in register.ALSO_CHECKED)
        every = chain(register.check(kept, self._progress), chain.from_iterable(kept_elsewhere))
        for number, fault in enumerate(every, 1):  # noqa: B007 - it is the count
            self._clear()
            self.stdout.write(fault)
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

    def _progress(self, seq: int) -> None:
        """Shows the progress on one line, on a terminal only."""
        percent = seq * 100 // max(self.total, 1)
        if self.stdout.isatty() and percent > self.percent:
            self.percent = percent
            self.stdout.write(f"\rMemeriksa jejak: {percent:3d}%", ending="")
            self.stdout.flush()

    def _clear(self) -> None:
        if self.stdout.isatty():
            self.stdout.write("\r\033[K", ending="")
