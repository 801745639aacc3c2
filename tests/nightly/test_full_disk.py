"""Nightly tests of a full disk, on the real server: evidence, cache or database has no room for another byte.

Whoever sends is told so in a sentence, nothing stays there by half, pages go on, and with room again all works as
before, without a restart.
"""

from __future__ import annotations

import hashlib
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import pytest

from tests.bench.submissions import HEAD, TARGET, Visitor, filled_in, hidden, photograph
from tests.conftest import MISSING
from tests.disks import NoDisk, fill, make_room, small_disk
from tests.journal import RECEIPT, Journal
from tests.postgres import AS_INSTALLED, Postgres
from tests.server import Site

pytestmark = pytest.mark.nightly

FILL = "demo --until 2018-03-01"
PHOTO = 90_000  # bytes
PAGES = ("/", "/unit/", "/komitmen/", "/sasaran/DINKES-01-1/", "/jejak/", "/en/", "/api/v1/units/")
TRIES = 60  # reports after which the disk must have said that it is full
BACK = 20  # seconds until everything is as before
WRONG_PASSWORDS = 25

Mount = Callable[[str, str], Path]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """`mount("name", "8m")`: a small disk, gone after the test."""
    with ExitStack() as disks:

        def mounted(name: str, size: str) -> Path:
            try:
                return disks.enter_context(small_disk(tmp_path / name, size))
            except NoDisk as why:
                pytest.skip(f"{MISSING}no small disk to fill (root, tmpfs): {why}")

        yield mounted


class SendingOffice:
    """A head who sends reports one after another, and remembers what was acknowledged."""

    def __init__(self, site: Site) -> None:
        self.site, self.visitor, self.journal, self.dice = site, Visitor(site.url), Journal(), Random(6)
        self.visitor.sign_in()
        self.last: tuple[str, bytes, str] = ("", b"", "")

    def send(self, size: int = PHOTO) -> tuple[int, str]:
        """The answer to another report: its status, and the page."""
        page = self.visitor.ask("GET", f"{TARGET}?nilai=17")[2]
        identity, photo = str(uuid.UUID(bytes=self.dice.randbytes(16), version=4)), photograph(self.dice, size)
        self.journal.sent[identity] = hashlib.sha256(photo).hexdigest()
        self.last = (identity, *filled_in(page, identity, [photo]))
        return self.send_again()

    def send_again(self) -> tuple[int, str]:
        identity, body, kind = self.last
        status, goal, page = self.visitor.ask("POST", TARGET, body, kind)
        if RECEIPT.match(goal):
            self.journal.acknowledged[identity] = self.journal.sent[identity]
        return status, page

    def is_refused(self, sentence: str) -> None:
        """Sends until the disk is full to the last page of the database: the refusal says so."""
        answer = next((found for _ in range(TRIES) if (found := self.send())[0] != 302), None)
        assert answer, f"{TRIES} reports came in on a full disk"
        assert sentence in answer[1], answer[1][:3000]

    def is_served_again(self) -> None:
        """What was refused comes in as it was sent, and so does the next; nothing acknowledged before is gone."""
        end = time.monotonic() + BACK
        while (status := self.send_again()[0]) != 302 and time.monotonic() < end:
            time.sleep(0.5)
        assert (status, self.send()[0]) == (302, 302)
        assert self.journal.lost(self.site) == []


def pages_go_on(site: Site, day: str = "") -> None:
    """Each process answers: pages it has rendered before, or with a day that nobody has asked for yet."""
    reader = Visitor(site.url)
    given = {page: {reader.ask("GET", page + day)[0] for _ in range(6)} for page in PAGES}
    assert given == {page: {200} for page in PAGES}


def parts(folder: Path) -> list[str]:
    """Files that were begun and not finished."""
    return [path.name for path in folder.rglob("*") if path.name.startswith((".part-", "tmp"))]


