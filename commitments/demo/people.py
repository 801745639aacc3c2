"""Accounts of the demonstration: one for each role and unit, one password for all, second factors for staff."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from opd import access, clock
from opd.models import Membership, StaffRole, Tenure, Unit, grant

PASSWORD = "semarang-contoh-2017"  # noqa: S105 - open on purpose: it is printed, and opens invented data only
SUPERUSER = "admin"
SECOND_VERIFIER = "verifikator.2"
SECOND_INSPECTOR = "inspektorat.2"
MAIL_HOST = "contoh.invalid"  # a reserved name, so that no mail can be delivered

# Units in which nobody has an account, and the units with an operator beside the head.
WITHOUT_ACCOUNT = ("bag-keuangan", "bag-rumah-tangga", "bag-tata-usaha", "bpr-bkk", "taman-satwa")
WITH_OPERATOR = ("dinkes", "disdukcapil", "kec-tembalang")


@dataclass(frozen=True)
class ShownAccount:
    """An account that the command prints, for people who try the demonstration."""

    username: str
    what_for: str

    @property
    def secret(self) -> str:
        return secret_of(self.username)


SHOWN_ACCOUNTS = (
    ShownAccount("kepala.dinkes", "kepala Dinas Kesehatan: laporan bulanan dan triwulanan"),
    ShownAccount("kepala.kec-tembalang", "camat Tembalang"),
    ShownAccount("operator.dinkes", "operator Dinas Kesehatan: menyusun, tidak mengirim"),
    ShownAccount(access.VERIFIER, "sekretariat: memverifikasi atau mengembalikan"),
    ShownAccount(access.APPROVER, "sekretariat: mengumumkan, menyetujui perubahan, mencabut"),
    ShownAccount(access.KEEPER, "sekretariat: unit, nama, pejabat, tanda tangan"),
    ShownAccount(access.LEADER, "membaca semuanya"),
    ShownAccount(access.INSPECTOR, "Inspektorat: memutus untuk Setda dan bagiannya"),
    ShownAccount(SUPERUSER, "administrator"),
)


def head_name(code: str) -> str:
    return f"kepala.{code}"


def operator_name(code: str) -> str:
    return f"operator.{code}"


def secret_of(username: str) -> str:
    """A TOTP secret (base32) that is the same in every demonstration."""
    return base64.b32encode(hashlib.sha256(f"contoh/{username}".encode()).digest()[:20]).decode()


def give_second_factor(user: User, secret: str) -> None:
    data = {"secret": get_adapter().encrypt(secret)}
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)


@dataclass
class DemoPeople:
    """All accounts, by username."""

    users: dict[str, User]

    def head(self, code: str) -> User:
        return self.users[head_name(code)]

    def writer(self, code: str) -> User:
        """The account that fills in the figures: the operator, or the head where there is none."""
        return self.users.get(operator_name(code)) or self.head(code)

    def __getitem__(self, username: str) -> User:
        return self.users[username]

    @classmethod
    def create(cls, units: dict[str, Unit], since: date) -> DemoPeople:
        """Create every account, with its role or its membership of a unit."""
        staff = {name: name for name in access.STAFF_ROLES}
        staff |= {
            SECOND_VERIFIER: access.VERIFIER,
            SECOND_INSPECTOR: access.INSPECTOR,
            SUPERUSER: access.ADMINISTRATOR,
        }
        heads = {head_name(code): unit for code, unit in units.items() if code not in WITHOUT_ACCOUNT}
        operators = {operator_name(code): units[code] for code in WITH_OPERATOR}
        usernames = [*staff, *heads, *operators]
        password = make_password(PASSWORD)
        made = User.objects.bulk_create(
            User(
                username=username,
                email=f"{username}@{MAIL_HOST}",
                password=password,
                is_staff=username in staff,
                is_superuser=username == SUPERUSER,
                date_joined=clock.now(),
            )
            for username in usernames
        )
        users = {user.username: user for user in made}
        EmailAddress.objects.bulk_create(
            EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in made
        )
        StaffRole.objects.bulk_create(
            StaffRole(user=users[username], role=role, given_at=clock.now()) for username, role in staff.items()
        )
        for username in staff:
            give_second_factor(users[username], secret_of(username))
        Membership.objects.bulk_create(
            Membership(user=users[username], unit=unit, role=role, from_on=since)
            for role, place in ((access.HEAD_ROLE, heads), (access.OPERATOR_ROLE, operators))
            for username, unit in place.items()
        )
        people = cls(users)
        people.follow_the_roster(since)
        grant.record_all()
        return people

    def follow_the_roster(self, since: date) -> None:
        """Whoever took an office later, as a source says, takes the account of the office as well."""
        for tenure in Tenure.objects.holders().filter(from_on__gt=since).select_related("unit"):
            head = self.head(tenure.unit.code)
            head.memberships.filter(until_on=None).update(until_on=tenure.from_on)
            head.memberships.create(unit=tenure.unit, role=access.HEAD_ROLE, from_on=tenure.from_on)  # type: ignore[misc]


def printed() -> list[str]:
    """Lines for the terminal: one account for each role, with the second factors of staff."""
    staff = {*access.STAFF_ROLES, SUPERUSER}
    lines = [f"Akun contoh, kata sandi semuanya: {PASSWORD}"]
    for shown in SHOWN_ACCOUNTS:
        lines.append(f"  {shown.username:22} {shown.what_for}")
        if shown.username in staff:
            address = get_adapter().build_totp_url(User(username=shown.username), shown.secret)
            lines += [f"  {'':22} TOTP {shown.secret}", f"  {'':22} {address}"]
    lines.append("Kata sandi dan rahasia ini terbuka: jangan pasang data contoh di internet.")
    return lines
