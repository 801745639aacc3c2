"""Measures how long after a click or a tap the next page is painted, on a slow line and with speculation rules.

Beside a running `make demo`: `.venv/bin/python -m tests.bench.taps [URL] [TIMES]`. Chromium is spoken to through a
pipe, because it draws nothing ahead for a page that Playwright watches. The line is a proxy of our own: the one of
DevTools does not slow down what is fetched ahead.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from tests.chromium import EXECUTABLE, QUIET

DELAY, BYTES_A_SECOND = 0.075, 200_000  # one way: slow 4G as Lighthouse has it, 150 ms and 1.6 Mbit/s
LIST, LINK = "/unit/", "a.unit-name"
BUDGET = 100  # milliseconds, for a link that was pointed at first
POINTED, PRESSED = 0.6, 0.08  # seconds from pointing to pressing, and from pressing to letting go
MARK = "addEventListener('click', e => localStorage.setItem('at', performance.timeOrigin + e.timeStamp))"
PLACE = """(link => { link.scrollIntoView({block: 'center'}); const at = link.getBoundingClientRect();
    return [at.x + 20, at.y + 8]; })(document.querySelectorAll('%s')[%d])"""
PAINTED = """({path: location.pathname, after: performance.timeOrigin - localStorage.getItem('at') +
    performance.getEntriesByName('first-contentful-paint')[0]?.startTime})"""


async def _slowed(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def send() -> None:
        free = 0.0
        while True:
            arrived, piece = await pieces.get()
            if not piece:
                return sink.close()
            free = max(free, arrived + DELAY) + len(piece) / BYTES_A_SECOND
            await asyncio.sleep(free - time.monotonic())
            sink.write(piece)

    sending = asyncio.create_task(send())
    while piece := await source.read(4096):
        pieces.put_nowait((time.monotonic(), piece))
    pieces.put_nowait((0, b""))
    await sending


def slow_line(url: str) -> str:
    """The address of a proxy to the site, on a line of slow 4G, for as long as this process lives."""
    ports: list[int] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        site_reader, site_writer = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
        await asyncio.gather(_slowed(reader, site_writer), _slowed(site_reader, writer), return_exceptions=True)

    async def serve() -> None:
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    threading.Thread(target=asyncio.run, args=[serve()], daemon=True).start()
    while not ports:
        time.sleep(0.01)
    return f"http://127.0.0.1:{ports[0]}"


class PipedChromium:
    """A Chromium with one tab, spoken to through a pipe in its own protocol."""

    def __init__(self, folder: str) -> None:
        commands, answers = os.pipe(), os.pipe()
        given = f"exec {EXECUTABLE} {' '.join(map(repr, QUIET))} --remote-debugging-pipe --user-data-dir={folder}"
        ends = f"3<&{commands[0]} 4>&{answers[1]}"
        self.process = subprocess.Popen(
            ["bash", "-c", f"{given} {ends} 2>/dev/null"], pass_fds=(commands[0], answers[1])
        )
        self.commands, self.answers = os.fdopen(commands[1], "wb", 0), os.fdopen(answers[0], "rb", 0)
        self.pages: list[str] = []  # sessions: the page on the screen, and those drawn ahead
        self.asked, self.read = 0, b""
        tab = self.ask("Target.createTarget", url="about:blank", forTab=True)["targetId"]
        session = self.ask("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        self.ask("Target.setAutoAttach", session, autoAttach=True, waitForDebuggerOnStart=False, flatten=True)

    def ask(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        self.asked += 1
        question: dict[str, Any] = {"id": self.asked, "method": method, "params": params}
        self.commands.write(json.dumps(question | ({"sessionId": session} if session else {})).encode() + b"\0")
        while True:
            while b"\0" not in self.read:
                self.read += self.answers.read(65536)
            text, _, self.read = self.read.partition(b"\0")
            said = json.loads(text)
            target = said.get("params", {}).get("targetInfo", {})
            if said.get("method") == "Target.attachedToTarget" and target["type"] == "page":
                self.pages.append(said["params"]["sessionId"])
            if said.get("id") == self.asked:
                return said.get("result", {})

    def value(self, session: str, expression: str) -> Any:
        said = self.ask("Runtime.evaluate", session, expression=expression, returnByValue=True)
        return said.get("result", {}).get("value")


def painted_after(base: str, nth: int, *, pointed: bool) -> float:
    """Milliseconds from the click to the first paint of the next page; pointed: with a mouse, else with a finger."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        chromium = PipedChromium(folder)
        try:
            return _painted_after(chromium, base, nth, pointed)
        finally:
            chromium.process.kill()
            chromium.process.wait()


def _painted_after(chromium: PipedChromium, base: str, nth: int, pointed: bool) -> float:
    page = chromium.pages[0]
    if not pointed:
        chromium.ask("Emulation.setTouchEmulationEnabled", page, enabled=True)
    chromium.ask("Page.navigate", page, url=f"{base}{LIST}")
    time.sleep(3)
    chromium.value(page, MARK)
    x, y = chromium.value(page, PLACE % (LINK, nth))
    if pointed:
        at: dict[str, Any] = {"x": x, "y": y, "button": "left", "clickCount": 1}
        chromium.ask("Input.dispatchMouseEvent", page, type="mouseMoved", x=x, y=y)
        time.sleep(POINTED)
        chromium.ask("Input.dispatchMouseEvent", page, type="mousePressed", **at)
        time.sleep(PRESSED)
        chromium.ask("Input.dispatchMouseEvent", page, type="mouseReleased", **at)
    else:
        chromium.ask("Input.dispatchTouchEvent", page, type="touchStart", touchPoints=[{"x": x, "y": y}])
        time.sleep(PRESSED)
        chromium.ask("Input.dispatchTouchEvent", page, type="touchEnd", touchPoints=[])
    for _ in range(100):
        time.sleep(0.05)
        for session in chromium.pages:
            found = chromium.value(session, PAINTED)
            if found and found["path"] != LIST and (found["after"] or 0) > 0:
                return float(found["after"])
    raise RuntimeError("the next page was never painted")


def main(url: str, times: int) -> int:
    base, over = slow_line(url), 0
    for pointed in (True, False):
        found = [painted_after(base, nth % 4, pointed=pointed) for nth in range(times)]
        how = f"pointed at for {POINTED} s, then clicked" if pointed else "tapped with a finger"
        print(f"{how}: median {statistics.median(found):.0f} ms, at most {max(found):.0f} ms, n = {times}")
        over += pointed and statistics.median(found) > BUDGET
    return over


if __name__ == "__main__":
    site, count = [*sys.argv[1:], *("http://127.0.0.1:8000", "6")[len(sys.argv) - 1 :]]
    sys.exit(main(site, int(count)))
