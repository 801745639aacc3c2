"""Tests of chasing: the right words to silent and late units, by the right people, and a record of it."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Reminder, Signature
from commitments.secretariat import chasing_list
from opd import access, clock
from opd.accounts import phone_numbers
from opd.clock import TurnedClock
from opd.models import Invitation
from tests import doors
from tests.cast import REASON, Cast, person, unit, utc

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]


@pytest.fixture
def cast(time: TurnedClock) -> Cast:
    """dinkes has been silent since it published a target that was due at the end of 2018."""
    time.moment = utc(2018, 1, 2, 3)
    cast = Cast()
    cast.target(original_due_on=date(2018, 12, 31))
    cast.dinkes.correct(by=cast.keeper, seen=cast.dinkes.fingerprint(), whatsapp="6281234567890")
    time.moment = utc(2019, 3, 1, 3)
    return cast


def case() -> chasing_list.ChasingCase:
    return next(one for one in chasing_list.cases(clock.today()) if one.unit.code == "dinkes")


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("0812-3456-7890", "6281234567890"),
        ("+62 812 3456 7890", "6281234567890"),
        ("62812.3456.7890", "6281234567890"),
        ("+62 (0)812 34567890", "6281234567890"),
        ("81234567890", "6281234567890"),
        ("(024) 3513366", "62243513366"),
        ("", ""),
        ("0812", ""),
        ("+65 8123 4567", ""),
        ("0812-3456-789O", ""),  # the letter O
        ("08123456789012345", ""),
    ],
)
def test_a_number_is_written_so_that_whatsapp_can_dial_it(written: str, dialled: str) -> None:
    assert phone_numbers.international(written) == dialled


def test_the_message_names_what_is_late_and_where_to_report(cast: Cast) -> None:
    link = urlsplit(case().whatsapp)
    assert (link.scheme, link.netloc, link.path) == ("https", "wa.me", "/")  # a demonstration: no number
    [text] = parse_qs(link.query)["text"]
    assert text.replace("\N{NO-BREAK SPACE}", " ").splitlines() == [
        "Yth. Kepala Unit dinkes,",
        "",
        "Register Melewati Seremoni, 1 Maret 2019:",
        "- Rujukan (DINKES-01-1): lewat tenggat 31 Desember 2018, 423 hari tanpa laporan",
        "",
        "Laporkan realisasinya di http://127.0.0.1:8000/kerja/",
        "Yang dibaca publik hari ini: http://127.0.0.1:8000/unit/dinkes/?per=2019-03-01",
        "",
        "Terima kasih.",
        "Sekretariat register",
    ]


def test_a_long_list_is_cut_and_counted(cast: Cast) -> None:
    for number in range(7):
        cast.target(service=f"Layanan {number}", original_due_on=date(2019, 1, 31))
    assert "- dan 3 target lagi" in case().message
    assert case().message.count("\n- ") == chasing_list.TARGETS_NAMED + 1


def test_opening_whatsapp_is_logged_once_a_day_and_then_confirmed(cast: Cast) -> None:
    client = doors.enter(cast.verifier)
    for _ in range(2):
        answer = client.post("/admin/tagih/dinkes/whatsapp/")
        assert answer["Location"] == case().whatsapp
    [reminder] = Reminder.objects.all()
    assert (reminder.unit, reminder.channel, reminder.on) == (cast.dinkes, "whatsapp", date(2019, 3, 1))
    assert (reminder.prepared_by, reminder.sent_at) == (cast.verifier, None)
    other = doors.enter(cast.approver)
    other.post(f"/admin/tagih/{reminder.pk}/terkirim/")
    answer = client.post(f"/admin/tagih/{reminder.pk}/terkirim/", follow=True)
    reminder.refresh_from_db()
    assert (reminder.sent_at, reminder.sent_by) == (utc(2019, 3, 1, 3), cast.approver)
    assert "Pengingat ini sudah dinyatakan terkirim." in answer.content.decode()
    assert "terkirim Jumat, 1 Maret 2019, 10.00" in answer.content.decode()


def test_a_letter_goes_to_every_head_once_a_day(cast: Cast) -> None:
    cast.head.email = "kepala@contoh.invalid"
    cast.head.save()
    client = doors.enter(cast.keeper)
    for _ in range(2):
        client.post("/admin/tagih/dinkes/surel/")
    [letter] = mail.outbox
    assert (letter.subject, letter.to) == ("Dinkes: laporan ditunggu", ["kepala@contoh.invalid"])
    assert "lewat tenggat 31 Desember 2018" in letter.body
    [reminder] = Reminder.objects.all()
    assert (reminder.channel, reminder.sent_by) == ("email", cast.keeper)


@pytest.mark.parametrize("role", ["leader", "inspector"])
def test_those_who_only_read_see_the_list_and_send_nothing(cast: Cast, role: str) -> None:
    client = doors.enter(getattr(cast, role))
    page = client.get("/admin/tagih/").content.decode()
    assert ("diam 423" in page.replace("\N{NO-BREAK SPACE}", " "), '<button type="submit">WhatsApp' in page) == (
        True,
        False,
    )
    answer = client.post("/admin/tagih/dinkes/whatsapp/", follow=True)
    assert "Pengingat dikirim oleh sekretariat." in answer.content.decode()
    assert not Reminder.objects.exists()


def test_without_a_number_or_an_address_the_page_says_what_to_do(cast: Cast) -> None:
    cast.dinkes.refresh_from_db()
    cast.dinkes.correct(by=cast.keeper, seen=cast.dinkes.fingerprint(), whatsapp="")
    client = doors.enter(cast.verifier)
    page = client.get("/admin/tagih/").content.decode()
    assert "Belum ada nomor WhatsApp." in page
    assert "Kepalanya belum punya alamat surel." in page
    for channel in ("whatsapp", "surel"):
        client.post(f"/admin/tagih/dinkes/{channel}/")
    assert not Reminder.objects.exists()


def test_the_keeper_writes_a_number_as_people_do(cast: Cast) -> None:
    client = doors.enter(cast.keeper)
    address = f"/admin/opd/unit/{cast.dinkes.pk}/change/"
    cast.dinkes.refresh_from_db()
    facts = {"act": "koreksi", "unit_kind": "dinas", "head_title": "Kepala", "certainty": "documented"}

    def entered(number: str) -> int:
        cast.dinkes.refresh_from_db()
        return client.post(address, {**facts, "seen": cast.dinkes.fingerprint(), "whatsapp": number}).status_code

    assert (entered("nol delapan"), entered("0813 1111 2222")) == (422, 302)
    cast.dinkes.refresh_from_db()
    assert cast.dinkes.whatsapp == "6281311112222"


def test_nobody_to_chase_is_said(time: TurnedClock) -> None:
    cast = Cast()
    client = doors.enter(cast.verifier)
    heads = {"dinkes": "head", "pdam": "other_head", "setda": "setda_head", "bagian": "bagian_head"}
    for place, name in heads.items():
        head = getattr(cast, name)
        doors.enter(head)
        cast.commitment(by=head, unit=getattr(cast, place), published=False)
    assert "Tidak ada yang perlu ditagih hari ini." in client.get("/admin/tagih/").content.decode()
    assert client.post("/admin/tagih/dinkes/whatsapp/").status_code == 404


def test_the_list_asks_as_often_for_many_units_as_for_few(cast: Cast, time: TurnedClock) -> None:
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            chasing_list.cases(clock.today())
        asked.append(len(queries))
        for number in range(8):
            other = unit(f"kec-{len(asked)}-{number}", "kecamatan")
            facts = {"capacity": "party", "source": "uji", "certainty": "documented"}
            Signature.enter(by=access.SYSTEM, memorandum=cast.memorandum, unit=other, **facts)
            owner = person(f"camat-{len(asked)}-{number}", unit=other)
            promise = cast.commitment(by=owner, unit=other)
            cast.target(commitment=promise, by=owner, original_due_on=date(2019, 2, 1))
    assert asked[0] == asked[1]


def test_a_browser_may_follow_the_form_to_whatsapp_on_this_page_only(cast: Cast) -> None:
    client = doors.enter(cast.verifier)

    def led_to(address: str) -> list[str]:
        [policy] = re.findall(r"form-action ([^;]+)", client.get(address)["Content-Security-Policy"])
        return sorted(policy.split())

    assert led_to("/admin/tagih/") == sorted(["'self'", *chasing_list.WHATSAPP_ADDRESSES])
    assert led_to("/admin/") == ["'self'"]


def reasons() -> dict[str, list[str]]:
    return {one.unit.code: list(one.reasons) for one in chasing_list.cases(clock.today())}


def test_those_who_promised_nothing_are_chased_from_their_first_sign_in_on(cast: Cast) -> None:
    assert reasons() == {
        "dinkes": ["diam", "terlambat"],
        "bag-hukum": ["tanpa-akun"],
        "pdam": ["tanpa-akun"],
        "setda": ["tanpa-akun"],
    }
    doors.enter(cast.other_head)
    assert reasons()["pdam"] == ["tanpa-target"]
    found = chasing_list.case_of("pdam", clock.today())
    assert found
    assert "- Pdam belum punya target. Satu layanan sudah cukup" in found.message
    waiting = cast.commitment(by=cast.other_head, unit=cast.pdam, published=False)
    assert "pdam" not in reasons()  # the secretariat has to answer
    waiting.announce(by=cast.approver, seen=waiting.fingerprint())
    assert reasons()["pdam"] == ["tanpa-target"]


def test_a_unit_without_an_account_is_asked_by_the_name_of_who_was_invited(cast: Cast) -> None:
    Invitation.issue(by=cast.keeper, name="Ani Wulandari", unit=cast.setda, role="head")
    found = chasing_list.case_of("setda", clock.today())
    assert found
    assert "undangan atas nama Ani Wulandari belum dipakai" in found.message
    other = chasing_list.case_of("bag-hukum", clock.today())
    assert other
    assert "balaslah dengan nama kepalanya" in other.message


def test_inheritances_not_accepted_and_returned_reports_are_chased_too(cast: Cast, time: TurnedClock) -> None:
    doors.enter(cast.head)
    sent = cast.measurement(cast.target(), 5, period_start=date(2018, 1, 1), period_end=date(2018, 12, 31))
    sent.return_(by=cast.verifier, seen=sent.fingerprint(), note=REASON)
    cast.succession(date(2019, 2, 1))
    found = case()
    assert {"dikembalikan", "belum-diterima"} <= set(found.reasons)
    assert "- 1 laporan dikembalikan dan menunggu jawaban Anda" in found.message
    assert "DINKES-01 Layanan lebih cepat: diwarisi, belum Anda terima" in found.message


def test_the_list_is_filtered_by_reason_and_many_letters_go_at_once(cast: Cast) -> None:
    for head in (cast.head, cast.other_head):
        User.objects.filter(pk=head.pk).update(email=f"{head.username}@contoh.invalid")
        doors.enter(head)
    client = doors.enter(cast.keeper)
    answer = client.get("/admin/tagih/?alasan=tanpa-target")
    assert [one.unit.code for one in answer.context["cases"]] == ["pdam"]
    assert ("tanpa-target", "punya akun, belum punya target", 1) in answer.context["reasons"]
    answer = client.post("/admin/tagih/surel/", {"unit": ["dinkes", "pdam", "setda", "tidak-ada"]}, follow=True)
    assert sorted(letter.subject for letter in mail.outbox) == ["Dinkes: laporan ditunggu", "Pdam: jawaban ditunggu"]
    page = answer.content.decode()
    assert "2 surel terkirim." in page
    assert "Belum terkirim: Setda (tanpa alamat)." in page
    assert Reminder.objects.filter(unit=cast.pdam).count() == 1  # the log of the unit
