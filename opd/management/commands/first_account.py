"""`manage.py first_account`: prints the address at which the first administrator makes an account."""

from typing import Any

from django.core.management.base import BaseCommand

from opd.accounts import first_door

OPEN = """Register ini belum punya administrator. Buka alamat ini untuk membuat akunnya:

  {address}

Siapa pun yang memegangnya dapat menjadi administrator: jangan bagikan. Alamat itu berlaku sampai faktor kedua
administrator terpasang, dan `manage.py first_account` mencetaknya lagi. Langkah berikutnya: docs/hari-pertama.md"""


class Command(BaseCommand):
    help = "Cetak alamat untuk membuat akun administrator pertama."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        if address := first_door.address():
            self.stdout.write(OPEN.format(address=address))
        elif verbosity:
            self.stdout.write("Register ini sudah punya administrator. Masuk di /akun/login/.")
