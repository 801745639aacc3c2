"""The figures of the page of a unit on a day: its names, heads, signature, commitments, targets and timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Min, QuerySet

from commitments.ladder import Flag, kept
from commitments.ladder.answers import Answer
from commitments.ladder.rows import UnitOnLadder
from commitments.ladder.statements import EVERYTHING, ever_owed_by
from commitments.models import Assessment, Commitment, PublicFact, ServiceTarget, Signature
from commitments.models.querysets import proposal_waiting_on, units_with_rung
from commitments.public import history_chart
from commitments.public.timeline import TimelineEvent, TimelineYear, by_year, timeline
from commitments.reports.counted.origins import OriginCounts, origin_counts, tell_origins
from commitments.reports.month_ends import UnitMonthEnd, last_past, months_of
from commitments.reports.target_standing import EvidenceTally, TargetStanding, best_of, standings, total_tally
from opd import clock
from opd.models import Membership, Tenure, Unit, UnitChange, UnitName
from opd.models.unit import has_begun, has_ended


@dataclass(frozen=True)
class OfficeHolders:
    """The heads of the unit on a day, as far as sources name them."""

    in_office: tuple[Tenure, ...]  # began on a known day and has not ended
    standing_in: tuple[Tenure, ...]  # a Plh, while the holder is away
    named: tuple[Tenure, ...]  # a source names them, but not from which day
    before: tuple[Tenure, ...]  # ended by that day


@dataclass(frozen=True)
class UnitPage:
    """Everything on the page of a unit."""

    row: UnitOnLadder  # with its names of that day
    names_before: tuple[UnitName, ...]
    parent: Unit | None
    people: OfficeHolders
    signature: Signature | None
    mistaken: tuple[Signature, ...]
    facts: tuple[PublicFact, ...]
    assessments: tuple[Assessment, ...]  # by outsiders
    live: tuple[TargetStanding, ...]
    ended: tuple[ServiceTarget, ...]  # withdrawn by that day
    commitments: tuple[Commitment, ...]
    proposal_waits: int | None  # days since the oldest proposal that nobody has decided
    has_account: bool
    is_invited: bool
    head_since: date | None  # since when somebody is its head here, by an account
    exists: bool
    ended_by: UnitChange | None
    successors: tuple[Unit, ...]
    events: tuple[TimelineEvent, ...]
    answer: Answer | None  # None: did not sign, or not yet
    origins: OriginCounts
    last_past: UnitMonthEnd | None  # the last month at whose end it was past the ceremony; None while it is
    climb: history_chart.ClimbChart | None = field(repr=False)

    @property
    def best(self) -> TargetStanding | None:
        return best_of(self.live)

    @property
    def flagged(self) -> tuple[tuple[Flag, tuple[TargetStanding, ...]], ...]:
        """Each flag of the unit, with the live targets that raise it."""
        raised = [
            (flag, tuple(row for row in self.live if flag in Flag.of(row.target))) for flag in Flag.of(self.row)
        ]
        return tuple(raised) if self.live else ()

    @property
    def years(self) -> tuple[TimelineYear, ...]:
        return by_year(self.events)

    @property
    def tally(self) -> EvidenceTally:
        return total_tally(self.live)

    @property
    def has_ended(self) -> bool:
        return not self.exists and self.ended_by is not None


def unit_row(code: str, day: date) -> UnitOnLadder | None:
    """The unit with its names and every column of the ladder of a day, or None for an unknown code."""
    unit = Unit.objects.with_names(day).select_related("parent").filter(code=code)
    is_kept = kept.answers(unit.db, day)
    narrowed = EVERYTHING if is_kept else kept.only_units(unit.values_list("pk", flat=True))
    return units_with_rung(unit, day, narrowed=narrowed).first()


def unit_page(code: str, day: date) -> UnitPage | None:
    """The page of a unit on a day, or None for an unknown code."""
    row = unit_row(code, day)
    if row is None:
        return None
    signature, mistaken = _signatures(row)
    ended_by = _ended_by(row, day)
    owed = ServiceTarget.objects.owed_by(row, day).published_on(day)
    targets = owed.with_clock(day).with_rung(day, live_only=False, narrowed=ever_owed_by([row.pk]))
    tell_origins(targets)
    successors = Unit.objects.with_names(day).filter(changes_into=ended_by) if ended_by else Unit.objects.none()
    signed_by_then = bool(signature and signature.memorandum.signed_on <= day)
    answer = Answer(row.answer) if signed_by_then else None
    months = months_of(row, day) if signature else []
    live = tuple(standings([target for target in targets if target.rung is not None], day))
    return UnitPage(
        row=row,
        names_before=tuple(row.names.filter(until_on__lte=day).order_by("-until_on")),
        parent=Unit.objects.with_names(day).filter(pk__in=[row.parent_id]).first(),
        people=_people(row, day),
        signature=signature,
        mistaken=mistaken,
        facts=tuple(row.public_facts.filter(entered_on__lte=day)),
        assessments=tuple(Assessment.objects.known_on(day).filter(unit=row).order_by("-year", "scheme", "pk")),
        live=live,
        ended=tuple(target for target in targets if target.rung is None),
        commitments=tuple(Commitment.objects.owed_by(row, day).published_on(day)),
        proposal_waits=_proposal_waits(row, day),
        has_account=_has_account(row, day),
        head_since=Membership.objects.heads_on(day).filter(unit=row).aggregate(since=Min("from_on"))["since"],
        is_invited=Membership.objects.reporting_by(day).filter(unit=row).exists(),
        exists=Unit.objects.standing_on(day).filter(pk=row.pk).exists(),
        ended_by=ended_by,
        successors=tuple(successors),
        events=tuple(timeline(row, day, signature, live)),
        answer=answer,
        origins=origin_counts(day, row),
        last_past=None if answer is Answer.PAST else last_past(months),
        climb=history_chart.climb_chart([*months, UnitMonthEnd(day, row.rung, row.silent)]),
    )


def _people(unit: Unit, day: date) -> OfficeHolders:
    """The heads of a day. A tenure with an unknown first day does not show who is in office on that day."""
    known = [row for row in unit.tenures.select_related("person") if has_begun(row, day)]
    open_ones = [row for row in known if not has_ended(row, day)]
    return OfficeHolders(
        in_office=tuple(row for row in open_ones if row.from_on and not row.is_plh),
        standing_in=tuple(row for row in open_ones if row.from_on and row.is_plh),
        named=tuple(row for row in open_ones if not row.from_on),
        before=tuple(
            sorted((row for row in known if row not in open_ones), key=lambda row: row.until_on, reverse=True)  # type: ignore[arg-type,return-value]
        ),
    )


def _signatures(unit: Unit) -> tuple[Signature | None, tuple[Signature, ...]]:
    """The valid signature, and those withdrawn as mistakes."""
    found = list(unit.signatures.of_units().select_related("memorandum", "person").order_by("memorandum__signed_on"))
    valid = next((row for row in found if row.stands), None)
    return valid, tuple(row for row in found if not row.stands)


def _ended_by(unit: Unit, day: date) -> UnitChange | None:
    return UnitChange.objects.carried_out().filter(predecessors=unit, on__lte=day).order_by("-on").first()


def _proposal_waits(unit: Unit, day: date) -> int | None:
    waiting: tuple[QuerySet[Commitment] | QuerySet[ServiceTarget], ...] = (
        Commitment.objects.owed_by(unit, day).filter(proposal_waiting_on(day, subject="commitment")),
        ServiceTarget.objects.owed_by(unit, day).filter(proposal_waiting_on(day, subject="target")),
    )
    oldest = [rows.aggregate(oldest=Min("proposed_at"))["oldest"] for rows in waiting]
    return max(((day - clock.day_of(at)).days for at in oldest if at), default=None)


def _has_account(unit: Unit, day: date) -> bool:
    """Whether somebody of this unit could report on that day."""
    return Membership.objects.reporting_on(day).filter(unit=unit).exists()