@pytest.fixture
def site_with(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """`site_with(EVIDENCE_DIR=...)`: a small site, stopped after the test."""
    sites: list[Site] = []

    def made(folder: Path | None = None, database: str = "", **settings: str) -> Site:
        sites.append(Site(folder or tmp_path / "site", FILL, database=database, settings=settings))
        return sites[-1]

    yield made
    for site in sites:
        site.stop()


@pytest.mark.sqlite
def test_evidence_on_a_full_disk_is_refused_in_a_sentence(mount: Mount, site_with: Callable[..., Site]) -> None:
    disk = mount("evidence", "24m")
    site = site_with(EVIDENCE_DIR=str(disk))
    office = SendingOffice(site)
    assert office.send()[0] == 302
    fill(disk)
    before = {path.name for path in disk.rglob("*")}
    office.is_refused("Penyimpanan register penuh")
    assert {path.name for path in disk.rglob("*") if path.is_file()} <= before
    assert parts(disk) == []
    assert office.journal.lost(site) == []
    pages_go_on(site, "?per=2018-01-15")
    make_room(disk)
    office.is_served_again()


@pytest.mark.sqlite
def test_a_full_disk_of_the_cache_is_noticed_by_nobody(mount: Mount, site_with: Callable[..., Site]) -> None:
    disk = mount("cache", "4m")
    site = site_with(CACHE_URL="", CACHE_DIR=str(disk))
    pages_go_on(site)
    kept = {path for path in disk.rglob("*.djcache")}
    assert kept, "this site keeps its cache elsewhere"
    fill(disk)
    office = SendingOffice(site)  # who signs in is counted too
    assert office.send()[0] == 302
    pages_go_on(site, "?per=2018-01-15")
    assert guesses(site) == "limited"
    assert parts(disk) == []
    make_room(disk)
    assert office.send()[0] == 302
    pages_go_on(site, "?per=2018-01-16")
    assert {path for path in disk.rglob("*.djcache")} - kept != set()
    assert office.journal.lost(site) == []


def guesses(site: Site) -> str:
    """Whether guessing passwords still comes to an end."""
    guesser = Visitor(site.url)
    for _ in range(WRONG_PASSWORDS):
        token = hidden(guesser.ask("GET", "/akun/login/")[2], "csrfmiddlewaretoken")
        given = urlencode({"login": f"bukan-{HEAD}", "password": "salah", "csrfmiddlewaretoken": token}).encode()
        status, _, page = guesser.ask("POST", "/akun/login/", given, "application/x-www-form-urlencoded")
        if status == 429 or "Terlalu banyak" in page:
            return "limited"
        assert status == 200, (status, page[:2000])
    return f"{WRONG_PASSWORDS} guesses"


@pytest.mark.sqlite
def test_a_full_disk_of_uploads_refuses_only_what_does_not_fit(mount: Mount, site_with: Callable[..., Site]) -> None:
    """The body of a request fits in, its file beside it does not."""
    disk = mount("uploads", "6m")
    site = site_with(TMPDIR=str(disk))
    office = SendingOffice(site)
    status, page = office.send(4_000_000)
    assert (status, "Penyimpanan register penuh; beri tahu" in page) == (503, True)
    assert parts(disk) == []
    assert office.send()[0] == 302
    assert office.journal.lost(site) == []


@pytest.mark.sqlite
def test_a_full_disk_of_sqlite_is_said_in_a_sentence(
    mount: Mount, site_with: Callable[..., Site], tmp_path: Path
) -> None:
    disk = mount("database", "64m")
    site = site_with(disk / "site", EVIDENCE_DIR=str(tmp_path / "evidence"))
    full_database(site, disk)


@pytest.mark.postgres
def test_a_full_disk_of_postgres_is_said_in_a_sentence(site_with: Callable[..., Site]) -> None:
    server = Postgres(AS_INSTALLED)
    try:
        with small_disk(server.folder / "data", "400m") as disk:
            server.own(disk)
            try:
                site = site_with(database=server.start())
                full_database(site, disk)
                site.stop()
            finally:
                server.kill()
    except NoDisk as why:
        pytest.skip(f"{MISSING}no small disk to fill (root, tmpfs): {why}")
    finally:
        shutil.rmtree(server.folder)


def full_database(site: Site, disk: Path) -> None:
    office = SendingOffice(site)
    assert office.send()[0] == 302
    pages_go_on(site)
    fill(disk)
    office.is_refused("Penyimpanan register penuh; beri tahu")
    assert office.send_again()[0] == 503
    pages_go_on(site)
    pages_go_on(site, "?per=2018-01-15")
    assert parts(Path(site.env["EVIDENCE_DIR"])) == []
    make_room(disk)
    office.is_served_again()
