"""Tests of the speculation rules: a page about to be opened is fetched ahead, and nothing else ever is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client

from opd.accounts.throttle import DOWNLOADS
from semarang_mou import prerendering
from tests.cast import Cast
from tests.test_access import PUBLIC_ROUTES, known_routes
from tests.test_pagecache import Shop, ask

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # no database changes any of this

RULES = "/speculation-rules.json"
PAGES = {  # what may be made ready, in both languages; whoever adds a page decides whether it is cheap
    *("/", "/jawaban/past/", "/unit/", "/unit/dinkes/", "/komitmen/", "/komitmen/DINKES-01/", "/mou/"),
    *("/sasaran/DINKES-01-1/", "/jejak/", "/jejak/periksa/", "/uji-petik/", "/uji-petik/1/"),
    *("/cermin/", "/bimtek/", "/cara-baca/", "/tentang/"),
}
DEAR = {  # as they stand in links, or as somebody may write them
    *("/kerja/", "/kerja", "/admin/", "/admin/login/", "/akun/login/", "/akun/logout/", "/en/kerja/"),
    *("/unit/?format=csv", "/unit/?q=rujukan", "/unit/?per=2019-11-02", "/?per=2019-11-02", "/komitmen/?format=xlsx"),
    *("/unit/dinkes/?sejak=2019-11-02", "/jejak/?halaman=2", "/jejak/periksa/?kepala=1", "/static/css/base.css"),
    *("/bukti/" + "0" * 64 + "/", "/data/units.json", "/api/v1/units/?limit=1000", "/en/lembar-dewan.pdf"),
    *("https://wa.me/?text=x", "https://wa.me/unit/dinkes/", "//wa.me/unit/", "/unit/dinkes/x/", "/unit//"),
}


def every_address() -> set[str]:
    """One address of each route of the site, both languages, and those above."""
    written = {PUBLIC_ROUTES.get(route) or "/" + re.sub(r"<[^>]+>", "x", route) for route in known_routes()}
    here = written | PAGES | DEAR
    return here | {f"/en{address}" for address in here if address.startswith("/")}


def test_only_the_named_pages_are_made_ready_by_chromium(new_page: Callable[..., Page], client: Client) -> None:
    """Asked of Chromium's own URLPattern: every other address of the site stays out."""
    page = new_page()
    page.goto("/tentang/")
    patterns = client.get(RULES).json()["prerender"][0]["where"]["href_matches"]
    matched = page.evaluate(
        """([patterns, addresses]) => addresses.filter(address => patterns.some(
            one => new URLPattern({...one, baseURL: location.origin}).test(new URL(address, location.origin))))""",
        [patterns, sorted(every_address())],
    )
    assert set(matched) == PAGES | {f"/en{address}" for address in PAGES}


def test_the_pages_named_are_the_routes_that_cost_little() -> None:
    assert len(prerendering.PRERENDERED_PAGES) == len(PAGES)
    assert prerendering.rules()["prerender"] == prerendering.rules()["prefetch"]
    assert prerendering.EAGERNESS == "moderate"


@pytest.mark.parametrize(
    ("address", "named"),
    [
        *((address, True) for address in ("/", "/en/unit/dinkes/", "/unit/?q=x", "/data/", "/tentang/")),
        *((address, False) for address in ("/akun/login/", "/kerja/", "/kartu.png", "/jejak/atom.xml")),
        *((address, False) for address in ("/api/v1/units/", "/tidak-ada/", "/unit/?format=csv", RULES)),
    ],
)
def test_pages_for_everybody_name_the_rules_and_nothing_else_does(client: Client, address: str, named: bool) -> None:
    Cast()
    response = client.get(address)
    assert (response.headers.get("Speculation-Rules") == f'"{RULES}"') is named


def test_the_rules_have_their_own_media_type(client: Client) -> None:
    response = client.get(RULES)
    assert response["Content-Type"] == "application/speculationrules+json"  # Chromium reads no other
    assert response["Cache-Control"] == "public, max-age=86400"
    assert dict(response.cookies) == {}


def test_a_request_ahead_is_a_request_for_the_same_kept_page() -> None:
    shop = Shop()
    first = ask(shop.cache, "/unit/dinkes/", SEC_PURPOSE="prefetch;prerender")
    then = ask(shop.cache, "/unit/dinkes/")
    assert (first.body, first.headers) == (then.body, then.headers)
    assert ask(shop.cache, "/unit/dinkes/", IF_NONE_MATCH=first.headers["ETag"]).status == 304
    assert shop.printer.asked.total() == 1


def test_requests_ahead_leave_the_limits_for_the_reader(client: Client) -> None:
    Cast()
    cache.clear()
    for _ in range(DOWNLOADS.most // 2 + 1):
        for address in ("/unit/dinkes/", "/", "/unit/"):
            assert client.get(address, headers={"sec-purpose": "prefetch"}).status_code == 200
    assert client.get("/unit/dinkes/data.csv").status_code == 200


def test_a_page_that_is_pressed_was_fetched_before_it_is_opened(new_page: Callable[..., Page]) -> None:
    """With our Content-Security-Policy; `new_page` fails on any complaint of it."""
    Cast()
    page = new_page(width=1280)
    page.goto("/unit/", wait_until="networkidle")
    with page.expect_request("**/unit/dinkes/") as asked:
        page.get_by_role("link", name="Unit dinkes").hover()
    assert "prefetch" in asked.value.all_headers()["sec-purpose"]
    page.wait_for_timeout(300)  # until the answer is here
    page.get_by_role("link", name="Unit dinkes").click()
    page.wait_for_url("**/unit/dinkes/")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].deliveryType") == "navigational-prefetch"
