"""Tests of pages as of another day; for a day that cannot be used, the page shows a sentence."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import Client

from opd import access, clock, register
from tests.cast import Cast, utc
from tests.public_addresses import ABOUT_NOW, PAGES_OF_A_DAY
from tests.reading import parts, text

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # pages and roles: no database changes them

START = date(2018, 1, 1)


@pytest.fixture
def cast() -> Iterator[Cast]:
    """A demonstration that began on 1 January 2018 and in which Dinkes published a target on 1 March 2018."""
    with clock.turned(clock.TurnedClock(utc(2018, 1, 1, 3), "uji")) as turned:
        with register.act(register.DEMO_ACT, "demo") as act:
            act.office = access.SYSTEM.office
        cast = Cast()
        turned.moment = utc(2018, 3, 1, 3)
        cast.target()
    yield cast


FEED = re.compile(r'href="[^"]*atom\.xml"')  # what is new, whatever day is read
LANGUAGE = re.compile(
    r'<(?:a|link)[^>]* hreflang="[^"]*"[^>]*>'
)  # the same address, mistake and all, in another language


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def notices(html: str) -> list[str]:
    return parts(html, "p", "notice-warn")


def test_a_past_day_shows_what_the_register_knew_then(cast: Cast, client: Client) -> None:
    html = read(client, "/?per=2018-02-28")
    assert notices(html) == [
        "Anda melihat keadaan per Rabu, 28 Februari 2018, sebagaimana diketahui register pada akhir hari itu. "
        "Kembali ke hari ini"
    ]
    assert [tile for tile in parts(html, "a", "tile") if tile.startswith("Dinkes")] == ["Dinkes Tanda tangan"]
    html = read(client, "/?per=2018-03-01")
    assert [tile for tile in parts(html, "a", "tile") if tile.startswith("Dinkes")] == ["Dinkes Terukur"]
    assert "118 hari lalu" not in text(html)
    assert "119 hari lalu" in text(html)


@pytest.mark.parametrize("page", PAGES_OF_A_DAY)
def test_every_link_to_a_public_page_carries_the_day(cast: Cast, client: Client, page: str) -> None:
    html = read(client, f"{page}?per=2018-03-01")
    body = html.split("</footer>")[0].split("<footer")[0].replace(f'href="{page}">Kembali', "")
    links = re.findall(r'href="(/(?:unit|komitmen|sasaran|mou|jejak|cara-baca)/[^"]*)"', FEED.sub("", body))
    assert links
    assert {link for link in links if not re.search(r"[?&;]per=2018-03-01", link)} <= set(ABOUT_NOW)


@pytest.mark.parametrize("asked", ["2018-03-01", "kemarin"])
@pytest.mark.parametrize("page", ABOUT_NOW)
def test_a_page_about_now_reads_no_day(cast: Cast, client: Client, page: str, asked: str) -> None:
    html = read(client, f"{page}?per={asked}")
    assert notices(html) == []
    assert html == read(client, page)


@pytest.mark.parametrize("page", PAGES_OF_A_DAY)
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("2018-02-30", "“2018-02-30” bukan tanggal yang dapat dibaca; tulislah seperti 2019-11-02."),
        ("kemarin", "“kemarin” bukan tanggal yang dapat dibaca; tulislah seperti 2019-11-02."),
        ("20190102", "“20190102” bukan tanggal yang dapat dibaca; tulislah seperti 2019-11-02."),
        ("9999-12-31", "Jumat, 31 Desember 9999 belum tiba."),
    ],
)
def test_a_bad_or_future_day_is_said_and_today_is_shown(
    cast: Cast, client: Client, page: str, asked: str, said: str
) -> None:
    html = read(client, f"{page}?per={asked}")
    assert notices(html)[0] == f"{said} Yang tampil: keadaan hari ini."
    assert f"per={asked}" not in LANGUAGE.sub("", html)


@pytest.mark.parametrize("asked", ["2017-12-31", "1990-01-01", "0001-01-01"])
def test_before_the_first_entry_the_first_day_is_shown(cast: Cast, client: Client, asked: str) -> None:
    assert notices(read(client, f"/?per={asked}"))[0] == (
        "Untuk hari itu belum ada catatan: register dimulai Senin, 1 Januari 2018. "
        "Yang tampil: keadaan pada hari itu."
    )


def test_an_empty_register_has_no_past(client: Client) -> None:
    assert notices(read(client, "/?per=2018-01-01")) == ["Belum ada catatan: register belum dimulai."]


@pytest.mark.parametrize("asked", ["", clock.today().isoformat()])
def test_today_needs_no_notice(cast: Cast, client: Client, asked: str) -> None:
    assert notices(read(client, f"/?per={asked}")) == []


def test_the_way_back_keeps_the_other_parameters(cast: Cast, client: Client) -> None:
    html = read(client, "/unit/?q=dinkes&per=2018-03-01&urut=rung")
    assert 'href="/unit/?q=dinkes&amp;urut=rung">Kembali ke hari ini' in html


def test_tomorrow_is_not_yet(cast: Cast, client: Client) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    assert notices(read(client, f"/?per={tomorrow}"))[0].endswith("belum tiba. Yang tampil: keadaan hari ini.")
