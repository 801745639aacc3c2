"""Finished public pages: those in the memory of a process, and the last rendering by any process on disk."""

from __future__ import annotations

import hashlib
import logging
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from django.core.cache import caches

from semarang_mou.page_cache.version import PageVersion

MAX_PAGES = 2000
MAX_BYTES = 64 * 1024 * 1024  # a process, at most
MAX_SHARED_BYTES = 128 * 1024  # of one page; a longer one is not kept on disk
SECONDS_SHARED = 7 * 24 * 60 * 60

Headers = list[tuple[str, str]]

_log = logging.getLogger(__name__)


class PageAddress(NamedTuple):
    """Everything that a public page may depend on, apart from the version. The language is in the path."""

    scheme: str
    host: str
    path: str
    query: str
    gzip: bool


class FinishedPage(NamedTuple):
    address: PageAddress
    version: PageVersion
    etag: str
    headers: Headers
    body: bytes

    @property
    def size(self) -> int:
        return len(self.body) + len(self.address.path) + len(self.address.query) + 2048  # headers and Python objects


class FinishedPages:
    """The finished pages, limited in number and in bytes: the page that was not used for longest is dropped first."""

    def __init__(self, max_pages: int = MAX_PAGES, max_size: int = MAX_BYTES) -> None:
        self.max_pages, self.max_size, self.size = max_pages, max_size, 0
        self.pages: OrderedDict[PageAddress, FinishedPage] = OrderedDict()
        self.lock = Lock()

    def find(self, address: PageAddress) -> FinishedPage | None:
        with self.lock:
            page = self.pages.get(address)
            if page:
                self.pages.move_to_end(address)
            return page

    def put(self, page: FinishedPage) -> None:
        with self.lock:
            self._drop(page.address)
            self.pages[page.address] = page
            self.size += page.size
            while self.size > self.max_size or len(self.pages) > self.max_pages:
                self.size -= self.pages.popitem(last=False)[1].size

    def forget(self, address: PageAddress) -> None:
        with self.lock:
            self._drop(address)

    def _drop(self, address: PageAddress) -> None:
        page = self.pages.pop(address, None)
        self.size -= page.size if page else 0


class SharedPages:
    """The last rendering of each page by any process, in the cache "pages": for when the database is away."""

    def put(self, page: FinishedPage) -> None:
        if len(page.body) > MAX_SHARED_BYTES:
            return
        kept = (tuple(page.version), page.etag, page.headers, page.body)
        try:
            caches["pages"].set(_key(page.address), kept, SECONDS_SHARED)
        except Exception:  # a full disk, a server that is away: every backend fails in its own words
            _log.warning("a page could not be kept for when the database is away", exc_info=True)

    def find(self, address: PageAddress) -> FinishedPage | None:
        try:
            kept = caches["pages"].get(_key(address))
        except Exception:
            _log.warning("a kept page could not be read", exc_info=True)
            return None
        return kept and FinishedPage(address, PageVersion(*kept[0]), *kept[1:])


def _key(address: PageAddress) -> str:
    return hashlib.sha256(repr(tuple(address)).encode()).hexdigest()
