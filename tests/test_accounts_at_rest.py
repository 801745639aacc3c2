"""Is what lies on disk of accounts and keys of no use to whoever copies it, and does no letter name a forged host?"""

from __future__ import annotations

import importlib
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings as settings_of_project
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from opd import checks
from opd.accounts import second_factor
from tests import doors
from tests.cast import Cast

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
OLD, NEW = "the-old-key-" * 5, "the-new-key-" * 5


@pytest.fixture
def cast() -> Cast:
    return Cast()


def in_database() -> str:
    """All that the table of second factors holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        return str(cursor.fetchall())


def codes_of(user: User) -> list[str]:
    codes: list[str] = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    return codes


def sets_up_a_second_factor(user: User) -> str:
    """Through the pages; the secret that the telephone now holds."""
    client = doors.enter(user, second_factor=False)
    client.post("/akun/yakinkan/", {"password": doors.PASSWORD})
    secret: str = client.get("/akun/faktor-kedua/pasang/").context["form"].secret
    assert client.post("/akun/faktor-kedua/pasang/", {"code": doors.code(secret)}).status_code == 302
    return secret


def gets_in(user: User, secret: str) -> int:
    client = Client()
    client.post("/akun/login/", {"login": user.username, "password": doors.PASSWORD})
    return client.post("/akun/faktor-kedua/kode/", {"code": doors.code(secret)}).status_code


def test_the_database_holds_no_second_factor_in_the_clear(cast: Cast) -> None:
    secret = sets_up_a_second_factor(cast.verifier)
    seed = second_factor.decrypt(Authenticator.objects.get(type="recovery_codes").data["seed"])
    assert [text for text in (secret, seed, *codes_of(cast.verifier)) if text in in_database()] == []


def test_second_factors_of_before_are_encrypted_and_still_open(cast: Cast) -> None:
    migration = importlib.import_module("opd.migrations.0005_second_factor_secrets_encrypted").Migration
    [step] = migration.operations
    secret = sets_up_a_second_factor(cast.verifier)
    codes = codes_of(cast.verifier)
    Authenticator.objects.create(user=cast.head, type="webauthn", data={"name": "ponsel", "credential": {}})
    old_codes = {"migrated_codes": [second_factor.encrypt("kode-lama")]}
    Authenticator.objects.create(user=cast.keeper, type="recovery_codes", data=old_codes)
    step.reverse_code(apps, SimpleNamespace(connection=connection))
    assert (secret in in_database(), "kode-lama" in in_database()) == (True, True)
    step.code(apps, SimpleNamespace(connection=connection))
    assert (secret in in_database(), "kode-lama" in in_database()) == (False, False)
    assert (codes_of(cast.verifier), codes_of(cast.keeper)) == (codes, ["kode-lama"])
    assert Authenticator.objects.get(user=cast.head).data == {"name": "ponsel", "credential": {}}


def test_an_exchanged_key_opens_what_the_old_one_shut_until_that_is_reencrypted(
    cast: Cast, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SECRET_KEY = OLD
    doors.give_second_factor(cast.verifier)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert gets_in(cast.verifier, doors.SECRET) == 302
    call_command("reencrypt_second_factors")
    assert "1 faktor kedua" in capsys.readouterr().out
    settings.SECRET_KEY_FALLBACKS = []
    assert second_factor.decrypt(Authenticator.objects.get().data["secret"]) == doors.SECRET


def test_a_lost_key_is_said_and_changes_nothing(cast: Cast, settings: Settings) -> None:
    settings.SECRET_KEY = OLD
    doors.give_second_factor(cast.verifier)
    settings.SECRET_KEY = NEW
    assert gets_in(cast.verifier, doors.SECRET) == 503
    before = in_database()
    with pytest.raises(CommandError, match="SECRET_KEY_FALLBACKS"):
        call_command("reencrypt_second_factors")
    assert in_database() == before


def test_a_secret_written_into_the_table_in_the_clear_opens_nothing(cast: Cast) -> None:
    """Whoever can write rows but has no key gives nobody a second factor."""
    Authenticator.objects.create(user=cast.verifier, type="totp", data={"secret": doors.SECRET})
    assert gets_in(cast.verifier, doors.SECRET) == 503


def test_passwords_are_hashed_anew_as_their_owners_sign_in(cast: Cast, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    User.objects.filter(pk=cast.head.pk).update(password=make_password(doors.PASSWORD))
    settings.PASSWORD_HASHERS = ["opd.accounts.hashing.Scrypt", *settings.PASSWORD_HASHERS]
    doors.enter(cast.head)
    cast.head.refresh_from_db()
    assert cast.head.password.startswith("scrypt$")
    assert identify_hasher(cast.head.password).decode(cast.head.password)["parallelism"] == 2
    assert check_password(doors.PASSWORD, cast.head.password)


FORGED = {"HTTP_HOST": "penipu.contoh.invalid", "SERVER_NAME": "penipu.contoh.invalid"}


@pytest.fixture
def forgeable(settings: Settings) -> None:
    """A proxy that lets any host name through, and a register that answers to any."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://seremoni.contoh.go.id"


