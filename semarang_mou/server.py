"""ASGI in front of WSGI: it takes requests in and hands answers out at the pace of their lines.

The server calls it on an event loop, where waiting costs no thread: for a body that trickles in, and for a reader who
hardly reads. Django and its middleware are the WSGI application, which works in a few threads, on requests that are
there whole. A page that the page cache keeps is answered on the loop itself, so that it never waits for a thread.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment

from semarang_mou.page_cache import PageCache, StartedResponse, close

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_BODY_BYTES = 64 * 1024 * 1024  # six files of 10 MB, and what stands around them
BODY_BYTES_IN_MEMORY = 256 * 1024  # a longer body waits on disk until it is there whole
MAX_OPEN_BODIES = 200  # a process; more senders at once are asked to come back
WHOLE_BYTES = 256 * 1024  # a longer answer is made and sent in slices
SLICE_BYTES = 64 * 1024
GRACE = 60  # seconds that a line may stand still
SLOWEST_LINE = 1000  # bytes a second on average, after the grace; a phone at 50 kbit/s sends six times as much


class RefusedRequest(Exception):
    """Error: a request that is not taken in."""

    def __init__(self, status: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class WsgiAnswer(NamedTuple):
    """An answer of the WSGI application: how it starts, its first bytes, and where the rest comes from."""

    started: StartedResponse
    first: bytes
    rest: Iterator[bytes] = iter(())
    body: Iterable[bytes] = ()

    @property
    def is_whole(self) -> bool:
        return len(self.first) <= WHOLE_BYTES


class Server:
    """The ASGI application around a WSGI one; `threads` requests are worked on at once."""

    def __init__(self, application: WSGIApplication, cache: PageCache | None, threads: int) -> None:
        self.application, self.cache = application, cache
        self.threads = ThreadPoolExecutor(threads, "request")
        self.open_bodies = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        environ, started = environ_of(scope), StartedResponse()
        if self.cache and (kept := await self.cache.kept_answer(environ, started)) is not None:
            await self._send(WsgiAnswer(started, b"".join(kept)), send)
            return
        length = environ.get("CONTENT_LENGTH", "")
        with SpooledTemporaryFile(BODY_BYTES_IN_MEMORY) as body:
            try:
                if length.isdecimal() and int(length):
                    await self._take_in(int(length), receive, body)
            except RefusedRequest as refused:
                answer = refusal(refused)
            else:
                answer = await self._in_thread(begun, self.application, environ | {"wsgi.input": body})
        await self._send(answer, send)

    async def _take_in(self, length: int, receive: Receive, body: IO[bytes]) -> None:
        """Writes the request's body to `body`; raises RefusedRequest."""
        if length > MAX_BODY_BYTES:
            raise RefusedRequest("413 Content Too Large", "Kiriman terlalu besar: paling banyak 64 MB.")
        if self.open_bodies >= MAX_OPEN_BODIES:
            raise RefusedRequest("503 Service Unavailable", "Terlalu banyak kiriman sekaligus. Coba sebentar lagi.")
        self.open_bodies += 1
        try:
            await copy_body(receive, body)
        except TimeoutError:
            raise RefusedRequest("408 Request Timeout", "Kiriman terlalu lama tersendat. Kirim lagi.") from None
        except OSError:
            raise RefusedRequest("507 Insufficient Storage", "Penyimpanan penuh. Coba lagi nanti.") from None
        finally:
            self.open_bodies -= 1

    async def _send(self, answer: WsgiAnswer, send: Send) -> None:
        """Sends an answer. Who hardly reads a long one is cut off, and knows by its length that something lacks."""
        started = answer.started
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in started.headers]
        await send({"type": "http.response.start", "status": int(started.status[:3]), "headers": headers})
        if answer.is_whole:
            await send({"type": "http.response.body", "body": answer.first})
            return
        try:
            with suppress(TimeoutError):
                await self._send_slices(answer, send)
        finally:
            await self._in_thread(close, answer.body)

    async def _send_slices(self, answer: WsgiAnswer, send: Send) -> None:
        content = answer.first
        while content:
            for start in range(0, len(content), SLICE_BYTES):
                piece = content[start : start + SLICE_BYTES]
                async with asyncio.timeout(GRACE):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            content = await self._in_thread(gathered, answer.rest, SLICE_BYTES)
        await send({"type": "http.response.body", "body": b""})

    async def _in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, *arguments)


def environ_of(scope: Message) -> WSGIEnvironment:
    """The request as WSGI describes it. Header names with an underscore are dropped: they could pass for others."""
    path: bytes = scope["raw_path"]
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "REMOTE_ADDR": scope["client"][0] if scope["client"] else "",  # none on a Unix socket
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" not in name:
            key, text = key_of(name), value.decode("latin-1")
            joint = "; " if key == "HTTP_COOKIE" else ","
            environ[key] = f"{environ[key]}{joint}{text}" if key in environ else text
    return environ


@lru_cache(500)
def key_of(name: bytes) -> str:
    """The name of a header as WSGI writes it."""
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


async def copy_body(receive: Receive, body: IO[bytes]) -> None:
    """Copies the request's body, and goes back to its beginning; raises TimeoutError for a line that is too slow.

    A body that ends early is passed on as it is: `WholeRequestMiddleware` refuses it.
    """
    loop = asyncio.get_running_loop()
    began, is_open = loop.time(), True
    async with asyncio.timeout(GRACE) as deadline:
        while is_open:
            message = await receive()
            body.write(message.get("body", b""))
            is_open = message.get("more_body", False)
            deadline.reschedule(min(loop.time(), began + body.tell() / SLOWEST_LINE) + GRACE)
    body.seek(0)


def begun(application: WSGIApplication, environ: WSGIEnvironment) -> WsgiAnswer:
    """The answer of the application, whole when it is short."""
    started = StartedResponse()
    body = application(environ, started)
    try:
        rest = iter(body)
        answer = WsgiAnswer(started, gathered(rest, WHOLE_BYTES), rest, body)
    except BaseException:
        close(body)
        raise
    if answer.is_whole:
        close(body)
    return answer


def gathered(slices: Iterator[bytes], size: int) -> bytes:
    """The next slices, until they are longer than `size` bytes or there are no more."""
    content = bytearray()
    for piece in slices:
        content += piece
        if len(content) > size:
            break
    return bytes(content)


def refusal(refused: RefusedRequest) -> WsgiAnswer:
    started = StartedResponse()
    started(refused.status, [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "10")])
    return WsgiAnswer(started, f"{refused.sentence} Belum ada yang tercatat.\n".encode())
