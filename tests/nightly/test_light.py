"""Nightly tests of page weight on a cheap phone: bytes and requests of a first view, and Lighthouse."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import chromium
from tests.conftest import MISSING
from tests.nightly.conftest import pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.server import Site

pytestmark = [pytest.mark.nightly, pytest.mark.sqlite]

BYTES = 60 * 1024
REQUESTS = 8
PAINTED = 1200  # ms: largest contentful paint on Lighthouse's simulated slow 4G
TRIES = 3  # the best counts: another program on the machine only ever makes it slower
CATEGORIES = {"performance": 0.99, "accessibility": 1, "best-practices": 1, "seo": 1}
# An invented register asks search engines to stay away, on purpose; all else of their audit holds there too.
NOT_ON_DEMO = "is-crawlable"


def test_a_first_view_is_light(demo_site: Site, browser: Browser) -> None:
    heavy = {}
    for address in pages(demo_site):
        context = browser.new_context(base_url=demo_site.url, viewport={"width": 360, "height": 740})
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        sizes: list[float] = []
        wire.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"]))
        page.goto(address, wait_until="networkidle")
        if sum(sizes) > BYTES or len(sizes) > REQUESTS or not sizes:
            heavy[address] = (round(sum(sizes)), len(sizes))
        context.close()
    assert heavy == {}


def lighthouse(url: str, folder: Path, *options: str) -> dict[str, Any] | None:
    """A report for a phone (the default), or none where it missed the beginning; it comes with `make nightly`."""
    program = os.environ.get("LIGHTHOUSE", "")
    if not program or not chromium.EXECUTABLE:
        pytest.skip(f"{MISSING}no Lighthouse: make nightly fetches it when npm and chromium are there")
    report = folder / "report.json"
    run = subprocess.run(
        [
            program,
            url,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            "--chrome-flags=--headless --no-sandbox --disable-gpu",
            *options,
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=180,
        env=os.environ | {"CHROME_PATH": chromium.EXECUTABLE},
    )
    if "NO_NAVSTART" in run.stderr:  # "Please run Lighthouse again", it says itself
        return None
    assert run.returncode == 0, run.stderr
    return dict(json.loads(report.read_text()))


def faults(report: dict[str, Any]) -> list[str]:
    """Each budget that is broken, with the audits that broke it."""
    audits, found = report["audits"], []
    for name, least in CATEGORIES.items():
        category = report["categories"][name]
        if category["score"] is None or category["score"] < least:
            low = [ref["id"] for ref in category["auditRefs"] if (audits[ref["id"]]["score"] or 0) < 0.9]
            found.append(f"{name} {category['score']}: {[name for name in low if audits[name]['score'] is not None]}")
    painted = audits["largest-contentful-paint"]["numericValue"]
    return found + ([f"painted after {painted:.0f} ms"] if painted > PAINTED else [])


@pytest.mark.parametrize("page", ["/", "/unit/", "/unit/dinkes/", "/jejak/", "/cara-baca/", "/en/"])
def test_lighthouse_finds_nothing_on_the_real_register(real_site: Site, tmp_path: Path, page: str) -> None:
    assert best(real_site.url + page, tmp_path) == []


@pytest.mark.parametrize("page", ["/", "/unit/", "/unit/dinkes/", "/komitmen/", "/sasaran/ARPUS-01-1/"])
def test_lighthouse_finds_nothing_where_there_is_progress(demo_site: Site, tmp_path: Path, page: str) -> None:
    assert best(demo_site.url + page, tmp_path, f"--skip-audits={NOT_ON_DEMO}") == []


def best(url: str, folder: Path, *options: str) -> list[str]:
    """Nothing where one try of them found nothing, else what the last one found."""
    found = ["Lighthouse never saw the page load"]
    for _ in range(TRIES):
        if report := lighthouse(url, folder, *options):
            found = faults(report)
            if not found:
                break
    return found
