"""`manage.py restore FILE` into an empty place, and `restore --prove FILE_OR_FOLDER` into one thrown away again."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from commitments.backup import restoring, rotation
from commitments.backup.progress import TerminalLine
from commitments.backup.restoring import Restored
from opd import clock
from opd.errors import Refused


class Command(BaseCommand):
    help = "Pulihkan cadangan ke basis data dan folder bukti yang kosong; selesai hanya bila semuanya terperiksa."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="cadangan buatan manage.py backup")
        parser.add_argument(
            "--prove",
            nargs="?",
            type=Path,
            const=settings.BACKUP_DIR,
            metavar="FILE_OR_FOLDER",
            help="hanya buktikan dapat dipulihkan, di tempat sementara; dari folder, yang terbaru",
        )
        parser.add_argument(
            "--tanpa-yang-hilang",
            action="store_true",
            dest="accept_lost",
            help="terima cadangan yang sebagian berkas buktinya sudah hilang sebelum dicadangkan",
        )

    def handle(self, *args: Any, file: Path | None, prove: Path | None, accept_lost: bool, **options: Any) -> None:
        if (file is None) == (prove is None):
            raise CommandError("Sebut satu berkas, atau --prove dengan berkas atau folder (atau isi BACKUP_DIR).")
        progress = TerminalLine(self.stdout)
        try:
            if file:
                restored = restoring.restore(file, keep=True, accept_lost=accept_lost, progress=progress)
            elif prove:
                file, restored = rotation.prove(prove, accept_lost=accept_lost, progress=progress)
        except Refused as refusal:
            raise CommandError(f"Tidak dipulihkan. {refusal}") from refusal
        except (Error, OSError) as error:
            raise CommandError(f"Tidak dipulihkan: basis data atau disk tidak dapat dipakai. {error}") from error
        finally:
            progress.clear()
        self._tell("Terbukti dapat dipulihkan" if prove else "Pulih dan terperiksa", file, restored)

    def _tell(self, done: str, path: Path | None, restored: Restored) -> None:
        head = restored.manifest["head"]
        made_at = datetime.fromisoformat(restored.manifest["made_at"]).astimezone(clock.JAKARTA)
        chain = f"kepala jejak {head['seq']}:{head['hash']}" if head else "jejak masih kosong"
        self.stdout.write(
            f"{done}: {path}, dibuat {made_at:%Y-%m-%d %H.%M} WIB; {chain}, jejak cocok dengan semua tabel, "
            f"{restored.files} berkas bukti cocok dengan sidiknya."
        )
        if restored.lost:
            self.stderr.write(f"Hilang sebelum dicadangkan: {', '.join(restored.lost)}.")
        if restored.is_other_secret:
            self.stderr.write(
                "SECRET_KEY di sini lain: isikan yang lama ke SECRET_KEY_FALLBACKS, atau faktor kedua tidak terbaca."
            )
