"""The version of all public pages: the register's head, the active accounts, the day and the release."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date
from threading import Lock
from time import monotonic
from typing import NamedTuple

from django.conf import settings
from django.db import close_old_connections

from opd import clock
from opd.models import Entry, Membership

logger = logging.getLogger(__name__)

SECONDS_FRESH = 1.0  # seconds that a version counts as new; then a process asks the database again
MAX_VERSION_WAIT = 0.25  # seconds that a reader waits for that answer, at most once in SECONDS_FRESH
SECONDS_UNTIL_AWAY = 3.0  # seconds without an answer after which the database counts as away
RELEASE_SOURCES = ("opd", "commitments", "semarang_mou", "templates", "static", "locale", "requirements.txt")


class PageVersion(NamedTuple):
    """What a public page depends on beside its address. `accounts` is the one part that is not in the register."""

    head: str
    accounts: str
    day: date
    release: str


def release() -> str:
    """A digest of all files that pages are made with, so that nobody has to raise a version number."""
    digest = hashlib.sha256()
    for source in RELEASE_SOURCES:
        place = settings.BASE_DIR / source
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(settings.BASE_DIR)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def read_version(released: str) -> PageVersion:
    """The version read from the database; a database error is raised."""
    close_old_connections()
    try:
        head = Entry.objects.order_by("-seq").values_list("hash", flat=True).first() or ""
        active = Membership.objects.filter(user__is_active=True).order_by("unit", "from_on", "until_on")
        accounts = repr(list(active.values_list("unit", "from_on", "until_on")))
        return PageVersion(head, hashlib.sha256(accounts.encode()).hexdigest(), clock.today(), released)
    finally:
        close_old_connections()


class PageVersions:
    """The version in force. A thread of its own reads it, so that no reader waits for a database that hangs."""

    def __init__(self, read: Callable[[], PageVersion]) -> None:
        self.read = read
        self.latest: PageVersion | None = None  # None until the database has answered once
        self.has_failed = False
        self.started_at = float("-inf")  # of the last reading, on the monotonic clock
        self.reading: Future[None] | None = None
        self.lock = Lock()
        self.thread = ThreadPoolExecutor(1, "version")

    def current(self) -> PageVersion | None:
        """The version, read at most SECONDS_FRESH ago; while the database is away, the last known one."""
        if reading := self._begin_reading():
            wait([reading], MAX_VERSION_WAIT)
        return self.latest

    async def awaited(self) -> PageVersion | None:
        """The same on an event loop."""
        if reading := self._begin_reading():
            await asyncio.wait([asyncio.wrap_future(reading)], timeout=MAX_VERSION_WAIT)
        return self.latest

    def _begin_reading(self) -> Future[None] | None:
        """A reading that begins now, when one is due; whoever comes meanwhile takes the version before."""
        if monotonic() - self.started_at < SECONDS_FRESH or not self.lock.acquire(blocking=False):
            return None
        try:
            if self.reading is not None and not self.reading.done():
                return None
            self.started_at = monotonic()
            self.reading = self.thread.submit(self._read)
            return self.reading
        finally:
            self.lock.release()

    @property
    def away(self) -> bool:
        """Whether the last reading failed, or takes longer than SECONDS_UNTIL_AWAY."""
        is_open = self.reading is not None and not self.reading.done()
        return self.has_failed or (is_open and monotonic() - self.started_at > SECONDS_UNTIL_AWAY)

    def _read(self) -> None:
        try:
            self.latest, self.has_failed = self.read(), False
        except Exception as error:  # any error of a driver: pages of the last version stay true as of its head
            if not self.has_failed:
                logger.warning("the register's head cannot be read (%r): serving what is kept", error)
            self.has_failed = True
