"""Trial of slow lines: heads send photos at 50 kbit/s, some hardly read, some stall, while citizens read.

Beside a running `make demo`: `.venv/bin/python -m tests.bench.slow_lines http://127.0.0.1:8000 [SECONDS]`
It sends real (labelled, invented) reports.
"""

from __future__ import annotations

import asyncio
import socket
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit

from tests.bench.submissions import PAGES, TARGET, Visitor, parcel

PHONES, SLOW_READERS, STALLED, CITIZENS = 10, 20, 20, 200
LINE = 6250  # bytes a second: 50 kbit/s
TRICKLE = 200  # bytes a second that a slow reader takes
BIG = "/jejak.jsonl"
FORM = "/akun/login/"
RULES = "/speculation-rules.json"
MADE_READY = 2  # pages that a browser makes ready beside the one that is read; Chromium allows two at once
# Without these Django refuses a body before it reads it.
READ_ME = f"Cookie: csrftoken={'a' * 32}\r\nContent-Type: application/x-www-form-urlencoded"
PHOTO = 150_000  # bytes of one of two
MAX_AFTER = 3.0  # seconds from a phone's last byte to its answer
MAX_CACHED = 0.1  # seconds, 99th of a hundred


@dataclass
class SlowLines:
    """What was measured: seconds from the last byte of each report, seconds of each page, and all statuses."""

    after: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def cached_p99(self) -> float:
        return statistics.quantiles(self.pages, n=100)[-1]

    def __str__(self) -> str:
        return (
            f"{len(self.after)} reports at 50 kbit/s: at most {max(self.after):.2f} s after the last byte; "
            f"{len(self.pages)} kept pages: p99 {self.cached_p99 * 1000:.0f} ms; answers {dict(self.statuses)}"
        )


class Trial:
    def __init__(self, url: str, seconds: float) -> None:
        self.host, self.port = str(urlsplit(url).hostname), urlsplit(url).port or 80
        self.url, self.seconds = url, seconds
        self.measured = SlowLines()
        self.is_over = asyncio.Event()

    async def run(self) -> SlowLines:
        dice = Random(3)
        parcels = [await asyncio.to_thread(self._prepare, Random()) for _ in range(PHONES)]
        for _ in range(8):
            await asyncio.gather(*(self._get(page) for page in PAGES))  # now each process keeps them
        others = [
            *(self._slow_reader() for _ in range(SLOW_READERS)),
            *(self._stalled() for _ in range(STALLED)),
            *(self._citizen(Random(dice.random())) for _ in range(CITIZENS)),
        ]
        running = [asyncio.create_task(other) for other in others]
        self.measured.pages.clear()
        try:
            await asyncio.gather(asyncio.sleep(self.seconds), *(self._phone(*parcel) for parcel in parcels))
        finally:
            self.is_over.set()
            await asyncio.gather(*running)
        return self.measured

    def _prepare(self, dice: Random) -> tuple[str, bytes, str]:
        head = Visitor(self.url)
        head.sign_in()
        body, kind = parcel(head.ask("GET", f"{TARGET}?nilai=17")[2], dice, PHOTO)
        return "; ".join(f"{name}={value}" for name, value in head.cookies.items()), body, kind

    async def _phone(self, cookies: str, body: bytes, kind: str) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        head = (
            f"POST {TARGET} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nCookie: {cookies}\r\nConnection: close\r\n"
        )
        writer.write(f"{head}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        for start in range(0, len(body), LINE // 5):
            writer.write(body[start : start + LINE // 5])
            await writer.drain()
            await asyncio.sleep(0.2)
        sent = time.perf_counter()
        said = await reader.read()
        self.measured.after.append(time.perf_counter() - sent)
        self.measured.statuses[f"report {said.split()[1].decode()}"] += 1
        writer.close()

    async def _slow_reader(self) -> None:
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(line, (self.host, self.port))
        await loop.sock_sendall(line, self._head(f"GET {BIG}"))
        while not self.is_over.is_set():
            await loop.sock_recv(line, TRICKLE)
            await asyncio.sleep(1)
        line.close()

    async def _stalled(self) -> None:
        _, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(self._head(f"POST {FORM}", f"{READ_ME}\r\nContent-Length: 900") + b"abc")
        await self.is_over.wait()
        writer.close()

    async def _citizen(self, dice: Random) -> None:
        await asyncio.sleep(dice.random())
        while not self.is_over.is_set():
            began = time.perf_counter()
            status = await self._get(dice.choice(PAGES))
            self.measured.pages.append(time.perf_counter() - began)
            self.measured.statuses[f"page {status}"] += 1
            for page in (*dice.sample(PAGES, MADE_READY), RULES):
                self.measured.statuses[f"page {await self._get(page)}"] += 1
            await asyncio.sleep(dice.uniform(0.5, 1.5))

    async def _get(self, path: str) -> str:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(self._head(f"GET {path}", "Accept-Encoding: gzip\r\nConnection: close"))
        said = await reader.read()
        writer.close()
        return said[9:12].decode() or "none"

    def _head(self, line: str, headers: str = "") -> bytes:
        end = "\r\n" if headers else ""
        return f"{line} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n{headers}{end}\r\n".encode()


def main(url: str, seconds: float) -> int:
    measured = asyncio.run(Trial(url, seconds).run())
    print(measured)
    wrong = [status for status in measured.statuses if status not in ("page 200", "report 302")]
    return bool(wrong or max(measured.after) > MAX_AFTER or measured.cached_p99 > MAX_CACHED)


if __name__ == "__main__":
    where, how_long = [*sys.argv[1:], *("http://127.0.0.1:8000", "60")[len(sys.argv) - 1 :]]
    sys.exit(main(where, float(how_long)))
