"""Trial of sign-ins: ten a second, each with a password to hash, while citizens read.

Beside a running `make demo`: `.venv/bin/python -m tests.bench.sign_ins http://127.0.0.1:8000 [SECONDS]`
"""

from __future__ import annotations

import asyncio
import sys
import time
from random import Random
from urllib.parse import urlencode

from tests.bench.slow_lines import CITIZENS, MAX_CACHED, SlowLines, Trial
from tests.bench.submissions import PAGES

SIGN_INS = 10  # a second
CSRF = "a" * 32


class SignInTrial(Trial):
    """Readers and people who sign in, each as somebody else, so that no limit of guesses stops them."""

    async def run(self) -> SlowLines:
        for _ in range(8):
            await asyncio.gather(*(self._get(page) for page in PAGES))
        running = [asyncio.create_task(self._citizen(Random())) for _ in range(CITIZENS)]
        self.measured.pages.clear()
        for number in range(int(self.seconds * SIGN_INS)):
            running.append(asyncio.create_task(self._sign_in(number)))
            await asyncio.sleep(1 / SIGN_INS)
        self.is_over.set()
        await asyncio.gather(*running)
        return self.measured

    async def _sign_in(self, number: int) -> None:
        given = {"login": f"tidak-ada-{number}", "password": "salah dan panjang", "csrfmiddlewaretoken": CSRF}
        body = urlencode(given).encode()
        headers = (
            f"Cookie: csrftoken={CSRF}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"X-Forwarded-For: 10.0.{number // 250}.{number % 250}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close"
        )
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(self._head("POST /akun/login/", headers) + body)
        said = await reader.read()
        self.measured.after.append(time.perf_counter() - began)
        self.measured.statuses[f"sign-in {said[9:12].decode()}"] += 1
        writer.close()


def main(url: str, seconds: float) -> int:
    measured = asyncio.run(SignInTrial(url, seconds).run())
    print(
        f"{len(measured.after)} sign-ins, at most {max(measured.after):.2f} s; "
        f"{len(measured.pages)} kept pages: p99 {measured.cached_p99 * 1000:.0f} ms; {dict(measured.statuses)}"
    )
    return measured.cached_p99 > MAX_CACHED


if __name__ == "__main__":
    where, how_long = [*sys.argv[1:], *("http://127.0.0.1:8000", "30")[len(sys.argv) - 1 :]]
    sys.exit(main(where, float(how_long)))
