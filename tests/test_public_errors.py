"""Tests of error pages: in the reader's language, without database and without style files."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from tests.reading import parts, text

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # no database changes any of this

PAGES = ("400", "403", "403_csrf", "404", "429", "500", "503")


@pytest.fixture
def broken(settings: "Settings", tmp_path: Path) -> Iterator[None]:
    """The database is away, and nobody ran collectstatic."""
    settings.STATIC_ROOT = tmp_path / "nothing"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "semarang_mou.static_files.JoinedSheetsStorage"}
    }
    with connection.execute_wrapper(_away):
        yield


def _away(*arguments: object) -> None:
    raise OperationalError("away")


@pytest.fixture
def unlucky() -> Client:
    """A reader, for whom a fault is a page and not an exception."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("page", PAGES)
def test_an_error_page_needs_nothing(broken: None, page: str) -> None:
    html = render_to_string(f"{page}.html")
    assert parts(html, "p", "kicker") == [page[:3]]
    assert 'action="/unit/"' in html
    assert '<a href="/">Ke halaman depan</a>' in html
    assert '<meta name="robots" content="noindex">' in html
    with translation.override("en"):
        html = render_to_string(f"{page}.html")
    assert '<html lang="en">' in html
    assert 'action="/en/unit/"' in html
    assert '<a href="/en/">To the front page</a>' in html


def test_a_reader_gets_it_in_their_language(broken: None, unlucky: Client) -> None:
    for address, status, said in (
        ("/tidak-ada/", 404, "Halaman ini tidak ada"),
        ("/en/tidak-ada/", 404, "There is no such page"),
        ("/", 503, "Coba lagi sebentar lagi"),
        ("/en/", 503, "Try again in a moment"),
    ):
        response = unlucky.get(address)
        assert (address, response.status_code) == (address, status)
        assert f" {status} {said} " in text(response.content.decode())


def test_any_other_page_would_need_it(unlucky: Client, broken: None) -> None:
    """The twin: without its own way to the files, an error page would be an error."""
    with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
        render_to_string("base.html")


def test_a_form_that_lay_open_for_too_long_is_said_plainly() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/akun/login/", {"login": "x"})
    assert response.status_code == 403
    assert "Belum terkirim" in response.content.decode()


def test_a_host_that_is_not_ours_gets_the_friendly_page(unlucky: Client) -> None:
    response = unlucky.get("/en/", headers={"host": "lain.example"})
    assert response.status_code == 400
    assert "We could not read this request" in response.content.decode()
