"""The first door: the one address at which a register without an administrator gets its first one.

Nothing of it is stored. The address is worked out from SECRET_KEY, so whoever runs the server can have it printed
again, and it closes by itself.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from opd import access, register
from opd.accounts import correspondence
from opd.errors import WrongState
from opd.models import RegisterOperator
from opd.models.staff_role import switch_off

SALT = "opd.first_door"
FIRST_VISIT_KEY = "baru"  # of the session: the desk then begins at the launch board
DOOR_CLOSED = "Alamat ini sudah tidak berlaku: register sudah punya administrator. Masuklah dengan akun Anda."


def administrators() -> QuerySet[User]:
    return User.objects.filter(is_superuser=True, is_active=True)


def is_open() -> bool:
    """Whether nobody keeps this register yet: no administrator, or one who never came past the second factor."""
    if not administrators().exists():
        return True
    return not (RegisterOperator.objects.exists() or Authenticator.objects.filter(user__in=administrators()).exists())


def token() -> str:
    """The secret part of the address. A door that opens again after years has another one."""
    former = User.objects.filter(is_superuser=True, is_active=False).count()
    secret = salted_hmac(SALT, f"{RegisterOperator.objects.count()} {former}", algorithm="sha256")
    return str(secret.hexdigest()[:32])


def address() -> str:
    """The address to print; empty when the register has an administrator."""
    return correspondence.link("first-account-open", token()) if is_open() else ""


def opens_with(given: str) -> bool:
    return is_open() and constant_time_compare(given, token())


def unfinished() -> str:
    """The user name of an administrator who was made here and never set up a second factor; empty for none."""
    return administrators().order_by("-pk").values_list("username", flat=True).first() or ""


def enter(user: User, *, given: str, seen: str) -> None:
    """Makes this new account the administrator, in the place of the unfinished one that was `seen` on the page.

    The register's lock decides between two people at the same address.
    """
    with register.many_acts():
        if not opens_with(given):
            raise WrongState(DOOR_CLOSED)
        if seen != unfinished():
            raise WrongState(
                f"Baru saja seseorang membuat akun administrator “{unfinished()}” lewat alamat yang sama. Pastikan "
                "dulu siapa: bila kiriman ini diulang, akun itu dimatikan dan akun Anda menggantikannya."
            )
        before = list(administrators())
        user.is_staff = user.is_superuser = True
        user.save(force_insert=True)
        for unfinished_one in before:
            switch_off(unfinished_one, by=access.SYSTEM)
