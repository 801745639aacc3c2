"""The page cache: WSGI middleware in front of Django that keeps finished public pages, compressed, in memory.

It keeps only answers of views marked `public_page`. Each process has a cache of its own: with few processes that
costs one more rendering after each act, but a hit needs no file, no socket and no lock between processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import Lock
from time import monotonic
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
from semarang_mou.page_cache.finished_pages import FinishedPage, FinishedPages, Headers, PageAddress, SharedPages
from semarang_mou.page_cache.version import PageVersion, PageVersions

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

MAX_PAGE_BYTES = 1024 * 1024  # a longer answer is rendered for every request
MAX_ADDRESS_LETTERS = 2000  # characters; a longer address is not kept, and no page of ours has one
ONLY_VARY = "Accept-Encoding"
MAX_RENDER_WAIT = 10  # seconds for another thread's rendering of a page that was never kept


class PageCache:
    """The WSGI application with the finished pages in front of it."""

    def __init__(
        self, application: WSGIApplication, versions: PageVersions, shared: SharedPages | None = None
    ) -> None:
        self.application = application
        self.versions = versions
        self.finished = FinishedPages()
        self.shared = shared or SharedPages()
        self.rendering: dict[PageAddress, Lock] = {}
        self.sent_to_render: dict[PageAddress, tuple[PageVersion, float]] = {}  # by the event loop, and when

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        parameters = allowed_parameters(environ)
        if parameters is None:
            return self.application(environ, start_response)
        address, version = address_of(environ, parameters), self.versions.current()
        if version is None:  # the database has not answered since this process began
            page = self.shared.find(address) if self.versions.away else None
            return answer(page, environ, start_response) if page else self.application(environ, start_response)
        page = self.finished.find(address)
        if page and page.version == version:
            return answer(page, environ, start_response)
        etag = etag_of(address, version)
        try:
            if is_current(etag, environ):  # an ETag cannot be guessed: this address has answered in this version
                return not_modified(etag, start_response)
            return self._wait_or_render(PageRequest(environ, start_response, address, version, etag))
        finally:
            self.sent_to_render.pop(address, None)

    async def kept_answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes] | None:
        """The answer from memory, for an event loop: the page of this version, or the previous one while somebody
        renders this one. None for a request that a thread must work on."""
        parameters = allowed_parameters(environ)
        if parameters is None:
            return None
        address, version = address_of(environ, parameters), await self.versions.awaited()
        page = self.finished.find(address)
        if page and (version is None or page.version == version or self._is_being_rendered(address, version)):
            return answer(page, environ, start_response)
        return None

    def _is_being_rendered(self, address: PageAddress, version: PageVersion) -> bool:
        """Whether a reader was sent to render this version of a page; if not, whoever asks now is that reader."""
        sent = self.sent_to_render.get(address)
        if sent and sent[0] == version and monotonic() - sent[1] < MAX_RENDER_WAIT:
            return True
        self.sent_to_render[address] = (version, monotonic())
        return False

    def _wait_or_render(self, request: PageRequest) -> Iterable[bytes]:
        """One thread renders. Others answer with the previous page, or wait when there is none."""
        lock = self.rendering.setdefault(request.address, Lock())
        is_ours = lock.acquire(timeout=0 if self.finished.find(request.address) else MAX_RENDER_WAIT)
        try:
            previous = self.finished.find(request.address)
            if previous and (previous.version == request.version or not is_ours):
                return answer(previous, request.environ, request.start_response)
            return self._render(request, previous)
        finally:
            if is_ours:
                self.rendering.pop(request.address, None)
                lock.release()

    def _render(self, request: PageRequest, previous: FinishedPage | None) -> Iterable[bytes]:
        started = StartedResponse()
        body = self.application(anonymous(request, away=self.versions.away), started)
        if started.status.startswith("5") and (last := previous or self.shared.find(request.address)):
            close(body)
            return answer(last, request.environ, request.start_response)
        if started.is_for_all:
            started.headers.append(("ETag", request.etag))
            if started.length <= MAX_PAGE_BYTES:
                page = FinishedPage(request.address, request.version, request.etag, started.headers, b"".join(body))
                close(body)
                self.finished.put(page)
                self.shared.put(page)
                return answer(page, request.environ, request.start_response)
        else:
            self.finished.forget(request.address)
        request.start_response(started.status, started.headers)
        if request.environ["REQUEST_METHOD"] == "HEAD":
            close(body)
            return []
        return body


class PageRequest(NamedTuple):
    """A request for a page that is not kept in its present version."""

    environ: WSGIEnvironment
    start_response: StartResponse
    address: PageAddress
    version: PageVersion
    etag: str


class StartedResponse:
    """A `start_response` that records the status and the headers instead of sending them."""

    status = ""
    headers: Headers

    def __call__(self, status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, list(headers)
        return _no_write

    @property
    def is_for_all(self) -> bool:
        """Whether every reader may get this answer: marked as public, and no cookie in it."""
        headers = {name.lower(): value for name, value in self.headers}
        return (
            self.status.startswith("200")
            and headers.get("cache-control") == PUBLIC_CACHE_CONTROL
            and headers.get("vary", ONLY_VARY) == ONLY_VARY
            and "set-cookie" not in headers
        )

    @property
    def length(self) -> float:
        """Bytes of the body; infinite when the application does not say."""
        return float(dict(self.headers).get("Content-Length", "inf"))


def _no_write(data: bytes) -> object:
    """WSGI's older way to send a body. WSGI requires that it exists; Django does not use it."""
    raise NotImplementedError("Django returns its body")


