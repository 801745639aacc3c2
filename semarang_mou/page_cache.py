"""Who gets a finished page, and when is one rendered anew? Compressed bytes, kept in front of Django.

Only answers of views marked `public_page` are kept, in the memory of each process: with few processes that costs
one rendering more an act, and a hit neither a file, a socket nor a lock between processes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.http import parse_etags

from commitments.public_page import DATABASE_AWAY, PUBLIC_CACHE_CONTROL, canonical
from opd.accounts.throttle import ADDRESS, client_address
from semarang_mou import language
from semarang_mou.page_version import PageVersion, PageVersions

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

MAX_PAGES = 2000
MAX_BYTES = 64 * 1024 * 1024  # a process, at most
MAX_PAGE_BYTES = 1024 * 1024  # a longer answer is rendered for each who asks
MAX_ADDRESS_LETTERS = 2000  # characters of an address that are remembered; no page of ours has more
ONLY_VARY = "Accept-Encoding"
MAX_RENDER_WAIT = 10  # seconds for another thread's rendering of a page that was never kept

Headers = list[tuple[str, str]]


class PageAddress(NamedTuple):
    """All that a public page may depend on beside the version. The language is in the path."""

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
        return len(self.body) + len(self.address.path) + len(self.address.query) + 2048  # headers and what holds them


class FinishedPages:
    """Finished pages, bounded in number and in bytes: the one not asked for longest makes room."""

    def __init__(self, pages: int = MAX_PAGES, size: int = MAX_BYTES) -> None:
        self.pages, self.most, self.size = pages, size, 0
        self.kept: OrderedDict[PageAddress, FinishedPage] = OrderedDict()
        self.lock = Lock()

    def find(self, address: PageAddress) -> FinishedPage | None:
        with self.lock:
            found = self.kept.get(address)
            if found:
                self.kept.move_to_end(address)
            return found

    def put(self, page: FinishedPage) -> None:
        with self.lock:
            self._drop(page.address)
            self.kept[page.address] = page
            self.size += page.size
            while self.size > self.most or len(self.kept) > self.pages:
                self.size -= self.kept.popitem(last=False)[1].size

    def forget(self, address: PageAddress) -> None:
        with self.lock:
            self._drop(address)

    def _drop(self, address: PageAddress) -> None:
        page = self.kept.pop(address, None)
        self.size -= page.size if page else 0


class PageCache:
    """The application, with a shelf of finished pages in front."""

    def __init__(self, application: WSGIApplication, versions: PageVersions) -> None:
        self.application = application
        self.versions = versions
        self.shelf = FinishedPages()
        self.rendering: dict[PageAddress, Lock] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        known = allowed(environ)
        version = None if known is None else self.versions.current()
        if known is None or version is None:
            return self.application(environ, start_response)
        address = address_of(environ, known)
        page = self.shelf.find(address)
        if page and page.version == version:
            return answer(page, environ, start_response)
        etag = etag_of(address, version)
        if is_known(etag, environ):  # nobody else can make it up: this address has answered in this version
            return not_modified(etag, start_response)
        return self._wait_or_render(PageRequest(environ, start_response, address, version, etag))

    def _wait_or_render(self, asked: PageRequest) -> Iterable[bytes]:
        """One renders; meanwhile others get the previous page, or wait when there never was one."""
        lock = self.rendering.setdefault(asked.address, Lock())
        mine = lock.acquire(timeout=0 if self.shelf.find(asked.address) else MAX_RENDER_WAIT)
        try:
            last = self.shelf.find(asked.address)
            if last and (last.version == asked.version or not mine):
                return answer(last, asked.environ, asked.start_response)
            return self._render(asked, last)
        finally:
            if mine:
                self.rendering.pop(asked.address, None)
                lock.release()

    def _render(self, asked: PageRequest, last: FinishedPage | None) -> Iterable[bytes]:
        told = StartedResponse()
        body = self.application(anonymous(asked, away=self.versions.away), told)
        if told.status.startswith("5") and last:
            close(body)
            return answer(last, asked.environ, asked.start_response)
        if told.is_for_all:
            told.headers.append(("ETag", asked.etag))
            if told.length <= MAX_PAGE_BYTES:
                page = FinishedPage(asked.address, asked.version, asked.etag, told.headers, b"".join(body))
                close(body)
                self.shelf.put(page)
                return answer(page, asked.environ, asked.start_response)
        else:
            self.shelf.forget(asked.address)
        asked.start_response(told.status, told.headers)
        if asked.environ["REQUEST_METHOD"] == "HEAD":
            close(body)
            return []
        return body


class PageRequest(NamedTuple):
    """A request for a page that is not on the shelf."""

    environ: WSGIEnvironment
    start_response: StartResponse
    address: PageAddress
    version: PageVersion
    etag: str


class StartedResponse:
    """What the application says before it sends: it takes the place of the server's `start_response`."""

    status = ""
    headers: Headers

    def __call__(self, status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, list(headers)
        return _no_write

    @property
    def is_for_all(self) -> bool:
        said = {name.lower(): value for name, value in self.headers}
        return (
            self.status.startswith("200")
            and said.get("cache-control") == PUBLIC_CACHE_CONTROL
            and said.get("vary", ONLY_VARY) == ONLY_VARY
            and "set-cookie" not in said
        )

    @property
    def length(self) -> float:
        """Bytes to come; endless while the application does not know."""
        return float(dict(self.headers).get("Content-Length", "inf"))


def _no_write(data: bytes) -> object:
    """WSGI's older way to send a body, which must be there to be given."""
    raise NotImplementedError("Django returns its body")


def allowed(environ: WSGIEnvironment) -> frozenset[str] | None:
    """What the address of a public page may carry; None when this is no reading of one."""
    path = environ["PATH_INFO"]
    short = len(path) + len(environ.get("QUERY_STRING", "")) <= MAX_ADDRESS_LETTERS
    return parameters(path) if short and environ["REQUEST_METHOD"] in ("GET", "HEAD") else None


@lru_cache(4096)
def parameters(path: str) -> frozenset[str] | None:
    try:
        path = path.encode("latin-1").decode()
        with translation.override(language.of(path)):
            return getattr(resolve(path).func, "parameters", None)
    except (Resolver404, UnicodeError):
        return None


def address_of(environ: WSGIEnvironment, known: frozenset[str]) -> PageAddress:
    scheme = environ["wsgi.url_scheme"]
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        scheme = "https" if environ.get(name) == value else "http"
    query = environ.get("QUERY_STRING", "")
    return PageAddress(
        scheme,
        environ.get("HTTP_HOST", ""),
        environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"],
        canonical(query, known) if query else "",
        gzip="gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""),
    )


def _of_reader(name: str) -> bool:
    """Whether this is a header of the request, the one that names the host apart; WSGI gives two no prefix."""
    return (name.startswith("HTTP_") and name != "HTTP_HOST") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")


def _address(environ: WSGIEnvironment) -> str:
    """Where the reader comes from: for limits only, as an answer that turns somebody away is never kept."""
    request = HttpRequest()
    request.META = environ
    return client_address(request)


def anonymous(asked: PageRequest, *, away: bool) -> WSGIEnvironment:
    """The request with nothing left of its reader: no cookie, no language, no header but the host."""
    address = asked.address
    said = {name: value for name, value in asked.environ.items() if not _of_reader(name)}
    if settings.SECURE_PROXY_SSL_HEADER and address.scheme == "https":
        said.update([settings.SECURE_PROXY_SSL_HEADER])
    return said | {
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": address.query,
        "HTTP_ACCEPT_ENCODING": "gzip" if address.gzip else "identity",
        DATABASE_AWAY: away,
        ADDRESS: _address(asked.environ),
    }


def etag_of(address: PageAddress, version: PageVersion) -> str:
    """Weak, because it says what a page tells, not how it is packed."""
    told = repr((*address[:-1], *version))
    return f'W/"{salted_hmac("semarang_mou.pagecache", told, algorithm="sha256").hexdigest()[:32]}"'


def is_known(etag: str, environ: WSGIEnvironment) -> bool:
    return etag in parse_etags(environ.get("HTTP_IF_NONE_MATCH", ""))


def answer(page: FinishedPage, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    if "HTTP_IF_NONE_MATCH" in environ and is_known(page.etag, environ):
        return not_modified(page.etag, start_response)
    start_response("200 OK", page.headers)
    return [page.body] if environ["REQUEST_METHOD"] == "GET" else []


def not_modified(etag: str, start_response: StartResponse) -> list[bytes]:
    start_response("304 Not Modified", [("ETag", etag), ("Cache-Control", PUBLIC_CACHE_CONTROL), ("Vary", ONLY_VARY)])
    return []


def close(body: Iterable[bytes]) -> None:
    """Every body has to be told that it is done with: Django then gives its connection back."""
    getattr(body, "close", lambda: None)()
