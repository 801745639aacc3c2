"""Thousands of facts for tests, and what the real ladder computes from them.

The rows are written directly, without acts, so that a test can have thousands. The constraints and triggers of the
database still check each row.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import F

from commitments import ladder
from commitments.ladder import kept, reference
from commitments.ladder.reference import RevisionFact, TargetFact, TargetState, UnitFact, UnitState, owner
from commitments.models import (
    Assignment,
    Commitment,
    Decision,
    Evidence,
    Measurement,
    Memorandum,
    Recheck,
    RecheckItem,
    ServiceTarget,
    TargetRevision,
)
from commitments.models.querysets import units_with_rung
from opd.models import Unit, UnitChange

SIGNED_ON = date(2017, 11, 2)
PROPOSED_AT = datetime(2017, 11, 2, 3, tzinfo=UTC)
REASON = "Alasan yang cukup panjang untuk dibaca publik."

FLAGS = ("silent", "overdue", "moved", "met_late", "softened", "worse", "contested", "claimed_higher")

_numbers = count(10**9)  # keys of our own, so that rows can name each other before they are written


# --- writing ---


@dataclass(frozen=True)
class Clerk:
    """Who acts, and the primary key of every code, reference and UUID."""

    head: User
    verifier: User
    approver: User
    key: dict[str, int] = field(default_factory=lambda: defaultdict(_numbers.__next__))


def write(units: Sequence[UnitFact], targets: Sequence[TargetFact]) -> None:
    """Every fact as rows: one commitment a target, decided by other people than those who sent it."""
    clerk = Clerk(head=_account("kepala"), verifier=_account("verifikator"), approver=_account("penyetuju"))
    _write_units(units, clerk)
    _write_commitments(targets, clerk)
    _write_targets(targets, clerk)
    _write_revisions(targets, clerk)
    _write_measurements(targets, clerk)
    _write_decisions(targets, clerk)
    _write_objections(targets, clerk)
    kept.keep_up(anew=True)  # no act tells of it


def _account(name: str) -> User:
    return User.objects.get_or_create(username=f"riwayat-{name}")[0]


def _write_units(units: Sequence[UnitFact], clerk: Clerk) -> None:
    key = clerk.key
    Unit.objects.bulk_create(
        Unit(
            pk=key[fact.code],
            code=fact.code,
            unit_kind="dinas",
            certainty="assumed",
            valid_until=fact.valid_until,
        )
        for fact in units
    )
    succeeded = [(next(_numbers), fact, fact.valid_until) for fact in units if fact.successors and fact.valid_until]
    UnitChange.objects.bulk_create(
        UnitChange(
            pk=change,
            change="merged" if len(fact.successors) == 1 else "split",
            on=ended,
            legal_basis="Perwal",
            proposed_at=PROPOSED_AT,
            proposed_by=clerk.head,
            confirmed_at=PROPOSED_AT,
            confirmed_by=clerk.approver,
        )
        for change, fact, ended in succeeded
    )
    before, after = UnitChange.predecessors.through, UnitChange.successors.through
    before.objects.bulk_create(before(unitchange_id=change, unit_id=key[fact.code]) for change, fact, _ in succeeded)
    after.objects.bulk_create(
        after(unitchange_id=change, unit_id=key[heir]) for change, fact, _ in succeeded for heir in fact.successors
    )


def _write_commitments(targets: Sequence[TargetFact], clerk: Clerk) -> None:
    memorandum, _ = Memorandum.objects.get_or_create(code="riwayat", defaults={"signed_on": SIGNED_ON})
    Commitment.objects.bulk_create(
        Commitment(
            pk=clerk.key[f"K-{target.ref}"],
            reference=f"K-{target.ref}",
            memorandum=memorandum,
            title="Komitmen",
            dimension="living",
            proposed_at=PROPOSED_AT,
            proposed_by=clerk.head,
            published_at=PROPOSED_AT,
            published_by=clerk.approver,
        )
        for target in targets
    )
    Assignment.objects.bulk_create(
        Assignment(
            commitment_id=clerk.key[f"K-{target.ref}"],
            unit_id=clerk.key[owner(target, since)],
            from_on=since,
            until_on=until,
        )
        for target in targets
        for since, until in _terms_of_office(target)
    )


def _terms_of_office(target: TargetFact) -> Iterable[tuple[date, date | None]]:
    """From and until of each owner in turn."""
    starts = [SIGNED_ON, *(moved_on for moved_on, _ in sorted(target.moves))]
    return zip(starts, [*starts[1:], None], strict=True)


def _write_targets(targets: Sequence[TargetFact], clerk: Clerk) -> None:
    ServiceTarget.objects.bulk_create(
        ServiceTarget(
            pk=clerk.key[target.ref],
            reference=target.ref,
            commitment_id=clerk.key[f"K-{target.ref}"],
            service="Layanan",
            family="lainnya",
            unit_of_measure="poin",
            statistic="median",
            direction=target.direction,
            baseline_value=target.baseline_value,
            baseline_on=target.baseline_on,
            baseline_source="uji",
            target_value=target.target_value,
            min_change=target.min_change,
            original_due_on=target.original_due_on,
            cycle_days=target.cycle_days,
            replaces_id=clerk.key[target.replaces] if target.replaces else None,
            proposed_at=PROPOSED_AT,
            proposed_by=clerk.head,
            published_at=target.published_at,
            published_by=clerk.approver if target.published_at else None,
            withdrawn_at=target.withdrawn_at,
            withdrawn_by=clerk.approver if target.withdrawn_at else None,
            withdrawal_reason=REASON if target.withdrawn_at else "",
            withdrawn_rung=target.withdrawn_rung if target.published_at else None,
        )
        for target in targets
    )


def _write_revisions(targets: Sequence[TargetFact], clerk: Clerk) -> None:
    def columns(row: RevisionFact) -> dict[str, Any]:
        kind = "on" if row.field == "due_on" else "value"
        return {f"old_{kind}": row.old, f"new_{kind}": row.new}

    TargetRevision.objects.bulk_create(
        TargetRevision(
            uuid=UUID(row.id),
            target_id=clerk.key[target.ref],
            field=row.field,
            reason=REASON,
            proposed_at=row.proposed_at,
            proposed_by=clerk.head,
            approved_at=row.approved_at,
            approved_by=clerk.approver if row.approved_at else None,
            **columns(row),
        )
        for target in targets
        for row in target.revisions
    )


Version = tuple[TargetFact, reference.MeasurementFact, int]


def _write_measurements(targets: Sequence[TargetFact], clerk: Clerk) -> None:
    """First versions first: a correction is refused before the version it supersedes has been sent."""
    everything = [(target, m) for target in targets for m in target.measurements]
    later = {m.supersedes: (target, m) for target, m in everything if m.supersedes}
    chain = {m.id: m.id for _, m in everything if not m.supersedes}
    versions = [(target, m, 1) for target, m in everything if not m.supersedes]
    while versions:
        _write_versions(versions, chain, clerk)
        versions = [(*later[m.id], number + 1) for _, m, number in versions if m.id in later]
        chain |= {m.id: chain[str(m.supersedes)] for _, m, _ in versions}


def _write_versions(versions: Sequence[Version], chain: dict[str, str], clerk: Clerk) -> None:
    """As drafts, so that evidence may still be added; then sent."""
    key = clerk.key
    Measurement.objects.bulk_create(
        Measurement(
            pk=key[m.id],
            uuid=UUID(m.id),
            target_id=key[target.ref],
            chain=UUID(chain[m.id]),
            version=number,
            supersedes_id=key[m.supersedes] if m.supersedes else None,
            period_start=m.period_start,
            period_end=m.period_end,
            value=m.value,
            n=1,
            drafted_by=clerk.head,
            drafted_at=m.submitted_at or PROPOSED_AT,
        )
        for target, m, number in versions
    )
    Evidence.objects.bulk_create(
        Evidence(
            measurement_id=key[m.id],
            evidence_kind=kind,
            url="https://contoh.invalid/bukti",
            sha256="0" * 64,
            size=1,
        )
        for _, m, _ in versions
        for kind in sorted(m.kinds)
    )
    sent = Measurement.objects.filter(pk__in=[key[m.id] for _, m, _ in versions if m.submitted_at])
    sent.update(submitted_at=F("drafted_at"), submitted_by=clerk.head)


def _write_decisions(targets: Sequence[TargetFact], clerk: Clerk) -> None:
    Decision.objects.bulk_create(
        Decision(
            measurement_id=clerk.key[m.id],
            verdict=decision.verdict,
            by=clerk.approver if decision.verdict == "revoked" else clerk.verifier,
            office="verifikator",
            at=decision.at,
        )
        for target in targets
        for m in target.measurements
        for decision in m.decisions
    )


def _write_objections(targets: Sequence[TargetFact], clerk: Clerk) -> None:
    """The nth objection to each measurement, in a recheck of its own."""
    contested = [m for target in targets for m in target.measurements if m.objections]
    for nth in range(max((len(m.objections) for m in contested), default=0)):
        rows = [(m, m.objections[nth]) for m in contested if len(m.objections) > nth]
        recheck = Recheck.objects.create(
            number=Recheck.objects.count() + 1,
            drawn_at=max(one.opened_at for _, one in rows),
            drawn_by=clerk.approver,
            head_seq=1,
            head_hash="0" * 64,
            population=len(rows),
            size=1,
        )
        RecheckItem.objects.bulk_create(
            RecheckItem(
                recheck=recheck,
                measurement_id=clerk.key[m.id],
                rank=rank,
                outcome="tak-terlacak",
                finding=REASON,
                recorded_at=one.opened_at,
                recorded_by=clerk.approver,
                stands_at=one.stands_at,
                stands_by=clerk.verifier if one.stands_at else None,
                stands_reason=REASON if one.stands_at else "",
            )
            for rank, (m, one) in enumerate(rows, 1)
        )


# --- reading ---


def _flags(row: Any) -> frozenset[str]:
    return frozenset(flag for flag in FLAGS if getattr(row, flag))


def target_states(references: Sequence[str], day: date) -> dict[str, TargetState]:
    """What the real ladder says of each target on a day; a target it leaves out is not live."""
    found = ServiceTarget.objects.filter(reference__in=references).with_rung(day)
    names = {pk: str(name) for pk, name in Measurement.objects.values_list("pk", "uuid")}
    return dict.fromkeys(references, TargetState()) | {
        row.reference: TargetState(
            live=True,
            rung=row.rung,
            rung_claimed=row.rung_claimed,
            value=row.value,
            value_claimed=row.value_claimed,
            period_end=row.period_end,
            latest=names.get(row.latest_id or 0),
            run_start=row.run_start,
            progress=row.progress,
            flags=_flags(row),
            met_on=row.met_on,
            clock_days=row.clock_days,
            silent_limit=row.silent_limit,
            waiting=bool(row.waiting),
            waiting_would_meet=bool(row.waiting_would_meet),
            due_on=row.due_on,
            baseline=row.baseline_now,
            target_value=row.target_now,
            min_change=row.min_change_now,
        )
        for row in found
    }


def unit_states(codes: Sequence[str], day: date, leaving: TargetFact | None = None) -> dict[str, UnitState]:
    """What the real ladder says of each unit on a day; or would, were a target withdrawn at its end."""
    what_if = None
    if leaving:
        what_if = ladder.Assumption("withdrawn", ServiceTarget.objects.get(reference=leaving.ref).pk)
    rows = units_with_rung(Unit.objects.filter(code__in=codes), day, assuming=what_if)
    return {
        row.code: UnitState(
            rung=row.rung,
            rung_claimed=row.rung_claimed,
            past_ceremony=bool(row.past_ceremony),
            past_ceremony_claimed=bool(row.past_ceremony_claimed),
            live_targets=row.live_targets,
            improving_targets=row.improving_targets,
            flags=_flags(row),
        )
        for row in rows
    }


def counted(day: date) -> set[str]:
    """The ids of the measurements that the real ladder counts on a day."""
    return {str(row.uuid) for row in Measurement.objects.with_counted(day) if row.counted}
