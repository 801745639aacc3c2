"""Load client of the benchmark: counts the requests that a server answers in a second. Nothing to install.

It sends several requests of one kind at once down each connection and counts the bytes that come back, because a
client that reads every answer would take too much of the two cores. It speaks to 127.0.0.1 only.
"""

from __future__ import annotations

import select
import selectors
import socket
import time
from urllib.parse import urlsplit

CONNECTIONS = 16
AT_ONCE = 8
HOST = "127.0.0.1"


def rate(url: str, seconds: float, *, etag: str = "") -> float:
    """Answers a second to the same question; each must be as long as the first one, which must be 200 or 304."""
    parts = urlsplit(url)
    address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    condition = f"If-None-Match: {etag}\r\n" if etag else ""
    request = f"GET {address} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept-Encoding: gzip\r\n{condition}\r\n".encode()
    port = parts.port or 80
    length = _length(port, request, "304" if etag else "200")
    owed: dict[socket.socket, int] = {}
    with selectors.DefaultSelector() as ready:
        for _ in range(CONNECTIONS):
            line = socket.create_connection((HOST, port), timeout=30)
            ready.register(line, selectors.EVENT_READ)
            line.sendall(request * AT_ONCE)
            owed[line] = length * AT_ONCE
        began, answers = time.perf_counter(), 0
        while (passed := time.perf_counter() - began) < seconds:
            for key, _ in ready.select(timeout=5):
                line = key.fileobj  # type: ignore[assignment]
                owed[line] -= len(line.recv(1 << 20)) or length * AT_ONCE + 1  # an end counts as a wrong answer
                if owed[line] < 0:
                    raise RuntimeError(f"{url}: an answer unlike the first one")
                if owed[line] == 0:
                    answers += AT_ONCE
                    line.sendall(request * AT_ONCE)
                    owed[line] = length * AT_ONCE
        for line in owed:
            line.close()
    return answers / passed


def _length(port: int, request: bytes, status: str) -> int:
    """Bytes of one answer, head and body: all that comes until the server falls silent."""
    said = b""
    with socket.create_connection((HOST, port), timeout=30) as line:
        line.sendall(request)
        while not said or _more(line):
            said += line.recv(1 << 20)
    if said.split()[1] != status.encode():
        raise RuntimeError(f"{request!r} was answered {said.splitlines()[0]!r}")
    return len(said)


def _more(line: socket.socket) -> bool:
    return bool(select.select([line], [], [], 0.5)[0])
