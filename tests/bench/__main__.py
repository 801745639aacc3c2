"""Benchmark: `make bench` measures each budget beside a bare Django view, in the same run."""

from __future__ import annotations

import os
import sqlite3
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path

from tests.bench.load import rate
from tests.server import ROOT, Site

SECONDS = 1.0  # of load for each address in each turn
TURNS = 4  # one after the other, over and over: the best counts, for another program only makes it slower
ROUNDS = 15  # renderings of each page; the median counts
# The budgets: times the bare view; milliseconds of processor time (SQLite answers in it) and queries.
BARE = "bare Django view, no middleware"
FASTER = 1.5
RENDERED = {"/": (100, 12), "/unit/": (40, 8), "/komitmen/": (40, 8)}


def main() -> int:
    with site() as running:
        print("Server: granian, 2 workers x 4 threads. Load: tests/bench/load.py, this machine only.\n")
        failed = [*served(running.url), *rendered(running.env)]
    print("\n" + ("\n".join(failed) if failed else "Every budget is kept."))
    return 1 if failed else 0


@contextmanager
def site() -> Iterator[Site]:
    """With the demonstration that `make demo` left, or one made now."""
    folder = Path(tempfile.mkdtemp(prefix="semarang-bench-"))
    made = ROOT / "db.sqlite3"
    with closing(sqlite3.connect(f"file:{made}?mode=ro", uri=True)) if made.exists() else nullcontext() as source:
        if source and source.execute("SELECT act FROM opd_entry WHERE seq = 1").fetchone() == ("demo",):
            with closing(sqlite3.connect(folder / "site.sqlite3")) as copy:
                source.backup(copy)
    running = Site(folder, "demo", served="tests.bench.asgi:application")
    try:
        yield running
    finally:
        running.stop()


def served(url: str) -> Iterator[str]:
    """Answers a second, each also as a multiple of the bare view; yields the budgets that are broken."""
    asked = addresses(url)
    best = dict.fromkeys(asked, 0.0)
    for _ in range(TURNS):
        for name, (path, etag) in asked.items():
            best[name] = max(best[name], rate(url + path, SECONDS, etag=etag))
    bare = best[BARE]
    print(f"{'':34}{'req/s':>10}{'x bare':>10}")
    for name, found in best.items():
        print(f"{name:34}{found:10,.0f}{found / bare:10.2f}")
        if name.endswith(("cached", "304")) and found < FASTER * bare:
            yield f"{name}: {found / bare:.2f} times the bare view, not {FASTER}"


def addresses(url: str) -> dict[str, tuple[str, str]]:
    """What is measured: a path, and the ETag that a reader who comes back has."""
    with urllib.request.urlopen(f"{url}/") as home:
        etag = home.headers["ETag"]
        style = home.read().decode().partition('href="/static/css/base.')[2].partition('"')[0]
    return {
        BARE: ("/bench/bare/", ""),
        "the same through our middleware": ("/bench/through-middleware/", ""),
        "WhiteNoise static file": (f"/static/css/base.{style}", ""),
        "home, cached": ("/", ""),
        "home, 304": ("/", etag),
        "unit list, cached": ("/unit/", ""),
        "API units, cached": ("/api/v1/units/", ""),
    }


def rendered(env: dict[str, str]) -> Iterator[str]:
    """Milliseconds of processor time and queries of pages that nobody has asked for yet, in this process.

    Each after an act of its own: the budget is the first reader's.
    """
    os.environ.update(env)
    os.environ["DJANGO_SETTINGS_MODULE"] = "semarang_mou.settings"
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from opd import access
    from opd.models import Person

    client = Client(HTTP_HOST="127.0.0.1", HTTP_ACCEPT_ENCODING="gzip")

    def act() -> None:
        Person.enter(by=access.SYSTEM, name="Orang yang diukur")

    def first_reader(page: str) -> float:
        act()
        return timed(partial(client.get, page))

    print(f"\n{'not cached, after an act':34}{'ms':>10}{'queries':>10}")
    for page, (most, queries) in RENDERED.items():
        first = statistics.median(first_reader(page) for _ in range(ROUNDS))
        act()
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        count = len(asked)
        print(f"{page:34}{first:10.1f}{count:10}")
        if first > most:
            yield f"{page}: {first:.0f} ms of processor time, not {most}"
        if count > queries:
            yield f"{page}: {count} queries, not {queries}"


def timed(ask: Callable[[], object]) -> float:
    began = time.process_time()
    ask()
    return (time.process_time() - began) * 1000


sys.exit(main())
