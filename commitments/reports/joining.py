"""How far the launch has come on a day: since when the register runs, and how many signers have a head's account.

Who was never invited has promised nothing that could be asked for: pages say "belum diundang" of such a unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, ngettext

from commitments.formats import number, plain_date
from commitments.reports.home_page import first_agreement, signers
from opd import register
from opd.models import Membership
from opd.models.membership import MembershipQuerySet


@dataclass(frozen=True)
class Joining:
    """The signers on a day, and for how many of them a head has an account."""

    began_on: date | None
    accounts: int
    signed: int

    @property
    def is_whole(self) -> bool:
        return self.accounts >= self.signed

    @property
    def sentence(self) -> str:
        """`Register ini berjalan sejak 1 Desember 2026; 12 dari 70 unit sudah punya akun.`; empty once all have."""
        if self.is_whole or self.began_on is None:
            return ""
        words = {"day": plain_date(self.began_on), "n": number(self.accounts), "of": number(self.signed)}
        if not self.accounts:
            return gettext("Register ini berjalan sejak %(day)s; belum satu unit pun diundang.") % words
        return (
            ngettext(
                "Register ini berjalan sejak %(day)s; %(n)s dari %(of)s unit sudah punya akun.",
                "Register ini berjalan sejak %(day)s; %(n)s dari %(of)s unit sudah punya akun.",
                self.accounts,
            )
            % words
        )


def invited_by(day: date) -> MembershipQuerySet:
    """The memberships of heads and operators that had begun by a day, ended or not."""
    return Membership.objects.exclude(role=Membership.Role.STAFF).filter(from_on__lte=day)


def joining(signed: int, day: date) -> Joining:
    """One query; `signed`: the number of signers."""
    heads = Membership.objects.heads_on(day).filter(unit__in=signers(first_agreement()).values("pk"))
    return Joining(register.began_on(), heads.order_by().values("unit").distinct().count(), signed)
