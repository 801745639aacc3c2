"""Tests of the home page: with no signatures, with signatures only, and with evidence."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.as_of import AsOf
from commitments.ladder import Rung
from commitments.models import Signature
from commitments.models.querysets import units_with_rung
from commitments.reports import home_page, month_ends
from opd import access, clock
from opd.models import Unit, UnitName
from tests import cast as people
from tests.cast import Cast, utc
from tests.reading import compact, parts, text

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]


def signer(cast: Cast, code: str, kind: str = "dinas", **facts: object) -> Unit:
    unit = people.unit(code, kind, **facts)
    Signature.enter(
        by=access.SYSTEM,
        memorandum=cast.memorandum,
        unit=unit,
        capacity="party",
        source="uji",
        certainty="documented",
    )
    return unit


def proven(cast: Cast) -> None:
    """Dinkes proves 14 -> 5 days; PDAM only claims it."""
    target = cast.target()
    sent = cast.measurement(target, 5)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    claimed = cast.target(by=cast.other_head, commitment=cast.commitment(by=cast.other_head, unit=cast.pdam))
    cast.measurement(claimed, 5, by=cast.other_head)


def home(client: Client, query: str = "") -> str:
    response = client.get(f"/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_register_says_that_nobody_signed(client: Client) -> None:
    html = home(client)
    assert parts(html, "p", "answer") == ["Register ini belum berisi satu tanda tangan pun."]
    assert parts(html, "a", "tile") == []


def test_signatures_alone_prove_nothing(client: Client) -> None:
    Cast()
    html = home(client)
    assert parts(html, "p", "answer") == [
        "0 dari 4 unit terbukti membaik; 0 mengaku; 4 belum menetapkan target terukur."
    ]
    assert [line.split(" ")[-1] for line in parts(html, "a", "step")] == ["0", "0", "0", "0", "0", "4"]
    assert parts(html, "p", "empty-title") == [
        "Belum ada perbaikan yang terbukti",
        "Belum ada yang bergerak",
        "Riwayat belum dapat digambar",
    ]


def test_the_headline_prints_verified_and_claimed_of_all(client: Client) -> None:
    proven(Cast())
    html = home(client)
    assert parts(html, "p", "answer") == [
        "1 dari 4 unit terbukti membaik; 2 mengaku; 2 belum menetapkan target terukur."
    ]
    assert parts(html, "a", "tile") == [
        "Dinkes Membaik",
        "Pdam Terukur, mengaku Membaik",
        "Setda Tanda tangan",
        "Bag-Hukum Tanda tangan",
    ]
    assert parts(html, "ul", "changes") == [
        "Rujukan Dinkes median, n=10 · sampai 31 Des 2018 · Membaik dari 14 hari → menjadi 5 hari"
    ]


def test_the_headline_is_the_ladder_of_the_day_and_nothing_else() -> None:
    proven(Cast())
    day = clock.today()
    rows = list(units_with_rung(Unit.objects.with_names(day), day))
    said = home_page.home_page(day).headline
    assert said == home_page.Headline(
        signed=len(rows),
        stated=None,
        verified=sum(row.past_ceremony for row in rows),
        claimed=sum(row.past_ceremony_claimed for row in rows),
        without_target=sum(row.rung == Rung.SIGNED for row in rows),
        silenced=0,
    )
    steps = {step.rung: step.count for step in home_page.home_page(day).steps}
    assert steps == {rung: sum(row.rung == rung for row in rows) for rung in Rung}


def test_the_table_says_what_the_tiles_say(client: Client) -> None:
    proven(Cast())
    html = home(client)
    [table] = re.findall(r'<table class="compact">.*?</table>', html, re.DOTALL)
    rows = [text(row) for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)]
    assert rows == [
        "Unit Terbukti Mengaku Catatan",
        "Unit dinkes Membaik sama",
        "Unit pdam Terukur Membaik mengaku lebih tinggi",
        "Unit setda Tanda tangan sama",
        "Unit bag-hukum Tanda tangan sama",
    ]


def test_a_unit_that_improved_and_fell_silent_is_named_beside_the_headline(client: Client) -> None:
    proven(Cast())
    with clock.turned(clock.TurnedClock(clock.now() + timedelta(days=200), "")):
        html = home(client)
    assert parts(html, "p", "answer") == [
        "0 dari 4 unit terbukti membaik; 1 mengaku; 2 belum menetapkan target terukur."
    ]
    assert "1 unit lagi pernah membaik tetapi kini diam, jadi tidak dihitung." in text(html)
    assert parts(html, "a", "tile")[0] == "Dinkes Membaik, diam"


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (None, "4 unit menandatangani"),
        (4, "4 unit menandatangani"),
        (70, "4 dari 70 yang disebut sumber tercatat menandatangani"),
        (3, "4 unit tercatat menandatangani, sumber menyebut 3"),
    ],
)
def test_both_numbers_are_printed_while_they_differ(stated: int | None, said: str) -> None:
    Cast()
    today = clock.today()
    shown = home_page.home_page(today)
    headline = replace(shown.headline, stated=stated)
    context = {"page": replace(shown, headline=headline), "successors": {}, "asof": AsOf(today, today, "/")}
    [kicker] = parts(render_to_string("public/home.html", context), "p", "kicker")
    assert kicker.startswith(f"{said} Kamis, 2 November 2017 ")


def test_a_signature_withdrawn_as_a_mistake_is_no_longer_counted(client: Client) -> None:
    cast = Cast()
    mistaken = Signature.objects.get(unit=cast.pdam)
    mistaken.withdraw(
        by=cast.keeper,
        seen=mistaken.fingerprint(),
        reason="Daftar resmi tidak memuat unit ini.",
        source="Daftar resmi, 2017, halaman 3",
    )
    assert home_page.home_page(clock.today()).headline.signed == 3
    assert [tile.split(" ")[0] for tile in parts(home(client), "a", "tile")] == ["Dinkes", "Setda", "Bag-Hukum"]


def test_forty_units_cost_as_many_queries_as_four(client: Client) -> None:
    cast = Cast()
    proven(cast)
    with CaptureQueriesContext(connection) as few:
        home(client)
    for number in range(36):
        signer(cast, f"unit-{number}", "kecamatan", tile_row=1, tile_col=number + 1)
    with CaptureQueriesContext(connection) as many:
        assert len(parts(home(client), "a", "tile")) == 40
    assert len(many) == len(few)
    assert len(many) <= 12


def test_seven_hundred_signers_cost_as_many_queries_as_seventy(client: Client, time: clock.TurnedClock) -> None:
    """Rows made behind the register's back, which this page does not ask: acts would take minutes."""
    cast = Cast()
    time.moment = utc(2019, 1, 5, 3)
    proven(cast)
    time.moment = utc(2019, 2, 5, 3)

    def crowd(numbers: range) -> int:
        units = [Unit(code=f"unit-{number}", unit_kind="dinas", head_title="Kepala") for number in numbers]
        Unit.objects.bulk_create(units)
        UnitName.objects.bulk_create(UnitName(unit=unit, name=unit.code, short_name=unit.code) for unit in units)
        party = {"memorandum": cast.memorandum, "capacity": "party", "source": "uji", "certainty": "documented"}
        Signature.objects.bulk_create(Signature(unit=unit, **party) for unit in units)
        month_ends.fill()
        with CaptureQueriesContext(connection) as queries:
            assert len(parts(home(client), "a", "tile")) == 4 + numbers.stop
        return len(queries)

    assert crowd(range(66)) == crowd(range(66, 696)) <= 12


def test_units_with_a_place_of_their_own_make_a_map(client: Client) -> None:
    cast = Cast()
    signer(cast, "kec-tugu", "kecamatan", tile_row=2, tile_col=1)
    signer(cast, "kec-genuk", "kecamatan", tile_row=2, tile_col=5)
    places = re.findall(r'<li class="(row-\d col-\d)"><a class="tile[^"]*" href="([^"]+)"', compact(home(client)))
    assert places == [("row-2 col-5", "/unit/kec-genuk/"), ("row-2 col-1", "/unit/kec-tugu/")]
