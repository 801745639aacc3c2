"""Nightly tests of crashes: is all that was acknowledged still there, and nothing there by half?

Heads of units send reports with a photograph without a pause, while the server, PostgreSQL or the whole machine stops
in the middle. What they were told is recorded is compared with tables, register and files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.conftest import MISSING
from tests.disks import NoDisk, PowerCutDisk, power_cut_disk
from tests.journal import Journal, sending
from tests.postgres import AS_INSTALLED, Postgres
from tests.server import Site

pytestmark = pytest.mark.nightly

KILLS_OF_SERVER = 100  # on each database: 200 together
KILLS_OF_POSTGRES = 50
POWER_CUTS = 50
UNPROTECTED_CUTS = 5  # of which one must lose something
FILL = "demo --until 2018-03-01"
AGAIN = 30  # seconds after which reports must come in again
MOMENT = 0.6  # seconds: the blow falls some time within, while two reports are on their way
EXPECTED = {"302 a report", "200 a report", "503 a page", "503 a report"}
# WAL is written by a process of its own, long after the commit was acknowledged.
ACKNOWLEDGED_TOO_EARLY = "-c synchronous_commit=off -c wal_writer_delay=10s"


def site_at(folder: Path, database: str = "", **more: str) -> Site:
    """A site that starts quickly: it keeps its bytecode, and has one worker, in whose threads reports meet."""
    settings = {"PYTHONPYCACHEPREFIX": str(folder.parent / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
    served = "tests.without_sync:application" if "WITHOUT_SYNC" in more else "semarang_mou.asgi:application"
    return Site(folder, FILL, database=database, served=served, workers=1, settings=settings | more)


def strike(journal: Journal, dice: Random, blow: Callable[[], object]) -> None:
    """Strikes at some moment after another report was acknowledged."""
    before, end = len(journal.acknowledged), time.monotonic() + AGAIN
    while len(journal.acknowledged) == before:
        assert time.monotonic() < end, f"no report comes in any more: {journal.answers}"
        time.sleep(0.01)
    time.sleep(dice.uniform(0, MOMENT))
    blow()


def nothing_is_lost(site: Site, journal: Journal, blows: int, capsys: pytest.CaptureFixture[str]) -> None:
    lost = journal.lost(site)
    with capsys.disabled():
        print(
            f"\n{blows} blows, {len(journal.sent)} reports sent, {len(journal.acknowledged)} acknowledged, "
            f"{len(lost)} lost or there by half; {dict(journal.answers)}"
        )
    assert lost == []
    assert set(journal.answers) <= EXPECTED


def survives_kills_of_the_server(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    journal, dice = Journal(), Random(1)
    with sending(site, journal, 1):
        for _ in range(KILLS_OF_SERVER):
            strike(journal, dice, site.kill)
            site.serve_again()
    nothing_is_lost(site, journal, KILLS_OF_SERVER, capsys)


@pytest.mark.sqlite
def test_kill_9_of_the_server_loses_nothing_on_sqlite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = site_at(tmp_path / "site")
    try:
        survives_kills_of_the_server(site, capsys)
    finally:
        site.stop()


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """As it is installed: the one of other tests acknowledges what it has not yet written."""
    server = Postgres(AS_INSTALLED)
    yield server
    server.stop()


@pytest.mark.postgres
def test_kill_9_of_the_server_loses_nothing_on_postgres(
    postgres: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = site_at(tmp_path / "site", postgres.start())
    try:
        survives_kills_of_the_server(site, capsys)
    finally:
        site.stop()


@pytest.mark.postgres
def test_kill_9_of_postgres_loses_nothing(
    postgres: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, journal, dice = site_at(tmp_path / "site", postgres.start()), Journal(), Random(2)
    try:
        with sending(site, journal, 2):
            for _ in range(KILLS_OF_POSTGRES):
                strike(journal, dice, postgres.kill)
                postgres.up()
        nothing_is_lost(site, journal, KILLS_OF_POSTGRES, capsys)
    finally:
        site.stop()


@pytest.mark.postgres
def test_a_postgres_that_acknowledges_too_early_does_lose_reports(postgres: Postgres, tmp_path: Path) -> None:
    """The twin: without it, the test above would prove nothing."""
    site, journal = site_at(tmp_path / "site", postgres.start()), Journal()
    try:
        site.kill()
        postgres.down()
        postgres.durability = ACKNOWLEDGED_TOO_EARLY
        postgres.up()
        site.serve_again()
        with sending(site, journal, 3):
            strike(journal, Random(3), postgres.kill)
        postgres.up()
        assert journal.lost(site) != []
    finally:
        site.stop()


# --- A power cut -------------------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[PowerCutDisk]:
    try:
        with power_cut_disk(tmp_path / "power") as disk:
            yield disk
    except NoDisk as why:
        pytest.skip(f"{MISSING}no disk whose power can be cut (root, loop devices, ext4): {why}")


def power_cut(site: Site, disk: PowerCutDisk, journal: Journal, dice: Random) -> None:
    """Cuts the power while reports come in; then the disk is mounted as a machine does that starts again."""
    strike(journal, dice, disk.cut)
    site.kill()
    disk.unmount()
    disk.mount()


@pytest.mark.sqlite
def test_a_power_cut_loses_nothing(disk: PowerCutDisk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site, journal, dice = site_at(disk.place / "site"), Journal(), Random(4)
    try:
        with sending(site, journal, 4):
            for _ in range(POWER_CUTS):
                power_cut(site, disk, journal, dice)
                site.serve_again()
        nothing_is_lost(site, journal, POWER_CUTS, capsys)
    finally:
        site.stop()


@pytest.mark.sqlite
@pytest.mark.parametrize("without", ["files", "rows"])
def test_a_power_cut_without_protection_does_lose_reports(
    disk: PowerCutDisk, without: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The twins: evidence that nobody waits for, and a database that nobody waits for."""
    site, journal, dice = site_at(disk.place / "site", WITHOUT_SYNC=without), Journal(), Random(5)
    lost: list[str] = []
    try:
        for cut in range(UNPROTECTED_CUTS):
            disk.sync()
            with sending(site, journal, cut):
                power_cut(site, disk, journal, dice)
            if lost := journal.lost(site):
                break
            site.serve_again()
    finally:
        site.stop()
    with capsys.disabled():
        print(f"\nwithout sync of {without}: {len(lost)} lost after {cut + 1} cuts, such as {lost[:2]}")
    assert lost != []
