"""Tests of the foundation: database constraints, headers, and no start without keys."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from opd.register import triggers

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.sqlite  # no database changes any of this

PROJECT = Path(settings.BASE_DIR)


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """manage.py as a newcomer runs it: nothing in the environment but what is given."""
    return subprocess.run(
        [sys.executable, PROJECT / "manage.py", *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("missing", ["SECRET_KEY", "REGISTER_KEY"])
def test_without_a_key_it_refuses_in_one_sentence(missing: str) -> None:
    keys = {"SECRET_KEY": "x", "REGISTER_KEY": "x", missing: ""}
    refusal = manage("check", **keys)
    assert refusal.returncode == 1
    assert refusal.stdout == ""
    assert refusal.stderr == (
        f"{missing} belum diisi: isi lewat lingkungan atau berkas .env, "
        "atau jalankan `make serve`, yang membuatkannya.\n"
    )


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "basis-data-saya",
            "DATABASE_URL tidak terbaca: tulis postgres://nama:sandi@host/basisdata, atau kosongkan.",
        ),
        (
            "sqlite:////tidak-ada/di/sini.sqlite3",
            "Basis data tidak dapat dibuka: periksa DATABASE_URL. (unable to open database file)",
        ),
    ],
)
def test_a_database_that_is_not_there_is_told_in_one_sentence(address: str, sentence: str) -> None:
    refusal = manage("migrate", SECRET_KEY="x", REGISTER_KEY="x", DATABASE_URL=address)
    assert (refusal.returncode, refusal.stdout, refusal.stderr) == (1, "", f"{sentence}\n")


def test_people_wait_two_seconds_for_their_turn_and_a_command_waits_sixty() -> None:
    keys = {"SECRET_KEY": "x", "REGISTER_KEY": "x"}
    assert "LOCK_WAIT = 60 " in manage("diffsettings", **keys).stdout
    served = "from semarang_mou.settings import DATABASES as known; print(known['default']['OPTIONS']['timeout'])"
    asked = subprocess.run([sys.executable, "-c", served], cwd=PROJECT, env=keys, capture_output=True, text=True)
    assert asked.stdout == "2\n"


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("recursive_triggers", 1),
        ("foreign_keys", 1),
        ("busy_timeout", 20000),
    ],
)
def test_sqlite_keeps_its_promises(pragma: str, value: str | int) -> None:
    with connection.cursor() as cursor:
        assert cursor.execute(f"PRAGMA {pragma}").fetchone() == (value,)


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgres_is_reached_through_the_pool() -> None:
    assert connection.settings_dict["OPTIONS"]["pool"]["timeout"] == 5
    with connection.cursor() as cursor:
        cursor.execute("SELECT inet_server_addr(), current_setting('lock_timeout'), current_setting('jit')")
        assert cursor.fetchone() == (None, f"{settings.LOCK_WAIT}s", "off")  # the socket, no port


@pytest.mark.django_db
def test_every_page_carries_the_strict_policy(client: Client) -> None:
    headers = client.get(reverse("account_login")).headers
    assert sorted(headers["Content-Security-Policy"].split("; ")) == [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self'",
        "manifest-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
    ]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_person_signs_in_with_a_real_browser(page: "Page") -> None:
    User.objects.create_user("kepala.dinkes", password="semarang-2017-maju")
    page.goto(reverse("account_login"))
    page.locator("[name=login]").fill("kepala.dinkes")
    page.locator("[name=password]").fill("semarang-2017-maju")
    page.locator("main [type=submit], [type=submit]").first.click()
    page.wait_for_url("**" + settings.LOGIN_REDIRECT_URL)
    [cookie] = [cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid"]
    assert cookie["httpOnly"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", [1, 2])
def test_real_transactions_leave_no_trace(round: int) -> None:
    assert triggers.missing(connection) == []
    assert not User.objects.exists()
    User.objects.create_user(f"round-{round}")
