"""`manage.py backup FILE` and `backup --rotate [FOLDER]`: the whole register with its evidence in one file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from commitments.backup import rotation, writing
from commitments.backup.progress import TerminalLine
from commitments.backup.writing import Written
from opd.errors import Refused


class Command(BaseCommand):
    help = "Cadangkan basis data dan bukti dukung ke satu berkas; register boleh terus dipakai selama itu."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="berkas baru untuk cadangannya")
        parser.add_argument(
            "--rotate",
            nargs="?",
            type=Path,
            const=settings.BACKUP_DIR,
            metavar="FOLDER",
            help="tulis ke folder ini (bila tidak disebut: BACKUP_DIR), simpan 7 harian, 4 mingguan, 12 bulanan",
        )

    def handle(self, *args: Any, file: Path | None, rotate: Path | None, **options: Any) -> None:
        if (file is None) == (rotate is None):
            raise CommandError("Sebut satu berkas, atau --rotate dengan folder (atau isi BACKUP_DIR).")
        progress = TerminalLine(self.stdout)
        try:
            if rotate:
                self._tell(*rotation.rotate(rotate, progress))
            elif file:
                self._tell(writing.write(file, progress))
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except Error as error:
            raise CommandError(f"Tidak dicadangkan: basis data tidak dapat dibaca. {error}".strip()) from error
        finally:
            progress.clear()

    def _tell(self, written: Written, dropped: int | None = None) -> None:
        head = written.manifest["head"]
        files = sum(name.startswith("evidence/") for name in written.manifest["parts"])
        self.stdout.write(
            f"Cadangan selesai: {written.path}, {written.path.stat().st_size / 1e6:.1f} MB, {files} berkas bukti, "
            + (f"kepala jejak {head['seq']}:{head['hash']}." if head else "jejak masih kosong.")
        )
        if dropped is not None:
            self.stdout.write(f"{dropped} cadangan lama dibuang menurut giliran.")
        self.stdout.write(
            f"Sidik REGISTER_KEY {written.manifest['register_key']}. Kuncinya tidak ada di sini: simpan terpisah."
        )
        if written.lost:
            raise CommandError(
                f"{len(written.lost)} berkas bukti hilang atau rusak di sini, jadi tidak ada di cadangan ini: "
                f"{', '.join(written.lost)}. Cari di cadangan yang lebih lama; tidak ada cadangan lama yang dibuang."
            )
