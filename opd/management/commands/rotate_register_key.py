"""`manage.py rotate_register_key [--lost]`: records that from now on another key salts the private digests."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from opd import register
from opd.errors import Refused
from opd.register import key


class Command(BaseCommand):
    help = (
        "Mencatat sidik REGISTER_KEY yang baru. Kunci lama dipindahkan dahulu ke REGISTER_KEY_OLD "
        "(docs/pengaturan.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--lost", action="store_true", help="kunci lama hilang: sidik lama tidak dapat dibuktikan lagi"
        )

    def handle(self, *args: Any, lost: bool, **options: Any) -> None:
        found = register.state()
        if refusal := self._refusal(found, lost=lost):
            raise CommandError(refusal)
        try:
            with register.act(register.KEYED_ACT, "register") as act:
                act.office = register.SYSTEM_OFFICE
        except Refused as error:
            raise CommandError(str(error)) from error
        new, old = key.fingerprint(), found.key
        self.stdout.write(f"Sejak catatan {act.seq} kunci register bersidik {new}, sebelumnya {old}.")

    def _refusal(self, found: register.RegisterState, *, lost: bool) -> str:
        if found.is_demo:
            return "Register contoh tidak berganti kunci: ia tidak pernah menjadi register yang sebenarnya."
        if not found.key:
            return "Sidik kunci lama belum tercatat: jalankan dahulu manage.py migrate dengan kunci lama."
        if key.fingerprint() in (found.key, key.OPEN_KEY):
            return f"REGISTER_KEY (sidik {key.fingerprint()}) bukan kunci yang baru: buat kunci rahasia lain dahulu."
        if found.key not in key.KeyRing([]).held and not lost:
            return (
                f"Kunci lama (sidik {found.key}) tidak ada di REGISTER_KEY_OLD. Bila memang hilang, pakai --lost: "
                "sidik isian tertutup sampai sekarang tidak akan dapat dibuktikan lagi."
            )
        return ""
