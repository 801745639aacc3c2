"""Tests of long lists: the database chooses and orders the same rows as the filters in memory."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from commitments.ladder import Flag, Rung
from commitments.lists import long_lists
from commitments.lists.filters import CommitmentFilter, ListFilter, UnitFilter, kecamatan_on
from commitments.lists.list_page import ListPage
from commitments.lists.tables import CommitmentTable, UnitTable
from commitments.models.commitment import Dimension
from commitments.models.target import Family
from opd import clock
from opd.models.unit import UnitKind
from tests.cast import Cast
from tests.history_of_everything import at_its_own_pace, everything, told

pytestmark = pytest.mark.django_db

SEARCHES = ("q=dinas", "q=izin", "q=DINKES", "q=air", "q=rsud kota", "q=%25", "q=_", "q=tidak ada", "q=layanan")
COMMON = (
    *(f"tanda={flag}" for flag in Flag),
    *(f"jenis={kind}" for kind in UnitKind),
    *(f"rumpun={family}" for family in Family),
    *(f"dimensi={dimension}" for dimension in Dimension),
    *(f"rung={rung.value}" for rung in Rung),
    *("rung=0&rung=3", "tanda=silent&tanda=overdue", "kecamatan=kec-mijen", "", *SEARCHES),
)
CASES = {
    "/unit/": (UnitFilter, UnitTable, long_lists.long_unit_list, (*COMMON, "penanda=ya", "penanda=tidak")),
    "/komitmen/": (
        CommitmentFilter,
        CommitmentTable,
        long_lists.long_commitment_list,
        (*COMMON, "rung=ditarik", "rung=ditarik&rung=4"),
    ),
}


@pytest.fixture
def city(time: clock.TurnedClock) -> Cast:
    cast = Cast()
    told(everything(cast), at_its_own_pace(time))
    for value in ("9", "3", "12"):
        sent = cast.measurement(cast.target(), value)
        sent.verify(by=cast.verifier, seen=sent.fingerprint())
    cast.measurement(cast.target(), "2")
    return cast


@pytest.fixture
def in_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_lists, "MAX_ROWS_IN_MEMORY", 0)


def names(page: ListPage) -> list[str]:
    return [row.code if hasattr(row, "code") else row.reference for row in page.shown]


@pytest.mark.parametrize("path", CASES)
def test_both_choose_and_order_the_same_rows(city: Cast, in_the_database: None, path: str) -> None:
    filter_class, table, long_list, queries = CASES[path]
    day = clock.today()
    long, short = long_list(day), memory_rows(path)
    assert long is not None
    assert len(short) == long.total > 5
    orders = table.known_orders()
    for query, order in (*product(queries, orders[:1]), *product(["", "rung=3&rung=0&jenis=dinas"], orders)):
        data = QueryDict(f"{query}&urut={order}&baris=100")
        places = kecamatan_on(day, data.getlist("kecamatan"))
        pages = [
            ListPage(path, data, None, filter_(filter_class, data, rows, table, places), table, source)
            for rows, source in ((short, None), (None, long))
        ]
        assert names(pages[0]) == names(pages[1]), (query, order)
        assert pages[0].found == pages[1].found


def filter_(kind: Any, data: QueryDict, rows: Any, table: Any, places: Any) -> ListFilter:
    found: ListFilter = kind(data, rows, table.known_orders(), places)
    return found


def memory_rows(path: str) -> list[Any]:
    if path == "/unit/":
        return long_lists.unit_list_rows(clock.today(), searched=True)
    return long_lists.commitment_list_rows(clock.today())[0]


@pytest.mark.parametrize("path", CASES)
def test_a_long_list_shows_the_same_page_without_counts(city: Cast, client: Client, path: str) -> None:
    short = client.get(path).content.decode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_lists, "MAX_ROWS_IN_MEMORY", 0)
        long = client.get(path).content.decode()
    assert "tick-count" in short
    assert "tick-count" not in long
    assert rows_of(short) == rows_of(long)


def rows_of(page: str) -> str:
    return page.partition("<tbody")[2].partition("</tbody>")[0]
