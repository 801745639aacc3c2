"""Is what one address may ask for limited, for it alone, behind a proxy too, and is what is kept free?"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.cache.backends.dummy import DummyCache
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory

from opd.accounts import throttle
from opd.accounts.hashing import HALF
from opd.accounts.throttle import API, DOWNLOADS, Limit, client_address
from semarang_mou.file_cache import FileCache
from semarang_mou.page_cache import PageCache
from semarang_mou.page_cache.version import PageVersion
from tests import doors
from tests.cast import Cast

if TYPE_CHECKING:
    from pytest_django import Settings

DEAR = ["/jejak.jsonl", "/data/units.json", "/data/targets.xlsx", "/unit/?format=xlsx", "/unit/dinkes/data.csv"]


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    """All within a moment: no limit's window ends meanwhile."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


@pytest.fixture
def cast() -> Cast:
    return Cast()


def use_up(limit: Limit, address: str = "127.0.0.1") -> None:
    assert [limit.take(address) for _ in range(limit.most + 1)] == [True] * limit.most + [False]


@pytest.mark.django_db
@pytest.mark.parametrize("path", DEAR)
def test_a_dear_download_is_refused_to_the_address_that_had_its_share(cast: Cast, path: str) -> None:
    use_up(DOWNLOADS)
    refused, elsewhere = Client().get(path), Client(REMOTE_ADDR="10.9.9.9").get(path)
    assert (refused.status_code, refused["Retry-After"], elsewhere.status_code) == (429, "60", 200)
    assert Client().get("/unit/").status_code == 200  # pages are no downloads


@pytest.mark.django_db
def test_each_download_counts_once(cast: Cast) -> None:
    for _ in range(DOWNLOADS.most):
        assert Client().get("/data/units.json").status_code == 200
    assert Client().get("/data/units.json").status_code == 429


@pytest.mark.django_db
def test_the_api_says_in_json_that_it_was_too_much(cast: Cast) -> None:
    use_up(API)
    refused = Client().get("/api/v1/units/")
    assert (refused.status_code, refused["Access-Control-Allow-Origin"]) == (429, "*")
    assert json.loads(refused.content) == {
        "error": "Paling banyak 600 permintaan tiap 60 detik; coba lagi sebentar lagi."
    }


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["paket.pdf", "paket.xlsx", "dinkes.pdf?per=2017-11-02"])
def test_papers_of_the_secretariat_are_limited_too(cast: Cast, path: str) -> None:
    use_up(DOWNLOADS)
    assert doors.enter(cast.keeper).get(f"/admin/rapor/{path}").status_code == 429


class Steady:
    """A register that does not move."""

    away = False

    def current(self) -> PageVersion:
        return PageVersion("head", "accounts", date(2026, 11, 30), "release")


def asked(shelf: PageCache, path: str, **headers: str) -> str:
    """The status of an answer from behind the page cache, all of it read."""
    said: list[str] = []
    environ = RequestFactory().get(path, **headers).environ  # type: ignore[arg-type]
    body = shelf(environ, lambda status, headers, exc_info=None: said.append(status))  # type: ignore[arg-type]
    b"".join(body)
    getattr(body, "close", lambda: None)()
    return said[0][:3]


