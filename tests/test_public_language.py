"""Does the address alone decide the language, and do links keep it? English under /en/, Indonesian elsewhere."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from semarang_mou import language
from tests.cast import Cast

pytestmark = pytest.mark.django_db

PAGES = ("/", "/unit/", "/unit/dinkes/", "/komitmen/", "/mou/", "/jejak/", "/cara-baca/", "/tentang/", "/data/")
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
        assert re.findall(r'class="language" href="([^"]+)"', html) == [f"{other}?per=2030-01-01"]
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
    for_machines = (
        "/jejak.jsonl",
        "/api/",
        "/data/",
    )  # the page of the data is /en/data/; its files have one address
    assert {found for found in inside if not found.startswith(("/en/", "/static/", *for_machines))} == set()


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
