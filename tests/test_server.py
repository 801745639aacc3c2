"""Tests of the ASGI server application: whole requests for threads, slices for slow readers, kept pages at once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from semarang_mou import server as serving
from semarang_mou.server import Message, Server
from tests.loops import awaited

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

pytestmark = pytest.mark.sqlite  # no database


def test_the_server_finds_its_application() -> None:
    """In a process of its own: here the apps are loaded already, and an import in the wrong order would pass."""
    subprocess.run([sys.executable, "-c", "import semarang_mou.asgi"], cwd=settings.BASE_DIR, check=True)


def scope(path: bytes = b"/", *headers: tuple[bytes, bytes], query: bytes = b"", method: str = "GET") -> Message:
    return {
        "type": "http",
        "method": method,
        "raw_path": path,
        "query_string": query,
        "http_version": "1.1",
        "server": ("127.0.0.1", 80),
        "client": ("10.0.0.1", 5000),
        "scheme": "http",
        "headers": [(b"host", b"localhost"), *headers],
    }


def post(length: int) -> Message:
    return scope(b"/", (b"content-length", str(length).encode()), method="POST")


class Line:
    """A client's line: brings a body in pieces, stalls where None stands, and keeps what it is sent."""

    def __init__(self, *pieces: bytes | None, reads: bool = True) -> None:
        self.pieces, self.reads = list(pieces), reads
        self.status, self.body, self.is_complete = 0, b"", False
        self.headers: dict[bytes, bytes] = {}

    async def receive(self) -> Message:
        piece = self.pieces.pop(0)
        if piece is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
            return
        self.body += message["body"]
        self.is_complete = not message.get("more_body", False)
        if not self.reads and not self.is_complete:
            await asyncio.Event().wait()


class Echo:
    """A WSGI application that answers with the body it read, and says in which thread."""

    def __init__(self, slices: Iterable[bytes] = ()) -> None:
        self.slices, self.threads, self.environs = slices, list[str](), list[Any]()
        self.is_closed = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.threads.append(threading.current_thread().name)
        self.environs.append(environ)
        start_response("200 OK", [("Content-Type", "text/plain")])
        if self.slices:
            return self
        return [environ["wsgi.input"].read()]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.slices)

    def close(self) -> None:
        self.is_closed = True


def serve(application: Any, asked: Message, line: Line) -> Line:
    awaited(Server(application, None, 2)(asked, line.receive, line.send))
    return line


def test_a_body_reaches_a_thread_when_it_is_there_whole() -> None:
    echo = Echo()
    assert serve(echo, post(6), Line(b"abc", b"def")).body == b"abcdef"
    assert echo.threads[0].startswith("request")


def test_lines_that_stall_hold_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty bodies that never end, and two threads: others are answered meanwhile."""
    monkeypatch.setattr(serving, "GRACE", 0.3)
    server, stalled = Server(Echo(), None, 2), [Line(b"a", None) for _ in range(20)]

    async def together() -> float:
        waiting = [asyncio.create_task(server(post(9), line.receive, line.send)) for line in stalled]
        await asyncio.sleep(0)
        quick = Line(b"whole")
        await asyncio.wait_for(server(post(5), quick.receive, quick.send), 0.2)
        assert quick.body == b"whole"
        await asyncio.gather(*waiting)
        return server.open_bodies

    assert awaited(together()) == 0
    assert [line.status for line in stalled] == [408] * 20
    assert b"Belum ada yang tercatat" in stalled[0].body


def test_a_line_that_trickles_is_cut_off_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "GRACE", 0.2)

    class Trickle(Line):
        async def receive(self) -> Message:
            await asyncio.sleep(0.05)
            return await super().receive()

    assert serve(Echo(), post(100), Trickle(*[b"x"] * 100)).status == 408


def test_a_slow_line_may_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 20 times the slowest rate allowed, for three times the grace."""
    monkeypatch.setattr(serving, "GRACE", 0.1)

    class Slow(Line):
        async def receive(self) -> Message:
            await asyncio.sleep(0.03)
            return await super().receive()

    assert serve(Echo(), post(6000), Slow(*[b"x" * 600] * 10)).body == b"x" * 6000


