"""Tests of the page cache: who gets a kept page, and when a page is rendered again."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from threading import Barrier, Event, Lock, Semaphore
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, connection
from django.test import Client, RequestFactory

from commitments.public.register_file import lines
from commitments.public_page import DATABASE_AWAY, PUBLIC_CACHE_CONTROL
from semarang_mou import page_cache
from semarang_mou.page_cache import PageCache
from semarang_mou.page_cache import version as versions
from semarang_mou.page_cache.finished_pages import FinishedPages
from semarang_mou.page_cache.version import PageVersion, PageVersions
from semarang_mou.request_checks import only_utf_8
from tests import doors
from tests.cast import Cast, person, utc
from tests.loops import awaited
from tests.test_access import PUBLIC_ROUTES, AccessWorld

if TYPE_CHECKING:
    from pytest_django import Settings

    from opd.clock import TurnedClock

FIRST = PageVersion("a" * 64, "", date(2026, 11, 24), "r")
SECOND = FIRST._replace(head="b" * 64)
FACES = 8
NOT_SHARED = {
    "healthz": "asked by machines, true this second",
    "bukti/<slug:public_sha256>/": "kept a week by readers",
    "speculation-rules.json": "kept a day by readers",
}


@dataclass
class PageAnswer:
    status: int
    headers: dict[str, str]
    body: bytes

    def __str__(self) -> str:
        zipped = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(self.body) if zipped else self.body).decode()


def ask(application: Any, address: str = "/", method: str = "GET", **headers: str) -> PageAnswer:
    """As a server asks; header names as WSGI writes them, without HTTP_."""
    environ = RequestFactory().generic(method, address).environ
    environ |= {f"HTTP_{name}": value for name, value in headers.items()} | {"HTTP_HOST": "localhost"}
    told: list[Any] = []
    body = application(environ, lambda status, headers, exc_info=None: told.extend((status, headers)))
    content = b"".join(body)
    getattr(body, "close", lambda: None)()
    return PageAnswer(int(told[0].split()[0]), dict(told[1]), content)


class Printer:
    """An application that counts its renderings, and answers each address with the number of the rendering."""

    def __init__(self, status: str = "200 OK", **headers: str) -> None:
        self.status, self.lock, self.asked = status, Lock(), Counter[str]()
        self.headers = {"Cache-Control": PUBLIC_CACHE_CONTROL, "Vary": "Accept-Encoding"} | headers
        self.ready = Event()
        self.ready.set()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        with self.lock:
            self.asked[f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"] += 1
            body = f"{environ['PATH_INFO']}?{environ['QUERY_STRING']} no. {self.asked.total()}".encode()
        self.ready.wait(5)
        start_response(self.status, [*self.headers.items(), ("Content-Length", str(len(body)))])
        return [body]


class Shop:
    """A cache in front of a printer, and a version that the test sets."""

    def __init__(self, printer: Printer | None = None) -> None:
        self.version: PageVersion | Exception = FIRST
        self.printer = printer or Printer()
        caches["pages"].clear()
        self.cache = PageCache(self.printer, PageVersions(self.read))

    def read(self) -> PageVersion:
        if isinstance(self.version, Exception):
            raise self.version
        return self.version

    def __call__(self, address: str = "/", method: str = "GET", **headers: str) -> str:
        return ask(self.cache, address, method, **headers).body.decode()


def _no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The version is looked up for every request."""
    monkeypatch.setattr(versions, "SECONDS_FRESH", 0.0)


