"""Tests of the acts, from the signature to verified evidence: what each does, and the sentence when it is refused."""

import inspect
import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from commitments import evidence as store
from commitments.models import Commitment, Decision, Evidence, Measurement, ServiceTarget, Signature, TargetRevision
from opd import access, clock, register
from opd.errors import BadFact, StaleScreen, WrongPerson, WrongState
from opd.models import Entry, Membership, Tenure
from tests.cast import REASON, Cast, give, serves
from tests.screen_texts import FOUR_EYES, NO_BETTER_TARGET, SHORT_REASON

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def standing(target: ServiceTarget) -> Any:
    return ServiceTarget.objects.filter(pk=target.pk).with_rung(clock.today()).get()


def last_entry() -> dict[str, Any]:
    return json.loads(Entry.objects.latest("seq").body)


def verified(cast: Cast, target: ServiceTarget, value: Any = 5, **facts: Any) -> Measurement:
    measurement = cast.measurement(target, value, **facts)
    measurement.verify(by=cast.verifier, seen=measurement.fingerprint())
    return measurement


def test_a_promise_climbs_when_it_is_verified(cast: Cast) -> None:
    target = cast.target()
    assert standing(target).rung == 1
    measurement = cast.measurement(target, 5)
    assert (standing(target).rung, standing(target).rung_claimed) == (1, 3)
    measurement.verify(by=cast.verifier, seen=measurement.fingerprint())
    now = standing(target)
    assert (now.rung, now.rung_claimed, str(now.progress)) == (3, 3, "0.8182")
    assert list(register.check()) == []
    last = last_entry()
    assert (last["actor"], last["act"], sorted(last["data"])) == (
        "verifikator",
        "measurement.verified",
        ["actor_number", "decision", "evidence"],
    )


# --- Proposals ---------------------------------------------------------------------------------------------


def test_only_the_head_of_the_unit_proposes(cast: Cast) -> None:
    for someone in (cast.operator, cast.other_head, cast.approver, cast.outsider):
        with pytest.raises(WrongPerson):
            cast.commitment(by=someone, published=False)


def test_the_proposer_does_not_publish_even_as_approver(cast: Cast) -> None:
    commitment = cast.commitment(published=False)
    give(cast.head, access.APPROVER)
    with pytest.raises(WrongPerson, match="Anda bertugas di Dinkes"):
        commitment.publish(by=cast.head, seen=commitment.fingerprint())
    Membership.objects.update(until_on=clock.today())
    with pytest.raises(WrongPerson, match=FOUR_EYES):
        commitment.publish(by=cast.head, seen=commitment.fingerprint())


def test_an_unpublished_proposal_shows_the_register_only_its_digest(cast: Cast) -> None:
    cast.commitment(published=False, title="Rahasia sampai diumumkan")
    body = Entry.objects.latest("seq").body
    assert "Rahasia" not in body
    assert '"content":"' in body


def test_a_target_needs_its_commitment_published_first(cast: Cast) -> None:
    commitment = cast.commitment(published=False)
    target = cast.target(commitment=commitment, published=False)
    with pytest.raises(WrongState, match="Umumkan komitmennya dahulu"):
        target.publish(by=cast.approver, seen=target.fingerprint())


def test_a_target_that_does_not_beat_its_baseline_is_explained(cast: Cast) -> None:
    with pytest.raises(ValidationError, match=NO_BETTER_TARGET):
        cast.target(target_value=Decimal(14))
    with pytest.raises(ValidationError, match="sebesar perubahan terkecil"):
        cast.target(min_change=Decimal(12))


def test_publishing_twice_is_refused(cast: Cast) -> None:
    target = cast.target()
    with pytest.raises(WrongState):
        target.publish(by=cast.approver, seen=target.fingerprint())


def test_withdrawing_a_commitment_takes_its_targets_along_in_one_entry(cast: Cast) -> None:
    commitment = cast.commitment()
    target, waiting = cast.target(commitment=commitment), cast.target(commitment=commitment, published=False)
    verified(cast, target, 5)
    before = Entry.objects.count()
    commitment.withdraw(by=cast.approver, seen=commitment.fingerprint(), reason=REASON)
    target.refresh_from_db()
    waiting.refresh_from_db()
    assert Entry.objects.count() == before + 1
    assert (target.withdrawn_rung, waiting.withdrawn_rung) == (3, None)
    assert target.withdrawn_at == waiting.withdrawn_at == commitment.withdrawn_at
    assert sorted(last_entry()["data"]) == ["actor_number", "commitment", "target"]


