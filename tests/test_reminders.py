"""Tests of reminders: each head hears once of what is due, as often as chosen; the calendar says the same."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from icalendar import Calendar

from commitments.models import CalendarAddress, Reminder, ReminderChoice, ServiceTarget
from commitments.workspace import reminders
from opd import clock
from opd.models import Tenure
from tests import doors
from tests.cast import REASON, Cast, person, serves

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)  # nine in the morning in Semarang


class NoServer(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError("peladen surel tidak menjawab")


@pytest.fixture
def cast() -> Iterator[Cast]:
    """A week before; no test here knows what day it really is."""
    with on(MONDAY, days=-7):
        cast = Cast()
        cast.head.email = "kepala@dinkes.contoh.go.id"
        cast.head.save()
        yield cast


def remind(**options: Any) -> str:
    said = io.StringIO()
    call_command("remind", stdout=said, stderr=said, **options)
    return said.getvalue()


def on(moment: datetime, *, days: float = 0) -> Any:
    return time_machine.travel(moment + timedelta(days=days))


def due(cast: Cast, day: date, **facts: Any) -> ServiceTarget:
    return cast.target(original_due_on=day, **facts)


def returned(cast: Cast, target: ServiceTarget) -> None:
    row = cast.measurement(target, note="Rahasia unit.")
    row.return_(by=cast.verifier, seen=row.fingerprint(), note="Lampirkan rekap antrean bulan Juni.")


def test_a_letter_tells_what_is_due_and_nothing_secret(cast: Cast) -> None:
    with on(MONDAY):
        returned(cast, due(cast, date(2027, 6, 30), service="Rujukan"))
        due(cast, date(2026, 11, 23), service="Izin praktik")
        due(cast, date(2026, 12, 1), service="Ambulans")
        due(cast, date(2026, 6, 30), service="Antrean")
        due(cast, date(2027, 12, 31), service="Masih lama")
        said = remind()
    [letter] = mail.outbox
    assert letter.to == ["kepala@dinkes.contoh.go.id"]
    assert letter.subject == (
        "Dinkes: 1 dikembalikan, 10 usulan diputus, 1 tenggat hari ini, 1 lewat tenggat, 1 tenggat dalam 14 hari"
    )
    assert said == f"{letter.subject}\n1 surel terkirim.\n" + (
        "3 kepala unit tanpa surel; sapalah lewat WhatsApp dari meja sekretariat.\n"
    )
    lines = str(letter.body).split("\n")
    assert [line for line in lines if line.startswith("- ") and "diumumkan" not in line] == [
        "- Rujukan (DINKES-01-1), laporan Tahun 2018: sekretariat menunggu jawaban Anda",
        "- Izin praktik (DINKES-02-1)",
        "- Antrean (DINKES-04-1): 30 Juni 2026",
        "- Ambulans (DINKES-03-1): 1 Desember 2026",
    ]
    for secret in ("Rahasia", "Lampirkan", cast.head.username, doors.PASSWORD):
        assert secret not in str(letter.body)
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.extra_headers["List-Unsubscribe"].strip("<>") == lines[-2]


def test_a_report_sent_later_takes_no_returned_one_out_of_the_letter(cast: Cast) -> None:
    ReminderChoice.objects.create(user=cast.head, frequency="urgent")
    with on(MONDAY):
        target = due(cast, date(2027, 6, 30), service="Rujukan")
        returned(cast, target)
        cast.measurement(target, period_start=date(2019, 1, 1), period_end=date(2019, 12, 31))
        remind()
        later = cast.measurement(target, period_start=date(2020, 1, 1), period_end=date(2020, 12, 31))
        later.return_(by=cast.verifier, seen=later.fingerprint(), note="Lampirkan rekap antrean setahun.")
        remind()  # another one of the same target, given back on the same day
        remind()
    first, second = mail.outbox
    assert [letter.subject for letter in mail.outbox] == [
        "Dinkes: 1 dikembalikan, 2 usulan diputus",
        "Dinkes: 2 dikembalikan",
    ]
    assert "Yth. Kepala Unit dinkes," in str(first.body)
    assert "laporan Tahun 2018: sekretariat menunggu" in str(first.body)
    assert "laporan Tahun 2020, Tahun 2018: sekretariat menunggu" in str(second.body)


def test_the_same_day_again_sends_nothing_again(cast: Cast) -> None:
    with on(MONDAY):
        due(cast, date(2026, 11, 23))
        assert [remind().split("\n")[-3] for _ in range(3)] == ["1 surel terkirim.", *["0 surel terkirim."] * 2]
    assert len(mail.outbox) == 1
    assert all(row.sent_at and row.prepared_by is None for row in Reminder.objects.all())


def test_without_the_log_it_would_be_sent_again(cast: Cast) -> None:
    """The twin: the rows and nothing else make it once."""
    with on(MONDAY):
        due(cast, date(2026, 11, 23))
        remind()
        Reminder.objects.all().delete()
        remind()
    assert len(mail.outbox) == 2


def test_a_dry_run_tells_and_does_nothing(cast: Cast) -> None:
    with on(MONDAY):
        due(cast, date(2026, 11, 23))
        assert remind(dry_run=True).startswith(
            "Dinkes: 2 usulan diputus, 1 tenggat hari ini\n1 surel akan dikirim.\n"
        )
        assert (mail.outbox, Reminder.objects.count()) == ([], 0)


WEEK = range(14)  # from a Monday on; returned on Wednesday, due on the second Tuesday


@pytest.mark.parametrize(
    ("frequency", "days"),
    [("daily", list(WEEK)), ("weekly", [0, 2, 7, 8]), ("urgent", [0, 2, 8]), ("off", [])],
)
def test_how_often_is_the_persons_choice(cast: Cast, frequency: str, days: list[int]) -> None:
    ReminderChoice.objects.create(user=cast.head, frequency=frequency)
    with on(MONDAY):
        due(cast, date(2026, 12, 1))
        other = due(cast, date(2027, 6, 30))
    sent = []
    for day in WEEK:
        with on(MONDAY, days=day):
            if day == 2:
                returned(cast, other)
            mail.outbox.clear()
            remind()
            sent += [day] * len(mail.outbox)
    assert sent == days


CYCLE, SILENCE = ("cycle", date(2027, 2, 21)), ("silent", date(2027, 5, 22))


@pytest.mark.parametrize(
    ("days", "told"), [(75, []), (76, [CYCLE]), (90, [CYCLE]), (165, [CYCLE]), (166, [SILENCE]), (170, [SILENCE])]
)
def test_who_should_report_or_falls_silent_soon_is_told_before(
    cast: Cast, days: int, told: list[tuple[str, date]]
) -> None:
    with on(MONDAY):
        target = due(cast, date(2030, 12, 31))
    with on(MONDAY, days=days):
        found = reminders.items_of(target.unit, clock.today())
    assert [(item.group, item.on) for item in found] == told


def test_who_has_left_gets_no_letter_and_no_calendar(cast: Cast) -> None:
    with on(MONDAY):
        due(cast, date(2026, 11, 23))
        address = CalendarAddress.renew(by=cast.operator, unit=cast.dinkes).address
        Tenure.enter(  # somebody else took the office, and the old head's account is still open
            by=cast.keeper,
            unit=cast.dinkes,
            from_on=date(2026, 11, 1),
            person="Ani",
            title="Kepala",
            certainty="documented",
        )
        assert "0 surel terkirim." in remind()
        assert Client().get(f"/kerja/kalender/{address}.ics").status_code == 200
        cast.operator.memberships.get().end(by=cast.keeper)
        assert Client().get(f"/kerja/kalender/{address}.ics").status_code == 404
    assert mail.outbox == []


def test_alarms_ring_at_nine_in_the_morning(cast: Cast) -> None:
    with on(MONDAY):
        due(cast, date(2027, 6, 30))
        triggers = {event.walk("VALARM")[0]["trigger"].dt for event in events(cast).values()}
    assert triggers == {timedelta(hours=9) - timedelta(days=7)}


def test_a_head_of_two_units_gets_a_letter_for_each(cast: Cast) -> None:
    serves(cast.head, cast.pdam)
    with on(MONDAY):
        due(cast, date(2026, 11, 23))
        due(
            cast,
            date(2026, 11, 23),
            by=cast.other_head,
            commitment=cast.commitment(by=cast.other_head, unit=cast.pdam),
            service="Sambungan baru",
        )
        remind()
    assert [letter.subject for letter in mail.outbox] == [
        "Dinkes: 2 usulan diputus, 1 tenggat hari ini",
        "Pdam: 2 usulan diputus, 1 tenggat hari ini",
    ]
    assert "Sambungan" not in str(mail.outbox[0].body)


def test_operators_former_heads_and_switched_off_accounts_hear_nothing(cast: Cast) -> None:
    for name, change in (("satu", {"as_": "operator"}), ("dua", {}), ("tiga", {})):
        user = person(name, unit=cast.dinkes, **change)
        user.email = f"{name}@contoh.go.id"
        user.is_active = name != "dua"
        user.save()
        if name == "tiga":
            user.memberships.update(until_on=date(2026, 1, 1))
    with on(MONDAY):
        due(cast, date(2026, 11, 23))
        remind()
    assert [letter.to for letter in mail.outbox] == [["kepala@dinkes.contoh.go.id"]]


def test_a_mail_server_that_is_away_is_tried_again(cast: Cast, settings: Any) -> None:
    working = settings.EMAIL_BACKEND
    with on(MONDAY):
        due(cast, date(2026, 11, 23))
        settings.EMAIL_BACKEND = f"{__name__}.NoServer"
        with pytest.raises(CommandError, match="1 surel gagal"):
            remind()
        assert Reminder.objects.count() == 0
        settings.EMAIL_BACKEND = working
        remind()
    assert len(mail.outbox) == 1


class Refusing(NoServer):
    def send_messages(self, messages: Any) -> int:
        raise SMTPRecipientsRefused({to: (550, f"<{to}> unknown".encode()) for to in messages[0].to})


def test_an_address_that_is_refused_is_not_written_into_the_log(cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    said = io.StringIO()
    with on(MONDAY):
        due(cast, date(2026, 11, 23))
        with pytest.raises(CommandError, match="1 surel gagal"):
            call_command("remind", stdout=said, stderr=said)
    assert said.getvalue().startswith("Dinkes: 2 usulan diputus, 1 tenggat hari ini: gagal (SMTPRecipientsRefused)\n")


@pytest.mark.parametrize(("minutes", "sent"), [(59, 0), (61, 1)])
def test_a_sender_that_died_half_way_is_taken_over_after_an_hour(cast: Cast, minutes: int, sent: int) -> None:
    with on(MONDAY):
        due(cast, date(2026, 11, 23))
        [letter] = reminders.mails_for(clock.today())
        for claim in letter.claims:
            claim.save()
    with on(MONDAY + timedelta(minutes=minutes)):
        remind()
    assert len(mail.outbox) == sent


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_send_one(cast: Cast) -> None:
    due(cast, clock.today() + timedelta(days=3))
    found = [list(reminders.mails_for(clock.today())) for _ in range(4)]

    def send(letters: list[reminders.ReminderMail]) -> bool:
        try:
            return reminders.send(letters[0])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, found)) == [False, False, False, True]
    assert len(mail.outbox) == 1


def test_the_footer_changes_how_often_without_signing_in(cast: Cast) -> None:
    place = f"/kerja/pengingat/{ReminderChoice.token(cast.head)}/"
    client = Client(enforce_csrf_checks=True)
    page = client.get(place).content.decode()
    assert (cast.head.username in page, cast.head.email in page) == (False, False)
    assert "Tercatat" in client.post(place, {"frequency": "urgent"}).content.decode()
    assert ReminderChoice.of(cast.head).frequency == "urgent"
    assert "Tercatat" not in client.post(place, {"frequency": "tiap jam"}).content.decode()
    client.post(place, {"List-Unsubscribe": "One-Click"})
    assert ReminderChoice.of(cast.head).frequency == "off"


def forged(cast: Cast) -> list[Callable[[], str]]:
    token = ReminderChoice.token(cast.head)
    return [lambda: "x", lambda: token[:-1], lambda: token + "x", lambda: str(cast.head.pk)]


def test_a_made_up_link_chooses_nothing(cast: Cast) -> None:
    for make in forged(cast):
        assert Client().post(f"/kerja/pengingat/{make()}/", {"frequency": "off"}).status_code == 404
    cast.head.is_active = False
    cast.head.save()
    assert Client().get(f"/kerja/pengingat/{ReminderChoice.token(cast.head)}/").status_code == 404


def test_the_page_of_reminders_saves_the_choice_and_makes_the_calendar(cast: Cast) -> None:
    client, place = doors.enter(cast.head), "/kerja/pengingat/?unit=dinkes"
    client.post(place, {"frequency": "daily"})
    assert ReminderChoice.of(cast.head).frequency == "daily"
    client.post(place, {"alamat": "baru"})
    first = client.get(place).context["feed"]
    client.post(place, {"alamat": "baru"})
    second = client.get(place).context["feed"]
    assert [Client().get(feed).status_code for feed in (first, second)] == [404, 200]
    assert CalendarAddress.objects.filter(revoked_at=None).count() == 1


def events(cast: Cast) -> dict[str, Any]:
    row = CalendarAddress.open_of(cast.dinkes, cast.head) or CalendarAddress.renew(by=cast.head, unit=cast.dinkes)
    answer = Client().get(f"/kerja/kalender/{row.address}.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["uid"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_the_calendar_holds_due_dates_and_last_days_and_follows_a_moved_one(cast: Cast) -> None:
    with on(MONDAY):
        target = due(cast, date(2027, 6, 30), service="Rujukan; cepat, ringkas")
        due(cast, date(2027, 6, 30), service="Belum diumumkan", published=False)
        found = events(cast)
        assert {uid: (event["dtstart"].dt, str(event["summary"])) for uid, event in found.items()} == {
            "DINKES-01-1-tenggat@127.0.0.1": (
                date(2027, 6, 30),
                "Tenggat: Rujukan; cepat, ringkas, 3\N{NO-BREAK SPACE}hari",
            ),
            "DINKES-01-1-siklus@127.0.0.1": (date(2027, 2, 21), "Waktunya lapor: Rujukan; cepat, ringkas"),
            "DINKES-01-1-lapor@127.0.0.1": (date(2027, 5, 22), "Lapor sebelum disebut diam: Rujukan; cepat, ringkas"),
        }
        asked = target.revise(
            by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2027, 12, 31), reason=REASON
        )
        asked.approve(by=cast.approver, seen=asked.fingerprint())
        cast.measurement(target, note="Rahasia unit.")
        moved = events(cast)
    assert {uid: event["dtstart"].dt for uid, event in moved.items()} == {  # and no last day while the desk has it
        "DINKES-01-1-tenggat@127.0.0.1": date(2027, 12, 31)
    }


@pytest.mark.parametrize("address", ["x", "~", "0" * 32, "%7E%7E"])
def test_a_made_up_address_has_no_calendar(cast: Cast, address: str) -> None:
    CalendarAddress.renew(by=cast.head, unit=cast.dinkes)
    assert Client().get(f"/kerja/kalender/{address}.ics").status_code == 404


def test_the_database_alone_tells_nobody_the_address(cast: Cast) -> None:
    row = CalendarAddress.renew(by=cast.head, unit=cast.dinkes)
    assert row.address not in str(CalendarAddress.objects.values().get())
    for guess in (row.uuid.hex, str(row.uuid), f"{row.uuid.hex}~"):
        assert Client().get(f"/kerja/kalender/{guess}.ics").status_code == 404


def test_a_head_who_promised_nothing_is_reminded_once_a_week_and_in_the_calendar(cast: Cast) -> None:
    with on(MONDAY):
        remind()
        remind()
        [letter] = mail.outbox
        assert letter.subject == "Dinkes: belum punya target"
        assert "Satu layanan sudah cukup" in letter.body
        assert "Usulkan target pertama Dinkes" in {str(event["summary"]) for event in events(cast).values()}
    with on(MONDAY, days=3):
        remind()
        assert len(mail.outbox) == 1
    with on(MONDAY, days=7):
        cast.commitment(published=False)  # now the secretariat has to answer
        remind()
        assert len(mail.outbox) == 1
        assert not any("Usulkan" in str(event["summary"]) for event in events(cast).values())