@pytest.mark.sqlite
class TestShelf:
    def test_one_rendering_serves_everyone_until_the_version_changes(self, _at_once: None) -> None:
        shop = Shop()
        assert [shop(), shop(COOKIE="sessionid=x"), shop(ACCEPT_LANGUAGE="en")] == ["/? no. 1"] * 3
        shop.version = SECOND
        assert [shop(), shop()] == ["/? no. 2"] * 2

    @pytest.mark.parametrize("field", [*PageVersion._fields])
    def test_whatever_a_version_is_made_of_makes_another(self, _at_once: None, field: str) -> None:
        shop = Shop()
        before = ask(shop.cache)
        other: dict[str, Any] = {field: date(2026, 11, 25) if field == "day" else "other"}
        shop.version = FIRST._replace(**other)
        after = ask(shop.cache, IF_NONE_MATCH=before.headers["ETag"])
        assert (after.status, after.body) == (200, b"/? no. 2")

    def test_the_register_is_asked_at_most_once_a_second(self) -> None:
        shop = Shop()
        assert [shop(), shop()] == ["/? no. 1"] * 2
        shop.version = SECOND
        assert shop() == "/? no. 1"
        sleep(versions.SECONDS_FRESH)
        assert shop() == "/? no. 2"

    def test_known_parameters_make_pages_and_no_others(self) -> None:
        shop = Shop()
        addresses = ["/", "/?fbclid=1", "/?per=2019-11-02&x=1", "/?y=&per=2019-11-02", "/?per=2019-11-03"]
        assert [shop(address) for address in addresses] == [
            "/? no. 1",
            "/? no. 1",
            "/?per=2019-11-02 no. 2",
            "/?per=2019-11-02 no. 2",
            "/?per=2019-11-03 no. 3",
        ]
        assert shop("/unit/?q=ktp&per=2019-11-02") == shop("/unit/?per=2019-11-02&q=ktp")

    def test_each_language_has_its_pages(self) -> None:
        shop = Shop()
        found = [ask(shop.cache, address) for address in ("/unit/", "/en/unit/", "/unit/", "/en/unit/")]
        assert [answer.body.decode()[-1] for answer in found] == ["1", "2", "1", "2"]
        assert len({answer.headers["ETag"] for answer in found}) == 2

    def test_packed_and_plain_are_never_mixed_and_hosts_are_not(self) -> None:
        shop = Shop()
        packed, plain = ask(shop.cache, ACCEPT_ENCODING="gzip, br"), ask(shop.cache)
        assert (packed.body, plain.body) == (b"/? no. 1", b"/? no. 2")
        assert packed.headers["ETag"] == plain.headers["ETag"]  # weak: they say the same

    @pytest.mark.parametrize(
        ("address", "headers"),
        [
            ("/kerja/", {}),
            ("/admin/", {}),
            ("/akun/login/", {}),
            ("/healthz", {}),
            ("/tidak-ada/", {}),
            ("/", {"Set-Cookie": "sessionid=x"}),
            ("/", {"Vary": "Accept-Encoding, Cookie"}),
            ("/", {"Cache-Control": "private"}),
        ],
    )
    def test_what_belongs_to_one_reader_is_never_kept(self, address: str, headers: dict[str, str]) -> None:
        shop = Shop(Printer(**headers))
        said = [ask(shop.cache, address) for _ in range(2)]
        assert [answer.body.decode() for answer in said] == [f"{address}? no. 1", f"{address}? no. 2"]
        assert ["ETag" in answer.headers for answer in said] == [False, False]

    @pytest.mark.parametrize("status", ["301 Moved", "400 Bad Request", "404 Not Found", "500 Oops"])
    def test_only_a_page_that_is_there_is_kept(self, status: str) -> None:
        shop = Shop(Printer(status))
        assert [shop(), shop()] == ["/? no. 1", "/? no. 2"]

    def test_only_reading_is_answered_from_the_shelf(self) -> None:
        shop = Shop()
        assert [shop(), shop(method="POST"), shop()] == ["/? no. 1", "/? no. 2", "/? no. 1"]

    def test_a_head_has_no_body_and_leaves_the_page_for_others(self) -> None:
        shop = Shop()
        head, page = ask(shop.cache, method="HEAD"), ask(shop.cache)
        assert (head.status, head.headers, head.body) == (200, page.headers, b"")
        assert page.body == b"/? no. 1"

    def test_who_has_the_page_gets_304_without_a_rendering(self) -> None:
        shop = Shop()
        etag = ask(shop.cache).headers["ETag"]
        elsewhere = Shop()  # another process, which never rendered it
        for cache in (shop.cache, elsewhere.cache):
            answer = ask(cache, IF_NONE_MATCH=f'"other", {etag}')
            assert (answer.status, answer.body) == (304, b"")
            assert answer.headers == {"ETag": etag, "Cache-Control": PUBLIC_CACHE_CONTROL, "Vary": "Accept-Encoding"}
        assert elsewhere.printer.asked == {}
        for address in ("/?per=2019-11-02", "/unit/"):
            assert ask(shop.cache, address, IF_NONE_MATCH=etag).status == 200

    @pytest.mark.parametrize(("pages", "size", "kept"), [(5, 10**9, 5), (10**9, 5 * 2200, 5), (10**9, 10**9, 101)])
    def test_invented_addresses_do_not_fill_the_memory(self, pages: int, size: int, kept: int) -> None:
        """The last row is the twin: without bounds everything stays."""
        shop = Shop()
        shop.cache.finished = FinishedPages(pages, size)
        for number in range(100):
            shop(f"/unit/?q={number}")
            shop("/")  # the one that people want
        assert len(shop.cache.finished.pages) == kept
        assert shop.cache.finished.size == sum(page.size for page in shop.cache.finished.pages.values()) <= size
        assert (shop("/"), shop.printer.asked["/?"]) == ("/? no. 2", 1)

    def test_a_long_address_is_not_remembered(self) -> None:
        shop = Shop()
        long = f"/unit/?q={'a' * page_cache.MAX_ADDRESS_LETTERS}"
        assert shop(long) != shop(long)
        assert shop.cache.finished.pages == {}