def test_the_letter_of_a_lost_password_names_no_host_of_the_request(cast: Cast, forgeable: None) -> None:
    User.objects.filter(pk=cast.head.pk).update(email="kepala@dinkes.contoh.go.id")
    Client().post("/akun/sandi/lupa/", {"email": "kepala@dinkes.contoh.go.id"}, **FORGED)  # type: ignore[arg-type]
    [letter] = mail.outbox
    assert "penipu" not in f"{letter.subject} {letter.body} {letter.from_email}"
    assert re.search(r"https://seremoni\.contoh\.go\.id/akun/sandi/baru/\S+", str(letter.body))


def test_links_that_are_keys_name_no_host_of_the_request(cast: Cast, forgeable: None) -> None:
    head, keeper = doors.enter(cast.head), doors.enter(cast.keeper)
    given = {"name": "Siti Rahayu", "email": "siti@contoh.invalid"}
    pages = [
        head.post("/kerja/tim/?unit=dinkes", given, **FORGED),  # type: ignore[arg-type]
        keeper.post(
            "/admin/opd/invitation/add/",
            given | {"unit": cast.dinkes.pk, "role": "head"},
            **FORGED,  # type: ignore[arg-type]
        ),
        head.post("/kerja/pengingat/?unit=dinkes", {"alamat": "baru"}, follow=True, **FORGED),  # type: ignore[arg-type]
    ]
    written = [*(page.content.decode() for page in pages), *(str(letter.body) for letter in mail.outbox)]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert len(mail.outbox) == 2
    assert [text for text in written if "penipu" in text] == []


@pytest.mark.sqlite
def test_whatever_a_process_makes_is_for_its_own_user_only(tmp_path: Path) -> None:
    """Database, its log, cache, evidence: under a usual umask, and one script that makes them all."""
    script = (
        "import django; django.setup()\n"
        "from django.core.cache import caches; from django.core.management import call_command\n"
        "from commitments import evidence; from django.conf import settings\n"
        f"settings.CACHES['default']['LOCATION'] = {str(tmp_path / 'cache')!r}\n"
        "call_command('migrate', verbosity=0); caches['default'].add('a', 1); caches['default'].incr('a')\n"
        "evidence.write(evidence.path_of('ab' * 32), b'bukti')\n"
    )
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'register.sqlite3'}",
        "EVIDENCE_DIR": str(tmp_path / "evidence"),
        "CACHE_URL": "",
    }
    command = ["sh", "-c", 'umask 022; exec "$0" -c "$1"', sys.executable, script]
    subprocess.run(command, check=True, env=environment, cwd=settings_of_project.BASE_DIR)
    made = list(tmp_path.rglob("*"))
    assert {"register.sqlite3", "cache", "evidence", "ab" * 32} <= {place.name for place in made}
    assert [str(place) for place in made if stat.S_IMODE(place.stat().st_mode) & 0o077] == []


@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["register.sqlite3", "register.sqlite3-wal", ".env", "evidence", "cache", "log"])
def test_a_file_open_to_others_is_named(
    name: str, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BASE_DIR, settings.MEDIA_ROOT = tmp_path, str(tmp_path / "evidence")
    settings.CACHES = {"default": {"BACKEND": "semarang_mou.file_cache.FileCache", "LOCATION": tmp_path / "cache"}}
    settings.LOGGING = {"handlers": {"file": {"filename": str(tmp_path / "log")}}}
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "register.sqlite3")}
    monkeypatch.setitem(settings.DATABASES, "default", database)
    place = tmp_path / name
    place.touch(0o600)
    assert checks.open_files() == []
    place.chmod(0o640)
    [found] = checks.open_files()
    assert str(place) in found.msg
    assert found.hint == f"Jalankan: chmod -R go= {place}"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("address", "names", "good"),
    [
        ("https://register.example", ["register.example"], True),
        ("https://register.example:8443", [".example"], True),
        ("http://register.example", ["register.example"], False),
        ("http://127.0.0.1:8000", ["register.example", "127.0.0.1"], False),
        ("https://lain.example", ["register.example"], False),
    ],
)
def test_an_address_that_letters_cannot_name_is_said(
    address: str, names: list[str], good: bool, settings: Settings
) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = address, names
    assert (checks.site_url() == []) is good
