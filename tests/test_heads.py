"""Whose account speaks for an office, who holds it on a day, and how is the holder addressed?"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from commitments import roster_loader
from commitments.formats import addressee
from commitments.models import Commitment
from commitments.public import commitment_page as commitment_report
from commitments.reports.meeting_pack import sheet
from commitments.secretariat.chasing_list import cases
from commitments.workspace import due_work
from opd import access, clock, register
from opd.errors import BadFact, WrongPerson, WrongState
from opd.models import Invitation, Membership, Person, Tenure, Unit
from opd.register import triggers
from tests import doors, sheets
from tests.cast import REASON, Cast, utc
from tests.reading import compact, section, text
from tests.screen_texts import HEADS_ONLY

pytestmark = pytest.mark.django_db
FACTS = {"title": "Kepala Dinas", "certainty": "documented", "source": "SK"}
OVERTAKEN = "berganti pada 01/06/2024"


@pytest.fixture
def cast() -> Cast:
    return Cast()


def hold(cast: Cast, name: str, since: date | None, last: date | None = None, status: str = "definitif") -> Tenure:
    until = last + timedelta(days=1) if last else None
    return Tenure.enter(
        by=cast.keeper, person=name, unit=cast.dinkes, from_on=since, until_on=until, status=status, **FACTS
    )


def seen(row: Any, act: str, **given: Any) -> Callable[[Cast], object]:
    return lambda cast: getattr(row, act)(by=cast.head, seen=row.fingerprint(), **given)


def statements(cast: Cast) -> dict[str, Callable[[Cast], object]]:
    """Everything that only a head may do, ready to be done."""
    commitment, target = cast.commitment(), cast.target()
    draft, sent = cast.measurement(target, submitted=False), cast.measurement(target)
    waiting = cast.target(published=False)
    asked = target.revise(
        by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2031, 1, 1), reason=REASON
    )
    change = {"field": "target_value", "new": 2, "reason": REASON}
    place = cast.operator.memberships.get()
    invited, _ = Invitation.issue(by=cast.head, name="Ani", unit=cast.dinkes, role=access.OPERATOR_ROLE)
    return {
        "submit": seen(draft, "submit"),
        "pull back": seen(sent, "pull_back"),
        "accept": seen(commitment, "acknowledge"),
        "propose a commitment": lambda cast: cast.commitment(published=False),
        "propose a target": lambda cast: cast.target(commitment=commitment, published=False),
        "revise": seen(target, "revise", **change),
        "take a revision back": seen(asked, "take_back", reason=REASON),
        "take a proposal back": seen(waiting, "withdraw", reason=REASON),
        "invite": lambda cast: Invitation.issue(by=cast.head, name="B", unit=cast.dinkes, role=access.OPERATOR_ROLE),
        "revoke an invitation": lambda cast: invited.revoke(by=cast.head),
        "let an operator go": lambda cast: place.end(by=cast.head),
    }


# --- What a new head inherits ---


@pytest.mark.parametrize(
    ("announced", "inherits"),
    [
        (utc(2018, 3, 14, 16, 59, 59, 999999), True),  # the last moment of the day before, in Semarang
        (utc(2018, 3, 14, 17), False),  # the first of the day itself, still the day before in UTC
        (utc(2018, 3, 15, 16, 59), False),
        (utc(2018, 3, 16, 3), False),
    ],
)
def test_what_was_announced_on_the_day_a_head_began_is_the_heads_own(
    time: clock.TurnedClock, announced: datetime, inherits: bool
) -> None:
    cast = Cast()
    promise = cast.commitment(published=False)
    time.moment = announced
    promise.publish(by=cast.approver, seen=promise.fingerprint())
    time.moment = utc(2018, 3, 20, 3)
    cast.succession(date(2018, 3, 15))
    unaccepted = Commitment.objects.unaccepted_on(clock.today())
    assert [row.reference for row in unaccepted] == ([promise.reference] if inherits else [])


def test_a_head_who_began_on_the_day_of_the_proposal_is_no_later_head(time: clock.TurnedClock) -> None:
    cast = Cast()
    for day, name in ((date(2018, 1, 1), "Budi"), (date(2018, 3, 15), "Ani"), (date(2018, 3, 16), "Sri")):
        time.moment = clock.start_of(day) + timedelta(hours=9)
        cast.succession(day, person=name)
        if name == "Ani":
            promise = cast.commitment()
    time.moment = utc(2018, 3, 20, 3)
    page = commitment_report.commitment_page(promise.reference, clock.today())
    assert page and [str(one.tenure.person) for one in page.later_heads] == ["Sri"]


# --- The account -----------------------------------------------------------------------------------------------


def test_a_head_who_left_states_nothing_for_the_next_one(cast: Cast) -> None:
    acts = statements(cast)
    hold(cast, "Budi", date(2024, 6, 1))
    before = register.head()
    for name, act in acts.items():
        with pytest.raises(WrongPerson) as refused:
            act(cast)
        assert OVERTAKEN in str(refused.value), name
        assert "Mintalah sekretariat" in str(refused.value), name
    assert register.head() == before


def test_all_of_it_is_open_to_an_account_of_the_new_holder(cast: Cast) -> None:
    acts = statements(cast)
    cast.succession(date(2024, 6, 1))
    for act in acts.values():
        act(cast)


def test_an_account_of_before_may_still_draft(cast: Cast) -> None:
    target = cast.target()
    hold(cast, "Budi", date(2024, 6, 1))
    assert cast.measurement(target, submitted=False).state == "draft"
    assert access.roles_in(cast.head, cast.dinkes) == {access.OPERATOR_ROLE}


@pytest.mark.parametrize(
    ("since", "last", "status"),
    [
        (None, None, "definitif"),
        (date(2017, 11, 2), None, "definitif"),
        (date(2010, 1, 1), None, "definitif"),
        (date(2999, 1, 1), None, "definitif"),
        (date(2024, 6, 3), date(2024, 6, 7), "Plh"),
    ],
    ids=["undated", "the same day", "earlier", "not begun", "Plh"],
)
def test_what_begins_no_later_tenure_silences_nobody(
    cast: Cast, since: date | None, last: date | None, status: str
) -> None:
    hold(cast, "Ani", date(2015, 1, 1), date(2016, 12, 31))
    if status == "Plh":
        hold(cast, "Sri", date(2017, 1, 1))
    hold(cast, "Budi", since, last, status)
    assert access.outdated_since(cast.head, cast.dinkes) is None
    cast.commitment()


def test_the_day_decides_on_which_the_new_tenure_begins(cast: Cast) -> None:
    hold(cast, "Budi", clock.today() + timedelta(days=1))
    assert access.serves(cast.head, cast.dinkes, access.HEAD_ROLE)
    with clock.turned(clock.TurnedClock(clock.now() + timedelta(days=1), "uji")):
        assert access.outdated_since(cast.head, cast.dinkes) == clock.today()


def test_within_many_acts_a_tenure_just_written_counts_at_once(cast: Cast) -> None:
    commitment = cast.commitment()
    with pytest.raises(WrongPerson, match=OVERTAKEN), register.many_acts():
        cast.target(commitment=commitment)
        hold(cast, "Budi", date(2024, 6, 1))
        cast.target(commitment=commitment)


@pytest.mark.sqlite
def test_the_pages_offer_what_the_acts_allow_and_say_why(cast: Cast) -> None:
    commitment = cast.commitment()
    draft = cast.measurement(cast.target(commitment=commitment), submitted=False)
    hold(cast, "Budi", date(2024, 6, 1))
    client = doors.enter(cast.head)
    said = "Kepala Dinkes berganti pada 1 Juni 2024, dan akun Anda lebih lama dari itu."
    for address in ("/kerja/", f"/kerja/kiriman/{draft.uuid}/", "/kerja/komitmen/usul/", "/kerja/tim/"):
        html = client.get(address).content.decode()
        assert said in text(html), address
        for button in (">Kirim<", ">Kirim usulan<", ">Saya terima<", ">Buat undangan<"):
            assert button not in compact(html), (address, button)
    answer = client.post(f"/kerja/kiriman/{draft.uuid}/kirim/", {"seen": draft.fingerprint()})
    assert answer.status_code == 409
    assert "berganti pada 1 Juni 2024" in text(answer.content.decode())
    draft.refresh_from_db()
    assert draft.submitted_at is None
    assert said not in text(doors.enter(cast.operator).get("/kerja/").content.decode())


@pytest.mark.sqlite
def test_the_desk_lists_such_accounts_and_mends_them(cast: Cast) -> None:
    client = doors.enter(cast.keeper)
    place = cast.head.memberships.get()

    def listed() -> tuple[int, list[Membership]]:
        piles = {pile.title: pile for pile in client.get("/admin/").context["workday"].tidy}
        pile = piles["Kepala berganti, akun belum"]
        return pile.count, list(client.get(pile.url).context["cl"].result_list)

    assert listed() == (0, [])
    hold(cast, "Budi", date(2024, 6, 1))
    assert listed() == (1, [place])
    page = client.get(f"/admin/opd/membership/{place.pk}/change/")
    assert "Kepala berganti pada 1 Juni 2024; yang tercatat sekarang Budi, Kepala Dinas." in text(
        page.content.decode()
    )
    form = client.get(page.context["invite"]).context["form"]
    assert (form["name"].value(), form["unit"].value(), form["role"].value()) == ("Budi", str(cast.dinkes.pk), "head")
    answer = client.post(
        f"/admin/opd/membership/{place.pk}/change/", {"act": "pejabat-baru", "seen": place.fingerprint()}
    )
    assert answer["Location"] == f"/admin/opd/membership/{place.pk}/change/"
    assert listed() == (0, [])
    assert access.serves(cast.head, cast.dinkes, access.HEAD_ROLE)
    place.refresh_from_db()
    assert place.until_on == clock.today()


def test_only_whoever_invites_heads_says_whose_an_account_is(cast: Cast) -> None:
    hold(cast, "Budi", date(2024, 6, 1))
    place = cast.head.memberships.get()
    for person in (cast.head, cast.operator, cast.verifier, cast.leader):
        with pytest.raises(WrongPerson):
            place.hand_over(by=person)
    place.hand_over(by=cast.keeper)
    with pytest.raises(WrongState):
        cast.head.memberships.get(until_on=None).hand_over(by=cast.keeper)


def test_an_invitation_renews_the_place_of_an_account_of_before(cast: Cast) -> None:
    hold(cast, "Budi", date(2024, 6, 1))
    invited, _ = Invitation.issue(by=cast.keeper, name="Budi", unit=cast.dinkes, role=access.HEAD_ROLE)
    invited.accept(user=cast.head)
    assert access.serves(cast.head, cast.dinkes, access.HEAD_ROLE)
    assert list(cast.head.memberships.order_by("pk").values_list("until_on", flat=True)) == [clock.today(), None]


def test_the_old_account_is_told_until_its_place_ends_and_then_is_nobody(cast: Cast) -> None:
    hold(cast, "Budi", date(2024, 6, 1))
    cast.head.memberships.get().end(by=cast.keeper)
    assert access.roles_in(cast.head, cast.dinkes) == set()
    with pytest.raises(WrongPerson, match=HEADS_ONLY):
        access.require_head(cast.head, cast.dinkes)


# --- Plh -------------------------------------------------------------------------------------------------------

FIRST, LAST = date(2024, 6, 3), date(2024, 6, 7)


def by_the_act(cast: Cast, tmp_path: Path) -> None:
    hold(cast, "Sri", FIRST, LAST, "Plh")


def by_the_screen_of_the_unit(cast: Cast, tmp_path: Path) -> None:
    given = {"act": "pejabat", "seen": cast.dinkes.fingerprint(), "person": "Sri", "status": "Plh", **FACTS}
    given |= {"from_on": str(FIRST), "last_on": str(LAST)}
    answer = doors.enter(cast.keeper).post(f"/admin/opd/unit/{cast.dinkes.pk}/change/", given)
    assert answer.status_code == 302, answer.content.decode()


def by_the_rotation(cast: Cast, tmp_path: Path) -> None:
    row = {"unit": "dinkes", "person": "Sri", "status": "Plh", "last_on": str(LAST)}
    given = {"semua-from_on": str(FIRST), "semua-source": "SK", "semua-certainty": "documented"}
    given |= {"baris-TOTAL_FORMS": "1", "baris-INITIAL_FORMS": "0"} | {f"baris-0-{key}": row[key] for key in row}
    answer = doors.enter(cast.keeper).post("/admin/opd/tenure/rotasi/", given)
    assert answer.status_code == 302, answer.content.decode()


def by_a_spreadsheet(cast: Cast, tmp_path: Path) -> None:
    row = ("dinkes", "Sri", "Plh. Kepala", "Plh", "3 Juni 2024", "7 Juni 2024", "SK", "documented")
    report = sheets.kept(cast, "pejabat", sheets.xlsx([sheets.TENURES, row]))
    assert "mengakhiri" not in report.outcomes[0][1].about


def by_the_roster(cast: Cast, tmp_path: Path) -> None:
    for name in ("units", "memoranda", "signatures", "public_facts", "assessments", "trainings", "holidays"):
        heading = (roster_loader.FIXTURES / f"{name}.csv").read_text().partition("\n")[0]
        (tmp_path / f"{name}.csv").write_text(heading + "\n")
    heading = "unit,person,title,status,from_on,until_on,as_of,source,certainty"
    (tmp_path / "tenures.csv").write_text(f"{heading}\ndinkes,Sri,Kepala,Plh,{FIRST},2024-06-08,,SK,documented\n")
    assert roster_loader.load(report=lambda line: None, folder=tmp_path) == 1


DOORS = (by_the_act, by_the_screen_of_the_unit, by_the_rotation, by_a_spreadsheet, by_the_roster)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_five_days_of_plh_end_nothing(cast: Cast, tmp_path: Path, door: Callable[[Cast, Path], None]) -> None:
    definitive = hold(cast, "Ani", date(2020, 1, 1))
    door(cast, tmp_path)
    definitive.refresh_from_db()
    assert definitive.until_on is None
    stands_in = Tenure.objects.get(status="Plh")
    assert (stands_in.person.name, stands_in.from_on, stands_in.last_on) == ("Sri", FIRST, LAST)
    for day in (FIRST - timedelta(days=1), FIRST, LAST, LAST + timedelta(days=1)):
        assert due_work.office_on(cast.dinkes, day) == definitive
    assert list(register.check()) == []


@pytest.mark.parametrize(
    ("since", "last", "sentence"),
    [
        (FIRST, None, "hari pertama dan hari terakhirnya"),
        (None, LAST, "hari pertama dan hari terakhirnya"),
        (FIRST, FIRST + timedelta(days=90), "paling lama 90 hari"),
        (date(2019, 12, 30), date(2020, 1, 3), "catat dahulu masa jabatan"),
        (date(2024, 6, 28), date(2024, 7, 3), "catat dahulu masa jabatan"),
    ],
    ids=["no end", "no beginning", "91 days", "begins too early", "lasts too long"],
)
def test_a_plh_lies_within_a_tenure_of_somebody(
    cast: Cast, since: date | None, last: date | None, sentence: str
) -> None:
    hold(cast, "Ani", date(2020, 1, 1), date(2024, 6, 30))
    with pytest.raises(BadFact, match=sentence):
        hold(cast, "Sri", since, last, "Plh")
    assert Tenure.objects.count() == 1
    hold(cast, "Sri", date(2024, 4, 2), date(2024, 6, 30), "Plh")  # ninety days, up to the last one


def test_in_one_table_a_plh_may_stand_above_whom_it_stands_in_for(cast: Cast) -> None:
    rows = (
        {"unit": "dinkes", "person": "Sri", "status": "Plh", "from_on": "2024-06-03", "last_on": "2024-06-07"},
        {"unit": "dinkes", "person": "Ani", "status": "definitif", "from_on": "2024-06-01"},
    )
    given = {"semua-from_on": "2024-06-01", "semua-source": "SK", "semua-certainty": "documented"}
    given |= {"baris-TOTAL_FORMS": "2", "baris-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        given |= {f"baris-{number}-{key}": row[key] for key in row}
    assert doors.enter(cast.keeper).post("/admin/opd/tenure/rotasi/", given).status_code == 302
    assert due_work.office_on(cast.dinkes, LAST) == Tenure.objects.get(person__name="Ani")


def open_plh(cast: Cast) -> Tenure:
    """As an older release recorded it."""
    person = Person.enter(by=cast.keeper, name="Sri")
    return Tenure.objects.create(person=person, unit=cast.dinkes, status="Plh", from_on=FIRST, **FACTS)


def test_the_database_takes_no_plh_without_a_last_day(cast: Cast) -> None:
    with pytest.raises(DatabaseError, match="hari pertama dan hari terakhirnya"), transaction.atomic():
        open_plh(cast)
    triggers.drop()
    assert open_plh(cast).until_on is None
    triggers.install()


def test_an_open_plh_of_an_older_release_is_in_nobodys_way(cast: Cast, client: Client) -> None:
    triggers.drop()
    old = open_plh(cast)
    triggers.install()
    ani = hold(cast, "Ani", FIRST)  # who was ended that day, goes on from that day
    assert due_work.office_on(cast.dinkes, clock.today()) == ani
    told = section(client.get("/unit/dinkes/").content.decode(), "siapa")
    assert "Pelaksana harian, selama pemegang jabatan berhalangan Sri, Kepala Dinas Sejak 3 Juni 2024." in told
    budi = hold(cast, "Budi", date(2025, 1, 6))
    for row in (old, ani):
        row.refresh_from_db()
        assert row.until_on == budi.from_on


def test_whoever_stands_in_inherits_accepts_and_signs_nothing(cast: Cast, client: Client) -> None:
    """Everything that reads who holds the office on a day."""
    today = clock.today()
    ani = hold(cast, "Ani", date(2017, 1, 3))
    commitment = cast.commitment()
    hold(cast, "Sri", today, today + timedelta(days=4), "Plh")
    with clock.turned(clock.TurnedClock(clock.now() + timedelta(days=1), "uji")):
        tomorrow = clock.today()
        assert due_work.office_on(cast.dinkes, tomorrow) == ani
        assert due_work.inherited(cast.dinkes, tomorrow) == []
        found, page = sheet("dinkes", tomorrow), commitment_report.commitment_page(commitment.reference, tomorrow)
        assert found is not None
        assert page is not None
        assert (found.office, page.later_heads) == (ani, ())
    commitment.acknowledge(by=cast.head, seen=commitment.fingerprint())
    assert commitment.acknowledgements.get().tenure == ani
    html = client.get("/unit/dinkes/").content.decode()
    assert "Ani, Kepala Dinas Sejak 3 Januari 2017; belum tercatat penggantinya." in section(html, "siapa")
    assert "Sri menjadi pelaksana harian (Kepala Dinas)." in text(html)
    assert "Sri menjabat" not in text(html)


# --- The salutation --------------------------------------------------------------------------------------------


def real_units() -> list[Unit]:
    with (roster_loader.FIXTURES / "units.csv").open() as file:
        return [Unit(code=row["code"], head_title=row["head_title"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(
    ("title", "name", "told"),
    [
        ("Kepala Dinas Ketahanan Pangan", "Dinas Ketahanan Pangan Kota Semarang", "Kepala Dinas Ketahanan Pangan"),
        ("Camat Tugu", "Kecamatan Tugu", "Camat Tugu"),
        ("Sekretaris Daerah", "Sekretariat Daerah Kota Semarang", "Sekretaris Daerah"),
        ("Inspektur", "Inspektorat Kota Semarang", "Inspektur"),
        ("Direktur PD RPH & BHP", "PD Rumah Pemotongan Hewan Kota Semarang", "Direktur PD RPH & BHP"),
        ("Kepala", "Dinas Sosial Kota Semarang", "Kepala Dinas Sosial"),
        ("", "Dinas Sosial Kota Semarang", "Kepala Dinas Sosial"),
    ],
)
def test_a_head_is_addressed_by_one_title(cast: Cast, title: str, name: str, told: str) -> None:
    unit = cast.dinkes
    unit.head_title, unit.name = title, name
    assert addressee(unit) == told


def test_every_letter_to_a_real_unit_names_it_once(cast: Cast) -> None:
    titles = [unit.head_title for unit in real_units()]
    assert len(titles) == 70
    assert all(title and title != "Kepala" for title in titles)
    facts = {"unit_kind": "dinas", "head_title": "Kepala Unit dinkes", "certainty": "documented"}
    cast.dinkes.correct(by=cast.keeper, seen=cast.dinkes.fingerprint(), **facts)
    cast.target(original_due_on=date(2020, 12, 31))
    case = next(one for one in cases(clock.today()) if one.unit.code == "dinkes")
    assert case.message.splitlines()[0] == "Yth. Kepala Unit dinkes,"
