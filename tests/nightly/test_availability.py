"""Nightly tests without a database: readers get the last kept page, others a sentence and their form back."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

import pytest

from semarang_mou.page_cache import version as page_version
from tests.bench.load import rate
from tests.postgres import Postgres
from tests.server import Site

pytestmark = pytest.mark.nightly

READ = ("/", "/unit/", "/en/", "/unit/?per=2019-11-02", "/api/v1/units/")
READ_ONCE = "/cara-baca/"  # by one of the two processes
NEVER_READ = "/mou/"
SECONDS = 1.5  # of sixteen readers for each page
BACK = 15  # seconds until everything is as before, a pool's new connection included
MAX_HELD = 3  # seconds that an answer without the database may take
IN_A_ROW = 10  # answers, so that each process gave some


@dataclass
class Place:
    site: Site
    go_away: Callable[[], object]
    come_back: Callable[[], object]


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Place]:
    """Its file is moved away, and whoever looks finds an empty one."""
    site = Site(tmp_path / "site", "load_roster")
    file, hidden = site.folder / "site.sqlite3", site.folder / "hidden.sqlite3"
    yield Place(site, lambda: file.rename(hidden), lambda: hidden.rename(file))
    site.stop()


@pytest.fixture
def on_postgres(tmp_path: Path) -> Iterator[Place]:
    server = Postgres()
    site = Site(tmp_path / "site", "load_roster", database=server.start())
    yield Place(site, server.down, server.up)
    site.stop()
    server.stop()


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def answers(url: str) -> list[int]:
    return [status(url + page) for page in (NEVER_READ, "/healthz") for _ in range(IN_A_ROW)]


def readers_are_served(place: Place, *also_503: str, seconds: float = 0) -> None:
    url = place.site.url
    for page in READ:
        rate(url + page, SECONDS)  # both processes have rendered it
    assert status(url + READ_ONCE) == 200
    place.go_away()
    gone = time.monotonic()
    served = {page: rate(url + page, SECONDS) for page in READ}  # raises at the first answer that is another
    assert {page: round(a_second) for page, a_second in served.items() if a_second < 300} == {}
    time.sleep(page_version.SECONDS_UNTIL_AWAY)
    assert [status(url + READ_ONCE) for _ in range(IN_A_ROW)] == [200] * IN_A_ROW
    for address in (NEVER_READ, "/healthz", *also_503):
        began = time.monotonic()
        assert status(url + address) == 503
        assert time.monotonic() - began < MAX_HELD
    time.sleep(max(0, seconds - (time.monotonic() - gone)))
    place.come_back()
    end = time.monotonic() + BACK
    while set(asked := answers(url)) != {200} and time.monotonic() < end:
        time.sleep(0.5)
    assert set(asked) == {200}


@pytest.mark.sqlite
def test_readers_are_served_while_the_file_is_away(on_sqlite: Place) -> None:
    readers_are_served(on_sqlite)


@pytest.mark.postgres
@pytest.mark.parametrize("seconds", [20, 80, 600])
def test_readers_are_served_while_postgres_is_stopped(on_postgres: Place, seconds: int) -> None:
    readers_are_served(on_postgres, "/akun/login/", seconds=seconds)
