"""Can a head promise something, ask to change it, and take a proposal back; and is what is wrong explained?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from commitments.models import Commitment, ServiceTarget, TargetRevision
from tests import doors
from tests.cast import REASON, Cast

pytestmark = pytest.mark.django_db


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
        ({"target_value": "20"}, "target_value", "target harus lebih baik daripada nilai awal"),
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
    [_, form] = answer.context["forms"]
    assert list(form.errors) == [name]
    assert said in form.errors[name][0]
    assert Commitment.objects.count() == 0


def test_when_the_target_is_refused_the_commitment_is_not_made_either(cast: Cast) -> None:
    answer = doors.enter(cast.head).post(PLACE, typed(cast, baseline_on="2029-01-01"))
    assert "Tanggal nilai awal tidak boleh di masa depan." in answer.content.decode()
    assert Commitment.objects.count() == 0


def test_an_operator_proposes_nothing(cast: Cast) -> None:
    answer = doors.enter(cast.operator).post(PLACE, typed(cast))
    assert "Hanya kepala" in answer.content.decode()
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
    assert list(answer.context["forms"][0].errors) == ["replaces"]


@pytest.mark.parametrize(
    ("field", "given", "new"),
    [("due_on", {"on": "2031-06-30"}, date(2031, 6, 30)), ("target_value", {"value": "2,5"}, Decimal("2.5"))],
)
def test_a_revision_is_asked_for_with_its_reason(cast: Cast, field: str, given: dict[str, str], new: object) -> None:
    target = cast.target()
    client, place = doors.enter(cast.head), f"/kerja/sasaran/{target.reference}/ubah/"
    seen = client.get(place).context["seen"]
    client.post(place, {"seen": seen, "field": field, "reason": REASON, **given})
    asked = TargetRevision.objects.get()
    assert (asked.field, asked.new, asked.reason, asked.approved_at) == (field, new, REASON, None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"field": "due_on"}, "Isi tenggat barunya."),
        ({"field": "target_value"}, "Isi angka barunya."),
        ({"field": "target_value", "value": "20"}, "target tidak lagi melampaui nilai awal"),
        ({"field": "due_on", "on": "2031-06-30", "reason": "pendek"}, "sedikitnya 20 huruf"),
        ({"field": "due_on", "on": "2031-06-30", "seen": "0"}, "sudah berubah sejak halaman ini dibuka"),
    ],
)
def test_what_is_wrong_with_a_revision_is_said(cast: Cast, given: dict[str, str], said: str) -> None:
    target = cast.target()
    place = f"/kerja/sasaran/{target.reference}/ubah/"
    answer = doors.enter(cast.head).post(place, {"seen": target.fingerprint(), "reason": REASON, **given})
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
