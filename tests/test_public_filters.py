"""Tests of list filters: they keep the chosen values, count the others, sort, and report wrong values."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from commitments.lists.tables import CommitmentTable, UnitTable
from commitments.models import ServiceTarget, Signature
from opd import access, clock
from tests import cast as people
from tests.cast import REASON, Cast, utc
from tests.history_of_everything import demonstration
from tests.mutations import undone
from tests.reading import compact, parts, text

pytestmark = pytest.mark.django_db
in_memory = pytest.mark.sqlite  # rows are filtered, sorted and counted in memory: no database changes that

UNIT_LINK = re.compile(r'class="unit-name" href="/unit/([\w-]+)/')
TARGET_LINK = re.compile(r'class="unit-name" href="/(?:sasaran|komitmen)/([\w-]+)/')


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """Once for all: every test forgets what it added."""
    with django_db_blocker.unblock(), undone(), demonstration(utc(2017, 11, 2, 3)) as turned:
        yield everyone(turned)


@pytest.fixture
def world(told: Cast, db: None) -> Cast:
    return told


def everyone(time: clock.TurnedClock) -> Cast:
    """On 10 January 2020: dinkes improved on one target and is late with another; pdam only claims; a kecamatan."""
    cast = Cast()
    tugu = people.unit("kec-tugu", "kecamatan")
    Signature.enter(
        by=access.SYSTEM,
        memorandum=cast.memorandum,
        unit=tugu,
        capacity="party",
        source="uji",
        certainty="documented",
    )
    rujukan = cast.target()
    antrean = cast.target(
        commitment=rujukan.commitment,
        service="Antrean loket",
        family="ringkas",
        unit_of_measure="langkah",
        original_due_on=date(2019, 6, 30),
    )
    moved(cast, antrean, date(2019, 12, 31))
    cast.target(
        by=cast.other_head,
        commitment=cast.commitment(by=cast.other_head, unit=cast.pdam, title="Air mengalir"),
        service="Sambungan air",
        direction="higher",
        baseline_value=Decimal(10),
        target_value=Decimal(90),
        statistic="share",
        unit_of_measure="%",
    )
    cast.commitment(title="Belum bertarget")
    time.moment = utc(2019, 12, 20, 3)
    sent = cast.measurement(rujukan, 5)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    cast.measurement(ServiceTarget.objects.get(reference="PDAM-01-1"), 50, by=cast.other_head)
    time.moment = utc(2020, 1, 10, 3)
    return cast


def moved(cast: Cast, target: ServiceTarget, day: date) -> None:
    slip = target.revise(by=cast.head, seen=target.fingerprint(), field="due_on", new=day, reason=REASON)
    slip.approve(by=cast.approver, seen=slip.fingerprint())


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def counts(html: str, facet: str) -> dict[str, int]:
    """The number beside each choice."""
    found = re.findall(rf'id="{facet}-([\w-]+)".*?class="tick-count">(\d+)<', compact(html))
    return {value: int(count) for value, count in found}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["kec-tugu", "dinkes", "pdam", "setda", "bag-hukum"]),
        ("rung=3", ["dinkes"]),
        ("rung=3&rung=1", ["dinkes", "pdam"]),
        ("tanda=claimed_higher", ["pdam"]),
        ("tanda=moved&tanda=claimed_higher", ["dinkes", "pdam"]),
        ("jenis=bumd", ["pdam"]),
        ("jenis=bumd&rung=3", []),
        ("rumpun=ringkas", ["dinkes"]),
        ("dimensi=living", ["dinkes", "pdam"]),
        ("dimensi=economy", []),
        ("kecamatan=kec-tugu", ["kec-tugu"]),
        ("q=air", ["pdam"]),
        ("q=AIR+sambungan", ["pdam"]),
        ("q=air+antrean", []),
        ("penanda=tidak", []),
        ("q=unit&rung=0", ["kec-tugu", "setda", "bag-hukum"]),
    ],
)
def test_units_are_filtered(client: Client, world: Cast, query: str, found: list[str]) -> None:
    assert UNIT_LINK.findall(read(client, f"/unit/?{query}")) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["DINKES-01-1", "DINKES-01-2", "PDAM-01-1"]),
        ("rung=3", ["DINKES-01-1"]),
        ("tanda=overdue", ["DINKES-01-2"]),
        ("rumpun=cepat", ["DINKES-01-1", "PDAM-01-1"]),
        ("jenis=bumd", ["PDAM-01-1"]),
        ("q=loket", ["DINKES-01-2"]),
        ("q=pdam", ["PDAM-01-1"]),
        ("q=DINKES-01-1", ["DINKES-01-1"]),
        ("kecamatan=kec-tugu", []),
        ("dimensi=living&q=air", ["PDAM-01-1"]),
        ("rung=ditarik", []),
    ],
)
def test_promises_are_filtered(client: Client, world: Cast, query: str, found: list[str]) -> None:
    html = read(client, f"/komitmen/?{query}")
    assert TARGET_LINK.findall(html) == found


def test_a_promise_without_a_target_is_a_row_of_its_own(client: Client, world: Cast) -> None:
    html = read(client, "/komitmen/?rung=0")
    assert parts(html, "tr", "commitment-row") == ["Belum bertarget Dinkes · Kualitas hidup (living) · DINKES-02"]
    assert text(html).count("target belum ditetapkan") == 1
    assert TARGET_LINK.findall(read(client, "/komitmen/?rung=0&urut=unit")) == ["DINKES-02"]


def test_a_withdrawn_target_stays_in_the_list(client: Client, world: Cast) -> None:
    gone = ServiceTarget.objects.get(reference="PDAM-01-1")
    gone.withdraw(by=world.approver, seen=gone.fingerprint(), reason=REASON)
    html = read(client, "/komitmen/?rung=ditarik")
    assert TARGET_LINK.findall(html) == ["PDAM-01-1"]
    assert "ditarik 10 Jan 2020 Janjinya dari 10 ke 90 %." in text(html)
    assert TARGET_LINK.findall(read(client, "/komitmen/?rung=ditarik&per=2020-01-09")) == []


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("jarak", ["DINKES-01-1", "DINKES-02", "DINKES-01-2", "PDAM-01-1"]),
        ("-geser", ["DINKES-01-2", "DINKES-01-1", "PDAM-01-1"]),
        ("geser", ["DINKES-01-1", "PDAM-01-1", "DINKES-01-2"]),
        ("-diam", ["DINKES-01-2", "DINKES-01-1", "PDAM-01-1"]),
        ("-rung", ["DINKES-01-1", "DINKES-01-2", "PDAM-01-1", "DINKES-02"]),
        ("tenggat", ["DINKES-01-2", "DINKES-01-1", "PDAM-01-1"]),
        ("unit", ["DINKES-01-1", "DINKES-01-2", "DINKES-02", "PDAM-01-1"]),
        ("layanan", ["DINKES-01-2", "DINKES-01-1", "PDAM-01-1", "DINKES-02"]),
        ("-layanan", ["PDAM-01-1", "DINKES-01-1", "DINKES-01-2", "DINKES-02"]),
    ],
)
def test_promises_are_sorted_and_what_has_no_value_comes_last(
    client: Client, world: Cast, order: str, found: list[str]
) -> None:
    shown = TARGET_LINK.findall(read(client, f"/komitmen/?urut={order}"))
    if order == "jarak":
        assert shown[0] == found[0]  # the only one with something counted
    else:
        assert [reference for reference in shown if reference in found] == found


@in_memory
@pytest.mark.parametrize("order", ["-geser", "-jarak", "-diam", "-target", "-rung", "unit"])
def test_units_are_sorted_by_what_their_targets_say(client: Client, world: Cast, order: str) -> None:
    assert UNIT_LINK.findall(read(client, f"/unit/?urut={order}"))[0] == {"unit": "bag-hukum"}.get(order, "dinkes")


@in_memory
@pytest.mark.parametrize("page", ["/unit/", "/komitmen/"])
def test_every_column_sorts_both_ways_also_where_headings_are_not_seen(
    client: Client, world: Cast, page: str
) -> None:
    html = compact(read(client, page))
    headings = re.findall(r'class="col-(\w+)"[^>]*>(?:<a href="([^"]+)")?', html)
    table = UnitTable if page == "/unit/" else CommitmentTable
    assert len(headings) == sum(column.shown for column in table.base_columns.values())
    offered = {
        value.lstrip("-") for value in re.findall(r'<option value="(-?[a-z_]+)"', html)
    }  # all that a phone has
    assert {name for name, _ in headings} - {"unit", "rung"} <= offered
    for name, href in headings:
        turns = []
        for _ in range(2):
            html = read(client, href.replace("&amp;", "&"))
            [(column, href)] = re.findall(r'class="col-(\w+)" aria-sort="\w+"><a href="([^"]+)"', compact(html))
            assert column == name
            turns.append((UNIT_LINK if page == "/unit/" else TARGET_LINK).findall(html))
        assert sorted(turns[0]) == sorted(turns[1]), name
        assert turns[0] != turns[1] or name in {"jarak", "sekarang"}, name  # one row of these has a value


@in_memory
def test_values_are_sorted_among_their_like(client: Client, world: Cast) -> None:
    """3 files are neither more nor less than 20 days."""
    found = {}
    for service, measure, value in (("Berkas", "berkas", 8), ("Cetak", "hari", 20), ("Denah", "Hari", 4)):
        target = world.target(
            service=service, unit_of_measure=measure, baseline_value=Decimal(90), target_value=Decimal(2)
        )
        sent = world.measurement(target, value)
        sent.verify(by=world.verifier, seen=sent.fingerprint())
        found[service] = target.reference
    shown = TARGET_LINK.findall(read(client, "/komitmen/?urut=sekarang"))
    rujukan = "DINKES-01-1"  # 5 hari
    assert shown[:4] == [found["Berkas"], found["Denah"], rujukan, found["Cetak"]]
    backwards = TARGET_LINK.findall(read(client, "/komitmen/?urut=-sekarang"))
    assert backwards[:4] == [found["Cetak"], rujukan, found["Denah"], found["Berkas"]]
    assert set(backwards[4:]) == set(shown[4:])  # what has no value comes last either way


@in_memory
def test_a_heading_says_how_the_list_is_sorted_and_turns_it_round(client: Client, world: Cast) -> None:
    html = compact(read(client, "/unit/?urut=-rung&q=unit"))
    [heading] = re.findall(r'<th[^>]*aria-sort="(\w+)"><a href="([^"]+)"', html)
    assert heading == ("descending", "/unit/?q=unit&amp;urut=rung")
    assert 'class="col-jarak"><a href="/unit/?q=unit&amp;urut=-jarak"' in html  # a figure: the largest first


def test_each_choice_counts_what_it_would_leave(client: Client, world: Cast) -> None:
    html = read(client, "/unit/?rung=3")
    assert counts(html, "rung") == {
        "5": 0,
        "4": 0,
        "3": 1,
        "lapsed": 0,
        "2": 0,
        "1": 1,
        "0": 3,
    }  # as if no rung were chosen
    assert counts(html, "jenis")["dinas"] == 1
    assert counts(html, "jenis")["bumd"] == 0
    assert counts(html, "kecamatan") == {"kec-tugu": 0}
    for value, count in counts(read(client, "/komitmen/"), "rung").items():
        rows = re.findall(r"<tr role=\"row\"(?: class=\"is-withdrawn\")?>", read(client, f"/komitmen/?rung={value}"))
        assert max(0, len(rows) - 1) == count, value  # all but the headings


@in_memory
@pytest.mark.parametrize(
    ("page", "query", "complaint"),
    [
        ("unit", "rung=9", "Anak tangga: “9” bukan salah satu pilihan."),
        ("unit", "tanda=claimed_higher&tanda=sunyi", "Tanda: “sunyi” bukan salah satu pilihan."),
        ("unit", "urut=nama", "Urutan: “nama” bukan salah satu pilihan."),
        ("komitmen", "urut=--jarak", "Urutan: “--jarak” bukan salah satu pilihan."),
        ("unit", "baris=100000", "Baris per halaman: “100000” bukan salah satu pilihan."),
        ("unit", "baris=-25", "Baris per halaman: “-25” bukan salah satu pilihan."),
        ("unit", "halaman=-1", "Halaman: “-1” bukan nomor halaman."),
        ("unit", "halaman=1e99999999", "Halaman: “1e99999999” bukan nomor halaman."),
        ("unit", f"halaman={'9' * 30}", f"Halaman: “{'9' * 30}” bukan nomor halaman."),
        ("unit", "halaman=7", "Halaman 7 tidak ada. Yang tampil: halaman terakhir."),
        ("unit", "format=pdf", "Format: “pdf” bukan salah satu pilihan."),
        ("unit", "per_page=100000", "“per_page” bukan saringan daftar ini."),
        ("komitmen", "unit=dinkes", "“unit” bukan saringan daftar ini."),
        ("unit", "q=a&q=b", "“q” tertulis lebih dari sekali; yang dipakai yang terakhir."),
        ("unit", f"q={'a' * 101}", "Cari: Paling banyak 100 huruf."),
        ("unit", "q=a+b+c+d+e+f+g", "Cari: Paling banyak 6 kata."),
        ("komitmen", f"rung={'x' * 60}", f"Anak tangga: “{'x' * 40}…” bukan salah satu pilihan."),
    ],
)
def test_what_makes_no_sense_is_said_and_the_rest_holds(
    client: Client, world: Cast, page: str, query: str, complaint: str
) -> None:
    html = read(client, f"/{page}/?jenis=bumd&{query}")
    [said] = parts(html, "div", "list-complaints")
    assert said == f"Sebagian alamat ini tidak dapat dipakai; sisanya berlaku. {complaint}"
    assert "pdam" in (UNIT_LINK if page == "unit" else TARGET_LINK).findall(html)[0].lower()
    assert parts(read(client, f"/{page}/?jenis=bumd"), "div", "list-complaints") == []


@in_memory
def test_the_tracking_codes_of_shared_links_are_no_question(client: Client, world: Cast) -> None:
    html = read(client, "/unit/?fbclid=abc&utm_source=wa&rung=3")
    assert parts(html, "div", "list-complaints") == []
    assert "fbclid" not in html


@in_memory
def test_every_link_keeps_the_state_of_the_list(client: Client, world: Cast) -> None:
    address = "/komitmen/?q=a&rumpun=cepat&rumpun=ringkas&urut=-diam&baris=50&per=2020-01-09"
    html = read(client, address)
    state = set(parse_qsl(urlsplit(address).query))
    for href in re.findall(r'href="(/komitmen/\?[^"]+)"', html[html.index('id="hasil"') :]):
        kept = set(parse_qsl(urlsplit(href.replace("&amp;", "&")).query))
        changed = {name for name, _ in (state - kept)}
        assert len(state - kept) <= 1 or changed == {"q", "rumpun"}, href  # one thing, or every filter at once
        assert ("per", "2020-01-09") in kept
    assert [chip.removeprefix("Hapus saringan ") for chip in parts(html, "a", "chip")] == [
        "Cari: “a” ×",
        "Rumpun target: Cepat (waktu) ×",
        "Rumpun target: Ringkas (langkah, berkas, kunjungan) ×",
    ]


@in_memory
def test_an_empty_list_says_what_to_do_next(client: Client, world: Cast) -> None:
    html = read(client, "/komitmen/?q=tidakada&urut=-diam")
    assert parts(html, "div", "empty") == [
        "Tidak ada yang cocok Kurangi saringannya atau coba satu kata saja. "
        "Yang tampil di sini hanya yang sudah diumumkan sekretariat. Lihat semua komitmen"
    ]
    assert '<a href="/komitmen/?urut=-diam">Lihat semua komitmen</a>' in html
    assert parts(html, "p", "list-files") == []


@in_memory
@pytest.mark.parametrize(("size", "shown"), [("25", 25), ("50", 50), ("100", 60)])
def test_pages_are_of_25_50_or_100_rows(client: Client, world: Cast, size: str, shown: int) -> None:
    for number in range(55):
        people.unit(f"unit-{number:02}")
    html = read(client, f"/unit/?baris={size}")
    assert len(UNIT_LINK.findall(html)) == shown
    html = read(client, "/unit/?halaman=3")
    assert len(UNIT_LINK.findall(html)) == 10
    assert "60 unit; tampil 51 sampai 60" in text(html)
    assert 'rel="prev" href="/unit/?halaman=2"' in html


def test_a_list_costs_at_most_eight_queries_however_long_it_is(client: Client, world: Cast) -> None:
    """With everything that costs one: a search, a day, an ended unit on the page."""
    addresses = ("/unit/?q=unit&per=2020-01-09", "/unit/", "/komitmen/?q=a&per=2020-01-09", "/komitmen/?urut=-jarak")
    read(client, "/unit/?q=unit")  # the words of this register are read once
    before = [queries(client, address) for address in addresses]
    for number in range(30):
        promise = world.commitment(title=f"Janji {number}")
        world.target(commitment=promise, service=f"Layanan {number}")
        people.unit(f"unit-{number}")
    read(client, "/unit/?q=unit")
    assert [queries(client, address) for address in addresses] == before
    assert max(before) <= 8


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        read(client, address)
    return len(captured)


def test_the_ladder_on_the_home_page_leads_to_the_units_on_each_rung(client: Client, world: Cast) -> None:
    people.unit("bukan-penanda")
    html = read(client, "/")
    for rung, count in ((3, 1), (1, 1), (0, 3)):
        assert f'href="/unit/?rung={rung}&amp;penanda=ya"' in html
        assert len(UNIT_LINK.findall(read(client, f"/unit/?rung={rung}&penanda=ya"))) == count
