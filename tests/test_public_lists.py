"""Tests of the lists and the reading pages: citizens find units and services; the rules shown are in force."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments import ladder
from commitments.lists import search
from commitments.models import Memorandum, PublicFact, Signature, transfer
from opd import access, clock
from opd.models import Unit, UnitChange
from tests import cast as people
from tests.cast import Cast
from tests.reading import parts, text

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def rows(html: str) -> list[str]:
    return [text(row) for row in re.findall(r'<tr role="row">(.*?)</tr>', html, re.DOTALL)][1:]


def test_every_signer_is_listed_with_its_state(client: Client) -> None:
    cast = Cast()
    target = cast.target()
    sent = cast.measurement(target, 5)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    assert rows(read(client, "/unit/")) == [
        "Unit dinkes (Dinkes) Membaik 1 dari 1 target membaik kemajuan 82 % mundur tidak kabar hari ini",
        "Unit pdam (Pdam) Tanda tangan target belum ditetapkan",
        "Unit setda (Setda) Tanda tangan target belum ditetapkan",
        "Unit bag-hukum (Bag-Hukum) Tanda tangan target belum ditetapkan",
    ]


def test_a_waiting_proposal_and_a_missing_account_are_said(client: Client) -> None:
    cast = Cast()
    cast.commitment(published=False)
    for membership in cast.pdam.memberships.all():
        membership.user.is_active = False
        membership.user.save()
    assert rows(read(client, "/unit/"))[:2] == [
        "Unit dinkes (Dinkes) Tanda tangan target belum ditetapkan, usulannya menunggu 0 hari",
        "Unit pdam (Pdam) Tanda tangan target belum ditetapkan, belum ada akun aktif",
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("dinkes", ["dinkes"]),
        ("UNIT pdam", ["pdam"]),
        ("rujukan", ["dinkes"]),
        ("kartu", ["pdam"]),
        ("setda", ["setda"]),
        ("unit", ["dinkes", "pdam", "setda", "bag-hukum"]),
        ("tidak ada", []),
        ("%", []),
    ],
)
def test_search_goes_over_names_old_names_services_and_facts(client: Client, asked: str, found: list[str]) -> None:
    cast = Cast()
    cast.target()
    PublicFact.enter(
        by=access.SYSTEM,
        unit=cast.pdam,
        service="Kartu pelanggan",
        statement="Disebut sebuah sumber.",
        source="uji",
        certainty="documented",
    )
    cast.setda.rename(
        by=cast.keeper,
        seen=cast.setda.fingerprint(),
        name="Unit setda baru",
        short_name="Setda",
        on=clock.today(),
        legal_basis="Perda uji",
    )
    html = read(client, f"/unit/?q={asked}")
    assert re.findall(r'class="unit-name" href="/unit/([\w-]+)/"', html) == found


def test_nothing_found_says_what_to_try(client: Client) -> None:
    Cast()
    html = read(client, "/unit/?q=zzz")
    assert parts(html, "p", "empty-title") == ["Tidak ada yang cocok"]
    assert 'href="/unit/"' in html


def test_sorted_by_rung_the_highest_comes_first(client: Client) -> None:
    Cast().target()
    html = read(client, "/unit/?urut=-rung")
    assert [row.split(" (")[0] for row in rows(html)] == ["Unit dinkes", "Unit pdam", "Unit setda", "Unit bag-hukum"]
    assert parts(html, "tr", "group-row") == []


def test_units_that_did_not_sign_stand_apart(client: Client) -> None:
    Cast()
    people.unit("baru")
    html = read(client, "/unit/")
    assert parts(html, "tr", "group-row")[-1] == "Tidak menandatangani pada 2017"
    assert rows(html)[-1].startswith("Unit baru")


@pytest.mark.parametrize("page", ["/unit/", "/unit/?q=unit", "/mou/"])
def test_forty_units_cost_as_many_queries_as_four(client: Client, page: str) -> None:
    cast = Cast()
    cast.target()
    with CaptureQueriesContext(connection) as few:
        read(client, page)
    for number in range(36):
        unit = people.unit(f"unit-{number}")
        sign(cast, unit)
    with CaptureQueriesContext(connection) as many:
        assert len(rows(read(client, page))) == (40 if page == "/mou/" else 25)
    assert len(many) == len(few)
    assert len(many) <= 8


def sign(cast: Cast, unit: Unit) -> None:
    Signature.enter(
        by=access.SYSTEM,
        memorandum=cast.memorandum,
        unit=unit,
        capacity="party",
        source="uji",
        certainty="documented",
    )


def test_the_agreement_says_who_signed_and_what_is_not_known(client: Client) -> None:
    cast = Cast()
    for capacity, name, title in (("before", "Wali Kota Uji", "Wali Kota"), ("co-signer", "Ketua Uji", "Ketua DPRD")):
        Signature.enter(
            by=access.SYSTEM,
            memorandum=cast.memorandum,
            printed_name=name,
            printed_title=title,
            capacity=capacity,
            source="uji",
            certainty="documented",
        )
    html = read(client, "/mou/")
    assert parts(html, "ul", "lined") == [
        "Wali Kota Uji Wali Kota, di hadapan Ketua Uji Ketua DPRD, ikut menandatangani"
    ]
    assert rows(html) == [
        "Unit dinkes tidak diketahui tercatat di sumber",
        "Unit pdam tidak diketahui tercatat di sumber",
        "Unit setda tidak diketahui tercatat di sumber",
        "Unit bag-hukum tidak diketahui tercatat di sumber",
    ]


def test_a_mistaken_signature_stays_on_the_page_with_its_source(client: Client) -> None:
    cast = Cast()
    mistaken = Signature.objects.get(unit=cast.pdam)
    mistaken.withdraw(
        by=cast.keeper,
        seen=mistaken.fingerprint(),
        reason="Daftar resmi tidak memuat unit ini.",
        source="Daftar resmi, 2017, halaman 3",
    )
    html = read(client, "/mou/")
    assert "Pdam dicabut" in text(html)
    assert "Daftar resmi tidak memuat unit ini. Sumber: Daftar resmi, 2017, halaman 3" in text(html)
    assert len(rows(html)) == 3


def test_no_agreement_yet_is_said(client: Client) -> None:
    assert not Memorandum.objects.exists()
    assert parts(read(client, "/mou/"), "p", "empty-title") == ["Belum ada kesepakatan dalam register"]


def test_how_to_read_prints_the_constants_in_force(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    values = parts(read(client, "/cara-baca/"), "td", "num")
    assert values == ["180 hari", "90 hari", "2 siklus", "365 hari", "4", "Membaik"]
    monkeypatch.setattr(ladder, "SUSTAINED_DAYS", 1234)
    assert "1.234 hari atau lebih sebelumnya" in text(read(client, "/cara-baca/"))


def test_every_rung_and_flag_is_explained(client: Client) -> None:
    html = read(client, "/cara-baca/")
    told = re.findall(r"<dt>(.*?)</dt>", html, re.DOTALL)
    assert {text(name) for name in told} == {str(item.label) for item in (*ladder.Rung, *ladder.Flag)}


def test_a_unit_that_ended_points_to_its_heir(client: Client) -> None:
    cast = Cast()
    heir = people.unit("penerus")
    change = UnitChange.propose(
        by=cast.keeper,
        change="merged",
        on=clock.today(),
        legal_basis="Perda uji",
        predecessors=[cast.pdam],
        successors=[heir],
    )
    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    [row] = [row for row in rows(read(client, "/unit/")) if row.startswith("Unit pdam")]
    assert row.endswith(", diteruskan Penerus")


def test_no_word_of_a_waiting_proposal_is_looked_for(client: Client) -> None:
    cast = Cast()
    cast.commitment(title="Rahasia", published=False)
    assert "rahasia" not in search.known_words().words
    cast.commitment(title="Terbuka")
    assert "terbuka" in search.known_words().words


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("/unit/DINKES/", "/unit/dinkes/"),
        ("/UNIT/Dinkes/?per=2020-01-09", "/unit/dinkes/?per=2020-01-09"),
        ("/en/Unit/DINKES/", "/en/unit/dinkes/"),
        ("/komitmen/dinkes-01/", "/komitmen/DINKES-01/"),
        ("/Sasaran/Dinkes-01-1/", "/sasaran/DINKES-01-1/"),
        ("/JAWABAN/PAST/", "/jawaban/past/"),
    ],
)
def test_an_address_in_any_case_leads_to_its_page(client: Client, typed: str, page: str) -> None:
    Cast().target()
    answer = client.get(typed)
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("typed", ["/unit/tidak-ada/", "/tidak-ada/", "/AKUN/undangan/Abc/", "/API/v1/units"])
def test_an_address_of_no_public_page_is_not_found(client: Client, typed: str) -> None:
    assert client.get(typed).status_code == 404