def test_a_head_withdraws_a_draft_and_only_an_approver_what_is_public(cast: Cast) -> None:
    draft = cast.target(published=False)
    draft.withdraw(by=cast.head, seen=draft.fingerprint(), reason=REASON)
    public = cast.target()
    with pytest.raises(WrongPerson):
        public.withdraw(by=cast.head, seen=public.fingerprint(), reason=REASON)
    with pytest.raises(BadFact, match=SHORT_REASON):
        public.withdraw(by=cast.approver, seen=public.fingerprint(), reason="salah")


def test_a_replacement_names_a_withdrawn_target(cast: Cast) -> None:
    old = cast.target()
    with pytest.raises(WrongState, match="harus ditarik dahulu"):
        cast.target(commitment=old.commitment, replaces=old)
    old.withdraw(by=cast.approver, seen=old.fingerprint(), reason=REASON)
    new = cast.target(commitment=old.commitment, replaces=old)
    assert new.replaces == old


# --- Revisions ---------------------------------------------------------------------------------------------


def test_a_revision_changes_what_is_in_force_and_never_the_original(cast: Cast) -> None:
    target = cast.target()
    revision = target.revise(
        by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2031, 6, 30), reason=REASON
    )
    assert standing(target).due_on == date(2030, 12, 31)
    revision.approve(by=cast.approver, seen=revision.fingerprint())
    now = standing(target)
    assert (now.due_on, now.original_due_on, now.moved, revision.slip_days) == (
        date(2031, 6, 30),
        date(2030, 12, 31),
        1,
        181,
    )


def test_a_revision_needs_a_reason_and_four_eyes(cast: Cast) -> None:
    target = cast.target()
    with pytest.raises(BadFact, match=SHORT_REASON):
        target.revise(by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(2), reason="pendek")
    revision = target.revise(
        by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(2), reason=REASON
    )
    with pytest.raises(WrongPerson):
        revision.approve(by=cast.head, seen=revision.fingerprint())
    with pytest.raises(WrongState, match="masih menunggu keputusan"):
        target.revise(by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(1), reason=REASON)
    revision.refuse(by=cast.approver, seen=revision.fingerprint(), reason=REASON)
    with pytest.raises(WrongState, match="sudah diputus"):
        revision.approve(by=cast.approver, seen=revision.fingerprint())
    assert standing(target).target_now == 3


def test_two_revisions_together_may_not_undo_the_promise(cast: Cast) -> None:
    target = cast.target()
    up = target.revise(by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(10), reason=REASON)
    down = target.revise(
        by=cast.head, seen=target.fingerprint(), field="baseline_value", new=Decimal(9), reason=REASON
    )
    up.approve(by=cast.approver, seen=up.fingerprint())
    with pytest.raises(BadFact, match="tidak lagi melampaui nilai awal"):
        down.approve(by=cast.approver, seen=down.fingerprint())


# --- Measurements ------------------------------------------------------------------------------------------


def test_an_operator_drafts_and_the_head_sends(cast: Cast) -> None:
    draft = cast.measurement(cast.target(), by=cast.operator, submitted=False)
    entries = Entry.objects.count()
    with pytest.raises(WrongPerson):
        draft.submit(by=cast.operator, seen=draft.fingerprint())
    assert Entry.objects.count() == entries
    draft.submit(by=cast.head, seen=draft.fingerprint())
    assert draft.state == "submitted"


def test_a_draft_that_changed_after_it_was_shown_is_not_sent(cast: Cast) -> None:
    draft = cast.measurement(cast.target(), 5, submitted=False)
    seen = draft.fingerprint()
    Measurement.objects.filter(pk=draft.pk).update(value=4)
    with pytest.raises(StaleScreen):
        draft.submit(by=cast.head, seen=seen)


def test_an_unfinished_period_and_an_impossible_share_are_refused(cast: Cast) -> None:
    target = cast.target()
    with pytest.raises(BadFact, match="Periode belum selesai"):
        cast.measurement(target, period_end=clock.today().replace(year=2099))
    share = cast.target(statistic="share", direction="higher", baseline_value=Decimal(10), target_value=Decimal(80))
    with pytest.raises(ValidationError, match="antara 0 dan 100"):
        cast.measurement(share, 101)


