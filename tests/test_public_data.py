"""Tests of the data page: all data can be taken, every column is explained, files say what the API answers."""

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from commitments.api import whole_list
from commitments.api.urls import API_LISTS
from commitments.lists import exports
from commitments.models import Assessment, PublicFact, Recheck, Training
from opd import clock
from tests.cast import REASON, Cast, utc
from tests.reading import text

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

FILES = [(name, format_) for name in API_LISTS for format_ in whole_list.formats(name)]


def everything() -> Cast:
    cast = Cast()
    row = Training.enter(by=cast.keeper, held_on=clock.today(), title="Bimtek", place="Balai Kota", source="uji")
    row.attend(by=cast.keeper, seen=row.fingerprint(), units=[cast.dinkes, cast.pdam])
    Assessment.enter(
        by=cast.keeper,
        assessor="Penilai",
        scheme="Survei",
        year=2017,
        value=Decimal("78.5"),
        unit=cast.dinkes,
        published_on=date(2018, 1, 1),
        source="uji",
        certainty="documented",
    )
    known = {"service": "Rujukan", "statement": "Rujukan selesai dalam dua hari.", "source": "uji"}
    PublicFact.enter(by=cast.keeper, unit=cast.dinkes, value=Decimal("2.5"), certainty="documented", **known)
    target = cast.target()
    sent = cast.measurement(target, "5.5", period_start=date(2017, 11, 3), period_end=date(2017, 12, 1))
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    item = Recheck.draw(by=cast.inspector, size=1).items.get()
    item.record(
        by=cast.inspector,
        seen=item.fingerprint(),
        outcome="berbeda",
        found_value=Decimal("6.5"),
        finding=REASON,
    )
    target.revise(
        by=cast.head,
        seen=target.fingerprint(),
        field="due_on",
        new=date(2031, 6, 30),
        reason="Menunggu sistem pusat yang baru.",
    )
    return cast


def content(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, address
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def rows_of(client: Client, name: str, format_: str) -> list[dict[str, Any]]:
    got = content(client, f"/data/{name}.{format_}")
    if format_ == "json":
        return list(json.loads(got)["results"])
    if format_ == "csv":
        read: list[Any] = list(csv.reader(io.StringIO(got.decode("utf-8-sig"), newline=""), delimiter=";"))
    else:
        read = list(load_workbook(io.BytesIO(got)).active.iter_rows(values_only=True))
    start = next(at for at, row in enumerate(read) if not any(row)) + 1
    return [dict(zip(read[start], row, strict=True)) for row in read[start + 1 :]]


@pytest.fixture
def world(time: clock.TurnedClock) -> Cast:
    time.moment = utc(2018, 1, 5, 3)
    return everything()


@pytest.mark.parametrize("name", API_LISTS)
def test_the_dictionary_explains_exactly_the_fields_of_the_api(client: Client, world: Cast, name: str) -> None:
    [told] = [told for told in whole_list.list_descriptions() if told.name == name]
    answer = client.get(f"/api/v1/{name}/").json()["results"][0]
    assert [field.name for field in told.fields] == list(answer)
    html = client.get("/data/").content.decode()
    start = html.index(f'<details class="dictionary" id="{name}"')
    shown = re.findall(r"<code>(.*?)</code>", html[start : html.index("</details>", start)])
    names = [field.name for field in told.fields]
    assert [word for word in shown if "." not in word] == [name, *names]
    for field in told.fields:
        assert field.meaning.endswith("."), field.name
        assert {part.name for part in field.parts} == (set(answer[field.name][0]) if field.parts else set())


@pytest.mark.parametrize(("name", "format_"), FILES)
def test_a_file_holds_the_same_rows_as_the_api(client: Client, world: Cast, name: str, format_: str) -> None:
    answers = client.get(f"/api/v1/{name}/?limit=1000").json()["results"]
    rows = rows_of(client, name, format_)
    assert len(rows) == len(answers) > 0
    if format_ == "json":
        assert rows == answers
    for row, answer in zip(rows, answers, strict=True):
        assert list(row) == list(answer)
        plain = {key: value for key, value in answer.items() if isinstance(value, str) and key != "at"}
        for key, value in plain.items():
            assert same(row[key], value), (key, row[key], value)


def same(cell: Any, value: str) -> bool:
    """As written by the API, or the same number, day or text as a spreadsheet holds it."""
    if isinstance(cell, str):
        return cell == value or cell.replace(",", ".") == value
    return str(cell)[: len(value)] == value or Decimal(str(cell)) == Decimal(value)


def test_a_json_file_is_an_answer_with_every_row_and_the_licence(
    client: Client, world: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_list, "MAX_LIMIT", 2)  # several pages of the API in one file
    told = json.loads(content(client, "/data/register.json?per=2018-01-04"))
    assert told["results"] == client.get("/api/v1/register/?per=2018-01-04").json()["results"]
    assert list(told) == ["notice", "licence", "meta", "results"]
    assert told["notice"] == exports.DEMO_NOTICE
    assert told["meta"]["demo"] is True
    assert told["meta"]["per"] == "2018-01-04"
    assert told["meta"]["head"]["seq"] > told["meta"]["count"]


@pytest.mark.parametrize("name", API_LISTS)
def test_a_file_without_rows_still_says_what_it_is(client: Client, name: str) -> None:
    empty = json.loads(content(client, f"/data/{name}.json"))
    assert list(empty) == ["licence", "meta", "results"]  # nothing here is invented
    assert empty["results"] == []
    assert empty["meta"]["count"] == 0
    assert rows_of(client, name, "csv") == []


@pytest.mark.sqlite
@pytest.mark.parametrize("address", ["/data/apa.csv", "/data/units.pdf", "/data/register.xlsx"])
def test_a_file_that_there_is_not_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_day_that_makes_no_sense_is_said_instead_of_a_file(client: Client, world: Cast) -> None:
    response = client.get("/data/units.csv?per=kemarin")
    html = response.content.decode()
    assert "<h1>Data</h1>" in html
    assert "“kemarin” bukan tanggal yang dapat dibaca" in text(html)


def test_the_page_offers_every_file_of_the_day_and_the_api(client: Client, world: Cast) -> None:
    html = client.get("/data/?per=2018-01-04").content.decode()
    for name, format_ in FILES:
        assert f'href="/data/{name}.{format_}?per=2018-01-04"' in html
    assert 'href="/api/v1/schema/"' in html
    assert 'href="/jejak.jsonl"' in html
    assert 'rel="license"' in html
    assert client.get("/api/v1/targets/?limit=5&per=2018-01-04").status_code == 200


def test_fields_are_explained_in_the_language_of_the_page_and_of_the_api(client: Client, world: Cast) -> None:
    """The page in the reader's; the description of the API, which has one address, in Indonesian."""
    english, indonesian = text(client.get("/en/data/").content.decode()), "Anak tangga terverifikasi, 0 sampai 5."
    assert "rung Verified rung, 0 to 5. whole number" in english
    assert indonesian not in english
    assert indonesian in client.get("/data/").content.decode()
    assert indonesian in client.get("/api/v1/schema/").content.decode()
