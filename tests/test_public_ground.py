"""Tests of all public pages: strict policy, no cookies, no trace of the reader, odd addresses, no database."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.test import Client

from opd import access, clock, register
from tests.cast import Cast, utc
from tests.public_addresses import PUBLIC_PAGES
from tests.reading import parts, text

pytestmark = pytest.mark.django_db

NAMES = ("per", "q", "urut", "halaman", "objek", "sejak", "rung", "tanda", "baris")
ODD = [
    "\0",
    "-1",
    "9" * 30,
    "1e99999999",
    "²",
    "%",
    "_" * 5000,
    "'\"><script>alert(1)</script>",
    "\ud83d\ude00",
    "٣",
    "NaN",
    "../../etc/passwd",
    "a b " * 400,
    "0001-01-01",
    "2019-W01-1",
]


@pytest.fixture(params=["empty", "full"])
def ground(request: pytest.FixtureRequest) -> str:
    if request.param == "full":
        cast = Cast()
        sent = cast.measurement(cast.target(), 5)
        sent.verify(by=cast.verifier, seen=sent.fingerprint())
    return str(request.param)


@pytest.mark.by_night_on_postgres
@pytest.mark.parametrize("page", PUBLIC_PAGES)
def test_a_page_is_the_same_for_everyone(client: Client, ground: str, page: str) -> None:
    response = client.get(page)
    html = response.content.decode()
    assert response.status_code == 200
    assert dict(response.cookies) == {}
    assert response.headers.get("Vary") == "Accept-Encoding"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert re.findall(r"""<style|<script(?![^>]*\ssrc=)|\sstyle=["']|\son[a-z]+=["']""", html) == []
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert html.count('<link rel="stylesheet"') <= 2  # a request each, and the reader sees nothing before


@pytest.mark.parametrize("page", PUBLIC_PAGES)
def test_odd_parameters_never_break_a_page(client: Client, ground: str, page: str) -> None:
    """All at once, as each has its own answer; but `format`, which only lists read, may lead elsewhere."""
    for odd in ODD:
        value = quote(odd, errors="surrogatepass")
        for names in (NAMES, ("format",)) if page in ("/unit/", "/komitmen/") else ((*NAMES, "format"),):
            response = client.get(f"{page}?{'&'.join(f'{name}={value}' for name in names)}")
            assert response.status_code == 200, (names, odd)
            assert b"<script>alert" not in response.content


@pytest.mark.nightly
@pytest.mark.parametrize("page", PUBLIC_PAGES)
def test_no_odd_parameter_breaks_a_page_by_itself(client: Client, ground: str, page: str) -> None:
    for odd in ODD:
        for name in NAMES:
            response = client.get(f"{page}?{name}={quote(odd, errors='surrogatepass')}")
            assert response.status_code == 200, (name, odd)


@pytest.mark.by_night_on_postgres
def test_only_reading_is_possible(client: Client) -> None:
    for page in PUBLIC_PAGES:
        assert client.post(page).status_code == 405
        assert client.head(page).status_code == 200


@pytest.mark.by_night_on_postgres
def test_the_foot_shows_the_head_of_the_register(client: Client) -> None:
    Cast()
    head = register.head()
    assert head
    shown = text(client.get("/").content.decode())
    digest = " ".join(head.hash[at : at + 4] for at in range(0, 12, 4))
    assert f"Catatan ke- {head.seq}, " in shown
    assert digest in shown


@pytest.fixture
def demo() -> Iterator[None]:
    with clock.turned(clock.TurnedClock(utc(2018, 1, 1, 3), "uji")), register.act(register.DEMO_ACT, "demo") as act:
        act.office = access.SYSTEM.office
    yield


@pytest.mark.by_night_on_postgres
@pytest.mark.parametrize("page", PUBLIC_PAGES)
def test_invented_data_is_labelled_on_every_page(client: Client, demo: None, page: str) -> None:
    said = parts(client.get(page).content.decode(), "p", "ribbon")
    assert said == ["Data contoh. Angka di halaman ini dibuat untuk peragaan, bukan capaian sebenarnya."]


@pytest.mark.by_night_on_postgres
@pytest.mark.parametrize("page", PUBLIC_PAGES)
def test_real_data_is_not(client: Client, ground: str, page: str) -> None:
    assert parts(client.get(page).content.decode(), "p", "ribbon") == []