def test_nobody_decides_for_their_own_family(cast: Cast) -> None:
    measurement = cast.measurement(cast.target())
    serves(cast.verifier, cast.dinkes, "staff")
    with pytest.raises(WrongPerson, match="Anda bertugas di Dinkes"):
        measurement.verify(by=cast.verifier, seen=measurement.fingerprint())


def test_setda_is_judged_by_the_inspektorat_and_only_there(cast: Cast) -> None:
    of_setda = cast.commitment(by=cast.bagian_head, unit=cast.bagian, published=False)
    with pytest.raises(WrongPerson, match="Sekretariat Daerah tidak memutuskan perkaranya sendiri"):
        of_setda.publish(by=cast.approver, seen=of_setda.fingerprint())
    of_setda.publish(by=cast.inspector, seen=of_setda.fingerprint())
    assert last_entry()["actor"] == "inspektorat"
    of_dinkes = cast.measurement(cast.target())
    with pytest.raises(WrongPerson, match="hanya dapat diambil oleh verifikator"):
        of_dinkes.verify(by=cast.inspector, seen=of_dinkes.fingerprint())


def test_a_member_of_a_bagian_never_decides_for_setda(cast: Cast) -> None:
    commitment = cast.commitment(by=cast.setda_head, unit=cast.setda, published=False)
    give(cast.bagian_head, access.INSPECTOR)
    with pytest.raises(WrongPerson, match="Anda bertugas di Setda"):
        commitment.publish(by=cast.bagian_head, seen=commitment.fingerprint())


def test_a_sender_with_two_hats_does_not_verify(cast: Cast) -> None:
    measurement = cast.measurement(cast.target())
    give(cast.head, access.VERIFIER)
    Membership.objects.update(until_on=clock.today())
    with pytest.raises(WrongPerson, match=FOUR_EYES):
        measurement.verify(by=cast.head, seen=measurement.fingerprint())


@pytest.mark.parametrize("act", ["return_", "reject"])
def test_sending_back_needs_a_reason_that_the_public_never_reads(cast: Cast, act: str) -> None:
    measurement = cast.measurement(cast.target())
    with pytest.raises(BadFact):
        getattr(measurement, act)(by=cast.verifier, seen=measurement.fingerprint(), note="")
    note = "Lampirkan rekap dari sistem antrean, bukan foto."
    getattr(measurement, act)(by=cast.verifier, seen=measurement.fingerprint(), note=note)
    assert measurement.decisions.get().note == note
    assert "rekap dari sistem" not in Entry.objects.latest("seq").body


def test_a_decision_on_something_that_changed_is_refused(cast: Cast) -> None:
    measurement = cast.measurement(cast.target())
    seen = measurement.fingerprint()
    measurement.return_(by=cast.verifier, seen=seen, note=REASON)
    with pytest.raises(StaleScreen):
        measurement.verify(by=cast.verifier, seen=seen)
    with pytest.raises(WrongState, match="dikembalikan"):
        measurement.verify(by=cast.verifier, seen=measurement.fingerprint())


def test_a_target_revised_meanwhile_makes_the_verifiers_screen_stale(cast: Cast) -> None:
    target = cast.target()
    measurement = cast.measurement(target)
    seen = measurement.fingerprint()
    revision = target.revise(
        by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(6), reason=REASON
    )
    revision.approve(by=cast.approver, seen=revision.fingerprint())
    with pytest.raises(StaleScreen):
        measurement.verify(by=cast.verifier, seen=seen)


def test_a_target_added_published_or_revised_meanwhile_makes_a_withdrawal_stale(cast: Cast) -> None:
    commitment = cast.commitment()
    screens = [commitment.fingerprint()]
    target = cast.target(commitment=commitment, published=False)
    screens.append(commitment.fingerprint())
    target.publish(by=cast.approver, seen=target.fingerprint())
    screens.append(commitment.fingerprint())
    asked = target.revise(
        by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(2), reason=REASON
    )
    asked.approve(by=cast.approver, seen=asked.fingerprint())
    for seen in screens:
        with pytest.raises(StaleScreen):
            commitment.withdraw(by=cast.approver, seen=seen, reason=REASON)
    commitment.withdraw(by=cast.approver, seen=commitment.fingerprint(), reason=REASON)
    target.refresh_from_db()
    assert target.withdrawn_at == commitment.withdrawn_at


