"""`manage.py send_heads`: sends the head of the register to its witnesses by e-mail. It can be run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from opd import clock, register
from opd.accounts import correspondence
from opd.models import HeadLetter


class Command(BaseCommand):
    help = "Kirim kepala jejak kepada saksi lewat surel. Aman diulang: sekali sehari untuk tiap saksi."

    def handle(self, *args: Any, **options: Any) -> None:
        head, today = register.head(), clock.today()
        if head is None:
            self.stdout.write("Register masih kosong: belum ada kepala untuk dikirim.")
            return
        if not correspondence.mail_leaves():
            raise CommandError("EMAIL_URL belum diisi: kepala jejak hari ini tidak terkirim kepada siapa pun.")
        sent, failed = 0, 0
        for witness in HeadLetter.unsent(today):
            context = {"witness": witness, "head": head, "site": correspondence.link("home")}
            try:
                correspondence.send(witness.email, "account/email/head", context)
            except OSError as error:
                failed += 1
                self.stderr.write(f"{witness.name}: gagal ({correspondence.why_unsent(error)})")
                continue
            HeadLetter.objects.create(witness=witness, sent_on=today, seq=head.seq)
            sent += 1
        self.stdout.write(f"Kepala ke-{head.seq} terkirim kepada {sent} saksi.")
        if failed:
            raise CommandError(f"{failed} surel gagal; jalankan lagi sesudah peladen surel pulih.")
