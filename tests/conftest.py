"""Fixtures of all tests: test keys, a database and an evidence folder for each run, a browser.

`pytest` runs on SQLite, `pytest --database=postgres` on a PostgreSQL server that lives as long as it does;
`make test` does both. Where a server or a browser is missing, tests skip and the last section says so;
with REQUIRE_ALL=1 (as in CI) such a skip fails the session.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import chromium, databases, postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django import DjangoDbBlocker, Settings
    from pytest_django.live_server_helper import LiveServer

    from opd.clock import TurnedClock

MISSING = "MISSING "
MEMORY, ROOM = Path("/dev/shm"), 2**30  # bytes
SERVER = pytest.StashKey[postgres.Postgres]()
SHEETS = pytest.StashKey[tempfile.TemporaryDirectory[str]]()

# Before anything reads the settings. A test never sees the machine's own keys, database, cache or mail.
os.environ.update(
    DJANGO_SETTINGS_MODULE="semarang_mou.settings",
    SECRET_KEY="a-key-for-tests-" * 4,
    REGISTER_KEY="a-register-key-for-tests-" * 4,
    DEBUG="0",
    SECURE="0",
    CACHE_URL="locmemcache://",
    EMAIL_URL="memorymail://",
    EVIDENCE_DIR="/no-test-writes-here",
    BACKUP_DIR="",
    LOCK_WAIT="20",  # tests race by the dozen, on a machine that is busy with others
    THREADS="30",  # PostgreSQL's pool: tests that race use many threads in one process
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgres"], default="sqlite", help="what the tests run on")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # workers inherit the answer through the environment
        os.environ["DATABASE_URL"] = "sqlite:////no-test-writes-here"
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # a time limit's end stops servers and disks too
        if config.getoption("database") == "postgres" and not postgres.why_not():
            config.stash[SERVER] = postgres.Postgres()
            os.environ["DATABASE_URL"] = config.stash[SERVER].start()

    from django.conf import settings

    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = True  # no collectstatic before a test run
    config.stash[SHEETS] = _as_collected(settings)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # sign-ins by the hundred


def _as_collected(settings: Any) -> tempfile.TemporaryDirectory[str]:
    """Sheets with what they import, found before their sources: axe cannot read an import under our policy."""
    from django.core.files.storage import FileSystemStorage

    from semarang_mou.static_files import joined

    folder = tempfile.TemporaryDirectory()
    Path(folder.name, "css").mkdir()
    [sources] = settings.STATICFILES_DIRS
    Path(folder.name, "css/base.css").write_bytes(joined(FileSystemStorage(sources), "css/base.css"))
    settings.STATICFILES_DIRS = [folder.name, sources]
    return folder


def pytest_unconfigure(config: pytest.Config) -> None:
    if SHEETS in config.stash:
        config.stash[SHEETS].cleanup()
    if SERVER in config.stash:
        config.stash[SERVER].stop()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests about one database run on that one; without a server, the PostgreSQL half skips and says so."""
    here = config.getoption("database")
    elsewhere = {"sqlite": "postgres", "postgres": "sqlite"}[here]
    config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker(elsewhere)])
    items[:] = [item for item in items if not item.get_closest_marker(elsewhere)]
    for item in items:
        if here == "postgres" and item.get_closest_marker("by_night_on_postgres"):
            item.add_marker("nightly")
    if here == "postgres" and (reason := postgres.why_not()):
        for item in items:
            item.add_marker(pytest.mark.skip(reason=f"{MISSING}{reason}: {postgres.INSTALL}"))


def missing(terminal: pytest.TerminalReporter) -> dict[str, int]:
    """How many tests each missing tool cost."""
    reasons = [str(report.longrepr[2]) for report in terminal.stats.get("skipped", [])]
    told = [reason.partition(MISSING)[2] for reason in reasons if MISSING in reason]
    return {reason: told.count(reason) for reason in dict.fromkeys(told)}


def pytest_sessionfinish(session: pytest.Session) -> None:
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("REQUIRE_ALL") == "1" and terminal and missing(terminal) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for reason, count in missing(terminalreporter).items():
        terminalreporter.section("TESTS THAT DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"{count} tests skipped: {reason}", red=True, bold=True)
        if os.environ.get("REQUIRE_ALL") == "1":
            terminalreporter.line("REQUIRE_ALL=1: this run counts as failed.", red=True, bold=True)
    terminalreporter.line(f"Database: {config.getoption('database')}")


@pytest.fixture(scope="session")
def own_database(request: pytest.FixtureRequest, django_db_blocker: "DjangoDbBlocker") -> Iterator[None]:
    """A copy of the migrated template. On SQLite a file, so that WAL, IMMEDIATE and threads behave as in production;
    where memory can hold it, it waits for no disk. Its folder or its server goes with all that is in it."""
    from django.db import connection

    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(prefix="database-", dir=MEMORY if in_memory else None) as folder:
        kept_in = request.config.cache.mkdir("databases") if request.config.cache else Path(folder)
        worker = getattr(request.config, "workerinput", {}).get("workerid", "alone")
        name = f"{folder}/test.sqlite3" if connection.vendor == "sqlite" else f"test_{worker}"
        with django_db_blocker.unblock():
            databases.use_copy(name, kept_in)
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, own_database: None, django_db_blocker: "DjangoDbBlocker"
) -> Iterator[None]:
    """A test with real transactions leaves the database as the migrations made it: guards, groups and all.

    Django's own flush would be refused by the guards, and forget the rows that migrations put in.
    """
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test import TransactionTestCase

    from opd.register import triggers

    with django_db_blocker.unblock():
        as_migrated = connection.creation.serialize_db_to_string()

    def start_over(self: TransactionTestCase) -> None:
        with transaction.atomic():  # one commit, not one for each of a hundred statements
            triggers.drop()
            call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
            connection.creation.deserialize_db_from_string(as_migrated)
            triggers.install()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", start_over)
        yield


@pytest.fixture(autouse=True)
def _fresh_ground(settings: "Settings", tmp_path: Path) -> None:
    """No test finds another one's evidence, throttles or ladder."""
    from django.core.cache import cache

    settings.MEDIA_ROOT = str(tmp_path / "evidence")
    cache.clear()  # the ladder's too: both are the same memory here


@pytest.fixture
def time(db: None) -> "Iterator[TurnedClock]":
    """A register of a demonstration, whose clock the test turns: `time.moment = utc(2019, 1, 5, 3)`.

    It begins on the day of the signing.
    """
    from tests.cast import utc
    from tests.history_of_everything import demonstration

    with demonstration(utc(2017, 11, 2, 3)) as turned:
        yield turned


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    if not chromium.EXECUTABLE:
        pytest.skip(f"{MISSING}no chromium in PATH: {chromium.INSTALL}")
    yield from chromium.launch()


@pytest.fixture
def new_page(browser: "Browser", live_server: "LiveServer", settings: "Settings") -> Iterator[Callable[..., "Page"]]:
    """`new_page(width=360, height=740, color_scheme="dark", java_script_enabled=False)`: a new visitor.

    Addresses are relative to the live server. By the end of the test no page may have met the
    Content-Security-Policy or asked another host for anything.
    """
    settings.SITE_URL = live_server.url  # where the links of invitations and letters lead
    yield from chromium.visitors(browser, live_server.url)


@pytest.fixture
def page(new_page: Callable[..., "Page"]) -> "Page":
    return new_page()
