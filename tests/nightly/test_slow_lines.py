"""Nightly tests of slow lines on the real server: they stop nobody. `tests.bench.slow_lines` measures the times."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.bench.slow_lines import FORM, PHONES, READ_ME, Trial
from tests.loops import awaited
from tests.server import Site

pytestmark = [pytest.mark.nightly, pytest.mark.sqlite]  # what waits for lines is in front of any database

STALLED_LINES = 4  # twice the processes
ANSWER_WITHIN = 5  # seconds, on a machine that runs other tests too


def stalled_lines(site: Site) -> ExitStack:
    """Requests whose bodies begin and never end."""
    parts, lines = urlsplit(site.url), ExitStack()
    head = f"POST {FORM} HTTP/1.1\r\nHost: {parts.netloc}\r\n{READ_ME}\r\nContent-Length: 900\r\n\r\nabc"
    for _ in range(STALLED_LINES):
        line = lines.enter_context(socket.create_connection((parts.hostname, parts.port)))
        line.sendall(head.encode())
    return lines


def is_answered(site: Site) -> bool:
    parts = urlsplit(site.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=ANSWER_WITHIN) as line:
        line.sendall(f"GET /healthz HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
        try:
            return line.recv(100).startswith(b"HTTP/1.1 200")
        except TimeoutError:
            return False


@pytest.fixture
def wsgi_site(tmp_path: Path) -> Iterator[Site]:
    """The same site without the event loop: the server reads bodies in the thread that works on them."""
    site = Site(
        tmp_path, served="semarang_mou.wsgi:application", interface="wsgi --blocking-threads 1 --backpressure 64"
    )
    yield site
    site.stop()


def test_phones_and_slow_readers_and_stalled_bodies_stop_no_citizen(demo_site: Site) -> None:
    measured = awaited(Trial(demo_site.url, 30).run())
    assert set(measured.statuses) == {"page 200", "report 302"}, measured
    assert measured.statuses["report 302"] == PHONES
    assert max(measured.after) < 10 * ANSWER_WITHIN, measured


def test_bodies_that_never_end_stop_nobody(demo_site: Site) -> None:
    with stalled_lines(demo_site):
        assert is_answered(demo_site)


def test_without_the_event_loop_they_stop_everybody(wsgi_site: Site) -> None:
    with stalled_lines(wsgi_site):
        assert not is_answered(wsgi_site)
