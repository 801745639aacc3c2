"""Tests of a no that can be said: proposals are returned with a note, amended, taken back and refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from commitments.models import Commitment, Measurement, ProposalStep, ServiceTarget, TargetRevision, transfer
from commitments.workspace import due_work, reminders
from opd import access, clock, register
from opd.errors import BadFact, StaleScreen, WrongPerson, WrongState
from opd.models import Entry, Unit, UnitChange
from tests import doors, sheets
from tests.cast import REASON, Cast, give
from tests.screen_texts import FOUR_EYES, SHORT_REASON

pytestmark = pytest.mark.django_db

NOTE = "Sebutkan dari buku register mana angka awalnya."


@pytest.fixture
def cast() -> Cast:
    return Cast()


def seen(row: Any) -> dict[str, Any]:
    return {"seen": row.fingerprint()}


def last() -> Any:
    return json.loads(Entry.objects.latest("seq").body)


def a_revision(cast: Cast) -> TargetRevision:
    target = cast.target()
    return target.revise(by=cast.head, **seen(target), field="target_value", new=Decimal(4), reason=REASON)


def a_merger(cast: Cast) -> UnitChange:
    facts: dict[str, Any] = {"change": "merged", "on": clock.today(), "legal_basis": "Perda 1/2026"}
    units: dict[str, Any] = {"predecessors": [cast.pdam], "successors": [cast.dinkes], "heirs": {}}
    return transfer.propose(by=cast.keeper, **facts, **units)


PROPOSALS: dict[str, Callable[[Cast], Any]] = {
    "commitment": lambda cast: cast.commitment(published=False),
    "target": lambda cast: cast.target(published=False),
    "revision": a_revision,
}


# --- The acts ------------------------------------------------------------------------------------------------------


def test_a_commitment_goes_back_and_forth_until_it_is_published(cast: Cast) -> None:
    row = cast.commitment(published=False, title="Lebih baik")
    for title in ("Layanan lebih cepat", "Rujukan selesai di hari yang sama"):
        row.return_(by=cast.approver, **seen(row), note=NOTE)
        assert (row.is_returned, row.is_waiting, list(Commitment.objects.waiting())) == (True, False, [])
        with pytest.raises(WrongState, match="sedang dikembalikan"):
            row.publish(by=cast.approver, **seen(row))
        row.amend(by=cast.head, **seen(row), title=title, reply="Sudah kami tulis ulang.")
        assert (row.is_returned, row.is_waiting, list(Commitment.objects.waiting())) == (False, True, [row])
    row.publish(by=cast.approver, **seen(row))
    row.refresh_from_db()
    assert (row.reference, row.title, row.is_live) == ("DINKES-01", "Rujukan selesai di hari yang sama", True)
    steps = row.steps.values_list("step", flat=True)
    assert list(steps) == ["returned", "amended", "returned", "amended"]
    assert list(register.check()) == []


def test_what_is_said_before_a_decision_is_closed_and_a_refusal_is_open(cast: Cast) -> None:
    row = cast.commitment(published=False)
    row.return_(by=cast.approver, **seen(row), note=NOTE)
    [told] = last()["data"]["proposal_step"]
    assert (told["step"], told["reason"], len(told["note"])) == ("returned", None, 64)
    row.refuse(by=cast.approver, **seen(row), reason=REASON)
    [told] = last()["data"]["proposal_step"]
    assert (told["step"], told["reason"], told["note"]) == ("refused", REASON, None)
    assert (last()["act"], row.is_undecided) == ("commitment.refused", False)
    assert NOTE not in "".join(Entry.objects.values_list("body", flat=True))
    assert list(register.check()) == []


def test_refusing_a_commitment_refuses_the_targets_that_wait_under_it(cast: Cast) -> None:
    row = cast.commitment(published=False)
    target = cast.target(commitment=row, published=False)
    row.refuse(by=cast.approver, **seen(row), reason=REASON)
    target.refresh_from_db()
    assert (target.withdrawn_at, target.withdrawal_reason) == (row.withdrawn_at, REASON)
    assert ServiceTarget.objects.waiting().count() == 0


@pytest.mark.parametrize("kind", PROPOSALS)
def test_whoever_proposed_it_neither_returns_nor_refuses_it(cast: Cast, kind: str) -> None:
    row = PROPOSALS[kind](cast)
    cast.head.memberships.update(until_on=clock.today())
    give(cast.head, access.APPROVER)
    for act, given in (("return_", {"note": NOTE}), ("refuse", {"reason": REASON})):
        with pytest.raises(WrongPerson, match=FOUR_EYES):
            getattr(row, act)(by=cast.head, **seen(row), **given)


@pytest.mark.parametrize("kind", PROPOSALS)
def test_only_an_approver_says_no(cast: Cast, kind: str) -> None:
    row = PROPOSALS[kind](cast)
    for person in (cast.head, cast.operator, cast.verifier, cast.keeper, cast.inspector, cast.leader):
        with pytest.raises(WrongPerson):
            row.return_(by=person, **seen(row), note=NOTE)
        with pytest.raises(WrongPerson):
            row.refuse(by=person, **seen(row), reason=REASON)


@pytest.mark.parametrize("kind", PROPOSALS)
def test_a_no_says_why_and_to_what_was_on_the_screen(cast: Cast, kind: str) -> None:
    row = PROPOSALS[kind](cast)
    with pytest.raises(BadFact, match=SHORT_REASON):
        row.return_(by=cast.approver, **seen(row), note="kurang")
    with pytest.raises(StaleScreen):
        row.return_(by=cast.approver, seen="lain", note=NOTE)
    with pytest.raises(BadFact, match=SHORT_REASON):
        row.refuse(by=cast.approver, **seen(row), reason="kurang")


@pytest.mark.parametrize("kind", PROPOSALS)
def test_nothing_published_is_returned_amended_or_refused(cast: Cast, kind: str) -> None:
    row = PROPOSALS[kind](cast)
    if kind == "target":
        row.commitment.refresh_from_db()
    (row.approve if kind == "revision" else row.publish)(by=cast.approver, **seen(row))
    new: dict[str, Any] = {"new": Decimal(2), "reason": REASON} if kind == "revision" else {}
    for act, by, given in (
        ("return_", cast.approver, {"note": NOTE}),
        ("refuse", cast.approver, {"reason": REASON}),
        ("amend", cast.head, new),
    ):
        with pytest.raises(WrongState):
            getattr(row, act)(by=by, **seen(row), **given)


def test_the_database_keeps_what_is_published_and_lets_what_waits_be_amended(cast: Cast) -> None:
    waiting, live = cast.commitment(published=False), cast.commitment()
    assert Commitment.objects.filter(pk=waiting.pk).update(title="Judul lain") == 1
    with pytest.raises(DatabaseError, match="tidak dapat diubah"), transaction.atomic():
        Commitment.objects.filter(pk=live.pk).update(title="Judul lain")


def test_whoever_amends_becomes_the_proposer(cast: Cast) -> None:
    row = cast.commitment(published=False)
    with pytest.raises(WrongPerson):
        row.amend(by=cast.operator, **seen(row), title="Judul dari operator")
    with pytest.raises(WrongPerson):
        row.amend(by=cast.keeper, **seen(row), title="Judul dari pengelola")  # who did not import it
    imported = Commitment.propose(
        by=cast.keeper,
        unit=cast.dinkes,
        on_behalf=True,
        memorandum=cast.memorandum,
        dimension="living",
        title="Dari rekap unit",
        benefit="Warga menunggu lebih sebentar.",
    )
    imported.amend(by=cast.keeper, **seen(imported), title="Dari rekap unit, dibetulkan")
    assert last()["actor"] == "pengelola-data:dinkes"
    imported.amend(by=cast.head, **seen(imported), title="Dari kepalanya sendiri")
    assert (imported.proposed_by, last()["actor"]) == (cast.head, "kepala:dinkes")
    with pytest.raises(WrongPerson):
        imported.amend(by=cast.keeper, **seen(imported), title="Lagi")


def test_a_revision_is_amended_as_a_new_one_and_the_old_stays_readable(cast: Cast) -> None:
    old = a_revision(cast)
    old.return_(by=cast.approver, **seen(old), note=NOTE)
    new = old.amend(by=cast.head, **seen(old), new=Decimal(2), reason=REASON, reply="Menjadi lebih berat.")
    assert (old.is_undecided, new.is_waiting, new.amends) == (False, True, old)
    assert old.refusal_reason == "Ditarik unitnya sendiri: diganti dengan usulan yang diperbaiki."
    assert last()["act"] == "revision.amended"
    new.approve(by=cast.approver, **seen(new))
    assert new.target.in_force()["target_value"] == Decimal(2)
    assert list(register.check()) == []


def test_a_merger_is_returned_amended_and_refused_and_nothing_moves(cast: Cast) -> None:
    row = a_merger(cast)
    transfer.return_(row, by=cast.approver, **seen(row), note=NOTE)
    assert (UnitChange.objects.waiting().count(), UnitChange.objects.returned().count()) == (0, 1)
    with pytest.raises(WrongState, match="sedang dikembalikan"):
        transfer.confirm(row, by=cast.approver, **seen(row))
    better = transfer.amend(
        row,
        by=cast.keeper,
        **seen(row),
        change="merged",
        on=clock.today() + timedelta(days=30),
        legal_basis="Perda 2/2026",
        predecessors=[cast.pdam],
        successors=[cast.dinkes],
        heirs={},
    )
    assert (better.amends, row.is_undecided, last()["act"]) == (row, False, "unit_change.amended")
    transfer.refuse(better, by=cast.approver, **seen(better), reason=REASON)
    with pytest.raises(WrongState):
        transfer.confirm(better, by=cast.approver, **seen(better))
    assert Unit.objects.get(code="pdam").valid_until is None
    assert list(register.check()) == []


def test_a_merger_is_taken_back_by_who_proposed_it_only(cast: Cast) -> None:
    row = a_merger(cast)
    give(cast.outsider, access.KEEPER)
    for person in (cast.outsider, cast.approver, cast.head):
        with pytest.raises(WrongPerson):
            transfer.take_back(row, by=person, **seen(row), reason=REASON)
    transfer.take_back(row, by=cast.keeper, **seen(row), reason=REASON)
    assert UnitChange.objects.undecided().count() == 0
    assert list(register.check()) == []


# --- The screens ---------------------------------------------------------------------------------------------------


def place(row: Any) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def decide(client: Client, row: Any, act: str, **given: str) -> Any:
    read = client.get(place(row)).context["read_doubts"]
    return client.post(place(row), {"act": act, **seen(row), "read_doubts": read, **given})


def test_the_desk_returns_and_the_unit_reads_amends_and_answers(cast: Cast) -> None:
    row = cast.commitment(published=False)
    desk, unit = doors.enter(cast.approver), doors.enter(cast.head)
    assert decide(desk, row, "kembalikan", note=NOTE).status_code == 302
    home = unit.get("/kerja/").content.decode()
    assert NOTE in home
    assert f"/kerja/komitmen/{row.reference}/perbaiki/" in home
    page = unit.get(f"/kerja/komitmen/{row.reference}/perbaiki/")
    typed = {
        "seen": page.context["seen"],
        "uuid": str(row.uuid),
        "memorandum": str(cast.memorandum.pk),
        "title": "Rujukan selesai hari itu juga",
        "benefit": row.benefit,
        "dimension": "living",
        "reply": "Sudah kami sebutkan.",
    }
    warned = unit.post(page.request["PATH_INFO"], typed)
    assert "Belum ada targetnya" in warned.content.decode()  # what the approver will be warned of comes first
    assert (
        unit.post(page.request["PATH_INFO"], typed | {"read_doubts": warned.context["read_doubts"]}).status_code
        == 302
    )
    row.refresh_from_db()
    assert (row.title, row.is_waiting) == ("Rujukan selesai hari itu juga", True)
    assert "Sudah kami sebutkan." in desk.get(place(row)).content.decode()
    assert decide(desk, row, "umumkan").status_code == 302
    row.refresh_from_db()
    assert row.is_live


def test_a_target_is_amended_on_one_page(cast: Cast) -> None:
    row = cast.target(
        published=False, data_source="SIMPUS", baseline_method="Dihitung dari buku", min_change=Decimal(1)
    )
    unit = doors.enter(cast.head)
    page = unit.get(f"/kerja/sasaran/{row.reference}/perbaiki/")
    typed = {name: str(value if value is not None else "") for name, value in page.context["form"].initial.items()}
    typed |= {"target_value": "2", "min_change": "1", "seen": page.context["seen"]}
    answer = unit.post(page.request["PATH_INFO"], typed)
    if answer.status_code == 200:
        answer = unit.post(page.request["PATH_INFO"], typed | {"read_doubts": answer.context["read_doubts"]})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.target_value == Decimal(2)
    assert doors.enter(cast.other_head).get(page.request["PATH_INFO"]).status_code == 404


def test_the_keeper_amends_at_the_desk_what_she_imported(cast: Cast) -> None:
    row = Commitment.propose(
        by=cast.keeper,
        unit=cast.dinkes,
        on_behalf=True,
        memorandum=cast.memorandum,
        dimension="living",
        title="Dari rekap unit",
        benefit="Warga menunggu lebih sebentar.",
    )
    client = doors.enter(cast.keeper)
    answer = decide(client, row, "perbaiki", title="Judul yang benar", benefit=row.benefit, dimension="living")
    assert answer.status_code == 302, answer.content.decode()
    row.refresh_from_db()
    assert row.title == "Judul yang benar"
    assert decide(client, row, "tarik-usulan", reason=REASON).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_at is not None


def test_the_head_is_told_of_each_outcome_publication_above_all(cast: Cast) -> None:
    cast.head.email = "kepala@contoh.invalid"
    cast.head.save()
    published, refused, returned = (
        cast.commitment(),
        cast.commitment(published=False),
        cast.commitment(published=False),
    )
    refused.refuse(by=cast.approver, **seen(refused), reason=REASON)
    returned.return_(by=cast.approver, **seen(returned), note=NOTE)
    told = {outcome.about: outcome.words for outcome in due_work.outcomes(cast.dinkes, clock.today())}
    assert told == {
        published.reference: "diumumkan",
        refused.reference: "ditolak",
        returned.reference: "dikembalikan",
    }
    [mail] = list(reminders.mails_for(clock.today()))
    assert mail.subject == "Dinkes: 3 usulan diputus"
    assert "Diumumkan" in doors.enter(cast.head).get("/kerja/").content.decode()


def test_a_revision_goes_back_and_is_answered_on_its_own_page(cast: Cast) -> None:
    row = a_revision(cast)
    row.return_(by=cast.approver, **seen(row), note=NOTE)
    unit = doors.enter(cast.head)
    address = f"/kerja/sasaran/{row.target.reference}/ubah/?dari={row.uuid}"
    page = unit.get(address)
    assert NOTE in page.content.decode()
    typed = {"field": "target_value", "value": "2", "reason": REASON, "document": "", "seen": page.context["seen"]}
    looked = unit.post(address, typed | {"periksa": "1"})
    assert "Tidak ada dokumen yang disebut." in looked.content.decode()
    sent = {**typed, "seen": looked.context["seen"], "read_doubts": looked.context["read_doubts"], "kirim": "1"}
    assert unit.post(address, sent).status_code == 302
    assert TargetRevision.objects.waiting().get().amends == row


def test_the_keeper_improves_a_merger_in_the_same_steps(cast: Cast) -> None:
    row = a_merger(cast)
    transfer.return_(row, by=cast.approver, **seen(row), note=NOTE)
    client = doors.enter(cast.keeper)
    assert f"?dari={row.uuid}" in client.get(place(row)).content.decode()
    page = client.get(f"/admin/opd/unitchange/susun/?dari={row.uuid}")
    assert NOTE in page.content.decode()
    assert 'value="Perda 1/2026"' in page.content.decode()
    typed = {
        "change": "merged",
        "before": "pdam",
        "after": "dinkes",
        "on": str(clock.today()),
        "legal_basis": "Perda 9/2026",
        "seen": cast.pdam.fingerprint(),
        "amended_seen": page.context["amended_seen"],
    }
    assert client.post(page.request["PATH_INFO"] + f"?dari={row.uuid}", typed).status_code == 302
    assert UnitChange.objects.waiting().get().legal_basis == "Perda 9/2026"


def test_what_was_returned_waits_for_its_unit_and_not_for_the_desk(cast: Cast) -> None:
    row = cast.commitment(published=False)
    row.return_(by=cast.approver, **seen(row), note=NOTE)
    client = doors.enter(cast.approver)
    piles = {pile.title: pile.count for pile in client.get("/admin/").context["workday"].decide}
    assert piles["Usulan komitmen"] == 0
    listed = client.get("/admin/commitments/commitment/?antrean=dikembalikan").context["cl"].result_list
    assert list(listed) == [row]
    assert "belum ditetapkan" in Client().get("/unit/dinkes/").content.decode()


def test_steps_are_never_changed(cast: Cast) -> None:
    row = cast.commitment(published=False)
    row.return_(by=cast.approver, **seen(row), note=NOTE)
    with pytest.raises(DatabaseError, match="tidak dapat diubah"), transaction.atomic():
        ProposalStep.objects.update(note="lain")


# --- A whole import -------------------------------------------------------------------------------------------------


def imported(cast: Cast, value: int = 9) -> str:
    """A sheet with one value, kept; the digest of the file."""
    target = cast.target()
    row = [target.reference, "1 Jan 2018", "30 Juni 2018", value, 212, "https://contoh.go.id/a", "hasil"]
    sheets.kept(cast, "realisasi", sheets.xlsx([sheets.MEASUREMENTS, row]))
    return str(last()["data"]["file_sha256"])


def test_an_import_is_taken_back_as_a_whole_in_one_entry_while_nothing_is_decided(cast: Cast) -> None:
    digest = imported(cast)
    client, before = doors.enter(cast.keeper), Entry.objects.count()
    assert digest in client.get("/admin/impor/").content.decode()
    assert client.post(f"/admin/impor/tarik/{digest}/").status_code == 302
    row = Measurement.objects.get()
    assert (row.state, row.is_pulled_back) == ("returned", True)
    assert Entry.objects.count() == before + 1
    assert (last()["act"], last()["object"], last()["data"]["file_sha256"]) == (
        "import.taken_back",
        f"import:{digest}",
        digest,
    )
    assert list(register.check()) == []
    assert digest not in client.get("/admin/impor/").content.decode()


def test_once_something_of_it_is_decided_the_rest_goes_one_by_one(cast: Cast) -> None:
    digest = imported(cast)
    row = Measurement.objects.get()
    row.return_(by=cast.verifier, **seen(row), note=NOTE)
    client, before = doors.enter(cast.keeper), Entry.objects.count()
    answer = client.post(f"/admin/impor/tarik/{digest}/", follow=True)
    assert "sudah diputus" in answer.content.decode()
    assert Entry.objects.count() == before


def test_nobody_takes_back_the_import_of_another(cast: Cast) -> None:
    digest = imported(cast)
    give(cast.outsider, access.KEEPER)
    before, client = Entry.objects.count(), doors.enter(cast.outsider, second_factor=True)
    client.post(f"/admin/impor/tarik/{digest}/")
    assert Entry.objects.count() == before
    assert doors.enter(cast.keeper).post(f"/admin/impor/tarik/{'0' * 64}/").status_code == 404
