"""The version of all public pages: the register's head, the active accounts, the day, the release."""

from __future__ import annotations

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

SECONDS_FRESH = 1.0  # seconds: a process asks at most this often
MAX_VERSION_WAIT = 0.25  # seconds that a reader waits for the answer, at most once in FRESH
SECONDS_UNTIL_AWAY = 3.0  # seconds after which a database that owes its answer counts as away
RELEASE_SOURCES = ("opd", "commitments", "semarang_mou", "templates", "static", "locale", "requirements.txt")


class PageVersion(NamedTuple):
    """Two pages of the same address and version say the same. `accounts` is all they show that is not registered."""

    head: str
    accounts: str
    day: date
    release: str


def release() -> str:
    """A digest of everything that pages are made with: nobody has to remember to count it up."""
    digest = hashlib.sha256()
    for source in RELEASE_SOURCES:
        place = settings.BASE_DIR / source
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(settings.BASE_DIR)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def look(released: str) -> PageVersion:
    """The version as the database tells it; raises what a database raises."""
    close_old_connections()
    try:
        head = Entry.objects.order_by("-seq").values_list("hash", flat=True).first() or ""
        active = Membership.objects.filter(user__is_active=True).order_by("unit", "from_on", "until_on")
        accounts = repr(list(active.values_list("unit", "from_on", "until_on")))
        return PageVersion(head, hashlib.sha256(accounts.encode()).hexdigest(), clock.today(), released)
    finally:
        close_old_connections()


class PageVersions:
    """The version in force, asked for in a thread of its own: a database that hangs holds no reader up."""

    def __init__(self, look: Callable[[], PageVersion]) -> None:
        self.look = look
        self.latest: PageVersion | None = None  # None until the database has answered once
        self.failed = False
        self.asked_at = float("-inf")
        self.asked: Future[None] | None = None
        self.turn = Lock()
        self.thread = ThreadPoolExecutor(1, "version")

    def current(self) -> PageVersion | None:
        """The version at most `FRESH` ago, or the last one known while the database is away."""
        if monotonic() - self.asked_at >= SECONDS_FRESH and self.turn.acquire(blocking=False):
            try:
                if self.asked is None or self.asked.done():
                    self.asked_at = monotonic()
                    self.asked = self.thread.submit(self._ask)
                    wait([self.asked], MAX_VERSION_WAIT)
            finally:
                self.turn.release()
        return self.latest

    @property
    def away(self) -> bool:
        """Whether the database failed to answer the last time, or still owes its answer."""
        owing = self.asked is not None and not self.asked.done() and monotonic() - self.asked_at > SECONDS_UNTIL_AWAY
        return self.failed or owing

    def _ask(self) -> None:
        try:
            self.latest, self.failed = self.look(), False
        except Exception as error:  # whatever a driver raises: the last version is still true as of its head
            if not self.failed:
                logger.warning("the register's head cannot be read (%r): serving what is kept", error)
            self.failed = True