@pytest.mark.django_db(transaction=True)
def test_behind_the_page_cache_every_reader_is_counted_alone_and_what_is_kept_is_free(
    cast: Cast, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    shelf = PageCache(WSGIHandler(), Steady())  # type: ignore[arg-type]
    use_up(DOWNLOADS, "10.1.1.1")
    assert asked(shelf, "/data/units.json", HTTP_X_FORWARDED_FOR="10.1.1.1") == "429"
    assert asked(shelf, "/data/units.json", HTTP_X_FORWARDED_FOR="10.2.2.2") == "200"
    assert asked(shelf, "/data/units.json", HTTP_X_FORWARDED_FOR="10.1.1.1") == "200"  # kept: it costs nothing
    assert asked(shelf, "/data/units.json?per=2018-01-01", HTTP_X_FORWARDED_FOR="10.1.1.1") == "429"


def test_an_address_is_one_network_and_never_breaks_a_page(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    for said, meant in (
        ({"REMOTE_ADDR": "2001:db8:1:2:3::4"}, "2001:db8:1:2::/64"),
        ({"REMOTE_ADDR": "10.1.1.1", "HTTP_X_FORWARDED_FOR": "1.1.1.1"}, "10.1.1.1"),  # past one of our proxies
        ({"REMOTE_ADDR": "10.1.1.1", "HTTP_X_FORWARDED_FOR": "1.1.1.1, 2.2.2.2"}, "1.1.1.1"),
        ({"REMOTE_ADDR": ""}, ""),
        ({"REMOTE_ADDR": "10.1.1.1", "HTTP_X_FORWARDED_FOR": "x, y"}, "10.1.1.1"),
    ):
        assert client_address(RequestFactory().get("/", **said)) == meant  # type: ignore[arg-type]


def test_a_limit_begins_anew_with_its_window_and_gives_back() -> None:
    limit = Limit("try", 2, 60)
    use_up(limit)  # and one more
    limit.give_back("127.0.0.1")
    limit.give_back("127.0.0.1")
    assert limit.take("127.0.0.1")
    with time_machine.travel(time.time() + 60, tick=False):
        use_up(limit)


def test_where_nothing_can_be_counted_nobody_is_turned_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Away(DummyCache):
        def add(self, *_: object, **__: object) -> bool:
            raise ConnectionError("the cache's server is away")

    monkeypatch.setattr(throttle, "cache", Away("", {}))
    assert [Limit("try", 1, 60).take("10.1.1.1") for _ in range(3)] == [True] * 3
    assert "could not be counted" in caplog.text


def test_without_its_folder_a_file_cache_counts_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = file_cache(tmp_path / "cache")
    (tmp_path / "cache").rmdir()
    (tmp_path / "cache").touch()  # a file where its folder was
    monkeypatch.setattr(throttle, "cache", broken)
    assert [Limit("try", 1, 60).take("10.1.1.1") for _ in range(3)] == [True, False, False]


def file_cache(folder: Path, **options: Any) -> FileCache:
    return FileCache(str(folder), {"OPTIONS": options})


def test_only_one_of_many_adds_to_the_file_cache(tmp_path: Path) -> None:
    caches = [file_cache(tmp_path) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for number in range(50):
            added = pool.map(lambda one, key=f"code-{number}": one.add(key, "y"), caches)
            assert sum(added) == 1


def test_no_increment_of_the_file_cache_is_lost_and_none_lives_longer_for_it(tmp_path: Path) -> None:
    caches = [file_cache(tmp_path) for _ in range(8)]
    caches[0].set("n", 0, 3600)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda at: caches[at % 8].incr("n"), range(200)))
    assert caches[0].get("n") == 200
    with time_machine.travel(time.time() + 3599, tick=False):
        assert caches[0].get("n") == 200
    with time_machine.travel(time.time() + 3601, tick=False), pytest.raises(ValueError, match="not found"):
        caches[0].incr("n")


def test_a_full_file_cache_forgets_first_what_ends_first(tmp_path: Path) -> None:
    small = file_cache(tmp_path, MAX_ENTRIES=30)
    small.set("account", 100, 3600)
    small.set("for-ever", 1, None)
    for number in range(300):
        small.set(f"address-{number}", 1, 60)
    assert (small.get("account"), small.get("for-ever")) == (100, 1)
    assert len(list(tmp_path.glob("*.djcache"))) <= 30


def test_on_a_full_disk_each_process_counts_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = file_cache(tmp_path)
    counter.set("before", 1)

    def no_space(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("django.core.cache.backends.filebased.tempfile.mkstemp", no_space)
    assert (counter.add("n", 0, 60), counter.add("n", 0, 60)) == (True, False)
    assert [counter.incr("n") for _ in range(3)] == [1, 2, 3]
    assert (counter.get("n"), counter.get("before"), counter.get("absent", "none")) == (3, 1, "none")
    monkeypatch.undo()
    counter.set("n", 7)
    assert counter.get("n") == 7


@pytest.mark.django_db
def test_hashing_leaves_half_of_the_threads_to_readers(cast: Cast, settings: Settings) -> None:
    """Whoever comes when that many are at it is asked to come again, at once, and loses no guess by it."""
    settings.PASSWORD_HASHERS = ["opd.accounts.hashing.Scrypt", *settings.PASSWORD_HASHERS]
    given = {"login": "tidak-ada", "password": "salah"}
    taken = 0
    while HALF.acquire(blocking=False):
        taken += 1
    try:
        busy = [Client().post("/akun/login/", given) for _ in range(8)]
    finally:
        HALF.release(taken)
    assert {(answer.status_code, answer["Retry-After"]) for answer in busy} == {(503, "3")}
    assert "Banyak yang sedang masuk" in busy[0].content.decode()
    assert "tidak cocok" in Client().post("/akun/login/", given).content.decode()
    assert taken == settings.THREADS // 2
