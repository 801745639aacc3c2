"""Tests of the downloads of the ladder's SQL: `sqlite3` and `psql` run them, and give what the pages show."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from commitments import ladder
from commitments.ladder.readable import ROWS
from commitments.models import Measurement, ServiceTarget
from commitments.models.querysets import units_with_rung
from opd import clock
from opd.models import Unit
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)  # another program reads

COLUMNS = {
    "target": ladder.TARGET_COLUMNS,
    "unit": ladder.UNIT_COLUMNS,
    "realisasi": ladder.MEASUREMENT_COLUMNS,
}


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    for value in ("9.5", "3"):
        sent = cast.measurement(cast.target(), value)
        sent.verify(by=cast.verifier, seen=sent.fingerprint())
    cast.measurement(cast.target(), 2)
    return cast


@pytest.mark.parametrize("rows", ROWS)
def test_a_download_gives_what_the_pages_show(cast: Cast, client: Client, tmp_path: Path, rows: str) -> None:
    address = f"/tangga/{rows}.{connection.vendor}.sql"
    file = tmp_path / "tangga.sql"
    file.write_bytes(client.get(address).content)
    table = list(csv.reader(answers(file)))
    assert table[0] == list(COLUMNS[rows])
    assert sorted((int(row[0]), int(row[1])) for row in table[1:]) == sorted(
        (pk, int(value or 0)) for pk, value in expected(rows)
    )


def expected(rows: str) -> Iterator[tuple[int, int | None]]:
    day = clock.today()
    if rows == "target":
        yield from ServiceTarget.objects.with_rung(day).values_list("pk", "rung")
    elif rows == "unit":
        yield from units_with_rung(Unit.objects.all(), day).values_list("pk", "rung")
    else:
        yield from Measurement.objects.with_counted(day).filter(counted=1).values_list("pk", "counted")


def answers(file: Path) -> list[str]:
    """What the program of this database prints, line by line."""
    where = connection.settings_dict
    if connection.vendor == "sqlite":
        if not shutil.which("sqlite3"):
            pytest.skip("MISSING no sqlite3 in PATH: apt-get install sqlite3")
        command = ["sqlite3", "-readonly", where["NAME"]]
        done = subprocess.run(command, input=file.read_text(), capture_output=True, text=True, check=True)
    else:
        place = ["-h", where["HOST"], "-U", where["USER"], "-d", where["NAME"]]
        command = ["psql", "-X", "-q", "--csv", "-v", "ON_ERROR_STOP=1", *place, "-f", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.sqlite
def test_there_is_one_for_each_page_and_program_and_none_besides(client: Client) -> None:
    html = client.get("/cara-baca/").content.decode()
    for rows in ROWS:
        for database in ("sqlite", "postgresql"):
            assert f'href="/tangga/{rows}.{database}.sql"' in html
    assert client.get("/tangga/target.oracle.sql").status_code == 404
    assert client.get("/tangga/orang.sqlite.sql").status_code == 404


@pytest.mark.sqlite
def test_it_asks_about_the_day_of_the_page_and_shows_its_constants(client: Client) -> None:
    Cast()
    day = clock.today()
    text = client.get("/tangga/target.sqlite.sql").content.decode()
    assert f":day \"'{day}'\"" in text
    assert f">= {ladder.SUSTAINED_DAYS} THEN {ladder.Rung.SUSTAINED.value}" in text
    assert "-- Revisions approved by then." in text
    assert isinstance(day, date)
