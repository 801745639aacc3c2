"""Nightly tests of queries: seven thousand units need no more than a page may ask, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.ladder import kept
from commitments.ladder.reference import UnitFact
from commitments.models import Memorandum, Signature
from opd import clock
from opd.models import Unit, UnitName
from tests import history
from tests.cast import utc
from tests.random_histories import boundary

pytestmark = [pytest.mark.nightly, pytest.mark.django_db]

HOME, LIST = 12, 8  # queries at most
MOST = {
    "/": HOME,
    "/unit/": LIST,
    "/unit/?q=unit&per=2018-02-01&urut=-jarak": LIST,
    "/unit/?halaman=2&baris=100": LIST,
    "/komitmen/": LIST,
    "/komitmen/?q=layanan&per=2018-02-01&urut=sekarang&baris=100": LIST,
    "/jejak/": LIST,
}
OTHERS = ("/?sejak=2018-01-20", "/unit/u10/", "/mou/", "/uji-petik/", "/data/", "/sitemap.xml")


def write(first: int, last: int) -> None:
    """Units numbered so, each a signer; every tenth has a target with a verified figure."""
    targets = [replace(boundary(n.to_bytes(40)), unit=f"u{n}") for n in range(first, last, 10)]
    history.write([UnitFact(f"u{n}") for n in range(first, last)], targets)
    units = list(Unit.objects.filter(names=None))
    UnitName.objects.bulk_create(
        UnitName(unit=unit, name=f"Unit {unit.code}", short_name=unit.code) for unit in units
    )
    memorandum = Memorandum.objects.get()
    Signature.objects.bulk_create(
        Signature(memorandum=memorandum, unit=unit, capacity="party", source="uji", certainty="assumed")
        for unit in units
    )
    kept.keep_up(anew=True)


def test_seven_thousand_units_need_no_more_queries_than_a_page_may(client: Client, time: clock.TurnedClock) -> None:
    time.moment = utc(2018, 2, 10, 3)

    def asked() -> dict[str, int]:
        found = {}
        for page in (*MOST, *OTHERS):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            found[page] = len(queries)
        return found

    write(0, 70)
    asked()  # the first reader of the history fills it
    few = asked()
    write(70, 7_000)
    asked()
    many = asked()
    most = {page: MOST.get(page, few[page]) for page in few}
    assert {page: (few[page], many[page]) for page in few if max(few[page], many[page]) > most[page]} == {}
