"""The due work of a unit today: how urgent each target is, and who has to act next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from commitments.ladder import SILENT_CYCLES, Rung
from commitments.ladder.rows import DueTargetRow, TargetOnLadder, UnansweredMeasurement
from commitments.ladder.statements import ever_owed_by
from commitments.models import (
    Commitment,
    Decision,
    Measurement,
    ProposalStep,
    ServiceTarget,
    StepKind,
    TargetRevision,
)
from commitments.models.proposal import conversation
from commitments.models.querysets import RevisionQuerySet
from commitments.models.revision import TAKEN_BACK
from opd import access, clock
from opd.models import Tenure, Unit

OUTCOME_DAYS = 6  # days in which a decision about a proposal is told
ANSWERABLE_DAYS = 90  # days in which a refused change still asks for an answer
SOON_DAYS = 14  # days before a due date, or before silence, that count as soon
SOON_SHARE = 4  # of a reporting cycle, its last part in so many counts as soon, and at most SOON_DAYS
URGENCIES = ("returned", "overdue", "due", "silent", "cycle", "draft", "calm")  # most urgent first


@dataclass(frozen=True)
class DueTarget:
    """One live target, annotated with the ladder, and what the unit has to do: report, or answer for a report."""

    target: DueTargetRow
    last: Measurement | None  # what was sent last: of the target, or of the versions of the report to answer for
    reply: Decision | None  # the decision about the report to answer for
    draft: Measurement | None
    urgency: str
    day: date
    others: tuple[Measurement, ...] = ()  # further reports of the target to answer for, the oldest period first

    @property
    def key(self) -> str:
        """A key that tells the two cards of one target apart."""
        return f"{self.target.reference}-jawab" if self.reply else self.target.reference

    @property
    def count(self) -> int:
        return 1 + len(self.others)

    @property
    def days_to_due(self) -> int:
        return (self.target.due_on - self.day).days

    @property
    def days_to_silence(self) -> int:
        """Days until the public sees "diam"; negative: that many days silent."""
        return self.target.silent_limit - self.target.clock_days

    @property
    def is_achieved(self) -> bool:
        """Whether it has come where it should, and nothing is waiting to be decided."""
        return self.target.rung >= Rung.ACHIEVED and not self.target.waiting

    @property
    def due_in(self) -> int:
        """Days until the first thing that is asked of it: to be met, or to be reported."""
        if self.urgency in ("due", "overdue"):
            return self.days_to_due
        return self.days_to_report if self.is_achieved else min(self.days_to_report, self.days_to_due)

    @property
    def days_to_report(self) -> int:
        """Days until the reporting cycle is over; negative: so many days late."""
        return days_to_report(self.target)

    @property
    def days_waiting(self) -> int:
        """Days that the oldest undecided submission has been with the secretariat."""
        sent = self.target.waiting_since
        return (self.day - clock.day_of(sent)).days if sent else 0


def days_to_report(target: TargetOnLadder) -> int:
    """Days until the next report of a target is due: the ladder is silent after SILENT_CYCLES of its cycles."""
    return target.silent_limit // SILENT_CYCLES - target.clock_days


def _is_report_soon(target: TargetOnLadder) -> bool:
    cycle = target.silent_limit // SILENT_CYCLES
    return days_to_report(target) <= min(SOON_DAYS, cycle // SOON_SHARE)


def urgency(target: TargetOnLadder, draft: Measurement | None, day: date) -> str:
    """One of URGENCIES but "returned". A target that waits for the secretariat asks nothing of the unit."""
    if target.waiting:
        return "draft" if draft else "calm"
    if target.overdue:
        return "overdue"
    if target.rung < Rung.ACHIEVED and (target.due_on - day).days <= SOON_DAYS:
        return "due"
    if target.silent_limit - target.clock_days <= SOON_DAYS:
        return "silent"
    if _is_report_soon(target):
        return "cycle"
    return "draft" if draft else "calm"


def due_targets(unit: Unit, day: date) -> list[DueTarget]:
    """The due work of every live target that the unit owes on a day, most urgent first."""
    sent = Measurement.objects.filter(target=OuterRef("pk"), submitted_at__isnull=False)
    waiting_ones = Measurement.objects.waiting().filter(target=OuterRef("pk"))
    targets: list[DueTargetRow] = list(
        ServiceTarget.objects.owed_by(unit, day)
        .with_clock(day)
        .with_rung(day, narrowed=ever_owed_by([unit.pk]))
        .select_related("commitment")
        .annotate(
            last_sent=Subquery(sent.order_by("-submitted_at", "-pk").values("pk")[:1]),
            waiting_since=Subquery(waiting_ones.values("submitted_at")[:1]),
        )
    )
    unanswered = _unanswered(targets)
    newest = {row.newest for rows in unanswered.values() for row in rows}
    sent_last = Measurement.objects.in_bulk({*(target.last_sent for target in targets), *newest})
    drafts = list(drafts_of([target.pk for target in targets]))
    rows = []
    for target in targets:
        returned, last = unanswered.get(target.pk, []), sent_last.get(target.last_sent)
        chains = {row.chain for row in returned}
        mine = [row for row in drafts if row.target_id == target.pk]
        if returned:
            rows.append(_answer(target, returned, sent_last, mine, day))
        if last is None or last.chain not in chains:
            draft = next((row for row in reversed(mine) if row.chain not in chains), None)
            rows.append(DueTarget(target, last, None, draft, urgency(target, draft, day), day))
    return sorted(rows, key=lambda row: (URGENCIES.index(row.urgency), row.due_in, row.target.reference))


def _unanswered(targets: list[DueTargetRow]) -> dict[int, list[UnansweredMeasurement]]:
    """target -> the submissions that the secretariat gave back, with their decisions; the latest comes last."""
    rows = Measurement.objects.unanswered().filter(target__in=[target.pk for target in targets])
    found: dict[int, list[UnansweredMeasurement]] = {}
    for row in rows.prefetch_related("decisions").order_by("last_decided_at", "pk"):
        found.setdefault(row.target_id, []).append(row)
    return found


def _answer(
    target: DueTargetRow,
    returned: list[UnansweredMeasurement],
    sent: dict[int, Measurement],
    drafts: list[Measurement],
    day: date,
) -> DueTarget:
    """One card, for the submission given back last; the others are named on it."""
    *others, latest = returned
    reply = [decision for decision in latest.decisions.all() if not decision.own_unit][-1]
    draft = next((row for row in reversed(drafts) if row.chain == latest.chain), None)
    named = tuple(sorted((sent[row.newest] for row in others), key=lambda row: row.period_end))
    return DueTarget(target, sent[latest.newest], reply, draft, "returned", day, named)


def drafts_of(targets: list[int]) -> QuerySet[Measurement]:
    """The drafts of these targets, oldest first."""
    return Measurement.objects.filter(target__in=targets, submitted_at=None).order_by("drafted_at", "pk")


@dataclass(frozen=True)
class WaitingProposal:
    """A proposal of the unit that nobody has decided yet, the office that must decide, and what was said so far."""

    proposal: Commitment | ServiceTarget | TargetRevision
    days: int
    office: str
    talk: tuple[ProposalStep, ...] = ()

    @property
    def is_returned(self) -> bool:
        return bool(self.talk) and self.talk[-1].step == StepKind.RETURNED

    @property
    def what(self) -> str:
        return str(self.proposal._meta.verbose_name)


def waiting(unit: Unit, day: date) -> list[WaitingProposal]:
    """Commitments, targets and revisions of a unit that nobody has decided: those given back to it first, then the
    longest."""
    proposals: list[Commitment | ServiceTarget | TargetRevision] = [
        *Commitment.objects.owed_by(unit, day).undecided().prefetch_related("steps", "targets"),
        *ServiceTarget.objects.owed_by(unit, day)
        .undecided_alone()
        .select_related("commitment")
        .prefetch_related("steps"),
        *_revisions(unit, day).undecided().select_related("amends").prefetch_related("steps", "amends__steps"),
    ]
    office = access.office_deciding(unit, access.APPROVER)
    rows = [
        WaitingProposal(one, (day - clock.day_of(one.proposed_at)).days, office, tuple(conversation(one)))
        for one in proposals
    ]
    return sorted(rows, key=lambda row: (not row.is_returned, -row.days))


@dataclass(frozen=True)
class ProposalOutcome:
    """What an approver decided about a proposal of the unit, and what was said with it."""

    proposal: Commitment | ServiceTarget | TargetRevision
    words: str
    at: datetime
    note: str = ""

    @property
    def about(self) -> str:
        """A key that tells two outcomes apart."""
        return f"{self.proposal.public_name}"[:64]

    @property
    def title(self) -> str:
        if isinstance(self.proposal, TargetRevision):
            return f"{self.proposal.get_field_display()} {self.proposal.target}"
        return str(self.proposal)


def outcomes(unit: Unit, day: date) -> list[ProposalOutcome]:
    """What was decided about the unit's proposals lately, newest first; publication above all."""
    since = clock.start_of(day - timedelta(days=OUTCOME_DAYS))
    commitments = Commitment.objects.owed_by(unit, day)
    targets = ServiceTarget.objects.owed_by(unit, day)
    found: list[ProposalOutcome] = []
    for rows in (commitments, targets):
        found += [
            ProposalOutcome(row, "diumumkan", row.published_at)
            for row in rows.filter(published_at__gte=since)
            if row.published_at
        ]
    for change in _revisions(unit, day).filter(approved_at__gte=since):
        found += [ProposalOutcome(change, "disetujui", change.approved_at)] if change.approved_at else []
    by_office = _revisions(unit, day).filter(refused_at__gte=since).exclude(refusal_reason__startswith=TAKEN_BACK)
    for change in by_office:
        found += (
            [ProposalOutcome(change, "ditolak", change.refused_at, change.refusal_reason)]
            if change.refused_at
            else []
        )
    said = ProposalStep.objects.exclude(step=StepKind.AMENDED).filter(at__gte=since)
    mine = Q(commitment__in=commitments) | Q(target__in=targets) | Q(revision__in=_revisions(unit, day))
    for step in said.filter(mine).select_related("commitment", "target", "revision__target"):
        proposal: Any = step.about
        found.append(ProposalOutcome(proposal, str(step.get_step_display()), step.at, step.note))
    return sorted(found, key=lambda outcome: outcome.at, reverse=True)