def allowed_parameters(environ: WSGIEnvironment) -> frozenset[str] | None:
    """The query parameters of the public page that is requested; None when the request is not for a public page."""
    path = environ["PATH_INFO"]
    is_short = len(path) + len(environ.get("QUERY_STRING", "")) <= MAX_ADDRESS_LETTERS
    return parameters_of(path) if is_short and environ["REQUEST_METHOD"] in ("GET", "HEAD") else None


@lru_cache(4096)
def parameters_of(path: str) -> frozenset[str] | None:
    try:
        path = path.encode("latin-1").decode()
        with translation.override(language.of(path)):
            return getattr(resolve(path).func, "parameters", None)
    except (Resolver404, UnicodeError):
        return None


def address_of(environ: WSGIEnvironment, parameters: frozenset[str]) -> PageAddress:
    scheme = environ["wsgi.url_scheme"]
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        scheme = "https" if environ.get(name) == value else "http"
    query = environ.get("QUERY_STRING", "")
    return PageAddress(
        scheme,
        environ.get("HTTP_HOST", ""),
        environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"],
        canonical(query, parameters) if query else "",
        gzip="gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""),
    )


def _is_of_reader(name: str) -> bool:
    """Whether this is a request header other than the host. WSGI gives two of them no prefix."""
    return (name.startswith("HTTP_") and name != "HTTP_HOST") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")


def _address(environ: WSGIEnvironment) -> str:
    """Where the reader comes from: for limits only, as an answer that turns somebody away is never kept."""
    request = HttpRequest()
    request.META = environ
    return client_address(request)


def anonymous(request: PageRequest, *, away: bool) -> WSGIEnvironment:
    """The request without anything of its reader: no cookie, no language, no header but the host."""
    address = request.address
    environ = {name: value for name, value in request.environ.items() if not _is_of_reader(name)}
    if settings.SECURE_PROXY_SSL_HEADER and address.scheme == "https":
        environ.update([settings.SECURE_PROXY_SSL_HEADER])
    return environ | {
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": address.query,
        "HTTP_ACCEPT_ENCODING": "gzip" if address.gzip else "identity",
        DATABASE_AWAY: away,
        ADDRESS: _address(request.environ),
    }


def etag_of(address: PageAddress, version: PageVersion) -> str:
    """The ETag of a page in a version. It is weak: the same for the compressed and the plain bytes."""
    content = repr((*address[:-1], *version))
    return f'W/"{salted_hmac("semarang_mou.pagecache", content, algorithm="sha256").hexdigest()[:32]}"'


def is_current(etag: str, environ: WSGIEnvironment) -> bool:
    """Whether the reader already has the page with this ETag."""
    return etag in parse_etags(environ.get("HTTP_IF_NONE_MATCH", ""))


def answer(page: FinishedPage, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    if "HTTP_IF_NONE_MATCH" in environ and is_current(page.etag, environ):
        return not_modified(page.etag, start_response)
    start_response("200 OK", page.headers)
    return [page.body] if environ["REQUEST_METHOD"] == "GET" else []


def not_modified(etag: str, start_response: StartResponse) -> list[bytes]:
    start_response("304 Not Modified", [("ETag", etag), ("Cache-Control", PUBLIC_CACHE_CONTROL), ("Vary", ONLY_VARY)])
    return []


def close(body: Iterable[bytes]) -> None:
    """Close the body of an answer: only then Django gives its database connection back."""
    getattr(body, "close", lambda: None)()
