"""Does the ground hold? The database's promises, the headers, and a refusal to start without keys."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

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
    assert connection.pool is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT inet_server_addr()")
        assert cursor.fetchone() == (None,)  # the socket, no port
