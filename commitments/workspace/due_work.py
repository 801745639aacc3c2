"""What does a unit have to do today, how urgent is it, and whose clock is running?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from commitments.ladder import Rung, ever_owed_by
from commitments.models import (
    Commitment,
    Decision,
    Measurement,
    ServiceTarget,
    TargetRevision,
    Verdict,
)
from commitments.models.querysets import RevisionQuerySet
from commitments.models.revision import TAKEN_BACK
from opd import access, clock
from opd.models import Tenure, Unit

ANSWERABLE_DAYS = 90  # days in which a refused change still asks for an answer
SOON_DAYS = 14  # days before a due date, or before silence, that count as soon
URGENCIES = ("returned", "overdue", "due", "silent", "draft", "calm")  # most urgent first


@dataclass(frozen=True)
class DueTarget:
    """One live target, annotated with the ladder, its last submission, and what is asked of whom."""

    target: Any
    last: Measurement | None
    reply: Decision | None  # what was decided about the last submission, if anything
    draft: Measurement | None
    urgency: str
    day: date

    @property
    def days_to_due(self) -> int:
        return (self.target.due_on - self.day).days

    @property
    def days_to_silence(self) -> int:
        """Days until the public sees "diam"; negative: that many days silent."""
        left: int = self.target.silent_limit - self.target.clock_days
        return left

    @property
    def days_waiting(self) -> int:
        """How long the secretariat has had the oldest undecided submission."""
        sent = self.target.waiting_since
        return (self.day - clock.day_of(sent)).days if sent else 0


def urgency(target: Any, reply: Decision | None, draft: Measurement | None, day: date) -> str:
    """One of PRESSING. What waits for the secretariat asks nothing of the unit."""
    if reply and reply.verdict != Verdict.VERIFIED and not reply.own_unit:
        return "returned"
    if target.waiting:
        return "draft" if draft else "calm"
    if target.overdue:
        return "overdue"
    if target.rung < Rung.ACHIEVED and (target.due_on - day).days <= SOON_DAYS:
        return "due"
    if target.silent_limit - target.clock_days <= SOON_DAYS:
        return "silent"
    return "draft" if draft else "calm"


def duties(unit: Unit, day: date) -> list[DueTarget]:
    """Every live target that the unit owes on a day, most urgent first."""
    sent = Measurement.objects.filter(target=OuterRef("pk"), submitted_at__isnull=False)
    targets = list(
        ServiceTarget.objects.owed_by(unit, day)
        .with_rung(day, narrowed=ever_owed_by([unit.pk]))
        .select_related("commitment")
        .annotate(
            last_sent=Subquery(sent.order_by("-submitted_at", "-pk").values("pk")[:1]),
            waiting_since=Subquery(sent.filter(decisions=None).order_by("submitted_at").values("submitted_at")[:1]),
        )
    )
    last = _last_of(targets)
    drafts = {row.target_id: row for row in drafts_of([target.pk for target in targets])}
    rows = []
    for target in targets:
        sent_last = last.get(target.pk)
        decided = list(sent_last.decisions.all()) if sent_last else []
        reply = decided[-1] if decided else None
        draft = drafts.get(target.pk)
        rows.append(DueTarget(target, sent_last, reply, draft, urgency(target, reply, draft, day), day))
    return sorted(rows, key=lambda row: (URGENCIES.index(row.urgency), row.target.due_on, row.target.reference))


def _last_of(targets: list[Any]) -> dict[int, Measurement]:
    """target -> its last submission, with its decisions."""
    rows = Measurement.objects.filter(pk__in=[target.last_sent for target in targets if target.last_sent])
    return {row.target_id: row for row in rows.prefetch_related("decisions")}


def drafts_of(targets: list[int]) -> QuerySet[Measurement]:
    """What is written down and not sent, oldest first."""
    return Measurement.objects.filter(target__in=targets, submitted_at=None).order_by("drafted_at", "pk")


@dataclass(frozen=True)
class WaitingProposal:
    """What the unit asked for and nobody has decided yet, and on whose desk it lies."""

    proposal: Commitment | ServiceTarget | TargetRevision
    days: int
    office: str

    @property
    def what(self) -> str:
        return str(self.proposal._meta.verbose_name)


def waiting(unit: Unit, day: date) -> list[WaitingProposal]:
    """Commitments, targets and revisions of a unit that wait for an approver, longest first."""
    proposals: list[Commitment | ServiceTarget | TargetRevision] = [
        *Commitment.objects.owed_by(unit, day).waiting(),
        *ServiceTarget.objects.owed_by(unit, day).waiting().select_related("commitment"),
        *_revisions(unit, day).waiting(),
    ]
    office = access.office_deciding(unit, access.APPROVER)
    rows = [WaitingProposal(one, (day - clock.day_of(one.proposed_at)).days, office) for one in proposals]
    return sorted(rows, key=lambda row: -row.days)


def refused(unit: Unit, day: date) -> list[TargetRevision]:
    """Changes that an approver refused lately and that were not asked for anew, newest first."""
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
    """Who holds the office of a unit on a day, as far as it is on record."""
    return unit.tenures.on(day).exclude(from_on=None).select_related("person").order_by("-from_on").first()


def inherited(unit: Unit, day: date) -> list[Commitment]:
    """Live commitments that the head in office did not make and has not accepted yet."""
    rows = Commitment.objects.owed_by(unit, day).unaccepted_on(day)
    return list(rows.select_related(*Commitment.related).prefetch_related("targets__revisions"))
