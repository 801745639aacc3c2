"""Tests of the database that tests begin with: the template is what the migrations make, and follows its sources."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.databases import digest_of_sources

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ROOT = Path(settings.BASE_DIR)


@pytest.mark.parametrize(
    "source", ["opd/register/triggers.py", "opd/models/unit.py", "commitments/models/decision.py", "opd/apps.py"]
)
def test_a_changed_guard_or_model_asks_for_another_template(source: str, tmp_path: Path) -> None:
    for name in ("opd", "commitments", "semarang_mou"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    assert digest_of_sources(tmp_path) == digest_of_sources(ROOT)
    with (tmp_path / source).open("a") as file:
        file.write("# changed")
    assert digest_of_sources(tmp_path) != digest_of_sources(ROOT)


def test_the_copy_is_what_the_migrations_make(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/fresh.sqlite3"
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": address}, check=True)
    question = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    fresh = sqlite3.connect(tmp_path / "fresh.sqlite3")
    with connection.cursor() as cursor:
        assert cursor.execute(question).fetchall() == fresh.execute(question).fetchall()
    fresh.close()
