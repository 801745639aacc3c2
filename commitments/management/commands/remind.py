"""`manage.py remind`: sends today's reminders by e-mail. It can be run again: each reminder is sent once."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from commitments.workspace import reminders
from opd import clock
from opd.accounts import correspondence
from opd.models import Membership


class Command(BaseCommand):
    help = "Kirim pengingat kepada kepala unit lewat surel. Aman diulang: yang sudah terkirim tidak dikirim lagi."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="tampilkan saja yang akan dikirim")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        today = clock.today()
        sent, failed = 0, 0
        if not correspondence.mail_leaves():
            self.stdout.write("EMAIL_URL belum diisi: tidak ada surel yang terkirim.")
            dry_run = True
        for mail in reminders.mails_for(today):
            line = mail.subject  # names the units; what is said here is kept in a log, so it names no account
            try:
                leaves = dry_run or reminders.send(mail)
            except OSError as error:
                failed += 1
                self.stderr.write(f"{line}: gagal ({correspondence.why_unsent(error)})")
                continue
            if leaves:
                sent += 1
                self.stdout.write(line)
        self.stdout.write(f"{sent} surel {'akan dikirim' if dry_run else 'terkirim'}.")
        if unreachable := _without_address(today).count():
            self.stdout.write(f"{unreachable} kepala unit tanpa surel; sapalah lewat WhatsApp dari meja sekretariat.")
        if failed:
            raise CommandError(f"{failed} surel gagal; jalankan lagi sesudah peladen surel pulih.")


def _without_address(day: date) -> QuerySet[Membership]:
    return Membership.objects.speaking_on(day).filter(user__email="")
