"""A real Chromium for tests, that of the system, driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

EXECUTABLE = shutil.which("chromium")
INSTALL = "apt-get install chromium"
OF_THE_BROWSER = ("chrome:", "chrome-extension:")  # its own viewer of a PDF
QUIET = [
    "--headless",
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # nobody outside hears of a test
]
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what is well is not carried over
}


def launch() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, and Django would refuse every query beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=QUIET)
        yield browser
        browser.close()


def visitors(browser: Browser, url: str) -> Iterator[Callable[..., Page]]:
    """A maker of pages, each with cookies of its own; complaints of any of them fail the test at its end."""
    complaints: list[str] = []
    leaves_for: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((url, "data:", "blob:", *OF_THE_BROWSER, *leaves_for)):
            complaints.append(f"asked another host: {request.url}")

    def new_page(width: int = 360, height: int = 740, may_leave_for: str = "", **options: Any) -> Page:
        leaves_for.extend(filter(None, [may_leave_for]))
        context = browser.new_context(
            base_url=url, viewport={"width": width, "height": height}, locale="id-ID", **options
        )
        context.set_default_timeout(10_000)
        context.on("console", heard)
        context.on("request", asked)
        return context.new_page()

    yield new_page
    for context in browser.contexts:
        context.close()
    assert not complaints, complaints


def barriers(page: Page, where: str) -> list[str]:
    """What keeps somebody out of the page as it stands: axe (WCAG 2.2, A and AA), and what is beyond its edge."""
    page.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
    faults = Axe().run(page, options=RULES).response["violations"]
    found = [f"{where} {fault['id']}: {node['html'][:140]}" for fault in faults for node in fault["nodes"]]
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"{where} scrolls sideways by {wider}"] if wider else found