def test_revoking_is_final_public_and_not_by_the_verifier(cast: Cast) -> None:
    target = cast.target()
    measurement = verified(cast, target, 3)
    give(cast.verifier, access.APPROVER)
    with pytest.raises(WrongPerson, match="Anda yang memverifikasinya"):
        measurement.revoke(by=cast.verifier, seen=measurement.fingerprint(), note=REASON)
    measurement.revoke(by=cast.approver, seen=measurement.fingerprint(), note=REASON)
    assert [d.verdict for d in measurement.decisions.all()] == ["verified", "revoked"]
    assert standing(target).rung == 1
    assert last_entry()["data"]["decision"][0]["reason"] == REASON
    with pytest.raises(WrongState):
        measurement.revoke(by=cast.approver, seen=measurement.fingerprint(), note=REASON)


def test_pulling_back_closes_it_as_returned_by_its_own_unit(cast: Cast) -> None:
    measurement = cast.measurement(cast.target())
    with pytest.raises(WrongPerson):
        measurement.pull_back(by=cast.other_head, seen=measurement.fingerprint())
    decision = measurement.pull_back(by=cast.head, seen=measurement.fingerprint())
    assert (decision.verdict, decision.own_unit, decision.office) == ("returned", True, "kepala:dinkes")
    with pytest.raises(WrongState):
        measurement.pull_back(by=cast.head, seen=measurement.fingerprint())


def test_a_correction_closes_the_undecided_version_it_supersedes(cast: Cast) -> None:
    target = cast.target()
    first = cast.measurement(target, 5)
    second = cast.measurement(target, 4, corrects=first)
    assert (first.state, second.version, second.chain) == ("returned", 2, first.chain)
    second.verify(by=cast.verifier, seen=second.fingerprint())
    third = cast.measurement(target, 6, corrects=second)
    assert (second.state, standing(target).value) == ("verified", Decimal("4.0000"))
    third.verify(by=cast.verifier, seen=third.fingerprint())
    assert standing(target).value == Decimal("6.0000")
    assert list(register.check()) == []


def test_a_version_is_superseded_once(cast: Cast) -> None:
    first = cast.measurement(cast.target(), 5)
    cast.measurement(first.target, 4, corrects=first)
    with pytest.raises(ValidationError):
        cast.measurement(first.target, 3, corrects=first)


def test_redaction_destroys_the_text_and_keeps_its_digest(cast: Cast) -> None:
    target = cast.target()
    draft = cast.measurement(target, submitted=False)
    received = store.receive("ktp.png", picture())
    item = Evidence.attach(draft, kind="hasil", file=received, caption="KTP atas nama seseorang")
    draft.submit(by=cast.head, seen=draft.fingerprint())
    draft.verify(by=cast.verifier, seen=draft.fingerprint(), public={item.uuid: True})
    item.refresh_from_db()
    assert store.path_of(item.public_sha256, public=True).exists()
    with pytest.raises(WrongPerson):
        item.redact(by=cast.verifier, seen=item.fingerprint(), reason=REASON)
    item.redact(by=cast.approver, seen=item.fingerprint(), reason=REASON)
    assert (item.caption, item.sha256) == ("", received.sha256)
    assert standing(target).rung == 3
    assert list(register.check()) == []


def picture() -> Any:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    out.seek(0)
    return out


# --- People and names --------------------------------------------------------------------------------------


def test_a_new_head_accepts_an_inherited_promise_once(cast: Cast) -> None:
    commitment = cast.commitment()
    with pytest.raises(WrongState, match="belum dicatat"):
        commitment.acknowledge(by=cast.head, seen=commitment.fingerprint())
    cast.succession(date(2020, 1, 1), person="Pejabat Contoh", title="Kepala Dinas Kesehatan")
    commitment.acknowledge(by=cast.head, seen=commitment.fingerprint())
    with pytest.raises(WrongState, match="sudah Anda terima"):
        commitment.acknowledge(by=cast.head, seen=commitment.fingerprint())


