"""Tests of languages: the address alone decides, and links keep it; English under /en/, else Indonesian."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from commitments.models import PublicFact
from opd import access
from semarang_mou import language
from tests.cast import REASON, Cast
from tests.public_addresses import ABOUT_NOW, PUBLIC_PAGES
from tests.reading import compact

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

PAGES = (*PUBLIC_PAGES, "/unit/dinkes/")
ONE_LANGUAGE = ("/kerja/", "/admin/", "/akun/login/", "/api/v1/units/", "/jejak.jsonl", "/healthz")
ADDRESS = re.compile(r'(?:href|action)="(/[^"#]*)"')


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("path", "spoken"),
    [
        ("/", "id"),
        ("/en", "en"),
        ("/en/", "en"),
        ("/en/unit/dinkes/", "en"),
        ("/unit/en/", "id"),
        ("/english/", "id"),
        ("/en-us/", "id"),
        ("/id/", "id"),
        ("//en/", "id"),
        ("", "id"),
    ],
)
def test_the_path_alone_says_which_language(path: str, spoken: str) -> None:
    assert language.of(path) == spoken


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_an_address_in_each_language(client: Client, page: str) -> None:
    Cast()
    for address, spoken, other in ((page, "id", f"/en{page}"), (f"/en{page}", "en", page)):
        response = client.get(f"{address}?per=2030-01-01")
        html = response.content.decode()
        assert response.status_code == 200
        assert response["Vary"] == "Accept-Encoding"
        assert dict(response.cookies) == {}
        assert re.findall(r'<html lang="(\w+)"', html) == [spoken]
        kept = "" if page in ABOUT_NOW else "?per=2030-01-01"
        assert re.findall(r'class="language" href="([^"]+)"', compact(html)) == [f"{other}{kept}"]
        assert re.findall(r'rel="canonical" href="([^"]+)"', html) == [f"http://testserver{address}"]
        assert re.findall(r'hreflang="([\w-]+)" href="([^"]+)"', html) == [
            ("id", f"http://testserver{page}"),
            ("en", f"http://testserver/en{page}"),
            ("x-default", f"http://testserver{page}"),
        ]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_reader_prefers_changes_nothing(client: Client, page: str) -> None:
    Cast()
    client.cookies["django_language"] = "en"
    response = client.get(page, headers={"accept-language": "en"})
    assert '<html lang="id"' in response.content.decode()
    assert response["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("page", PAGES)
def test_links_of_an_english_page_stay_english(client: Client, page: str) -> None:
    cast = Cast()
    cast.measurement(cast.target())
    html = client.get(f"/en{page}").content.decode()
    inside = {found.partition("?")[0] for found in ADDRESS.findall(html)} - {page}  # but for the switch
    # The page of the data is /en/data/; its files and those of the ladder have one. Working places and papers are in
    # Indonesian.
    one_language = (
        "/jejak.jsonl",
        "/jejak/kepala.",
        "/api/",
        "/data/",
        "/tangga/",
        "/akun/login/",
        "/lembar-dewan.pdf",
    )
    assert {found for found in inside if not found.startswith(("/en/", "/static/", *one_language))} == set()


class Voices(HTMLParser):
    """Every piece of text with the language it is said in."""

    VOID = ("meta", "link", "input", "br", "img", "hr", "path", "rect", "circle", "line")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.said: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            inherited = self.open[-1][1] if self.open else ""
            self.open.append((tag, dict(attrs).get("lang") or inherited))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and self.open:
            while self.open and self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if text := " ".join(data.split()).strip(" .,;:·()"):
            self.said.append((text, self.open[-1][1] if self.open else ""))


def test_what_offices_typed_is_said_in_indonesian_on_an_english_page(client: Client) -> None:
    """A screen reader would else read Indonesian as if it were English."""
    cast = Cast()
    late = "Angka yang menyusul karena sistem pusat berganti."
    target = cast.target(baseline_source="Laporan tahunan", known_limits="Tanpa akhir pekan", data_source="Buku tamu")
    sent = cast.measurement(target, 5, method="Stempel waktu di loket")
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    target.refresh_from_db()
    slip = target.revise(
        by=cast.head,
        seen=target.fingerprint(),
        field="due_on",
        new=target.original_due_on.replace(day=1),
        reason=late,
    )
    slip.refuse(by=cast.approver, seen=slip.fingerprint(), reason="Belum cukup alasan untuk mundur.")
    gone = cast.target(service="Layanan yang ditarik")
    gone.withdraw(by=cast.approver, seen=gone.fingerprint(), reason=REASON)
    PublicFact.enter(
        by=access.SYSTEM,
        unit=cast.dinkes,
        service="Antrean puskesmas",
        statement="Antrean dimulai pukul enam.",
        source="Berita uji",
        certainty="documented",
    )
    typed = {
        *(
            "Unit dinkes",
            "Dinkes",
            "Layanan lebih cepat",
            "Warga menunggu lebih sebentar",
            "Rujukan",
            REASON.rstrip("."),
        ),
        *("Laporan tahunan", "Tanpa akhir pekan", "Buku tamu", "Stempel waktu di loket", late.rstrip(".")),
        *(
            "Belum cukup alasan untuk mundur",
            "Layanan yang ditarik",
            "Antrean dimulai pukul enam",
            "Antrean puskesmas",
        ),
        *("Berita uji", "Balai Kota"),
    }
    heard, wrong = set(), set()
    for page in (
        *PAGES,
        "/komitmen/?urut=unit",
        "/komitmen/DINKES-01/",
        "/sasaran/DINKES-01-1/",
        "/sasaran/DINKES-02-1/",
    ):
        for text, spoken in Voices(client.get(f"/en{page}").content.decode()).said:
            heard |= {text} & typed
            if text in typed and spoken != "id":
                wrong.add((page, text))
    assert wrong == set()
    assert heard == typed


@pytest.mark.parametrize("address", ONE_LANGUAGE)
def test_what_has_one_language_has_no_english_address(client: Client, address: str) -> None:
    assert client.get(f"/en{address}").status_code == 404


def test_the_workspace_is_indonesian_also_from_an_english_page(english: None) -> None:
    assert reverse("workspace") == "/kerja/"
    assert reverse("unit", args=["dinkes"]) == "/en/unit/dinkes/"


def test_nothing_of_a_request_s_language_stays_behind(client: Client) -> None:
    client.get("/en/")
    assert translation.get_language() == "id"


def test_an_english_address_without_its_slash_is_completed(client: Client) -> None:
    assert client.get("/en")["Location"] == "/en/"
    assert client.get("/en/unit")["Location"] == "/en/unit/"


@pytest.mark.sqlite
def test_without_the_middleware_an_english_address_is_nowhere(rf: RequestFactory) -> None:
    """The twin: what opens /en/ is that middleware and nothing else."""
    from django.core.handlers.base import BaseHandler

    handler = BaseHandler()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.MIDDLEWARE", ["django.middleware.common.CommonMiddleware"])
        handler.load_middleware()
        assert handler.get_response(rf.get("/en/tentang/")).status_code == 404
