"""Tests of what others cite: a figure with its day, the head of the register, its address, its table and picture."""

from __future__ import annotations

import csv
import io
import re
from xml.etree import ElementTree as Tree

import pytest
from django.test import Client

from opd import clock, register
from tests.cast import Cast, utc
from tests.history_of_everything import demonstration
from tests.reading import parts

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

SVG = "{http://www.w3.org/2000/svg}"


def improved() -> Cast:
    cast = Cast()
    row = cast.measurement(cast.target(), 5)
    row.verify(by=cast.verifier, seen=row.fingerprint())
    return cast


def cited(client: Client, page: str) -> str:
    [text] = [part for part in parts(read(client, page), "pre", "snippet") if "Melewati Seremoni, Kota" in part]
    return text


def read(client: Client, page: str) -> str:
    response = client.get(page)
    assert response.status_code == 200
    return b"".join(response).decode()


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("/", "Siapa yang sudah melewati seremoni? Per "),
        ("/unit/dinkes/", "Unit dinkes per "),
        (
            "/sasaran/DINKES-01-1/",
            "Rujukan: lama, Dinkes: 5 hari (median, periode sampai 31 Desember 2018, terverifikasi).",
        ),
    ],
)
def test_a_citation_has_the_figure_its_day_the_head_and_an_address_of_that_day(
    client: Client, page: str, sentence: str
) -> None:
    improved()
    head = register.head()
    assert head is not None
    text = cited(client, page)
    assert text.startswith(sentence)
    assert f"kepala jejak {head.seq}:{head.hash}." in text
    assert text.endswith(f" http://testserver{page}?per={clock.today()}")
    assert "Data contoh" not in text


def test_a_citation_of_a_past_day_names_that_day(client: Client) -> None:
    with demonstration(utc(2019, 1, 20, 3)) as turned:
        improved()
        turned.moment = utc(2019, 3, 1, 3)
        text = cited(client, "/unit/dinkes/?per=2019-02-27")
    assert text.endswith("/unit/dinkes/?per=2019-02-27")
    assert ", per 27 Februari 2019, kepala jejak " in text
    assert "Data contoh, bukan capaian sebenarnya." in text


def test_a_target_without_a_counted_number_is_cited_by_its_rung(client: Client) -> None:
    Cast().target()
    assert ": Terukur" in cited(client, "/sasaran/DINKES-01-1/")


def test_the_files_beside_a_citation_exist_and_are_of_its_day(client: Client) -> None:
    improved()
    for page in ("/", "/unit/dinkes/", "/sasaran/DINKES-01-1/", "/en/sasaran/DINKES-01-1/"):
        data, picture = re.findall(r'href="([^"]+)"', read(client, page).partition("snippet")[2])[:2]
        assert client.get(data)["Content-Type"].startswith("text/csv"), page
        assert client.get(picture)["Content-Type"].startswith("image/"), page


def test_the_table_of_a_target_has_its_measurements_alone(client: Client) -> None:
    cast = improved()
    cast.measurement(cast.target(service="Antrean"), 7)
    said = read(client, "/sasaran/DINKES-01-1/data.csv")
    rows = list(csv.reader(io.StringIO(said), delimiter=";"))
    assert [row[0] for row in rows if row and row[0].startswith("DINKES")] == ["DINKES-01-1"]
    assert "5" in rows[-1]
    assert client.get("/sasaran/DINKES-09-1/data.csv").status_code == 404


def test_the_picture_of_a_target_says_what_it_is(client: Client) -> None:
    with demonstration(utc(2019, 1, 20, 3)):
        improved()
        picture = Tree.fromstring(read(client, "/sasaran/DINKES-01-1/grafik.svg"))
    words = " ".join("".join(text.itertext()) for text in picture.iter(f"{SVG}text"))
    for word in ("Rujukan", "Unit dinkes", "Data contoh, bukan capaian sebenarnya.", "DINKES-01-1", "kepala jejak"):
        assert word in words
    assert client.get("/sasaran/DINKES-09-1/grafik.svg").status_code == 404


def test_an_unpublished_target_has_neither_table_nor_picture(client: Client) -> None:
    Cast().target(published=False)
    assert client.get("/sasaran/DINKES-01-1/data.csv").status_code == 404
    assert client.get("/sasaran/DINKES-01-1/grafik.svg").status_code == 404