def crowd(shop: Shop) -> tuple[Counter[str], int]:
    """Many at the same moment: what they read, and how often it was rendered.

    A printer that is not ready becomes so when all but one have their answer.
    """
    gate, answered = Barrier(FACES), Semaphore(0)
    shop.cache.versions.current()  # nobody reads the old page for want of the news

    def reader(_: int) -> str:
        gate.wait(5)
        said = shop()
        answered.release()
        return said

    before = shop.printer.asked.total()
    with ThreadPoolExecutor(FACES) as readers:
        said = readers.map(reader, range(FACES))
        for _ in range(FACES - 1):
            answered.acquire(timeout=0.3)
        shop.printer.ready.set()
    return Counter(said), shop.printer.asked.total() - before


class NeverTaken:
    """A lock that shuts nobody out."""

    def acquire(self, *, timeout: float) -> bool:
        return True

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...

    release = __exit__


@pytest.mark.sqlite
class TestCrowd:
    def test_one_renders_while_the_others_read_the_previous_page(self, _at_once: None) -> None:
        shop = Shop()
        shop()
        shop.version = SECOND
        shop.printer.ready.clear()
        assert crowd(shop) == ({"/? no. 1": FACES - 1, "/? no. 2": 1}, 1)

    def test_on_the_loop_one_reader_is_sent_to_render_and_the_others_get_the_previous_page(
        self, _at_once: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shop = Shop()
        shop()
        environ = RequestFactory().get("/", headers={"host": "localhost"}).environ

        def kept() -> list[bytes] | None:
            return awaited(shop.cache.kept_answer(environ, lambda *_: lambda data: None))

        assert kept() == [b"/? no. 1"]
        shop.version = SECOND
        assert kept() is None  # this reader is sent to render
        assert kept() == [b"/? no. 1"]  # the next one is not, though the first still waits for a thread
        assert (shop(), kept()) == ("/? no. 2", [b"/? no. 2"])
        shop.version = FIRST
        assert kept() is None
        monkeypatch.setattr(page_cache, "MAX_RENDER_WAIT", 0)
        assert kept() is None  # the one who was sent never came

    def test_without_turns_they_would_all_render(self, _at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(page_cache, "Lock", NeverTaken)
        shop = Shop()
        shop()
        shop.version = SECOND
        shop.printer.ready.clear()
        assert crowd(shop)[1] > 1

    def test_where_there_was_no_page_the_others_wait_for_one(self) -> None:
        shop = Shop()
        assert crowd(shop) == ({"/? no. 1": FACES}, 1)


@pytest.mark.sqlite
class TestAway:
    def test_the_last_version_is_served_while_the_head_cannot_be_read(self, _at_once: None) -> None:
        shop = Shop()
        shop()
        shop.version = OperationalError("away")
        assert (shop(), shop.cache.versions.away) == ("/? no. 1", True)
        shop.version = SECOND
        assert (shop(), shop.cache.versions.away) == ("/? no. 2", False)

    def test_the_last_page_is_served_while_a_new_one_cannot_be_rendered(self, _at_once: None) -> None:
        shop = Shop()
        shop()
        shop.version, shop.printer.status = SECOND, "500 Internal Server Error"
        answer = ask(shop.cache)
        assert (answer.status, answer.body) == (200, b"/? no. 1")
        assert ask(shop.cache, "/unit/").status == 500  # there is none
        shop.printer.status = "404 Not Found"
        assert ask(shop.cache).status == 404  # it is gone, which is no accident

    def test_then_a_page_that_only_another_process_rendered_is_served_too(self, _at_once: None) -> None:
        other = Shop()
        other()
        shop = Shop.__new__(Shop)
        shop.version, shop.printer = FIRST, Printer("503 Service Unavailable")
        shop.cache = PageCache(shop.printer, PageVersions(shop.read))
        assert (shop(), ask(shop.cache, "/unit/").status) == ("/? no. 1", 503)

    def test_a_process_that_began_without_the_database_serves_them(self, _at_once: None) -> None:
        Shop()()
        shop = Shop.__new__(Shop)
        shop.version, shop.printer = OperationalError("away"), Printer("503 Service Unavailable")
        shop.cache = PageCache(shop.printer, PageVersions(shop.read))
        assert (shop(), ask(shop.cache, "/unit/").status) == ("/? no. 1", 503)

    def test_a_full_disk_costs_only_that(self, _at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
        shop = Shop()
        monkeypatch.setattr(type(caches["pages"]), "set", _no_space)
        monkeypatch.setattr(type(caches["pages"]), "get", _no_space)
        shop.version = FIRST
        assert shop() == "/? no. 1"
        shop.printer.status = "503 Service Unavailable"
        assert ask(shop.cache, "/unit/").status == 503

    def test_a_database_that_hangs_holds_nobody_up(self, _at_once: None) -> None:
        shop, answers = Shop(), Event()
        shop()
        shop.cache.versions.read = lambda: (answers.wait(5), SECOND)[1]
        began = monotonic()
        assert [shop() for _ in range(FACES)] == ["/? no. 1"] * FACES
        assert monotonic() - began < 3 * versions.MAX_VERSION_WAIT
        answers.set()

    def test_a_page_that_was_never_kept_is_refused_at_once(self, _at_once: None) -> None:
        """The application is told, so that no reader waits for a database that is known to be away."""
        shop, told = Shop(), []
        shop()
        shop.version = OperationalError("away")
        shop()

        def listening(environ: Any, start_response: Any) -> Iterable[bytes]:
            told.append(environ[DATABASE_AWAY])
            return shop.printer(environ, start_response)

        shop.cache.application = listening
        shop("/unit/")
        assert told == [True]


def _refuse(*arguments: object) -> None:
    raise AssertionError("the database was asked")


@pytest.fixture
def shown() -> PageCache:
    """The real pages, behind the cache, in a version that stands still."""
    caches["pages"].clear()
    return PageCache(WSGIHandler(), PageVersions(lambda: FIRST))


@pytest.mark.django_db(transaction=True)
def test_every_public_address_is_shared_and_answers_304(shown: PageCache) -> None:
    world = AccessWorld()
    found = {}
    for route in PUBLIC_ROUTES.keys() - NOT_SHARED.keys():
        page = ask(shown, world.address(route), ACCEPT_ENCODING="gzip")
        again = ask(shown, world.address(route), IF_NONE_MATCH=page.headers.get("ETag", "none"))
        vary = page.headers.get("Vary", "Accept-Encoding")  # what is too short to be packed does not vary at all
        headers = (page.headers.get("Cache-Control"), vary, page.headers.get("Set-Cookie"))
        found[route] = (page.status, *headers, again.status, again.body)
    assert found == dict.fromkeys(found, (200, PUBLIC_CACHE_CONTROL, "Accept-Encoding", None, 304, b""))
    private = {route: ask(shown, world.address(route)).headers.get("ETag") for route in NOT_SHARED}
    evidence = "bukti/<slug:public_sha256>/"  # named by its digest, and asked for each time
    assert private == dict.fromkeys(NOT_SHARED) | {evidence: f'"{world.address(evidence).split("/")[2]}"'}


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_is_signed_in_reads_what_everyone_reads(shown: PageCache) -> None:
    """Kept from the first request, which brings a session, and read by the next, which brings none."""
    cast = Cast()
    session = doors.enter(cast.head).cookies["sessionid"].value
    member = ask(shown, "/unit/dinkes/", COOKIE=f"sessionid={session}")
    assert member == ask(shown, "/unit/dinkes/")
    assert ask(shown, "/kerja/", COOKIE=f"sessionid={session}").status == 200
    assert ask(shown, "/kerja/").status == 302


@pytest.mark.django_db(transaction=True)
def test_pages_as_of_different_days_are_different_pages(shown: PageCache, time: TurnedClock) -> None:
    Cast().target()
    time.moment = utc(2019, 1, 5, 3)
    days = ["2017-11-02", "2018-01-01", "2017-11-02"]
    pages = [str(ask(shown, f"/?per={day}", ACCEPT_ENCODING="gzip")) for day in days]
    assert pages[0] == pages[2] != pages[1]
    assert ["Senin, 1 Januari 2018" in page for page in pages] == [False, True, False]


@pytest.mark.django_db(transaction=True)
def test_a_file_too_long_to_be_kept_is_sent_as_it_comes(shown: PageCache, monkeypatch: pytest.MonkeyPatch) -> None:
    Cast()
    monkeypatch.setattr(page_cache, "MAX_PAGE_BYTES", 1000)
    packed, plain = ask(shown, "/jejak.jsonl", ACCEPT_ENCODING="gzip"), ask(shown, "/jejak.jsonl")
    assert str(packed) == str(plain) == "".join(lines(0, 10**9))
    assert ask(shown, "/jejak.jsonl", "HEAD").body == b""
    assert shown.finished.pages == {}


@pytest.mark.sqlite
@pytest.mark.django_db
def test_the_api_answers_anyone_300_times_a_minute_and_more(client: Client) -> None:
    """In front of no cache: each is another question."""
    asked = [client.get(f"/api/v1/signatures/?limit=1&offset={number}").status_code for number in range(310)]
    assert Counter(asked) == {200: 310}


@pytest.mark.django_db(transaction=True)
def test_an_away_database_gets_a_sentence_at_once(shown: PageCache) -> None:
    shown.versions.current()
    shown.versions.has_failed, shown.versions.started_at = True, float("inf")  # and stays so
    with connection.execute_wrapper(_refuse):
        answer = ask(shown)
    assert (answer.status, answer.headers["Retry-After"], shown.finished.pages) == (503, "5", {})
    assert "Data register tidak hilang" in str(answer)


@pytest.mark.django_db(transaction=True)
def test_an_act_is_on_the_page_within_a_second() -> None:
    cast = Cast()
    shop = PageCache(WSGIHandler(), PageVersions(partial(versions.read_version, "r")))
    before = ask(shop, "/komitmen/")
    assert ask(shop, "/komitmen/", IF_NONE_MATCH=before.headers["ETag"]).status == 304
    title = cast.commitment(title="Antrean tanpa loket").title
    acted = monotonic()
    while title not in str(after := ask(shop, "/komitmen/", IF_NONE_MATCH=before.headers["ETag"])):
        assert (after.status, monotonic() - acted < 2) == (304, True)
        sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_an_account_given_to_a_unit_makes_another_version() -> None:
    """Pages say whether a unit has one. A place in a unit is an entry; an account switched off is none."""
    cast = Cast()
    empty = versions.read_version("r")
    person("kepala-bagian", unit=cast.bagian)
    given = versions.read_version("r")
    User.objects.filter(username="kepala-bagian").update(is_active=False)
    off = versions.read_version("r")
    assert (given.head != empty.head, given.accounts != empty.accounts) == (True, True)
    assert (off.head, off.accounts) == (given.head, empty.accounts)


@pytest.mark.sqlite
def test_a_changed_file_makes_another_release(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "requirements.txt").write_text("django")
    (tmp_path / "templates").mkdir()
    page = tmp_path / "templates" / "home.html"
    page.write_text("one")
    before = versions.release()
    assert versions.release() == before
    page.write_text("two")
    assert versions.release() != before


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("letters", ["utf-16", "hex", "latin-1"])
def test_nobody_makes_a_page_read_its_address_in_other_letters(letters: str) -> None:
    """Else the page of today would be kept under the address of another day."""
    cache: Any = PageCache(WSGIHandler(), PageVersions(lambda: FIRST))
    asked = {"CONTENT_TYPE": f"a/b; charset={letters}", "HTTP_HOST": "localhost"}
    environ = RequestFactory().get("/?per=kemarin").environ | asked
    told: list[Any] = []
    body = b"".join(cache(environ, lambda status, headers, exc_info=None: told.extend((status, headers))))
    text = gzip.decompress(body) if dict(told[1]).get("Content-Encoding") == "gzip" else body
    assert (told[0], "“kemarin” bukan tanggal".encode() in text) == ("200 OK", True)


@pytest.mark.sqlite
@pytest.mark.parametrize(("letters", "status"), [("utf-8", 200), ("UTF8", 200), ("utf-16", 400), ("hex", 400)])
def test_a_request_in_other_letters_is_refused(letters: str, status: int) -> None:
    environ = RequestFactory().get("/").environ | {"CONTENT_TYPE": f"a/b; charset={letters}"}
    told: list[str] = []
    guarded: Any = only_utf_8(Printer())
    guarded(environ, lambda code, headers, exc_info=None: told.append(code))
    assert told[0].startswith(str(status))
