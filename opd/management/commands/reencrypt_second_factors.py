"""`manage.py reencrypt_second_factors`: encrypts all secrets anew after SECRET_KEY was exchanged.

After that the old key can be removed.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from opd.accounts import second_factor


class Command(BaseCommand):
    help = (
        "Menyandikan ulang rahasia faktor kedua dengan SECRET_KEY yang baru; SECRET_KEY_FALLBACKS memuat yang lama."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        rows = list(Authenticator.objects.select_for_update())
        try:
            for row in rows:
                row.data = second_factor.with_secrets(row.data, second_factor.reencrypt)
                row.save(update_fields=["data"])
        except InvalidToken as error:
            raise CommandError(
                f"Faktor kedua no. {row.pk} disandikan dengan kunci lain: tulis kunci lama di SECRET_KEY_FALLBACKS. "
                "Tidak ada yang diubah."
            ) from error
        self.stdout.write(f"{len(rows)} faktor kedua kini memakai SECRET_KEY yang baru; kunci lama boleh dihapus.")
