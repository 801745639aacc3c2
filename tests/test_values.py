"""Is a value that no measurement can give refused wherever it is typed, and is none refused that one can give?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from commitments.models import Measurement, Recheck, ServiceTarget, TargetRevision
from commitments.workspace.forms import TargetForm
from opd import clock, register
from opd.errors import BadFact
from opd.register import triggers
from tests import doors
from tests.cast import REASON, Cast
from tests.test_workspace_proposals import target_typed
from tests.test_workspace_report import address, typed

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

SHARE: dict[str, Any] = {
    "family": "daring",
    "unit_of_measure": "%",
    "statistic": "share",
    "direction": "higher",
    "baseline_value": Decimal(40),
    "target_value": Decimal(60),
}
BELOW = "Angka dalam hari tidak dapat kurang dari 0."
PARTS = "Persen berada di antara 0 dan 100."


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.mark.parametrize(
    ("family", "unit", "statistic", "may", "may_not"),
    [
        ("cepat", "menit", "median", ["0", "99999"], ["-5", "-0.0001"]),
        ("ringkas", "langkah", "count", ["0", "12"], ["-1"]),
        ("daring", "%", "share", ["0", "100"], ["-1", "100.0001", "150"]),
        ("daring", "Persen permohonan", "mean", ["0", "100"], ["-1", "101"]),
        ("kepuasan", "nilai SKM (25–100)", "score", ["3.5", "100"], ["-1", "101"]),
        ("kepuasan", "pengaduan", "count", ["0", "340"], ["-1"]),
        ("literasi", "pegawai", "count", ["0", "212"], ["-1"]),
        ("lainnya", " Hari kerja", "mean", ["0"], ["-1"]),
        ("lainnya", "rupiah", "count", ["0"], ["-1"]),
        ("lainnya", "%", "share", ["100"], ["-1", "101"]),
        ("lainnya", "% pertumbuhan", "mean", ["-12", "150"], []),
        ("lainnya", "selisih hari", "median", ["-3", "3"], []),
    ],
)
def test_every_unit_of_measure_has_its_bounds(
    family: str, unit: str, statistic: str, may: list[str], may_not: list[str]
) -> None:
    target = ServiceTarget(family=family, unit_of_measure=unit, statistic=statistic)
    assert [value for value in (*may, *may_not) if target.why_impossible(Decimal(value))] == may_not


def test_the_form_and_what_it_foresees_refuse_it_beside_the_number(cast: Cast) -> None:
    client = doors.enter(cast.head)
    for target, value, why in ((cast.target(), "-5", BELOW), (cast.target(**SHARE), "150", PARTS)):
        for page in (
            client.get(f"{address(target)}bila/", {"value": value}),
            client.get(f"{address(target)}?nilai={value}"),
            client.post(address(target), typed(value=value)),
            client.post(address(target), {**typed(value=value), "simpan": "1"}),
        ):
            html = page.content.decode()
            assert (page.context["previewed"], why in html, "Jika diverifikasi" in html) == (None, True, False)
    assert Measurement.objects.count() == 0


def test_the_model_refuses_it_at_every_door(cast: Cast) -> None:
    target = cast.target()
    with pytest.raises(ValidationError, match=BELOW):
        cast.measurement(target, -5)
    for field, value in (("target_value", -1), ("baseline_value", -1)):
        promised: dict[str, Any] = {field: Decimal(value)}
        with pytest.raises(ValidationError, match=BELOW):
            cast.target(**promised, direction="higher" if field == "baseline_value" else "lower")
    with pytest.raises(BadFact, match=BELOW):
        target.revise(by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(-1), reason=REASON)
    sent = cast.measurement(target)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    item = Recheck.draw(by=cast.inspector, size=1).items.get()
    facts: dict[str, Any] = {"outcome": "berbeda", "finding": REASON, "found_value": Decimal(-2)}
    with pytest.raises(ValidationError, match=BELOW):
        item.record(by=cast.inspector, seen=item.fingerprint(), **facts)


def test_a_proposal_is_told_on_the_step_where_it_was_typed(cast: Cast) -> None:
    place = f"/kerja/komitmen/{cast.commitment().reference}/target/"
    answer = doors.enter(cast.head).post(place, target_typed("", baseline_value="-14", target_value="-20"))
    assert set(answer.context["wizard"].forms[0].errors) >= {"baseline_value", "target_value"}
    assert ServiceTarget.objects.count() == 0


SURVEY: dict[str, Any] = {
    **{"family": "kepuasan", "unit_of_measure": "nilai SKM", "statistic": "score", "direction": "higher"},
    **{"baseline_value": Decimal(60), "target_value": Decimal(80), "lower_bound": 25, "upper_bound": Decimal(100)},
}


def test_a_survey_states_its_scale_and_no_number_lies_outside_it(cast: Cast) -> None:
    target = cast.target(**SURVEY)
    assert [bool(target.why_impossible(Decimal(value))) for value in ("24.9999", "25", "100", "100.0001")] == [
        *(True, False),
        *(False, True),
    ]
    assert target.why_impossible(Decimal(4)) == "Nilai survei ini berada di antara 25 dan 100."
    assert (target.content()["lower_bound"], target.content()["upper_bound"]) == (25, 100)
    assert "lower_bound" not in cast.target().content()  # entries of an old register stay as they are
    with pytest.raises(ValidationError, match="di antara 25 dan 100"):
        cast.measurement(target, 4, submitted=False)
    with pytest.raises(DatabaseError, match="di luar skala"), transaction.atomic():
        draft = cast.measurement(target, 70, submitted=False)
        Measurement.objects.bulk_create([copy_of(draft, value=Decimal(4))])
    assert list(register.check()) == []


def copy_of(row: Measurement, **changed: Any) -> Measurement:
    facts = {
        name: getattr(row, name) for name in ("target", "period_start", "period_end", "drafted_by", "drafted_at")
    }
    uuid = clock.new_uuid()
    return Measurement(uuid=uuid, chain=uuid, **{**facts, **changed})


@pytest.mark.parametrize("wrong", [{"lower_bound": None}, {"statistic": "median"}, {"lower_bound": Decimal(100)}])
def test_a_scale_has_two_ends_and_belongs_to_a_survey(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        cast.target(**{**SURVEY, **wrong})


def test_the_form_asks_a_survey_for_its_scale(cast: Cast) -> None:
    form = TargetForm({"statistic": "score", "upper_bound": "100"})
    assert form.errors["upper_bound"] == ["Sebutkan nilai terendah dan tertinggi skalanya, misalnya 25 dan 100."]
    assert "upper_bound" not in TargetForm({"statistic": "median"}).errors


def written_before_the_rule(target: ServiceTarget, cast: Cast) -> Measurement:
    """A draft of an old register: the guards of the rule were not laid yet."""
    draft = cast.measurement(target, 5, submitted=False)
    Measurement.objects.filter(pk=draft.pk).update(value=Decimal(-5))
    draft.refresh_from_db()
    return draft


def test_what_was_written_down_before_the_rule_stays_but_goes_no_further(cast: Cast) -> None:
    draft = written_before_the_rule(cast.target(), cast)
    page = doors.enter(cast.head).get(f"/kerja/kiriman/{draft.uuid}/")
    assert (BELOW in page.content.decode(), page.context["previewed"]) == (True, None)
    with pytest.raises(BadFact, match=BELOW):
        draft.submit(by=cast.head, seen=draft.fingerprint())


def test_an_old_claim_that_cannot_be_is_doubted_and_not_verified_but_returned(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(ServiceTarget, "why_impossible", lambda *_: "")
        draft = written_before_the_rule(cast.target(), cast)
        draft.submit(by=cast.head, seen=draft.fingerprint())
    page = doors.enter(cast.verifier).get(f"/admin/commitments/measurement/{draft.pk}/change/")
    assert f"{BELOW} Angka ini tidak dapat diverifikasi." in page.content.decode()
    assert [one.label for one in page.context["outcomes"]] == ["Sekarang", "Dikembalikan atau ditolak"]
    with pytest.raises(BadFact, match=BELOW):
        draft.verify(by=cast.verifier, seen=draft.fingerprint())
    draft.return_(by=cast.verifier, seen=draft.fingerprint(), note=REASON)
    assert list(register.check()) == []


def test_an_old_promise_below_zero_can_still_get_another_due_date(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    triggers.drop()
    with monkeypatch.context() as before:
        before.setattr(ServiceTarget, "why_impossible", lambda *_: "")
        target = cast.target(target_value=Decimal(-1))
    triggers.install()  # as after a migration: what is there already is left as it is
    asked = target.revise(
        by=cast.head,
        seen=target.fingerprint(),
        field="due_on",
        new=target.original_due_on.replace(year=2031),
        reason=REASON,
    )
    asked.approve(by=cast.approver, seen=asked.fingerprint())
    assert TargetRevision.objects.get().approved_at
    assert list(register.check()) == []


@pytest.mark.parametrize("guarded", [True, False])
def test_the_database_refuses_what_skips_the_model(cast: Cast, guarded: bool) -> None:
    """Its twin: without the guards the same rows go in."""
    draft = cast.measurement(cast.target(), submitted=False)
    rows = [draft, cast.target(published=False, commitment=draft.target.commitment)]
    if not guarded:
        triggers.drop()
    refused = 0
    changes: tuple[dict[str, Any], ...] = ({"value": -5}, {"target_value": -5, "reference": "DINKES-01-9"})
    for row, change in zip(rows, changes, strict=True):
        for name, value in {**change, "pk": None, "uuid": clock.new_uuid(), "chain": clock.new_uuid()}.items():
            setattr(row, name, value)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except DatabaseError:
            refused += 1
    assert refused == (2 if guarded else 0)
    triggers.install()