def test_a_successor_ends_the_tenure_before(cast: Cast) -> None:
    facts: dict[str, Any] = {"unit": cast.dinkes, "title": "Kepala", "certainty": "documented"}
    first = Tenure.enter(by=cast.keeper, person="Pejabat A", from_on=date(2017, 1, 3), **facts)
    with pytest.raises(BadFact, match="tidak mundur"):
        Tenure.enter(by=cast.keeper, person="Pejabat B", from_on=date(2016, 1, 1), **facts)
    Tenure.enter(by=cast.keeper, person="Pejabat B", from_on=date(2019, 8, 1), **facts)
    first.refresh_from_db()
    assert first.until_on == date(2019, 8, 1)


def test_a_mistaken_signature_is_withdrawn_and_stays(cast: Cast) -> None:
    signature = cast.pdam.signatures.get()
    with pytest.raises(WrongPerson):
        signature.withdraw(by=cast.approver, seen=signature.fingerprint(), reason=REASON, source=REASON)
    signature.withdraw(by=cast.keeper, seen=signature.fingerprint(), reason=REASON, source=REASON)
    assert cast.memorandum.signatures.standing().count() == 3
    assert cast.memorandum.signatures.count() == 4


def test_a_unit_keeps_its_old_name_for_the_days_before(cast: Cast) -> None:
    cast.pdam.rename(
        by=cast.keeper,
        seen=cast.pdam.fingerprint(),
        name="Perumda Air Minum",
        short_name="Perumda",
        on=date(2019, 3, 1),
        legal_basis="Perda 2/2019",
    )
    names = {
        day: type(cast.pdam).objects.with_names(day).get(code="pdam").short_name
        for day in (date(2019, 2, 28), date(2019, 3, 1))
    }
    assert names == {date(2019, 2, 28): "Pdam", date(2019, 3, 1): "Perumda"}


def test_only_the_keeper_keeps_the_roster(cast: Cast) -> None:
    for someone in (cast.approver, cast.head, cast.leader, cast.outsider):
        with pytest.raises(WrongPerson):
            cast.dinkes.correct(by=someone, seen=cast.dinkes.fingerprint(), note="lain")
    cast.dinkes.correct(by=cast.keeper, seen=cast.dinkes.fingerprint(), note="lain")
    assert last_entry()["data"]["unit"][0]["note"] == "lain"


def test_an_inactive_account_and_an_ended_membership_can_do_nothing(cast: Cast) -> None:
    measurement = cast.measurement(cast.target())
    cast.verifier.is_active = False
    cast.verifier.save()
    with pytest.raises(WrongPerson):
        measurement.verify(by=cast.verifier, seen=measurement.fingerprint())
    Membership.objects.filter(user=cast.head).update(until_on=clock.today())
    with pytest.raises(WrongPerson):
        measurement.pull_back(by=cast.head, seen=measurement.fingerprint())


def test_the_loader_of_sourced_facts_takes_no_part_in_promises(cast: Cast) -> None:
    with pytest.raises(WrongPerson):
        cast.commitment(by=access.SYSTEM, published=False)


def test_no_act_takes_a_time_from_outside() -> None:
    for model in (Commitment, ServiceTarget, TargetRevision, Measurement, Evidence, Decision):
        for name, method in inspect.getmembers(model, inspect.isfunction):
            parameters = inspect.signature(method).parameters
            if "by" in parameters and not name.startswith("_"):
                assert not {"at", "now", "moment"} & set(parameters), f"{model.__name__}.{name}"


def test_no_new_row_is_stamped_by_its_caller(cast: Cast) -> None:
    target = cast.target()
    draft = cast.measurement(target, submitted=False)
    stamp = {"published_at": clock.now(), "published_by": cast.approver}
    for make in (
        lambda: cast.commitment(published=False, **stamp),
        lambda: cast.target(commitment=target.commitment, published=False, **stamp),
        lambda: cast.measurement(target, submitted=False, submitted_at=clock.now(), submitted_by=cast.head),
        lambda: Evidence.attach(draft, kind="hasil", url="https://contoh.invalid/x", redacted_at=clock.now()),
        lambda: Signature.enter(by=cast.keeper, memorandum=cast.memorandum, withdrawn_at=clock.now()),
    ):
        with pytest.raises(TypeError, match="comes from the act"):
            make()


def test_a_turned_clock_is_refused_outside_a_demonstration(cast: Cast) -> None:
    with (
        clock.turned(clock.TurnedClock(clock.now(), "benih")),
        pytest.raises(WrongState, match="register contoh"),
    ):
        cast.commitment()
