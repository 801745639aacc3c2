"""Tests of hostile addresses of lists, files and the data page: generated ones, ten thousand of them at night."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.lists.filters import CommitmentFilter, EntryFilter, UnitFilter
from commitments.lists.tables import CommitmentTable, UnitTable
from tests.cast import Cast
from tests.reading import parts

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # rows are asked for by day only; the rest is in memory

FILTERS = {*UnitFilter.base_filters, *CommitmentFilter.base_filters, *EntryFilter.base_filters}
NAMES = sorted({*FILTERS, "urut", "baris", "halaman", "format", "per"})
SENSIBLE = ["3", "silent", "bumd", "cepat", "living", "25", "100", "1", "csv", "xlsx", "2019-11-02", "ya", "rujukan"]
ODD = [
    *(
        "",
        "\0",
        "a\0b",
        "-1",
        "0",
        "9" * 30,
        "9" * 5000,
        "1e99999999",
        "NaN",
        "²",
        "٣",
        "%",
        "%%",
        "_",
        "\\",
        "'",
        '"',
    ),
    *("'\"><script>alert(1)</script>", "{{ 7*7 }}", "{% url 'x' %}", "../../etc/passwd", "\ud83d\ude00", "\ud800"),
    *("0001-01-01", "9999-12-31", "2019-W01-1", "--jarak", "-", "=1+1", "a " * 400, "\r\nSet-Cookie: a=b", "\u202e"),
]
ORDERS = [*UnitTable.known_orders(), *CommitmentTable.known_orders()]
value = st.one_of(st.sampled_from(SENSIBLE), st.sampled_from(ODD), st.sampled_from(ORDERS), st.text(max_size=40))
name = st.one_of(
    st.sampled_from(NAMES), st.sampled_from(["per_page", "page", "sort", "rung[]", "\0", "é"]), st.text(max_size=8)
)
pairs = st.lists(st.tuples(name, value), max_size=8)
PATHS = ("/unit/", "/komitmen/", "/jejak/", "/data/", "/data/units.csv", "/data/targets.xlsx", "/data/revisions.json")

unhurried: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@pytest.fixture
def ask() -> Callable[[str, list[tuple[str, str]]], None]:
    cast = Cast()
    sent = cast.measurement(cast.target(), 5)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    client = Client()

    def answered(path: str, given: list[tuple[str, str]]) -> None:
        cache.clear()  # downloads are limited: tests/test_throttle.py
        response = client.get(f"{path}?{urlencode(given, errors='surrogatepass')}")
        assert response.status_code == 200
        assert not response.cookies
        content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        if response["Content-Type"].startswith("text/html"):
            html = content.decode()
            assert "<script>alert" not in html
            assert len(html) < 300_000
            assert html.count("<h1>") == 1
            said = [*parts(html, "div", "list-complaints"), *parts(html, "p", "notice-warn")]
            assert said or not misunderstood(path, given)

    return answered


def misunderstood(path: str, given: list[tuple[str, str]]) -> bool:
    """Something that surely makes no sense; then the page must say so."""
    last = dict(given)
    number = last.get("halaman", "").strip()
    wrong = bool(number) and not re.fullmatch(r"0*[1-9][0-9]*", number, re.ASCII)
    return path in ("/unit/", "/komitmen/") and (wrong or last.get("baris", "25") not in ("", "25", "50", "100"))


@settings(max_examples=60, **unhurried)
@given(path=st.sampled_from(PATHS), given_=pairs)
def test_no_address_breaks_a_list(ask: Callable[..., None], path: str, given_: list[tuple[str, str]]) -> None:
    ask(path, given_)


@pytest.mark.nightly
@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=10_000 // len(PATHS) + 1, **unhurried)
@given(given_=pairs)
def test_ten_thousand_addresses_break_no_list(
    ask: Callable[..., None], path: str, given_: list[tuple[str, str]]
) -> None:
    """A path each, so that several processes share them."""
    ask(path, given_)


@pytest.mark.parametrize("path", ["/unit/", "/komitmen/", "/jejak/", "/data/units.csv"])
def test_every_parameter_at_its_oddest_at_once(ask: Callable[..., None], path: str) -> None:
    for odd in ODD:
        ask(path, [(name, odd) for name in NAMES])


@pytest.mark.nightly
@pytest.mark.parametrize("path", ["/unit/", "/komitmen/"])
@pytest.mark.parametrize("name", NAMES)
def test_each_parameter_at_its_oddest(ask: Callable[..., None], path: str, name: str) -> None:
    for odd in ODD:
        ask(path, [(name, odd)])
