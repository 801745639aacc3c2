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
from commitments.ladder import Rung, kept
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


def answers(html: str) -> list[str]:
    """The parts of the headline, each a link to the page of its answer."""
    [first] = parts(html, "p", "answer")
    [others] = re.findall(r'<ul class="plain other-answers">(.*?)</ul>', html, re.DOTALL)
    return [first, *(text(one) for one in re.findall(r"<li>(.*?)</li>", others, re.DOTALL))]


def test_signatures_alone_prove_nothing(client: Client) -> None:
    Cast()
    html = home(client)
    assert answers(html) == ["0 dari 4 unit sudah melewati seremoni", "4 belum ada target"]
    assert [line.split(" ")[-1] for line in parts(html, "a", "step")] == ["0", "0", "0", "0", "0", "0", "4"]
    assert parts(html, "p", "empty-title") == [
        "Belum ada perbaikan yang terverifikasi",
        "Belum ada yang bergerak",
        "Riwayat belum dapat digambar",
    ]


def test_the_headline_prints_verified_and_claimed_of_all(client: Client) -> None:
    proven(Cast())
    html = home(client)
    assert answers(html) == [
        "1 dari 4 unit sudah melewati seremoni",
        "1 belum, 1 di antaranya mengaku",
        "2 belum ada target",
    ]
    assert parts(html, "a", "tile") == [
        "Dinkes Membaik",
        "Pdam Terukur, mengaku Membaik",
        "Setda Tanda tangan",
        "Bag-Hukum Tanda tangan",
    ]
    assert parts(html, "ul", "changes") == [
        "Rujukan: lama Dinkes median dari 10 data · sampai 31 Des 2018 · Membaik dari 14 hari → menjadi 5 hari"
    ]


def test_the_headline_is_the_ladder_of_the_day_and_nothing_else() -> None:
    proven(Cast())
    day = clock.today()
    rows = list(units_with_rung(Unit.objects.with_names(day), day))
    said = home_page.home_page(day).headline
    assert said == home_page.Headline(
        signed=len(rows),
        stated=None,
        answers={
            "past": sum(row.past_ceremony for row in rows),
            "lapsed": 0,
            "not_yet": sum(0 < row.rung < 3 for row in rows),
            "no_target": sum(row.rung == 0 for row in rows),
        },
        contested=0,
        claiming=1,
    )
    steps = {step.rung: step.count for step in home_page.home_page(day).steps}
    assert steps.pop(None) == 0  # nobody is silent
    assert steps == {rung: sum(row.rung == rung for row in rows) for rung in Rung}


def test_the_table_says_what_the_tiles_say(client: Client) -> None:
    proven(Cast())
    html = home(client)
    [table] = re.findall(r'<table class="compact">.*?</table>', html, re.DOTALL)
    rows = [text(row) for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)]
    assert rows == [
        "Unit Melewati seremoni? Anak tangga Mengaku Catatan",
        "Unit dinkes sudah melewati seremoni Membaik sama",
        "Unit pdam belum Terukur Membaik mengaku lebih tinggi",
        "Unit setda belum ada target Tanda tangan sama",
        "Unit bag-hukum belum ada target Tanda tangan sama",
    ]


def test_a_unit_that_improved_and_fell_silent_is_named_beside_the_headline(client: Client) -> None:
    proven(Cast())
    with clock.turned(clock.TurnedClock(clock.now() + timedelta(days=200), "")):
        html = home(client)
    assert answers(html) == [
        "0 dari 4 unit sudah melewati seremoni",
        "1 sudah, tetapi kini diam",
        "1 belum, 1 di antaranya mengaku",
        "2 belum ada target",
    ]
    assert parts(html, "a", "tile")[0] == "Dinkes Membaik, diam"
    assert "is-lapsed" in html.split(">Dinkes<")[0].rsplit("<a", 1)[1]


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
    assert len(many) <= 13


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
        kept.keep_up(anew=True)
        with CaptureQueriesContext(connection) as queries:
            assert len(parts(home(client), "a", "tile")) == 4 + numbers.stop
        return len(queries)

    assert crowd(range(66)) == crowd(range(66, 696)) <= 13


def test_units_with_a_place_of_their_own_make_a_map(client: Client) -> None:
    cast = Cast()
    signer(cast, "kec-tugu", "kecamatan", tile_row=2, tile_col=1)
    signer(cast, "kec-genuk", "kecamatan", tile_row=2, tile_col=5)
    places = re.findall(r'<li class="(row-\d col-\d)"><a class="tile[^"]*" href="([^"]+)"', compact(home(client)))
    assert places == [("row-2 col-5", "/unit/kec-genuk/"), ("row-2 col-1", "/unit/kec-tugu/")]


def test_too_many_units_to_show_are_counted_by_group(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast()
    proven(cast)
    shown = home_page.home_page(clock.today())
    html = home(client)
    monkeypatch.setattr(home_page, "MAX_TILES", 3)
    counted = home_page.home_page(clock.today(), most_units=3)
    assert (counted.headline, counted.steps, counted.claims) == (shown.headline, shown.steps, shown.claims)
    assert [(group.code, group.size, group.past) for group in counted.counted_groups] == [
        (group.code, len(group.units), group.past) for group in shown.groups
    ]
    short = home(client)
    assert parts(short, "a", "tile") == []
    assert parts(short, "p", "answer") == parts(html, "p", "answer")
    assert parts(short, "p", "change-what") == parts(html, "p", "change-what") != []
    assert "?jenis=bumd&amp;penanda=ya" in short