@pytest.mark.parametrize(
    ("limit", "value", "status"), [("MAX_BODY_BYTES", 5, 413), ("MAX_OPEN_BODIES", 0, 503), ("GRACE", 60, 200)]
)
def test_what_is_too_much_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, status: int
) -> None:
    monkeypatch.setattr(serving, limit, value)
    assert serve(Echo(), post(6), Line(b"abcdef")).status == status


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class FullDisk:
        def __init__(self, size: int) -> None: ...
        def __enter__(self) -> FullDisk:
            return self

        def __exit__(self, *error: object) -> None: ...
        def write(self, data: bytes) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(serving, "SpooledTemporaryFile", FullDisk)
    line = serve(Echo(), post(3), Line(b"abc"))
    assert (line.status, line.body.decode()[:18]) == (507, "Penyimpanan penuh.")


SLICES = [b"a" * 200_000, b"b" * 200_000, b"c" * 10]


def test_a_long_answer_comes_in_slices_and_whole() -> None:
    echo = Echo(SLICES)
    line = serve(echo, scope(), Line())
    assert (line.body, line.is_complete, echo.is_closed) == (b"".join(SLICES), True, True)


def test_who_hardly_reads_is_cut_off_and_what_was_open_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "GRACE", 0.05)
    echo = Echo(SLICES)
    line = serve(echo, scope(), Line(reads=False))
    assert (len(line.body), line.is_complete, echo.is_closed) == (serving.SLICE_BYTES, False, True)


def test_an_answer_is_closed_when_it_breaks() -> None:
    class Broken(Echo):
        def __iter__(self) -> Iterator[bytes]:
            raise ValueError("broken")

    echo = Broken([b"x"])
    with pytest.raises(ValueError, match="broken"):
        serve(echo, scope(), Line())
    assert echo.is_closed


def test_the_request_is_told_as_wsgi_tells_it() -> None:
    headers = (
        (b"x-forwarded-for", b"1.2.3.4"),
        (b"x_forwarded_for", b"6.6.6.6"),  # would pass for the one before
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"accept", b"x"),
        (b"accept", b"y"),
        (b"content-type", b"text/plain"),
    )
    environ = serving.environ_of(scope(b"/a%20b/%C3%A9%ff\xe9%00", *headers, query=b"q=%C3%A9&\xff"))
    assert environ["PATH_INFO"] == "/a b/\xc3\xa9\xff\xe9\x00"
    assert environ["QUERY_STRING"] == "q=%C3%A9&\xff"
    assert (environ["HTTP_X_FORWARDED_FOR"], environ["HTTP_COOKIE"]) == ("1.2.3.4", "a=1; b=2")
    assert (environ["HTTP_ACCEPT"], environ["CONTENT_TYPE"], environ["REMOTE_ADDR"]) == (
        "x,y",
        "text/plain",
        "10.0.0.1",
    )


def test_a_kept_page_needs_no_thread() -> None:
    """Both threads wait for something; the page comes all the same."""

    class Kept:
        async def kept_answer(self, environ: WSGIEnvironment, start_response: Any) -> list[bytes] | None:
            if environ["PATH_INFO"] != "/kept":
                return None
            start_response("200 OK", [("ETag", "W/1")])
            return [b"kept"]

    release = threading.Event()

    def held(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        release.wait(5)
        start_response("200 OK", [])
        return [b""]

    server = Server(held, Kept(), 2)  # type: ignore[arg-type]

    async def together() -> Line:
        busy, page = [Line() for _ in range(4)], Line()
        waiting = [asyncio.create_task(server(scope(), line.receive, line.send)) for line in busy]
        await asyncio.sleep(0.05)
        await asyncio.wait_for(server(scope(b"/kept"), page.receive, page.send), 1)
        release.set()
        await asyncio.gather(*waiting)
        return page

    page = awaited(together())
    assert (page.status, page.body, page.headers) == (200, b"kept", {b"etag": b"W/1"})