def lacks_target(unit: Unit, day: date) -> bool:
    """Whether a unit has neither a live target nor a proposal that waits for the secretariat."""
    owed = Commitment.objects.owed_by(unit, day)
    return not ServiceTarget.objects.owed_by(unit, day).open().exists() and not owed.waiting().exists()


def refused(unit: Unit, day: date) -> list[TargetRevision]:
    """Revisions that an approver refused lately and that were not proposed again, newest first."""
    since = clock.end_of(day - timedelta(days=ANSWERABLE_DAYS))
    anew = TargetRevision.objects.filter(
        target=OuterRef("target"), field=OuterRef("field"), proposed_at__gt=OuterRef("refused_at")
    )
    by_office = _revisions(unit, day).filter(refused_at__gte=since).exclude(refusal_reason__startswith=TAKEN_BACK)
    return list(by_office.exclude(Exists(anew)).order_by("-refused_at"))


def _revisions(unit: Unit, day: date) -> RevisionQuerySet:
    owed = ServiceTarget.objects.owed_by(unit, day)
    return TargetRevision.objects.filter(target__in=owed.values("pk")).select_related("target__commitment")


def office_on(unit: Unit, day: date) -> Tenure | None:
    """The tenure of a unit's head on a day, as far as it is on record."""
    return unit.tenures.holding(day).select_related("person").first()


def inherited(unit: Unit, day: date) -> list[Commitment]:
    """Live commitments that the head in office did not make and has not accepted yet."""
    rows = Commitment.objects.owed_by(unit, day).unaccepted_on(day)
    return list(rows.select_related(*Commitment.related).prefetch_related("targets__revisions", "steps"))
