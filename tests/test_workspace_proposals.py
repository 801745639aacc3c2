"""Tests of proposals: a head proposes, asks for a revision, pulls a proposal back; mistakes are explained."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from commitments.models import CalendarAddress, Commitment, ServiceTarget, TargetRevision
from opd import access, clock, register
from opd.models import Invitation
from tests import doors
from tests.cast import REASON, Cast, serves
from tests.reading import compact
from tests.screen_texts import CHECK_MARKED_FIELDS, HEADS_ONLY, NO_BETTER_TARGET, SHORT_REASON, STALE_SCREEN

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # pages and roles: no database changes them


@pytest.fixture
def cast() -> Cast:
    return Cast()


def target_typed(prefix: str = "target-", **given: Any) -> dict[str, Any]:
    typed = {
        "uuid": str(uuid4()),
        "service": "Izin praktik",
        "family": "cepat",
        "unit_of_measure": "hari",
        "statistic": "median",
        "direction": "lower",
        "baseline_value": "14,5",
        "baseline_on": "2017-11-02",
        "baseline_source": "Laporan tahunan",
        "target_value": "3",
        "original_due_on": "2030-12-31",
        "min_change": "",
        "cycle_days": "90",
        **given,
    }
    return {f"{prefix}{name}": value for name, value in typed.items()}


def typed(cast: Cast, **given: Any) -> dict[str, Any]:
    return {
        "komitmen-uuid": str(uuid4()),
        "komitmen-memorandum": str(cast.memorandum.pk),
        "komitmen-title": "Izin lebih cepat",
        "komitmen-benefit": "Warga menunggu lebih sebentar.",
        "komitmen-dimension": "living",
        **target_typed(**given),
    }


PLACE = "/kerja/komitmen/usul/?unit=dinkes"


def test_a_commitment_and_its_target_are_proposed_in_one_go_and_once(cast: Cast) -> None:
    client, given = doors.enter(cast.head), typed(cast)
    for _ in range(2):
        assert client.post(PLACE, given)["Location"] == "/kerja/?unit=dinkes"
    made = Commitment.objects.get()
    target = ServiceTarget.objects.get()
    assert (made.reference, made.is_waiting, made.owner) == ("DINKES-01", True, cast.dinkes)
    assert (
        target.commitment,
        target.baseline_value,
        target.min_change,
        target.cycle_days,
        target.original_due_on,
    ) == (
        made,
        Decimal("14.5"),
        Decimal(0),
        90,
        date(2030, 12, 31),
    )
    assert "Izin praktik" in client.get("/kerja/").content.decode()


@pytest.mark.parametrize(
    ("given", "name", "said"),
    [
        ({"target_value": "20"}, "target_value", NO_BETTER_TARGET),
        ({"direction": ""}, "direction", ""),
        ({"baseline_value": "1.234"}, "baseline_value", "1.234 dapat dibaca"),
        ({"min_change": "100"}, "min_change", "Target harus melampaui nilai awal"),
        ({"original_due_on": "2016-01-01"}, "original_due_on", "Tenggat harus sesudah tanggal nilai awal."),
        ({"cycle_days": "400"}, "cycle_days", "Paling lama 366 hari."),
        ({"baseline_source": ""}, "baseline_source", ""),
    ],
)
def test_a_mistake_in_a_target_is_explained_beside_it(
    cast: Cast, given: dict[str, str], name: str, said: str
) -> None:
    answer = doors.enter(cast.head).post(PLACE, typed(cast, **given))
    [_, form] = answer.context["wizard"].forms
    assert list(form.errors) == [name]
    assert said in form.errors[name][0]
    assert Commitment.objects.count() == 0


def test_when_the_target_is_refused_the_commitment_is_not_made_either(cast: Cast) -> None:
    answer = doors.enter(cast.head).post(PLACE, typed(cast, baseline_on="2029-01-01"))
    assert "Tanggal nilai awal tidak boleh di masa depan." in answer.content.decode()
    assert Commitment.objects.count() == 0


def test_an_operator_proposes_nothing(cast: Cast) -> None:
    answer = doors.enter(cast.operator).post(PLACE, typed(cast))
    assert HEADS_ONLY in answer.content.decode()
    assert Commitment.objects.count() == 0


def test_a_target_is_added_to_a_commitment_and_may_replace_a_withdrawn_one(cast: Cast) -> None:
    old = cast.target()
    old.withdraw(by=cast.approver, seen=old.fingerprint(), reason=REASON)
    place = f"/kerja/komitmen/{old.commitment.reference}/target/"
    doors.enter(cast.head).post(place, target_typed("", replaces=str(old.pk)))
    assert ServiceTarget.objects.get(replaces=old).reference == "DINKES-01-2"


def test_a_target_of_another_unit_is_no_choice_to_replace(cast: Cast) -> None:
    theirs = cast.target(by=cast.other_head, commitment=cast.commitment(by=cast.other_head, unit=cast.pdam))
    theirs.withdraw(by=cast.approver, seen=theirs.fingerprint(), reason=REASON)
    mine = cast.target()
    mine.withdraw(by=cast.approver, seen=mine.fingerprint(), reason=REASON)
    place = f"/kerja/komitmen/{mine.commitment.reference}/target/"
    answer = doors.enter(cast.head).post(place, target_typed("", replaces=str(theirs.pk)))
    assert list(answer.context["wizard"].forms[0].errors) == ["replaces"]


@pytest.mark.parametrize(
    ("field", "given", "new"),
    [("due_on", {"on": "2031-06-30"}, date(2031, 6, 30)), ("target_value", {"value": "2,5"}, Decimal("2.5"))],
)
def test_a_revision_is_asked_for_with_its_reason(cast: Cast, field: str, given: dict[str, str], new: object) -> None:
    target = cast.target()
    client, place = doors.enter(cast.head), f"/kerja/sasaran/{target.reference}/ubah/"
    typed = {"seen": client.get(place).context["seen"], "field": field, "reason": REASON, **given}
    assert "Belum terkirim. Baca dahulu" in client.post(place, typed).content.decode()
    assert (
        "Belum terkirim. Baca dahulu"
        in client.post(place, {**typed, "read_doubts": f"{field} 14 2"}).content.decode()
    )
    assert TargetRevision.objects.count() == 0
    client.post(place, {**typed, "read_doubts": client.post(place, typed).context["read_doubts"]})
    asked = TargetRevision.objects.get()
    assert (asked.field, asked.new, asked.reason, asked.approved_at) == (field, new, REASON, None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"field": "due_on"}, "Isi tenggat barunya."),
        ({"field": "target_value"}, "Isi angka barunya."),
        ({"field": "target_value", "value": "20"}, "target tidak lagi melampaui nilai awal"),
        ({"field": "due_on", "on": "2031-06-30", "reason": "pendek"}, SHORT_REASON),
        ({"field": "due_on", "on": "2031-06-30", "seen": "0"}, STALE_SCREEN),
    ],
)
def test_what_is_wrong_with_a_revision_is_said(cast: Cast, given: dict[str, str], said: str) -> None:
    target = cast.target()
    place = f"/kerja/sasaran/{target.reference}/ubah/"
    read = "due_on 2030-12-31 2031-06-30"
    typed = {"seen": target.fingerprint(), "reason": REASON, "read_doubts": read, **given}
    answer = doors.enter(cast.head).post(place, typed)
    assert said in answer.content.decode()
    assert TargetRevision.objects.count() == 0


def test_a_proposal_is_taken_back_and_what_is_public_is_not(cast: Cast) -> None:
    waiting, public = cast.commitment(published=False), cast.commitment()
    client, place = doors.enter(cast.head), f"/kerja/komitmen/{waiting.reference}/tarik/"
    assert client.get(f"/kerja/komitmen/{public.reference}/tarik/").status_code == 404
    seen = client.get(place).context["seen"]
    client.post(place, {"seen": seen, "reason": REASON})
    waiting.refresh_from_db()
    assert waiting.withdrawn_at is not None


STEPS = ("Layanan", "Cara mengukur", "Nilai awal", "Target", "Janji", "Periksa")


def go(step: int, at: int = 0, **given: Any) -> dict[str, Any]:
    return {**given, "di": at, "langkah": step}


def typed_again(answer: Any) -> dict[str, str]:
    """What the browser would send from this page: every field, shown or hidden."""
    return {field.html_name: field.value() or "" for form in answer.context["wizard"].forms for field in form}


def test_a_promise_is_asked_one_step_at_a_time_and_nothing_typed_is_lost(cast: Cast) -> None:
    client, given = doors.enter(cast.head), typed(cast)
    titles = [client.get(PLACE).context["wizard"].step.title]
    for step in range(1, 6):
        answer = client.post(PLACE, go(step, step - 1, **given))
        titles.append(answer.context["wizard"].step.title)
        sent = typed_again(answer)
        assert {name: sent[name] for name in given if given[name]} == {
            name: value for name, value in given.items() if value
        }
    assert tuple(titles) == STEPS
    page = compact(answer.content.decode())
    assert "dari <b>14,5\N{NO-BREAK SPACE}hari</b> menjadi <b>3\N{NO-BREAK SPACE}hari</b>" in page
    assert Commitment.objects.count() == 0
    assert client.post(PLACE, {**typed_again(answer), "di": 5}).status_code == 302
    assert ServiceTarget.objects.get().baseline_value == Decimal("14.5")


def test_a_step_does_not_complain_of_what_it_has_not_asked_yet(cast: Cast) -> None:
    answer = doors.enter(cast.head).post(PLACE, go(1, **{**typed(cast), "target-unit_of_measure": ""}))
    wizard = answer.context["wizard"]
    assert (wizard.step.title, wizard.problem, [form.errors for form in wizard.forms]) == (
        "Cara mengukur",
        "",
        [{}, {}],
    )


def test_a_step_is_not_left_before_it_is_right_but_always_backwards(cast: Cast) -> None:
    client, given = doors.enter(cast.head), {**typed(cast), "target-unit_of_measure": ""}
    forward, back = client.post(PLACE, go(2, 1, **given)), client.post(PLACE, go(0, 1, **given))
    assert (forward.context["wizard"].step.title, forward.context["wizard"].problem) == (
        "Cara mengukur",
        CHECK_MARKED_FIELDS,
    )
    assert (back.context["wizard"].step.title, back.context["wizard"].problem) == ("Layanan", "")


@pytest.mark.parametrize("step", ["-1", "99", "x", "1" * 400, "\N{SUPERSCRIPT TWO}"])
def test_a_step_that_is_none_breaks_nothing(cast: Cast, step: str) -> None:
    answer = doors.enter(cast.head).post(PLACE, {"langkah": step, "di": step})
    assert (answer.status_code, answer.context["wizard"].step.title) == (200, "Layanan")


def test_a_revision_is_looked_at_before_it_is_sent(cast: Cast) -> None:
    target = cast.target()
    client, place = doors.enter(cast.head), f"/kerja/sasaran/{target.reference}/ubah/"
    given = {"seen": target.fingerprint(), "field": "due_on", "on": "2031-06-30", "reason": REASON}
    look = client.post(place, {**given, "periksa": "1"})
    page = look.content.decode()
    assert TargetRevision.objects.count() == 0
    assert "Mundur <b>181\N{NO-BREAK SPACE}hari</b>" in page
    again = client.post(place, {**typed_of(look), "seen": given["seen"], "ubah": "1"})
    assert again.context["form"]["on"].value() == "2031-06-30"
    client.post(place, {**typed_of(look), "seen": look.context["seen"], "read_doubts": look.context["read_doubts"]})
    assert TargetRevision.objects.get().new == date(2031, 6, 30)


def typed_of(answer: Any) -> dict[str, str]:
    return {field.html_name: field.value() or "" for field in answer.context["form"]}


@pytest.mark.parametrize(("value", "softens"), [("5", True), ("2", False)])
def test_a_revision_that_softens_says_so_beforehand(cast: Cast, value: str, softens: bool) -> None:
    target = cast.target()
    given = {"field": "target_value", "value": value, "reason": REASON, "periksa": "1"}
    answer = doors.enter(cast.head).post(f"/kerja/sasaran/{target.reference}/ubah/", given)
    assert answer.context["preview"][0].softens is softens
    assert ("diperlunak" in answer.content.decode()) is softens


def test_what_changed_between_looking_and_sending_is_noticed(cast: Cast) -> None:
    target = cast.target()
    client, place = doors.enter(cast.head), f"/kerja/sasaran/{target.reference}/ubah/"
    given = {"seen": target.fingerprint(), "field": "min_change", "value": "1", "reason": REASON}
    look = client.post(place, {**given, "periksa": "1"})
    target.withdraw(by=cast.approver, seen=target.fingerprint(), reason=REASON)
    assert client.post(place, {**given, "seen": look.context["seen"]}).status_code == 404
    assert TargetRevision.objects.count() == 0


def test_a_proposal_tells_how_long_it_has_waited_and_on_whose_desk(cast: Cast) -> None:
    target = cast.target()
    target.revise(by=cast.head, seen=target.fingerprint(), field="min_change", new=Decimal(1), reason=REASON)
    cast.commitment(published=False)
    of_bagian = cast.commitment(published=False, by=cast.bagian_head, unit=cast.bagian)
    rows = doors.enter(cast.head).get("/kerja/").context["waiting"]
    assert [(row.what, row.days, row.office) for row in rows] == [
        ("komitmen", 0, "penyetuju"),
        ("perubahan target", 0, "penyetuju"),
    ]
    [row] = doors.enter(cast.bagian_head).get("/kerja/").context["waiting"]
    assert (row.proposal, row.office) == (of_bagian, "inspektorat")


def test_a_change_asked_for_too_early_is_taken_back_with_its_reason(cast: Cast) -> None:
    target = cast.target()
    asked = target.revise(by=cast.head, seen=target.fingerprint(), field="min_change", new=Decimal(1), reason=REASON)
    client, place = doors.enter(cast.head), f"/kerja/perubahan/{asked.uuid}/tarik/"
    client.post(place, {"seen": client.get(place).context["seen"], "reason": REASON})
    asked.refresh_from_db()
    assert (asked.is_waiting, asked.refusal_reason) == (False, f"Ditarik unitnya sendiri: {REASON}")
    assert client.get("/kerja/").context["refused"] == []
    assert client.get(place).status_code == 404
    assert list(register.check()) == []


def test_a_refused_change_is_read_as_a_conversation_and_answered_with_a_better_one(cast: Cast) -> None:
    target = cast.target()
    asked = target.revise(
        by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2031, 1, 1), reason=REASON
    )
    asked.refuse(by=cast.approver, seen=asked.fingerprint(), reason="Sertakan surat dari penyedia alatnya dahulu.")
    client = doors.enter(cast.head)
    home = client.get("/kerja/")
    assert home.context["refused"] == [asked]
    answer_at = f"/kerja/sasaran/{target.reference}/ubah/?dari={asked.uuid}"
    assert answer_at in home.content.decode()
    page = client.get(answer_at)
    assert page.context["form"]["on"].value() == date(2031, 1, 1)
    assert "Sertakan surat dari penyedia alatnya dahulu." in page.content.decode()
    better = {"field": "due_on", "on": "2031-01-01", "reason": REASON, "document": "Surat 12/2026"}
    read = "due_on 2030-12-31 2031-01-01"
    client.post(answer_at, {**better, "seen": target.fingerprint(), "read_doubts": read})
    assert client.get("/kerja/").context["refused"] == []


@pytest.mark.parametrize("before", ["x", "", "%00", "00000000-0000-4000-8000-000000000000"])
def test_an_answer_to_nothing_starts_empty(cast: Cast, before: str) -> None:
    target = cast.target()
    answer = doors.enter(cast.head).get(f"/kerja/sasaran/{target.reference}/ubah/?dari={before}")
    assert answer.context["form"]["reason"].value() is None


@pytest.fixture
def both(cast: Cast) -> Cast:
    """The head of dinkes is an operator of pdam as well; each has a target and a draft."""
    serves(cast.head, cast.pdam, access.OPERATOR_ROLE)
    return cast


def test_who_serves_in_two_units_says_where_to_and_goes_on_there(both: Cast) -> None:
    client = doors.enter(both.head)
    assert [unit.code for unit in client.get("/kerja/").context["units"]] == ["dinkes", "pdam"]
    assert client.get("/kerja/?unit=pdam").context["is_head"] is False
    assert client.get("/kerja/")["Location"] == "/kerja/?unit=pdam"
    assert client.get("/kerja/?unit=dinkes").context["is_head"] is True


@pytest.mark.parametrize("place", ["/kerja/komitmen/usul/", "/kerja/tim/", "/kerja/pengingat/"])
def test_nothing_is_written_for_a_unit_that_the_address_does_not_name(both: Cast, place: str) -> None:
    client = doors.enter(both.head)
    client.get("/kerja/?unit=dinkes")
    assert client.post(place, {**typed(both), "name": "Ani", "alamat": "baru"}).status_code == 404
    assert client.get(f"{place}?unit=setda").status_code == 404
    assert (Commitment.objects.count(), Invitation.objects.count(), CalendarAddress.objects.count()) == (0, 0, 0)


def test_two_open_tabs_never_mix_their_units(both: Cast) -> None:
    """The session remembers the last unit opened; what is sent goes where its own page said."""
    mine = both.target()
    theirs = both.target(by=both.other_head, commitment=both.commitment(by=both.other_head, unit=both.pdam))
    client = doors.enter(both.head)
    client.get("/kerja/?unit=dinkes")
    client.get("/kerja/?unit=pdam")
    client.post("/kerja/komitmen/usul/?unit=dinkes", typed(both))
    assert Commitment.objects.waiting().get().owner == both.dinkes
    drafts = {target: both.measurement(target, submitted=False, by=both.head) for target in (mine, theirs)}
    for unit, target in (("dinkes", mine), ("pdam", theirs)):
        page = client.get(f"/kerja/?unit={unit}")
        assert [due.draft for due in page.context["due_targets"]] == [drafts[target]]
    place = f"/kerja/kiriman/{drafts[theirs].uuid}"
    assert (
        client.post(f"{place}/kirim/", {"seen": drafts[theirs].fingerprint(), "read_doubts": "5 jump:14"}).status_code
        == 409
    )
    assert client.post(f"{place}/buang/")["Location"] == "/kerja/?unit=pdam"


def test_an_inherited_commitment_is_accepted_in_the_name_of_the_office(cast: Cast) -> None:
    old = cast.commitment()
    cast.succession(clock.today() + timedelta(days=1), title="Plt. Kepala Dinas Kesehatan", status="Plt")
    with time_machine.travel(clock.now() + timedelta(days=2)):
        client = doors.enter(cast.head)
        page = client.get("/kerja/")
        assert page.context["inherited"] == [old]
        assert "<b>Plt. Kepala Dinas Kesehatan</b> (Plt)" in page.content.decode()
        client.post(f"/kerja/komitmen/{old.reference}/terima/", {"seen": old.fingerprint()})
        assert client.get("/kerja/").context["inherited"] == []
    assert old.acknowledgements.get().tenure.person.name == "Ani"
