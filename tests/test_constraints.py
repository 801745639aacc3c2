"""Tests of database constraints: rows that cannot exist, inserted without forms and acts."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models.functions import Now

from commitments.models import (
    Acknowledgement,
    Assessment,
    Assignment,
    CalendarAddress,
    CaseFile,
    Commitment,
    Decision,
    Evidence,
    Holiday,
    HolidayYear,
    Inheritance,
    Measurement,
    MeasurementQuestion,
    ProposalDraft,
    ProposalStep,
    Recheck,
    RecheckItem,
    Reminder,
    ServiceTarget,
    Signature,
    TargetRevision,
    Training,
)
from opd import access, clock
from opd.models import (
    Entry,
    HeadLetter,
    Invitation,
    Membership,
    Person,
    StaffRole,
    Tenure,
    Unit,
    UnitChange,
    UnitName,
    Witness,
)
from tests.cast import REASON, SIGNED_ON, Cast

pytestmark = pytest.mark.django_db
BIG = Decimal("99999999999.9999")


@pytest.fixture
def cast() -> Cast:
    return Cast()


def target(cast: Cast, **wrong: Any) -> Any:
    facts = {
        "reference": f"X-{clock.new_uuid()}",
        "commitment": cast.commitment(),
        "service": "x",
        "family": "cepat",
        "unit_of_measure": "hari",
        "statistic": "median",
        "direction": "lower",
        "baseline_value": 14,
        "baseline_on": SIGNED_ON,
        "baseline_source": "x",
        "target_value": 3,
        "original_due_on": date(2030, 1, 1),
        "proposed_at": Now(),
        "proposed_by": cast.head,
    }
    return ServiceTarget.objects.create(**{**facts, **wrong})


def measurement(cast: Cast, **wrong: Any) -> Any:
    uuid = clock.new_uuid()
    facts = {
        "uuid": uuid,
        "chain": uuid,
        "target": wrong.pop("target", None) or cast.target(),
        "period_start": date(2018, 1, 1),
        "period_end": date(2018, 2, 1),
        "value": 5,
        "drafted_by": cast.head,
        "drafted_at": Now(),
    }
    return Measurement.objects.create(**{**facts, **wrong})


def revision(cast: Cast, **wrong: Any) -> Any:
    facts = {
        "target": cast.target(),
        "field": "min_change",
        "old_value": 0,
        "new_value": 1,
        "reason": REASON,
        "proposed_at": Now(),
        "proposed_by": cast.head,
    }
    return TargetRevision.objects.create(**{**facts, **wrong})


CLOCK_REVISION = {
    "field": "clock",
    "old_value": None,
    "new_value": None,
    "new_clock": "datang selesai working",
    "baseline_by_clock": "tidak",
}


def calendar_year(cast: Cast, **wrong: Any) -> Any:
    facts = {"year": 2018, "source": "x", "entered_at": clock.now(), "entered_by": cast.keeper}
    return HolidayYear.objects.create(**{**facts, **wrong})


def case_file(cast: Cast, **wrong: Any) -> Any:
    facts = {"target": cast.target(), "kept_by": cast.head, "kept_at": Now(), "rows": 9, "n": 9, "value": 1}
    period = {"period_start": SIGNED_ON, "period_end": SIGNED_ON, "received_sha256": "0" * 64}
    return CaseFile.objects.create(**{**facts, **period, **wrong})


def witness(**wrong: Any) -> Any:
    facts = {"name": "x", "witness_kind": "press", "email": "a@contoh.invalid", "entered_at": clock.now()}
    return Witness.objects.create(**{**facts, **wrong})


def assessment(**wrong: Any) -> Any:
    facts = {"assessor": "x", "scheme": "x", "year": 2018, "value": 1, "published_on": SIGNED_ON, "source": "x"}
    stamps = {"certainty": "documented", "entered_at": clock.now()}
    return Assessment.objects.create(**{**facts, **stamps, **wrong})


def training(**wrong: Any) -> Any:
    facts = {"held_on": SIGNED_ON, "title": "x", "place": "x", "source": "x", "entered_at": clock.now()}
    return Training.objects.create(**{**facts, **wrong})


def signature(cast: Cast, **wrong: Any) -> Any:
    facts = {"memorandum": cast.memorandum, "capacity": "party", "source": "x", "certainty": "assumed"}
    return Signature.objects.create(**{**facts, **wrong})


def decided(cast: Cast, *verdicts: Any, **wrong: Any) -> Any:
    sent = cast.measurement(cast.target())
    for verdict, by in verdicts:
        facts = {"verdict": verdict, "by": by, "office": "x", "at": Now(), **wrong}
        Decision.objects.create(measurement=sent, **facts)


def sampled(cast: Cast, *items: Any, **wrong: Any) -> Any:
    """A re-check drawn by nobody, with these items."""
    facts = {"number": 1, "drawn_at": clock.now(), "drawn_by": cast.inspector, "head_seq": 1, "size": 1}
    drawn = Recheck.objects.create(**{**facts, "population": 1, **wrong})
    for item in items:
        RecheckItem.objects.create(recheck=drawn, **item)


def found(cast: Cast, **wrong: Any) -> Any:
    """One item with what was found."""
    facts = {"outcome": "sesuai", "finding": "x", "recorded_at": Now(), "recorded_by": cast.inspector}
    sampled(cast, {"measurement": cast.measurement(cast.target()), "rank": 1, **facts, **wrong})


def invitation(cast: Cast, **wrong: Any) -> Any:
    facts = {"name": "x", "unit": cast.dinkes, "role": "head", "invited_at": Now(), "invited_by": cast.keeper}
    return Invitation.objects.create(**{**facts, "expires_at": Now(), **wrong})


def reminder(cast: Cast, **wrong: Any) -> Any:
    return Reminder.objects.create(
        **{"unit": cast.dinkes, "channel": "email", "kind": "digest", "on": SIGNED_ON, **wrong}
    )


def inheritance(cast: Cast) -> Any:
    promise = cast.commitment()
    change = UnitChange.objects.create(change="merged", on=SIGNED_ON, proposed_at=clock.now())
    return Inheritance.objects.create(change=change, commitment=promise, unit=cast.pdam)


def again(row: Any) -> Any:
    """The same row once more."""
    row.pk = None
    row.uuid = clock.new_uuid()
    row.save(force_insert=True)


def unit_change(cast: Cast, **facts: Any) -> UnitChange:
    return UnitChange.objects.create(
        change="merged", on=SIGNED_ON, proposed_at=Now(), proposed_by=cast.keeper, **facts
    )


def proposal_step(cast: Cast, **facts: Any) -> ProposalStep:
    facts = {"commitment": cast.commitment(published=False), "note": REASON, "step": "returned", **facts}
    return ProposalStep.objects.create(office="penyetuju", at=Now(), by=cast.approver, **facts)


def staff_role(user: User, role: str, **facts: Any) -> StaffRole:
    return StaffRole.objects.create(user=user, role=role, given_at=clock.now(), **facts)


IMPOSSIBLE = {
    "signature_stands_once_per_unit_and_memorandum": lambda c: signature(c, unit=c.dinkes),
    "signature_of_a_party_names_its_unit": lambda c: signature(c),
    "signature_withdrawn_with_reason_and_source": lambda c: signature(c, capacity="before", withdrawn_at=Now()),
    "target_is_better_than_its_baseline": lambda c: target(c, direction=""),
    "target_beats_baseline_by_the_minimum_change": lambda c: target(c, min_change="11.0001"),
    "target_values_have_at_most_15_digits_and_4_decimals": lambda c: target(c, baseline_value=BIG + 1),
    "target_shares_lie_between_0_and_100": lambda c: target(c, statistic="share", baseline_value=101),
    "target_reports_at_least_yearly": lambda c: target(c, cycle_days=367),
    "target_scale_has_two_ends_and_is_of_a_survey": lambda c: target(c, statistic="score", upper_bound=100),
    "target_scale_holds_its_values": lambda c: target(c, statistic="score", lower_bound=4, upper_bound=100),
    "target_is_due_after_its_baseline": lambda c: target(c, original_due_on=SIGNED_ON),
    "target_withdrawn_rung_only_when_withdrawn": lambda c: target(c, withdrawn_rung=3),
    "servicetarget_published_by_someone_other_than_its_proposer": lambda c: target(
        c, published_at=Now(), published_by=c.head
    ),
    "servicetarget_withdrawn_by_someone_with_a_reason": lambda c: target(c, withdrawn_at=Now()),
    "commitment_published_by_someone_other_than_its_proposer": lambda c: Commitment.objects.create(
        reference="X-1", memorandum=c.memorandum, proposed_at=Now(), proposed_by=c.head, published_at=Now()
    ),
    "commitment_withdrawn_by_someone_with_a_reason": lambda c: Commitment.objects.create(
        reference="X-1",
        memorandum=c.memorandum,
        proposed_at=Now(),
        proposed_by=c.head,
        withdrawn_at=Now(),
        withdrawn_by=c.head,
    ),
    "revision_approved_by_someone_other_than_its_proposer": lambda c: revision(
        c, approved_at=Now(), approved_by=c.head
    ),
    "revision_not_both_approved_and_refused": lambda c: revision(
        c,
        approved_at=Now(),
        approved_by=c.approver,
        refused_at=Now(),
        refused_by=c.approver,
        refusal_reason="x",
    ),
    "revision_refused_by_someone_with_a_reason": lambda c: revision(c, refused_at=Now(), refused_by=c.approver),
    "revision_changes_a_date_or_a_value": lambda c: revision(c, field="due_on"),
    "revision_values_have_at_most_15_digits_and_4_decimals": lambda c: revision(c, new_value=-BIG - 1),
    "revision_of_a_clock_says_how_the_baseline_was_measured": lambda c: revision(
        c, **CLOCK_REVISION | {"new_clock": ""}
    ),
    "revision_states_a_clock_once": lambda c: [
        revision(c, target=the_target, approved_at=Now(), approved_by=c.approver, **CLOCK_REVISION)
        for the_target in [c.target()] * 2
    ],
    "target_clock_is_stated_as_a_whole": lambda c: target(c, clock_start="datang"),
    "target_clock_has_a_limit_only_for_a_share": lambda c: target(
        c, clock_start="datang", clock_stop="selesai", clock_unit="working", clock_limit=3
    ),
    "calendar_year_is_plausible": lambda c: calendar_year(c, year=1900),
    "calendar_year_approved_by_somebody_else": lambda c: calendar_year(c, approved_at=Now(), approved_by=c.keeper),
    "calendar_year_refused_by_somebody_with_a_reason": lambda c: calendar_year(
        c, refused_at=Now(), refused_by=c.approver
    ),
    "calendar_year_not_both_approved_and_refused": lambda c: calendar_year(
        c, approved_at=Now(), refused_at=Now(), refused_by=c.approver, refusal_reason="x"
    ),
    "holiday_once_in_its_calendar": lambda c: [
        Holiday.objects.create(calendar=year, day=SIGNED_ON, name="x") for year in [calendar_year(c)] * 2
    ],
    "question_once_for_its_measurement": lambda c: [
        MeasurementQuestion.objects.create(measurement=row, code="same", text="x", rule="x")
        for row in [measurement(c)] * 2
    ],
    "case_file_counts_at_least_one_case": lambda c: case_file(c, n=0),
    "case_file_shows_no_single_people": lambda c: case_file(c, n=4, durations="minutes\n1\n"),
    "revision_gives_its_reason": lambda c: revision(c, reason="terlalu pendek"),
    "measurement_period_starts_before_it_ends": lambda c: measurement(c, period_start=date(2018, 2, 2)),
    "measurement_n_is_at_least_one": lambda c: measurement(c, n=0),
    "measurement_value_has_at_most_15_digits_and_4_decimals": lambda c: measurement(c, value=BIG + 1),
    "measurement_submitted_by_someone": lambda c: measurement(c, submitted_at=Now()),
    "measurement_redacted_by_someone_with_a_reason": lambda c: measurement(
        c, redacted_at=Now(), redacted_by=c.approver
    ),
    "measurement_version_counts_what_it_supersedes": lambda c: measurement(c, version=2),
    "measurement_version_once_in_its_chain": lambda c: measurement(c, chain=measurement(c).chain),
    "evidence_is_a_file_or_a_link": lambda c: Evidence.objects.create(
        measurement=measurement(c), media_type="image/png", url="https://x.invalid", sha256="0" * 64, size=1
    ),
    "evidence_has_a_file_or_a_link": lambda c: Evidence.objects.create(
        measurement=measurement(c), sha256="0" * 64, size=1
    ),
    "evidence_redacted_by_someone_with_a_reason": lambda c: Evidence.objects.create(
        measurement=measurement(c), sha256="0" * 64, size=1, redacted_at=Now(), redaction_reason="x"
    ),
    "assignment_one_open_per_commitment": lambda c: Assignment.objects.create(
        commitment=c.commitment(), unit=c.pdam, from_on=SIGNED_ON
    ),
    "assignment_ends_after_it_begins": lambda c: Assignment.objects.create(
        commitment=c.commitment(), unit=c.pdam, from_on=SIGNED_ON, until_on=SIGNED_ON - timedelta(days=1)
    ),
    "unit_ends_after_it_begins": lambda c: Unit.objects.create(code="x", valid_from=SIGNED_ON, valid_until=SIGNED_ON),
    "unit_alone_on_its_tile": lambda c: [Unit.objects.create(code=x, tile_row=1, tile_col=1) for x in "xy"],
    "unit_name_one_current_per_unit": lambda c: UnitName.objects.create(unit=c.dinkes, name="x", short_name="x"),
    "unit_name_ends_after_it_begins": lambda c: UnitName.objects.create(
        unit=c.dinkes, name="x", short_name="x", from_on=SIGNED_ON, until_on=SIGNED_ON
    ),
    "a_head_is_sent_once_a_day": lambda c: HeadLetter.objects.bulk_create(
        HeadLetter(witness=one, sent_on=SIGNED_ON, seq=1) for one in [witness()] * 2
    ),
    "witness_is_written_to_once": lambda c: [witness() for _ in range(2)],
    "witness_vouches_for_a_whole_head": lambda c: witness(vouched_seq=1),
    "witness_end_has_both": lambda c: witness(ended_at=clock.now()),
    "assessment_says_something": lambda c: assessment(value=None),
    "assessment_scale_has_two_ends": lambda c: assessment(scale_low=0),
    "assessment_value_lies_on_its_scale": lambda c: assessment(scale_low=2, scale_high=4),
    "assessment_change_of_method_has_no_value": lambda c: assessment(certainty="method-break"),
    "assessment_method_changes_once_a_year": lambda c: [
        assessment(certainty="method-break", value=None, label="x") for _ in range(2)
    ],
    "assessment_of_the_city_stands_once_per_scheme_and_year": lambda c: [assessment() for _ in range(2)],
    "assessment_of_a_unit_stands_once_per_scheme_and_year": lambda c: [assessment(unit=c.pdam) for _ in range(2)],
    "assessment_withdrawn_with_reason_and_source": lambda c: assessment(withdrawn_at=clock.now()),
    "training_stands_once_a_day": lambda c: [training() for _ in range(2)],
    "training_withdrawn_with_reason_and_source": lambda c: training(withdrawn_at=clock.now()),
    "unit_change_not_both_confirmed_and_refused": lambda c: unit_change(
        c,
        confirmed_at=Now(),
        confirmed_by=c.approver,
        refused_at=Now(),
        refused_by=c.approver,
        refusal_reason=REASON,
    ),
    "unit_change_refused_by_someone_with_a_reason": lambda c: unit_change(c, refused_at=Now(), refused_by=c.approver),
    "proposal_step_about_one_proposal": lambda c: proposal_step(c, target=target(c)),
    "proposal_step_returned_or_refused_with_a_note": lambda c: proposal_step(c, note=""),
    "unit_change_confirmed_by_someone_else": lambda c: UnitChange.objects.create(
        change="merged",
        on=SIGNED_ON,
        proposed_at=Now(),
        proposed_by=c.keeper,
        confirmed_at=Now(),
        confirmed_by=c.keeper,
    ),
    "tenure_ends_after_it_begins": lambda c: Tenure.objects.create(
        person=Person.objects.create(name="x"), unit=c.dinkes, from_on=SIGNED_ON, until_on=SIGNED_ON
    ),
    "tenure_one_open_per_office_and_status": lambda c: [
        Tenure.objects.create(person=Person.objects.create(name="x"), unit=c.dinkes, from_on=SIGNED_ON)
        for _ in range(2)
    ],
    "acknowledgement_once_per_tenure": lambda c: again(
        Acknowledgement.objects.create(
            commitment=c.commitment(),
            tenure=Tenure.objects.create(person=Person.objects.create(name="x"), unit=c.dinkes),
            at=Now(),
            by=c.head,
        )
    ),
    "decision_first_once_per_measurement": lambda c: decided(c, ("verified", c.verifier), ("returned", c.approver)),
    "decision_revoked_once_per_measurement": lambda c: decided(
        c, ("verified", c.verifier), ("revoked", c.approver), ("revoked", c.keeper)
    ),
    "decision_by_own_unit_only_returns": lambda c: decided(c, ("verified", c.verifier), own_unit=True),
    "inheritance_once_per_change": lambda c: again(inheritance(c)),
    "plan_draft_once_in_its_unit": lambda c: [
        ProposalDraft.objects.create(uuid=c.dinkes.uuid, unit=c.dinkes, kept_by=c.head, kept_at=Now())
        for _ in range(2)
    ],
    "recheck_draws_between_1_and_50": lambda c: sampled(c, size=0),
    "recheck_item_one_per_rank": lambda c: sampled(
        c, *({"measurement": c.measurement(c.target()), "rank": 1} for _ in range(2))
    ),
    "recheck_item_once_in_its_sample": lambda c: sampled(
        c, *({"measurement": one, "rank": rank} for one in [c.measurement(c.target())] for rank in (1, 2))
    ),
    "recheck_item_recorded_by_someone_with_a_finding": lambda c: found(c, finding=""),
    "recheck_item_stands_by_someone_with_a_reason": lambda c: found(
        c, outcome="tak-terlacak", stands_at=Now(), stands_by=c.approver
    ),
    "recheck_item_stands_after_an_objection_by_someone_else": lambda c: found(
        c, outcome="tak-terlacak", stands_at=Now(), stands_by=c.inspector, stands_reason="x"
    ),
    "recheck_item_gives_a_value_when_it_differs": lambda c: found(c, outcome="berbeda"),
    "recheck_item_value_has_at_most_15_digits_and_4_decimals": lambda c: found(
        c, outcome="berbeda", found_value=BIG + 1
    ),
    "reminder_to_a_person_once": lambda c: [reminder(c, user=c.head) for _ in range(2)],
    "reminder_to_a_unit_once": lambda c: [reminder(c) for _ in range(2)],
    "reminder_sent_by_someone_at_a_time": lambda c: reminder(c, sent_by=c.keeper),
    "calendar_address_one_open_per_person": lambda c: again(
        CalendarAddress.objects.create(unit=c.dinkes, made_by=c.head)
    ),
    "entry_seq_starts_at_one": lambda c: Entry.objects.create(seq=0, at=Now(), prev_hash="0", hash="0"),
    "invitation_to_a_unit_or_to_the_desk": lambda c: invitation(c, staff_role=access.KEEPER),
    "invitation_used_by_someone": lambda c: invitation(c, used_at=Now()),
    "invitation_revoked_by_someone_before_it_was_used": lambda c: invitation(c, revoked_at=Now()),
    "membership_ends_after_it_begins": lambda c: Membership.objects.create(
        user=c.outsider, unit=c.dinkes, role="head", from_on=SIGNED_ON, until_on=SIGNED_ON - timedelta(days=1)
    ),
    "membership_given_by_somebody_else": lambda c: Membership.objects.create(
        user=c.outsider, unit=c.dinkes, role="head", given_by=c.outsider
    ),
    "staff_role_open_once": lambda c: staff_role(c.keeper, access.KEEPER),
    "staff_role_given_by_somebody_else": lambda c: staff_role(c.keeper, access.VERIFIER, given_by=c.keeper),
    "staff_role_ends_after_it_begins": lambda c: staff_role(
        c.keeper, access.VERIFIER, ended_at=clock.now() - timedelta(days=1)
    ),
    "membership_of_a_deputy_is_a_head_s_and_ends": lambda c: Membership.objects.create(
        user=c.outsider, unit=c.dinkes, role="head", reason="deputy"
    ),
    "membership_open_once": lambda c: Membership.objects.create(user=c.head, unit=c.dinkes, role="head"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_the_row_cannot_exist(cast: Cast, name: str) -> None:
    """SQLite does not name a unique constraint, and PostgreSQL's own type refuses too many digits first."""
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        IMPOSSIBLE[name](cast)
    said = str(refused.value)
    assert name in said or "UNIQUE constraint failed" in said or "numeric field overflow" in said


def test_every_constraint_is_asked() -> None:
    ours = [*apps.get_app_config("opd").get_models(), *apps.get_app_config("commitments").get_models()]
    declared = {constraint.name for model in ours for constraint in model._meta.constraints}
    assert declared - set(IMPOSSIBLE) == set()


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_a_target_equal_to_its_baseline_or_on_the_wrong_side_cannot_exist(cast: Cast, direction: str) -> None:
    worse = {"higher": 13, "lower": 15}[direction]
    for value in (14, worse):
        with pytest.raises(IntegrityError, match="target_is_better_than_its_baseline"), transaction.atomic():
            target(cast, direction=direction, target_value=value)


def test_supersedes_is_unique(cast: Cast) -> None:
    first = cast.measurement(cast.target())
    facts = {"target": first.target, "supersedes": first, "chain": first.chain}
    measurement(cast, version=2, **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        measurement(cast, version=2, **facts)


def test_the_largest_numbers_come_back_as_they_went_in(cast: Cast) -> None:
    row = target(cast, baseline_value=BIG, target_value=-BIG, family="lainnya")
    row.refresh_from_db()
    assert (row.baseline_value, row.target_value) == (BIG, -BIG)
