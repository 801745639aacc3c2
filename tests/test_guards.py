"""Tests of the triggers of both databases: they refuse changes of history; without them the changes succeed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from commitments.models import (
    Assignment,
    Commitment,
    Decision,
    Evidence,
    Inheritance,
    Measurement,
    Recheck,
    RecheckItem,
    ServiceTarget,
    TargetRevision,
)
from opd import clock
from opd.models import Entry, Membership, Person, StaffRole, Tenure, Unit, UnitChange, UnitName
from opd.register import triggers
from tests.cast import REASON, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """A world in which every guarded table has a row."""
    cast = Cast()
    target = cast.target()
    measurement = cast.measurement(target)
    measurement.verify(by=cast.verifier, seen=measurement.fingerprint())
    target.revise(by=cast.head, seen=target.fingerprint(), field="min_change", new=Decimal(1), reason=REASON)
    cast.measurement(target, 4, corrects=measurement)
    return cast


FROZEN = [
    (Entry, {"body": "{}"}),
    (Unit, {"code": "lain"}),
    (Membership, {"number": 7}),
    (Membership, {"role": "operator"}),
    (StaffRole, {"role": "pimpinan"}),
    (UnitName, {"name": "lain"}),
    (Commitment, {"title": "lain"}),
    (Commitment, {"published_at": None, "published_by": None}),
    (Assignment, {"from_on": "2001-01-01"}),
    (ServiceTarget, {"original_due_on": "2040-01-01"}),
    (ServiceTarget, {"target_value": 13}),
    (ServiceTarget, {"published_at": F("published_at") + timedelta(days=1)}),
    (TargetRevision, {"new_value": 2}),
    (Measurement, {"value": 1}),
    (Measurement, {"submitted_at": None, "submitted_by": None}),
    (Measurement, {"note": "lain"}),
    (Evidence, {"sha256": "0" * 64}),
    (Evidence, {"url": ""}),
    (Evidence, {"evidence_kind": "hasil", "size": 1}),
    (Decision, {"verdict": "rejected"}),
    (Decision, {"by": F("measurement_id")}),
]


@pytest.mark.parametrize(("model", "change"), FROZEN, ids=lambda value: getattr(value, "__name__", str(value)[:60]))
def test_a_recorded_fact_is_not_changed(cast: Cast, model: type[Any], change: Any) -> None:
    with pytest.raises(DatabaseError, match="tidak dapat diubah"), transaction.atomic():
        model.objects.update(**change)


def test_without_the_guard_the_same_change_goes_through(cast: Cast) -> None:
    triggers.drop()
    assert ServiceTarget.objects.update(original_due_on="2040-01-01") == 1
    assert Measurement.objects.filter(version=1).update(value=1) == 1
    triggers.install()


@pytest.mark.parametrize("model", [model for model, _ in triggers.guarded()], ids=lambda model: model.__name__)
def test_no_public_row_is_deleted(cast: Cast, model: type[Any]) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
        if not cursor.fetchone()[0]:
            assert model in {Tenure, Person, UnitChange} or model._meta.label.startswith(
                (
                    "opd.UnitChange_",
                    "commitments.Acknowledgement",
                    "commitments.Inheritance",
                    "commitments.ProposalStep",
                    "commitments.Assessment",
                    "commitments.PublicFact",
                    "commitments.Training",
                    "opd.RegisterOperator",
                    "opd.Witness",
                    *("commitments.CaseFile", "commitments.Holiday", "commitments.MeasurementQuestion"),
                    "commitments.Recheck",
                )
            )
            return
        with pytest.raises(DatabaseError, match="tidak dapat dihapus"), transaction.atomic():
            cursor.execute(f'DELETE FROM "{table}"')


def test_a_draft_may_be_thrown_away(cast: Cast) -> None:
    draft = cast.measurement(cast.target(), submitted=False)
    draft.evidence.all().delete()
    draft.delete()


def test_no_proof_is_added_after_sending(cast: Cast) -> None:
    sent = Measurement.objects.get(version=1)
    with pytest.raises(DatabaseError, match="sebelum realisasi dikirim"), transaction.atomic():
        Evidence.attach(sent, kind="hasil", url="https://contoh.invalid/susulan")


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        ({"verdict": "verified", "by": "head"}, "pengirim tidak boleh memutus kirimannya sendiri"),
        ({"verdict": "revoked", "by": "approver"}, "yang dicabut hanya verifikasi"),
    ],
)
def test_a_decision_that_no_rule_allows_is_not_stored(cast: Cast, decision: Any, why: str) -> None:
    waiting = Measurement.objects.get(version=2)
    by = getattr(cast, decision["by"])
    with pytest.raises(DatabaseError, match=why), transaction.atomic():
        Decision.objects.create(measurement=waiting, verdict=decision["verdict"], by=by, office="x", at=Now())


def test_a_verifier_never_revokes_their_own_verification(cast: Cast) -> None:
    verified = Measurement.objects.get(version=1)
    with pytest.raises(DatabaseError, match="oleh orang lain"), transaction.atomic():
        Decision.objects.create(measurement=verified, verdict="revoked", by=cast.verifier, office="x", at=Now())


def test_a_draft_is_not_decided(cast: Cast) -> None:
    draft = cast.measurement(cast.target(), submitted=False)
    with pytest.raises(DatabaseError, match="sudah dikirim"), transaction.atomic():
        Decision.objects.create(measurement=draft, verdict="verified", by=cast.verifier, office="x", at=Now())


def test_a_version_continues_its_own_chain(cast: Cast) -> None:
    first = Measurement.objects.get(version=2)
    other = cast.target()
    with pytest.raises(DatabaseError, match="menyambung versi terkirim"), transaction.atomic():
        Measurement.objects.create(
            target=other,
            supersedes=first,
            chain=first.chain,
            version=3,
            period_start="2018-01-01",
            period_end="2018-02-01",
            value=1,
            drafted_by=cast.head,
            drafted_at=Now(),
        )


def test_a_draft_too_keeps_its_target_its_chain_and_its_proof(cast: Cast) -> None:
    first, other = Measurement.objects.get(version=1), cast.target()
    draft = cast.measurement(other, submitted=False)
    for moved in ({"target": first.target}, {"chain": first.chain}, {"version": 7}, {"supersedes": first}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Measurement.objects.filter(pk=draft.pk).update(**moved)
    with pytest.raises(DatabaseError, match="tidak dapat diubah"), transaction.atomic():
        draft.evidence.update(measurement=first)


def test_what_was_proposed_or_drawn_together_gets_no_further_part(cast: Cast) -> None:
    change = UnitChange.propose(
        by=cast.keeper,
        change="split",
        on=clock.today(),
        legal_basis="x",
        predecessors=[cast.pdam],
        successors=[cast.dinkes],
    )
    drawn = Recheck.draw(by=cast.inspector, size=1)
    verified, waiting = Measurement.objects.get(version=1), Measurement.objects.get(version=2)
    cast.measurement(cast.target())  # a later act
    parts = [
        lambda: change.successors.add(cast.setda),
        lambda: change.predecessors.add(cast.setda),
        lambda: Inheritance.objects.create(change=change, commitment=verified.target.commitment, unit=cast.dinkes),
        lambda: RecheckItem.objects.create(recheck=drawn, measurement=waiting, rank=2),
    ]
    for add in parts:
        with pytest.raises(DatabaseError, match="tidak dapat ditambah kemudian"), transaction.atomic():
            add()


def test_erasing_is_only_possible_as_a_redaction(cast: Cast) -> None:
    measurement = Measurement.objects.get(version=1)
    triggers.drop()
    Measurement.objects.filter(pk=measurement.pk).update(note="NIK 3374")
    triggers.install()
    with pytest.raises(DatabaseError), transaction.atomic():
        Measurement.objects.filter(pk=measurement.pk).update(note="")
    why = {"redacted_at": Now(), "redacted_by": cast.approver, "redaction_reason": REASON}
    with pytest.raises(DatabaseError), transaction.atomic():
        Measurement.objects.filter(pk=measurement.pk).update(note="lain", **why)
    Measurement.objects.filter(pk=measurement.pk).update(note="", **why)


@pytest.mark.sqlite
def test_replacing_a_row_is_refused_too(cast: Cast) -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="tidak dapat dihapus"):
        cursor.execute("INSERT OR REPLACE INTO opd_entry SELECT * FROM opd_entry WHERE seq = 1")


@pytest.mark.postgres
def test_emptying_and_upserting_are_refused_too(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model, _ in triggers.guarded():
            with pytest.raises(DatabaseError, match="tidak dapat dikosongkan"), transaction.atomic():
                cursor.execute(f'TRUNCATE "{model._meta.db_table}" CASCADE')
        with pytest.raises(DatabaseError, match="tidak dapat diubah"), transaction.atomic():
            cursor.execute(
                "INSERT INTO opd_entry SELECT * FROM opd_entry WHERE seq = 1 "
                "ON CONFLICT (seq) DO UPDATE SET body = 'x'"
            )


def test_every_guard_stands_after_migrating_and_its_absence_is_noticed() -> None:
    assert triggers.missing(connection) == []
    triggers.drop()
    assert len(triggers.missing(connection)) == len(triggers.guarded()) * (
        4 if connection.vendor == "postgresql" else 3
    )
    triggers.install()
    assert triggers.missing(connection) == []


ANEW = "DROP TRIGGER guard_opd_entry_update ON opd_entry; CREATE TRIGGER guard_opd_entry_update BEFORE"
FIRES = "EXECUTE FUNCTION guard_opd_entry_update()"


@pytest.mark.postgres
@pytest.mark.parametrize(
    "loosened",
    [
        "ALTER TABLE opd_entry DISABLE TRIGGER guard_opd_entry_update",
        "ALTER TABLE opd_entry ENABLE REPLICA TRIGGER guard_opd_entry_update",
        f"{ANEW} UPDATE ON opd_entry FOR EACH ROW WHEN (false) {FIRES}",
        f"{ANEW} UPDATE OF hash ON opd_entry FOR EACH ROW {FIRES}",
        f"{ANEW} UPDATE ON opd_entry FOR EACH STATEMENT {FIRES}",
        f"{ANEW} INSERT ON opd_entry FOR EACH ROW {FIRES}",
        f"{ANEW} UPDATE ON opd_unit FOR EACH ROW {FIRES}",
    ],
)
def test_a_guard_that_is_switched_off_or_loosened_counts_as_missing(loosened: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(loosened)
    assert triggers.missing(connection) == ["guard_opd_entry_update"]


def test_a_guard_that_was_hollowed_out_counts_as_missing() -> None:
    name = "guard_opd_entry_update"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            body = "BEGIN RETURN NEW; END"
            cursor.execute(
                f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $hollow${body}$hollow$'
            )
        else:
            cursor.execute(f'DROP TRIGGER "{name}"')
            cursor.execute(f'CREATE TRIGGER "{name}" BEFORE UPDATE ON opd_entry BEGIN SELECT 1; END')
    assert triggers.missing(connection) == [name]


@pytest.mark.by_night_on_postgres
@pytest.mark.django_db(transaction=True)
def test_a_migration_that_rebuilds_tables_loses_no_guard() -> None:
    call_command(
        "migrate", "commitments", "0006", verbosity=0
    )  # 0007 gives tables new constraints: SQLite copies them
    call_command("migrate", verbosity=0)
    assert triggers.missing(connection) == []
