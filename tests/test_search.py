"""Tests of the search: words that citizens type find the unit or the service, however they are spelt."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from commitments import roster_loader
from commitments.lists import long_lists, search
from tests.mutations import undone
from tests.reading import parts, text

pytestmark = pytest.mark.django_db

TYPED = {  # written down before the search was built; any of the units, among the first three
    "KTP": "disdukcapil",
    "ktp": "disdukcapil",
    "e-KTP": "disdukcapil",
    "ektp": "disdukcapil",
    "bikin ktp": "disdukcapil",
    "ktp hilang": "disdukcapil",
    "kartu keluarga": "disdukcapil",
    "KK": "disdukcapil",
    "akte": "disdukcapil",
    "akte kelahiran": "disdukcapil",
    "akta lahir": "disdukcapil",
    "KIA": "disdukcapil",
    "surat pindah": "disdukcapil",
    "capil": "disdukcapil",
    "dispendukcapil": "disdukcapil",
    "ijin": "dpmptsp",
    "izin usaha": "dpmptsp",
    "SIUP": "dpmptsp",
    "NIB": "dpmptsp",
    "IMB": "dpmptsp distaru",
    "KRK": "distaru",
    "sampah": "dlh",
    "banjir": "dpu bpbd",
    "jalan rusak": "dpu",
    "jalan berlubang": "dpu",
    "lampu jalan": "disperkim",
    "lampu merah": "dishub",
    "makam": "disperkim",
    "KIR": "dishub",
    "parkir liar": "dishub",
    "PPDB": "disdik",
    "daftar sekolah": "disdik",
    "beasiswa": "disdik",
    "puskesmas": "dinkes",
    "puskesmass": "dinkes",
    "imunisai": "dinkes",
    "ambulan": "dinkes",
    "rumah sakit": "rsud-wongsonegoro",
    "rawat jalan": "rsud-wongsonegoro",
    "air": "pdam",
    "PDAM": "pdam",
    "ledeng": "pdam",
    "bayar pajak": "bapenda",
    "PBB": "bapenda",
    "kebakaran": "damkar",
    "damkar": "damkar",
    "pasar": "disdag bank-pasar",
    "UMKM": "dinkop",
    "kartu kuning": "disnaker",
    "lowongan kerja": "disnaker",
    "bansos": "dinsos",
    "lapor semar": "diskominfo",
    "KB": "dalduk-kb",
    "kekerasan anak": "dp3a",
    "bonbin": "taman-satwa",
    "harga sembako": "ketapang disdag",
    "tembalng": "kec-tembalang",
    "smg tengah": "kec-semarang-tengah",
    "gajah mungkur": "kec-gajahmungkur",
    "Sendangmulyo": "kec-tembalang",
    "kelurahan sampangan": "kec-gajahmungkur",
    "kec. banyumanik": "kec-banyumanik",
    "surat pengantar": "kec-semarang-tengah kec-banyumanik kec-candisari",
    "satpol": "satpol-pp",
    "anak-anak": "dp3a",
}
TYPED_IN_ENGLISH = {
    "identity card": "disdukcapil",
    "birth certificate": "disdukcapil",
    "business permit": "dpmptsp",
    "garbage": "dlh",
    "flood": "dpu bpbd",
    "school": "disdik",
    "hospital": "rsud-wongsonegoro",
    "water": "pdam",
    "tax": "bapenda",
    "fire": "damkar",
    "complaint": "diskominfo",
    "north semarang": "kec-semarang-utara",
}
UNIT_LINK = re.compile(r'class="unit-name" href="(?:/en)?/unit/([\w-]+)/')


@pytest.fixture(scope="module")
def roster(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The sourced roster, once for all tests."""
    with django_db_blocker.unblock(), undone():
        roster_loader.load(report=lambda line: None)
        yield


def found(client: Client, words: str, page: str = "/unit/") -> list[str]:
    response = client.get(page, {"q": words})
    assert response.status_code == 200
    return UNIT_LINK.findall(response.content.decode())


@pytest.mark.parametrize("words", TYPED)
def test_a_word_that_citizens_type_finds_its_unit_among_the_first_three(
    client: Client, roster: None, words: str
) -> None:
    assert set(found(client, words)[:3]) & set(TYPED[words].split())


@pytest.mark.parametrize("words", TYPED_IN_ENGLISH)
def test_a_word_in_english_finds_its_unit_too(client: Client, roster: None, words: str) -> None:
    assert set(found(client, words, "/en/unit/")[:3]) & set(TYPED_IN_ENGLISH[words].split())


def test_a_word_that_nothing_has_is_looked_for_as_the_one_most_like_it(client: Client, roster: None) -> None:
    html = client.get("/unit/?q=tembalng").content.decode()
    assert "“tembalng” tidak ditemukan; yang dicari: tembalang." in text(html)
    assert "yang dicari" not in text(client.get("/unit/?q=tembalang").content.decode())


def test_what_names_a_unit_is_said_beside_it(client: Client, roster: None) -> None:
    html = client.get("/unit/?q=sendangmulyo").content.decode()
    assert parts(html, "span", "unit-hit") == ["Kata kunci: Kelurahan Sendangmulyo"]


@pytest.mark.parametrize(
    ("page", "words", "suggested"),
    [
        ("/unit/", "puskesmas tembalang", ["Dinas Kesehatan", "Kecamatan Tembalang", "RSUD K.R.M.T. Wongsonegoro"]),
        ("/unit/", "dukcapil xyz", ["Dinas Kependudukan dan Pencatatan Sipil"]),
        ("/unit/", "zzz", []),
    ],
)
def test_when_nothing_is_found_units_are_suggested(
    client: Client, roster: None, page: str, words: str, suggested: list[str]
) -> None:
    html = client.get(page, {"q": words}).content.decode()
    names = re.findall(r'lang="id">([^<]+)</a></li>', html.partition('class="empty"')[2])
    assert [name.removesuffix(" Kota Semarang") for name in names] == suggested


def test_every_keyword_names_a_unit_of_the_roster(roster: None) -> None:
    assert set(search.known_words().keywords) == set(search.keywords())
    assert {code for _, codes in search.known_words().keywords.values() for code in codes} >= {"kec-tugu", "pdam"}


ODD = (
    "",
    "kota semarang",
    "%",
    "_",
    "&",
    "zzz qqq",
    "disdag izin",
    "air antrean",
    "DINKES-01-1",
    "rsud, kota",
    "a-b",
    "-",
)


@pytest.mark.parametrize("page", ["/unit/", "/komitmen/"])
def test_a_list_too_long_for_memory_finds_the_same(
    client: Client, roster: None, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [*TYPED, *TYPED_IN_ENGLISH, *ODD]
    short = [rows_of(client, one, page) for one in words]
    monkeypatch.setattr(long_lists, "MAX_ROWS_IN_MEMORY", -1)
    assert [rows_of(client, one, page) for one in words] == short


def rows_of(client: Client, words: str, page: str) -> str:
    html = client.get(page, {"q": words}).content.decode()
    return html.partition('id="hasil"')[2].partition("</section>")[0]
