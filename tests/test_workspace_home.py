"""Tests of the home page of the workspace: what is due, most urgent first, and whose clock runs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Commitment
from commitments.workspace import due_work
from opd import clock
from tests import doors
from tests.cast import REASON, Cast
from tests.reading import compact

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # pages and roles: no database changes them


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_the_most_urgent_comes_first(cast: Cast) -> None:
    today = clock.today()
    commitment = cast.commitment()

    def target(service: str, due: date) -> object:
        return cast.target(commitment=commitment, service=service, original_due_on=due)

    far = today + timedelta(days=400)
    target("Tenang", far)
    waiting = target("Menunggu", date(2020, 12, 31))
    cast.measurement(waiting, 9)  # type: ignore[arg-type]
    target("Dekat", today + timedelta(days=14))
    target("Belum dekat", today + timedelta(days=15))
    target("Lewat", date(2020, 12, 31))
    returned = cast.measurement(target("Kembali", far), 9)  # type: ignore[arg-type]
    returned.return_(by=cast.verifier, seen=returned.fingerprint(), note=REASON)
    rows = due_work.due_targets(cast.dinkes, today)
    assert [(row.target.service, row.urgency) for row in rows] == [
        ("Kembali", "returned"),
        ("Lewat", "overdue"),
        ("Dekat", "due"),
        ("Menunggu", "calm"),
        ("Belum dekat", "calm"),
        ("Tenang", "calm"),
    ]


@pytest.mark.parametrize(
    ("days", "urgency"),
    [
        *[(0, "calm"), (75, "calm"), (76, "cycle"), (90, "cycle"), (91, "cycle"), (165, "cycle")],
        *[(166, "silent"), (180, "silent"), (181, "silent")],
    ],
)
def test_a_report_and_silence_are_announced_fourteen_days_ahead(cast: Cast, days: int, urgency: str) -> None:
    cast.target()
    [row] = due_work.due_targets(cast.dinkes, clock.today() + timedelta(days=days))
    assert (row.urgency, row.target.clock_days, row.days_to_silence) == (urgency, days, 180 - days)


def test_what_the_unit_pulled_back_itself_is_not_called_returned(cast: Cast) -> None:
    sent = cast.measurement(cast.target())
    sent.pull_back(by=cast.head, seen=sent.fingerprint())
    [row] = due_work.due_targets(cast.dinkes, clock.today())
    assert row.urgency == "calm"


def test_a_card_says_value_target_rung_and_clock(cast: Cast) -> None:
    target = cast.target(service="Rujukan puskesmas")
    sent = cast.measurement(target, "9.5")
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    page = doors.enter(cast.head).get("/kerja/").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    for said in (
        "Rujukan puskesmas",
        "9,5 hari",
        "3 hari",
        "Membaik",
        "Jam Anda yang berjalan: 0 hari dari 180 hari",
    ):
        assert said in page
    cast.measurement(target, 3, period_start=date(2019, 1, 1), period_end=date(2019, 12, 31))
    page = doors.enter(cast.head).get("/kerja/").content.decode()
    assert "Jam sekretariat yang berjalan" in page
    assert "mengaku lebih tinggi" in page


def test_a_unit_without_a_target_is_led_to_make_one(cast: Cast) -> None:
    head, operator = doors.enter(cast.head).get("/kerja/"), doors.enter(cast.operator).get("/kerja/")
    assert "belum punya target" in head.content.decode()
    for page, said in ((head, "Usulkan komitmen dan target"), (operator, "Susun konsep komitmen dan target")):
        assert f'/kerja/komitmen/mulai/?unit=dinkes">{said}' in compact(page.content.decode())


def test_somebody_without_a_unit_is_told_so(cast: Cast) -> None:
    page = doors.enter(cast.outsider).get("/kerja/")
    assert (page.status_code, "belum bertugas di unit mana pun" in page.content.decode()) == (200, True)


def test_a_proposal_says_how_long_it_waits(cast: Cast) -> None:
    made = cast.commitment(published=False)
    [row] = due_work.waiting(cast.dinkes, clock.today() + timedelta(days=3))
    assert (row.proposal, row.days) == (made, 3)


def test_a_new_head_sees_what_was_inherited_until_it_is_accepted(cast: Cast) -> None:
    commitment = cast.commitment()
    today = clock.today()
    assert due_work.inherited(cast.dinkes, today) == []  # nobody's tenure is on record
    cast.succession(today + timedelta(days=1))
    assert due_work.inherited(cast.dinkes, today + timedelta(days=1)) == [commitment]


def test_accepting_takes_it_off_the_list(cast: Cast) -> None:
    commitment = cast.commitment()
    cast.succession(date(2018, 1, 1))
    client = doors.enter(cast.head)
    Commitment.objects.get().acknowledge(by=cast.head, seen=commitment.fingerprint())
    assert "Diwarisi" not in client.get("/kerja/").content.decode()


@pytest.mark.parametrize("seen", ["right", "stale"])
def test_the_button_accepts_what_was_seen(cast: Cast, seen: str) -> None:
    commitment = cast.commitment()
    cast.succession(date(2018, 1, 1))
    client = doors.enter(cast.head)
    given = commitment.fingerprint() if seen == "right" else "0" * 64
    page = client.post(f"/kerja/komitmen/{commitment.reference}/terima/", {"seen": given}, follow=True)
    assert commitment.acknowledgements.count() == (seen == "right")
    assert ("sudah berubah sejak" in page.content.decode()) == (seen == "stale")


def test_every_page_beside_the_home_says_what_waits_there(cast: Cast) -> None:
    target = cast.target(original_due_on=date(2020, 12, 31))
    waiting = cast.target(commitment=target.commitment, published=False)
    asked = target.revise(
        by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2031, 1, 1), reason=REASON
    )
    sent = cast.measurement(cast.target(commitment=target.commitment))
    sent.return_(by=cast.verifier, seen=sent.fingerprint(), note=REASON)
    client = doors.enter(cast.head)
    said = "Menunggu Dinkes: 1 dikembalikan, 1 lewat tenggat."
    for address in (
        f"/kerja/sasaran/{target.reference}/lapor/",
        f"/kerja/sasaran/{target.reference}/ubah/",
        f"/kerja/sasaran/{waiting.reference}/tarik/",
        f"/kerja/perubahan/{asked.uuid}/tarik/",
        f"/kerja/kiriman/{sent.uuid}/",
        f"/kerja/kiriman/{sent.uuid}/koreksi/",
        f"/kerja/komitmen/{target.commitment.reference}/target/",
        "/kerja/komitmen/usul/?unit=dinkes",
        "/kerja/tim/?unit=dinkes",
        "/kerja/pengingat/?unit=dinkes",
    ):
        page = compact(client.get(address).content.decode())
        assert (said in page, page.count('class="meta meanwhile"')) == (True, 1), address
    assert said not in client.get("/kerja/").content.decode()  # which shows the things themselves


def test_many_targets_cost_as_many_queries_as_one(cast: Cast) -> None:
    client = doors.enter(cast.head)
    commitment = cast.commitment()

    def queries() -> int:
        client.get("/kerja/")  # the first after an act works the ladder out
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/kerja/").status_code == 200
        return len(asked)

    def grow(count: int) -> None:
        for _ in range(count):
            sent = cast.measurement(cast.target(commitment=commitment))
            sent.verify(by=cast.verifier, seen=sent.fingerprint())

    grow(1)
    few = queries()
    grow(5)
    assert queries() == few


def test_many_inherited_commitments_cost_as_many_queries_as_one(cast: Cast) -> None:
    client, tomorrow = doors.enter(cast.head), clock.today() + timedelta(days=1)
    cast.succession(tomorrow)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/kerja/").content.decode()
        assert "Diwarisi, belum diterima" in page
        return len(asked)

    def inherit(count: int) -> int:
        for _ in range(count):
            commitment = cast.commitment()
            for _ in range(2):
                cast.target(commitment=commitment)
        with clock.turned(clock.TurnedClock(clock.now() + timedelta(days=1), "uji")):
            queries()
            return queries()

    assert inherit(1) == inherit(3)
