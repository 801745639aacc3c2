"""Nightly tests of accessibility on the real server: axe, keyboard, zoom, no motion, on every public page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests import chromium
from tests.chromium import barriers
from tests.nightly.conftest import pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.server import Site

pytestmark = [pytest.mark.nightly, pytest.mark.sqlite]

ODD = {  # what the reader gets when something is wrong
    "/?per=kemarin",
    "/en/?per=2999-01-01",
    "/?per=1990-01-01&sejak=apa",
    "/unit/?q=zzzz&urut=apa",
    "/komitmen/?q=zzzz",
    "/jejak/?objek=apa&halaman=999999",
    "/unit/tidak-ada/",
    "/tidak-ada/",
    "/en/nowhere/",
}
STATES = ("empty", "roster", "full", "error")


@pytest.fixture(scope="session")
def states(demo_site: Site, real_site: Site, empty_site: Site) -> dict[str, tuple[Site, list[str]]]:
    sites = {"empty": empty_site, "roster": real_site, "full": demo_site}
    found = {state: (site, pages(site)) for state, site in sites.items()}
    return found | {"error": (demo_site, sorted(ODD))}


Visitor = Callable[..., "Page"]


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """`visitor(site, width=320)`: the pages of conftest's `new_page`, on a site of ours."""
    makers: list[Iterator[Visitor]] = []

    def make(site: Site, **options: Any) -> Page:
        makers.append(chromium.visitors(browser, site.url))
        return next(makers[-1])(**options)

    yield make
    for maker in makers:
        assert next(maker, None) is None


def test_the_walk_finds_every_kind_of_page(states: dict[str, tuple[Site, list[str]]]) -> None:
    """Or the tests below would be content with what they never saw."""
    wanted = ("/", "/unit/", "/komitmen/", "/mou/", "/jejak/", "/cara-baca/", "/tentang/")
    full = states["full"][1]
    assert {*wanted, *(f"/en{page}" for page in wanted)} <= {page.partition("?")[0] for page in full}
    for start in ("/unit/", "/komitmen/", "/sasaran/", "/en/unit/", "/en/komitmen/", "/en/sasaran/"):
        assert [page for page in full if page.startswith(start) and page.partition("?")[0] != start]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("state", STATES)
def test_no_page_has_a_barrier(
    states: dict[str, tuple[Site, list[str]]], visitor: Visitor, state: str, width: int, scheme: str
) -> None:
    site, addresses = states[state]
    page = visitor(site, width=width, color_scheme=scheme)
    found: list[str] = []
    for address in addresses:
        page.goto(address)
        found += barriers(page, address)
    assert len(addresses) >= 7
    assert found == []


@pytest.mark.parametrize("state", STATES)
def test_at_400_percent_nothing_is_beyond_the_edge(
    states: dict[str, tuple[Site, list[str]]], visitor: Visitor, state: str
) -> None:
    """1280 × 1024 at 400 % are 320 × 256."""
    site, addresses = states[state]
    page = visitor(site, width=320, height=256)
    wider = {}
    for address in addresses:
        page.goto(address)
        wider[address] = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert {address: pixels for address, pixels in wider.items() if pixels > 0} == {}


FOCUSED = """() => {
    const here = document.activeElement, look = getComputedStyle(here), box = here.getBoundingClientRect();
    here.dataset.reached = '1';
    return {
        body: here === document.body, html: here.outerHTML.slice(0, 100),
        ring: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 1,
        seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    };
}"""
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary"
MISSED = """controls => [...document.querySelectorAll(controls)]
    .filter(one => one.checkVisibility() && !one.disabled && one.type !== 'radio' && !one.dataset.reached)
    .map(one => one.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("state", ["full", "error"])
def test_the_keyboard_reaches_everything_visibly_and_is_never_trapped(
    states: dict[str, tuple[Site, list[str]]], visitor: Visitor, state: str, width: int
) -> None:
    site, addresses = states[state]
    page = visitor(site, width=width, reduced_motion="reduce")
    trouble: dict[str, list[str]] = {}
    for address in addresses:
        page.goto(address)
        faults = trouble.setdefault(address, [])
        for _ in range(3000):
            page.keyboard.press("Tab")
            focused = page.evaluate(FOCUSED)
            if focused["body"]:
                break  # after the last, the browser itself
            if not (focused["ring"] and focused["seen"]):
                faults.append(f"not seen to be reached: {focused['html']}")
        else:
            faults.append("trapped")
        faults += [f"never reached: {html}" for html in page.evaluate(MISSED, CONTROLS)]
    assert {address: faults for address, faults in trouble.items() if faults} == {}


MOVING = """() => [...document.querySelectorAll('*')].filter(one => {
    const look = getComputedStyle(one);
    const seconds = text => Math.max(...text.split(',').map(parseFloat));
    return seconds(look.animationDuration) > 0.01 && look.animationName !== 'none'
        || seconds(look.transitionDuration) > 0.01 || look.scrollBehavior === 'smooth';
}).map(one => one.outerHTML.slice(0, 100))"""


def test_nothing_moves_for_those_who_asked_for_stillness(
    states: dict[str, tuple[Site, list[str]]], visitor: Visitor
) -> None:
    site, addresses = states["full"]
    page = visitor(site, reduced_motion="reduce")
    moving = {}
    for address in addresses:
        page.goto(address)
        moving[address] = page.evaluate(MOVING)
    assert {address: found for address, found in moving.items() if found} == {}
