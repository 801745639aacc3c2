"""Benchmark of a submission with two photos while sixteen readers browse.

Beside a running `make demo`: `.venv/bin/python -m tests.bench.submissions http://127.0.0.1:8000`
It sends real (labelled, invented) reports. Each photo is random noise, so that nothing can compress it.
"""

from __future__ import annotations

import http.client
import io
import re
import statistics
import sys
import threading
import time
import uuid
from random import Random
from urllib.parse import urlencode, urlsplit

from PIL import Image

READERS = 16
REPORTS = 30
BUDGET = 1.5  # seconds, 95th of a hundred
HEAD, PASSWORD = "kepala.dinkes", "semarang-contoh-2017"
TARGET = "/kerja/sasaran/DINKES-01-1/lapor/"
PAGES = ("/", "/unit/", "/komitmen/", "/unit/dinkes/", "/sasaran/DINKES-01-1/", "/jejak/", "/cara-baca/")
SIZE = 400_000  # bytes of one photograph


class Visitor:
    """A browser of sorts: cookies, forms, no more."""

    def __init__(self, url: str) -> None:
        self.host = urlsplit(url).netloc
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str, str]:
        wire = http.client.HTTPConnection(self.host, timeout=30)
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        wire.request(method, path, body or None, {"Cookie": jar, **({"Content-Type": kind} if kind else {})})
        answer = wire.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        page, goal = answer.read().decode(errors="replace"), answer.headers.get("Location", "")
        wire.close()
        return answer.status, goal, page

    def sign_in(self) -> None:
        page = self.ask("GET", "/akun/login/")[2]
        given = {"login": HEAD, "password": PASSWORD, "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")}
        status, _, _ = self.ask(
            "POST", "/akun/login/", urlencode(given).encode(), "application/x-www-form-urlencoded"
        )
        assert status == 302, "nobody came in: is this `make demo`?"


def hidden(page: str, name: str) -> str:
    [value] = re.findall(rf'name="{name}" value="([^"]*)"', page)[:1]
    return str(value)


def photograph(dice: Random, size: int = SIZE) -> bytes:
    """A small JPEG, followed by noise up to the size of one from a telephone."""
    content = io.BytesIO()
    Image.effect_noise((400, 300), 80).convert("RGB").save(content, "JPEG")
    return content.getvalue() + dice.randbytes(size - content.tell())


def parcel(page: str, dice: Random, size: int = SIZE) -> tuple[bytes, str]:
    return filled_in(page, str(uuid.uuid4()), [photograph(dice, size) for _ in range(2)])


def filled_in(page: str, identity: str, photographs: list[bytes]) -> tuple[bytes, str]:
    """The form of this page as a browser sends it, and its Content-Type."""
    fields = {
        "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
        "uuid": identity,
        "value": "17",
        "period": hidden(page, "period"),  # the first that is offered
        "read_doubts": hidden(page, "read_doubts"),
        "bukti-TOTAL_FORMS": str(len(photographs)),
        "bukti-INITIAL_FORMS": "0",
        **{f"bukti-{row}-kind": "hasil" for row in range(len(photographs))},
        "kirim": "1",
    }
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for row, photo in enumerate(photographs):
        about = f'name="bukti-{row}-file"; filename="foto-{row}.jpg"\r\nContent-Type: image/jpeg'
        parts.append(f"--{edge}\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode() + photo + b"\r\n")
    return b"".join([*parts, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"


def browse(url: str, done: threading.Event, seen: list[int], number: int) -> None:
    """Page after page, a second apart, as sixteen people read."""
    reader, dice = Visitor(url), Random(number)
    while not done.wait(dice.uniform(0.5, 1.5)):
        try:
            seen.append(reader.ask("GET", dice.choice(PAGES))[0])
        except OSError:
            seen.append(0)  # this one waited too long


def main(url: str) -> int:
    head, dice, done = Visitor(url), Random(17), threading.Event()
    seen: list[int] = []  # what readers were answered
    took: list[float] = []  # seconds, for each report
    head.sign_in()
    readers = [threading.Thread(target=browse, args=(url, done, seen, number)) for number in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(REPORTS):
            body, kind = parcel(head.ask("GET", f"{TARGET}?nilai=17")[2], dice)
            began = time.perf_counter()
            status, goal, page = head.ask("POST", TARGET, body, kind)
            assert (status, goal[:15]) == (302, "/kerja/kiriman/"), re.sub(r"\s+", " ", page)[:2000]
            took.append(time.perf_counter() - began)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    late = statistics.quantiles(took, n=20)[-1]
    print(
        f"{REPORTS} reports of two {SIZE // 1000} KB photographs; {READERS} readers, {len(seen)} pages: {set(seen)}."
    )
    print(f"median {statistics.median(took):.3f} s, p95 {late:.3f} s; at most {BUDGET} s allowed")
    return late > BUDGET


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"))
