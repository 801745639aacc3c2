"""Tests of trainings: what a source says of each, who was present, when the next is."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar
from pypdf import PdfReader

from commitments import roster_loader
from commitments.models import Training
from commitments.public.beside.training_page import training_page
from commitments.workspace.calendar import calendar_of
from opd import clock, register
from opd.errors import BadFact, WrongPerson, WrongState
from opd.register import triggers
from tests import cast as people
from tests import doors
from tests.cast import REASON, Cast
from tests.reading import text

pytestmark = pytest.mark.django_db

ADD = "/admin/commitments/training/baru/"


@pytest.fixture
def cast() -> Cast:
    return Cast()


def training(cast: Cast, held_on: date | None = None, **facts: Any) -> Training:
    facts = {"title": "Bimtek kelima", "place": "Balai Kota", "source": "Surat undangan."} | facts
    return Training.enter(by=cast.keeper, held_on=held_on or clock.today(), **facts)


def attended(cast: Cast, row: Training, *units: Any) -> None:
    row.attend(by=cast.keeper, seen=row.fingerprint(), units=units)


def test_who_was_present_is_recorded_once_together_and_not_before_the_day(cast: Cast) -> None:
    row = training(cast)
    with pytest.raises(BadFact, match="sedikitnya satu unit"):
        attended(cast, row)
    attended(cast, row, cast.dinkes, cast.pdam)
    with pytest.raises(WrongState, match="sudah tercatat"):
        attended(cast, row, cast.setda)
    ahead = training(cast, clock.today() + timedelta(days=1))
    with pytest.raises(WrongState, match="belum berlangsung"):
        attended(cast, ahead, cast.dinkes)
    assert Training.objects.get(pk=row.pk).codes_present == ["dinkes", "pdam"]
    assert list(register.check()) == []


def test_nobody_is_added_to_a_list_later(cast: Cast) -> None:
    row = training(cast)
    attended(cast, row, cast.dinkes)
    training(cast, clock.today() - timedelta(days=1))  # a later act
    with pytest.raises(DatabaseError, match="tidak dapat ditambah kemudian"), transaction.atomic():
        row.units.add(cast.pdam)
    triggers.drop()
    row.units.add(cast.pdam)
    triggers.install()
    assert [line for line in register.check() if "training" in str(line)]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"source": ""}, "tidak boleh kosong"),
        ({"held_on": date(2999, 1, 1)}, "Paling lama setahun di muka."),
    ],
)
def test_a_training_that_cannot_be_gets_a_sentence(cast: Cast, facts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        training(cast, **facts)
    assert not Training.objects.exists()


def test_a_day_has_one_training_and_a_withdrawn_one_makes_room(cast: Cast) -> None:
    row = training(cast)
    with pytest.raises(ValidationError, match="sudah tercatat"):
        training(cast)
    row.withdraw(by=cast.keeper, seen=row.fingerprint(), reason=REASON, source=REASON)
    training(cast)
    with pytest.raises(WrongState, match="sudah dicabut"):
        attended(cast, row, cast.dinkes)


def test_only_the_keeper_enters_and_records(cast: Cast) -> None:
    row = training(cast)
    for name in ("verifier", "approver", "inspector", "leader", "head"):
        by = getattr(cast, name)
        with pytest.raises(WrongPerson):
            row.attend(by=by, seen=row.fingerprint(), units=[cast.dinkes])
        with pytest.raises(WrongPerson):
            Training.enter(by=by, held_on=date(2018, 1, 1), title="x", place="x", source="x")


def test_the_page_counts_how_many_units_came_to_how_many(cast: Cast, client: Client) -> None:
    first, second = training(cast, clock.today() - timedelta(days=9)), training(cast)
    training(cast, clock.today() - timedelta(days=20), unknowns="Siapa yang hadir.")
    attended(cast, first, cast.dinkes, cast.pdam)
    attended(cast, second, cast.dinkes, people.unit("tamu"))  # a guest that did not sign
    page = training_page(clock.today())
    assert (page.signed, page.came_to, page.with_list, page.held) == (4, ((2, 1), (1, 1), (0, 2)), 2, 3)
    shown = text(client.get("/bimtek/").content.decode())
    assert "Daftar hadir tercatat untuk 2 dari 3 bimtek yang sudah berlangsung." in shown
    assert "2 dari 4 penanda tangan belum pernah tercatat hadir" in shown
    assert "Unit yang hadir tidak tercatat. Siapa yang hadir." in shown


def test_the_next_one_stands_on_the_page_in_the_workspace_and_in_calendars(cast: Cast, client: Client) -> None:
    day = clock.today() + timedelta(days=12)
    row = training(cast, day)
    assert "Berikutnya:" in client.get("/bimtek/").content.decode()
    mine = doors.enter(cast.head).get("/kerja/").content.decode()
    assert "Bimtek berikutnya:" in mine and f"/bimtek/{day}.ics" in mine
    public = client.get(f"/bimtek/{day}.ics")
    assert public["Content-Type"] == "text/calendar; charset=utf-8"
    for content in (public.content, calendar_of(cast.dinkes, clock.today())):
        events = Calendar.from_ical(content).walk("VEVENT")
        assert (str(events[0]["SUMMARY"]), events[0].decoded("DTSTART")) == ("Bimtek kelima", day)
    row.withdraw(by=cast.keeper, seen=row.fingerprint(), reason=REASON, source=REASON)
    assert client.get(f"/bimtek/{day}.ics").status_code == 404
    assert client.get("/bimtek/besok.ics").status_code == 404
    assert "Bimtek berikutnya:" not in doors.enter(cast.head).get("/kerja/").content.decode()


def test_the_page_costs_as_many_queries_with_one_as_with_thirty(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            training_page(clock.today())
        return len(asked)

    attended(cast, training(cast), cast.dinkes)
    once = queries()
    for number in range(1, 30):
        attended(cast, training(cast, clock.today() - timedelta(days=number)), cast.dinkes, cast.pdam)
    assert queries() == once


def test_machines_read_who_was_present_or_that_nobody_wrote_it_down(cast: Cast, client: Client) -> None:
    row = training(cast, organiser="Diskominfo")
    asked = "/api/v1/trainings/"
    expected = {
        "id": str(row.uuid),
        "held_on": clock.today().isoformat(),
        "title": "Bimtek kelima",
        "place": "Balai Kota",
        "organiser": "Diskominfo",
        "units": None,
        "source": "Surat undangan.",
    }
    assert client.get(asked).json()["results"] == [expected]
    attended(cast, row, cast.pdam, cast.dinkes)
    assert client.get(asked).json()["results"] == [expected | {"units": ["dinkes", "pdam"]}]


def test_the_keeper_announces_prints_letters_and_records_who_came(cast: Cast, client: Client) -> None:
    doors.give_second_factor(cast.keeper)
    desk = doors.enter(cast.keeper, second_factor=True)
    given = {
        "held_on": clock.today().isoformat(),
        "title": "Bimtek kelima",
        "place": "Balai Kota",
        "source": "Surat 7.",
    }
    assert "bimtek tanpa sumber tidak dicatat" in desk.post(ADD, given | {"source": ""}).content.decode()
    answer = desk.post(ADD, given)
    row = Training.objects.get()
    page = f"/admin/commitments/training/{row.pk}/change/"
    assert answer["Location"] == page
    letters = desk.get(f"/admin/commitments/training/{row.pk}/undangan.pdf")
    words = [page.extract_text() for page in PdfReader(BytesIO(letters.content)).pages]
    assert len(words) == 4  # one for each signer
    assert "Unit dinkes" in " ".join(words)
    act = {"act": "hadir", "seen": row.fingerprint()}
    assert "Pilih sedikitnya satu unit" in desk.post(page, act).content.decode()
    assert desk.post(page, act | {"units": [cast.dinkes.pk]}).status_code == 302
    assert "1 unit hadir" in text(client.get("/bimtek/").content.decode())
    assert "mencatat yang hadir di bimtek" in text(client.get("/jejak/").content.decode())


@pytest.mark.sqlite  # the files say the same to both
def test_the_real_register_knows_the_fourth_training_and_no_other(client: Client) -> None:
    roster_loader.load(report=lambda line: None)
    (row,) = Training.objects.all()
    assert (row.held_on, row.codes_present) == (date(2017, 11, 2), None)
    shown = text(client.get("/bimtek/").content.decode())
    assert "Bimbingan Teknis ke-4" in shown and "Unit yang hadir tidak tercatat." in shown
    assert "Berapa unit hadir" not in shown
