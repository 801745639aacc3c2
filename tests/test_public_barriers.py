"""Tests of accessibility of the public pages: axe (WCAG 2.2 A and AA) in a browser, light, dark, narrow, wide."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from commitments.models import Signature
from opd import access
from tests import cast as people
from tests.cast import Cast
from tests.chromium import barriers
from tests.public_addresses import PUBLIC_PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.sqlite  # no database changes any of this

PAGES = (*PUBLIC_PAGES, "/unit/?q=rujukan", "/unit/?q=zzz")
ODD = ("/?per=kemarin", "/jejak/periksa/?kepala=1", "/jejak/?objek=apa", "/tidak-ada/")


def everything() -> None:
    """One unit on each rung but the last, one silent in words, one that only claims, and a kecamatan on the map."""
    cast = Cast()
    sent = cast.measurement(cast.target(), 3)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    claimed = cast.target(by=cast.other_head, commitment=cast.commitment(by=cast.other_head, unit=cast.pdam))
    cast.measurement(claimed, 5, by=cast.other_head)
    for number, code in enumerate(("kec-gajahmungkur", "kec-semarang-selatan"), 1):
        unit = people.unit(code, "kecamatan", tile_row=1, tile_col=number)
        Signature.enter(
            by=access.SYSTEM,
            memorandum=cast.memorandum,
            unit=unit,
            capacity="party",
            source="https://contoh.invalid/sumber",
            certainty="assumed",
        )


def test_no_page_has_a_barrier(new_page: Callable[..., Page]) -> None:
    """A sample: every width, both schemes and an empty register are walked by night."""
    everything()
    page = new_page(width=320)
    found: list[str] = []
    for address in (*PAGES, *ODD):
        page.goto(address)
        found += barriers(page, address)
    assert found == []


def test_no_page_scrolls_sideways(new_page: Callable[..., Page]) -> None:
    everything()
    page = new_page()
    wider = {}
    for address in (*PAGES, *ODD):
        page.goto(address)
        for width in (360, 768, 1280):  # 320 above
            page.set_viewport_size({"width": width, "height": 740})
            wider[width, address] = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert {place: pixels for place, pixels in wider.items() if pixels > 0} == {}


def test_a_barrier_would_be_found(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto("/tentang/")
    page.evaluate("document.querySelector('main p').style.color = '#e0ded8'")
    page.evaluate("document.querySelector('main h1').style.width = '2000px'")
    faults = barriers(page, "here")
    assert [fault.split()[1] for fault in faults] == ["color-contrast:", "scrolls"]


def test_the_first_view_is_light(new_page: Callable[..., Page]) -> None:
    """At most 8 requests; the bytes are counted by hand, because the test server compresses no file."""
    everything()
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert len(asked) <= 8, asked


def test_the_keyboard_reaches_the_content_first(new_page: Callable[..., Page]) -> None:
    page = new_page(width=1280)
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Langsung ke isi"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "isi"
