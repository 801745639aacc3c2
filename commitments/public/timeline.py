"""The timeline of a unit until a day: signature, names, heads, commitments, targets, submissions, silences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, Q

from commitments.ladder import SILENT_CYCLES
from commitments.ladder.statements import only_targets
from commitments.models import (
    Acknowledgement,
    Assignment,
    Commitment,
    Decision,
    Measurement,
    ServiceTarget,
    Signature,
    TargetRevision,
    Verdict,
)
from commitments.reports.target_standing import TargetStanding
from opd import clock
from opd.models import Tenure, Unit, UnitChange, UnitName

ROUTINE_EVENTS = ("submitted", "verified", "returned", "rejected", "pulled_back")
MAX_SINGLE_EVENTS = 6
OwedPeriods = dict[int, list[Assignment]]  # by commitment (primary key), the times in which the unit owed it


@dataclass(frozen=True)
class TimelineEvent:
    """One line: what happened (a word that the template knows), on which day, to which object."""

    on: date
    what: str
    row: Any = None
    days: int = 0  # of a silence or a slip
    attention: bool = False


@dataclass(frozen=True)
class TimelineYear:
    """The events of one year, newest first."""

    year: int
    events: tuple[TimelineEvent, ...]

    @property
    def routine(self) -> Counter[str]:
        """The number of submissions and decisions of each sort, those folded into one line included."""
        counts: Counter[str] = Counter()
        for event in self.events:
            if event.what == "year":
                counts.update(event.row)
            elif event.what in ROUTINE_EVENTS:
                counts[event.what] += 1
        return counts

    @property
    def signed(self) -> bool:
        return any(event.what == "signed" for event in self.events)

    @property
    def slips(self) -> int:
        return sum(event.what == "revised" and event.days > 0 for event in self.events)

    @property
    def silences(self) -> int:
        return sum(event.what in ("silent", "pause") for event in self.events)

    @property
    def revoked(self) -> int:
        return sum(event.what == "revoked" for event in self.events)

    @property
    def successions(self) -> int:
        return sum(event.what in ("took_office", "succeeded", "ended") for event in self.events)

    @property
    def target_changes(self) -> int:
        """Targets published or withdrawn."""
        return sum(event.what in ("target_published", "target_withdrawn") for event in self.events)


def by_year(events: Iterable[TimelineEvent]) -> tuple[TimelineYear, ...]:
    """Events (newest first) grouped by year."""
    return tuple(TimelineYear(year, tuple(found)) for year, found in groupby(events, key=lambda event: event.on.year))


def timeline(
    unit: Unit, day: date, signature: Signature | None, live: Iterable[TargetStanding]
) -> list[TimelineEvent]:
    """The events of a unit, newest first. Events of a commitment are its own only while it owed the commitment."""
    periods: OwedPeriods = {}
    assignments = list(Assignment.objects.filter(unit=unit).select_related("commitment", "change"))
    for one in assignments:
        periods.setdefault(one.commitment_id, []).append(one)
    events = [
        *_of_unit(unit, day, signature),
        *_of_assignments(assignments),
        *_of_silence(live),
        *_within(periods, _of_commitments(periods, clock.end_of(day))),
    ]
    until_then = [event for event in events if event.on <= day]
    return _condensed(sorted(until_then, key=lambda event: event.on, reverse=True))


def _condensed(events: list[TimelineEvent]) -> list[TimelineEvent]:
    """The events, newest first; of routine ones only the newest are single lines, the others one line a year."""
    routine = [event for event in events if event.what in ROUTINE_EVENTS]
    if len(routine) <= 2 * MAX_SINGLE_EVENTS:
        return events
    folded = routine[MAX_SINGLE_EVENTS:]
    years: dict[int, list[TimelineEvent]] = {}
    for event in folded:
        years.setdefault(event.on.year, []).append(event)
    lines = [TimelineEvent(of[0].on, "year", Counter(event.what for event in of)) for of in years.values()]
    single = [event for event in events if event.what not in ROUTINE_EVENTS] + routine[:MAX_SINGLE_EVENTS]
    return sorted(single + lines, key=lambda event: event.on, reverse=True)


def _of_unit(unit: Unit, day: date, signature: Signature | None) -> Iterator[TimelineEvent]:
    if signature:
        yield TimelineEvent(signature.memorandum.signed_on, "signed", signature)
    for name in UnitName.objects.filter(unit=unit).exclude(from_on=None):
        yield TimelineEvent(name.from_on, "renamed", name)  # type: ignore[arg-type]
    changes = UnitChange.objects.carried_out()
    named = Unit.objects.with_names(day)
    both = (Prefetch("predecessors", named), Prefetch("successors", named))
    for change in changes.filter(predecessors=unit).prefetch_related(*both):
        yield TimelineEvent(change.on, "ended", change, attention=True)
    for change in changes.filter(successors=unit).prefetch_related(*both):
        yield TimelineEvent(change.on, "succeeded", change)
    tenures = list(Tenure.objects.filter(unit=unit).select_related("person"))
    begun = {tenure.from_on for tenure in tenures if not tenure.is_plh}
    for tenure in tenures:
        if tenure.from_on:
            yield TimelineEvent(tenure.from_on, "took_office", tenure)
        if tenure.until_on and tenure.until_on not in begun:  # else the line of the next head is enough
            yield TimelineEvent(tenure.until_on, "left_office", tenure)


def _of_silence(live: Iterable[TargetStanding]) -> Iterator[TimelineEvent]:
    """For each silent target, the day on which it became silent."""
    for row in live:
        if row.is_silent:
            yield TimelineEvent(row.silent_since, "silent", row.target, days=row.clock_days, attention=True)


def _of_assignments(assignments: Iterable[Assignment]) -> Iterator[TimelineEvent]:
    """The days on which the unit received a commitment, or handed it over."""
    for one in assignments:
        if one.commitment.published_at is None:
            continue
        if one.change:
            yield TimelineEvent(one.from_on, "received", one)
        if one.until_on:
            yield TimelineEvent(one.until_on, "handed_over", one)


def _within(periods: OwedPeriods, events: Iterable[tuple[int, TimelineEvent]]) -> Iterator[TimelineEvent]:
    """The events of (commitment, event) pairs that happened while the unit owed the commitment."""
    for commitment, event in events:
        if any(period.holds_on(event.on) for period in periods[commitment]):
            yield event


def _of_commitments(periods: OwedPeriods, end: datetime) -> Iterator[tuple[int, TimelineEvent]]:
    """(commitment, event) of all that happened to commitments and their targets."""
    commitments = list(Commitment.objects.filter(pk__in=periods, published_at__lt=end))
    for commitment in commitments:
        for event in _of_proposal(commitment, "commitment", end):
            yield commitment.pk, event
    accepted = Acknowledgement.objects.filter(commitment__in=commitments, at__lt=end)
    for row in accepted.select_related("commitment", "tenure__person"):
        yield row.commitment_id, TimelineEvent(clock.day_of(row.at), "acknowledged", row)
    targets = {row.pk: row for row in ServiceTarget.objects.filter(commitment__in=periods, published_at__lt=end)}
    for target in targets.values():
        for event in _of_proposal(target, "target", end):
            yield target.commitment_id, event
    decided = TargetRevision.objects.filter(target__in=targets).filter(Q(approved_at__lt=end) | Q(refused_at__lt=end))
    for revision in decided:
        revision.target = targets[revision.target_id]
        yield revision.target.commitment_id, _of_revision(revision)
    yield from _of_measurements(targets, end)


def _of_proposal(row: Commitment | ServiceTarget, kind: str, end: datetime) -> Iterator[TimelineEvent]:
    if row.published_at:
        yield TimelineEvent(clock.day_of(row.published_at), f"{kind}_published", row)
    if row.withdrawn_at and row.withdrawn_at < end:
        yield TimelineEvent(clock.day_of(row.withdrawn_at), f"{kind}_withdrawn", row, attention=True)


def _of_revision(row: TargetRevision) -> TimelineEvent:
    if row.approved_at:
        slip = row.slip_days or 0
        return TimelineEvent(clock.day_of(row.approved_at), "revised", row, days=slip, attention=slip > 0)
    return TimelineEvent(clock.day_of(row.refused_at), "revision_refused", row)  # type: ignore[arg-type]


def _of_measurements(targets: dict[int, ServiceTarget], end: datetime) -> Iterator[tuple[int, TimelineEvent]]:
    known = Decision.objects.filter(at__lt=end).order_by("at", "pk")
    rows = Measurement.objects.filter(target__in=targets, submitted_at__lt=end)
    by_commitment: dict[int, list[Measurement]] = {}
    for row in rows.prefetch_related(Prefetch("decisions", known)).order_by("submitted_at", "pk"):
        row.target = targets[row.target_id]
        by_commitment.setdefault(row.target.commitment_id, []).append(row)
        decisions = list(row.decisions.all())
        if not decisions:
            yield row.target.commitment_id, TimelineEvent(clock.day_of(row.submitted_at), "submitted", row)  # type: ignore[arg-type]
        for decision in decisions:
            decision.measurement = row
            revoked = decision.verdict == Verdict.REVOKED
            what = "pulled_back" if decision.own_unit else decision.verdict
            yield (
                row.target.commitment_id,
                TimelineEvent(clock.day_of(decision.at), what, decision, attention=revoked),
            )
    for pause in _pauses([row for sent in by_commitment.values() for row in sent]):
        yield pause.row.commitment_id, pause


def _pauses(sent: Iterable[Measurement]) -> Iterator[TimelineEvent]:
    """The pauses: before an act on a target, the ladder called it silent. A query for each day of such an act."""
    by_target: dict[int, list[Measurement]] = {}
    for row in sent:
        by_target.setdefault(row.target_id, []).append(row)
    ended: dict[date, list[TimelineEvent]] = {}
    for rows in by_target.values():
        target = rows[0].target
        last, waiting = target.published_at, 0
        for at, change in sorted(_moments(rows)):
            quiet = (clock.day_of(at) - clock.day_of(last)).days if last else 0
            if waiting == 0 and quiet > SILENT_CYCLES * target.cycle_days:  # less is never silent
                event = TimelineEvent(clock.day_of(at), "pause", target, days=quiet, attention=True)
                ended.setdefault(event.on, []).append(event)
            last, waiting = at, waiting + change
    for day, events in ended.items():
        silent = _silent_just_before(day, {event.row.pk for event in events})
        yield from (event for event in events if event.row.pk in silent)


def _silent_just_before(day: date, targets: set[int]) -> set[int]:
    """Which of these targets the ladder calls silent on a day, before anything was done on it."""
    narrowed = only_targets(targets)
    on_ladder = ServiceTarget.objects.filter(pk__in=targets).with_rung(
        day, until=clock.start_of(day), narrowed=narrowed
    )
    return set(on_ladder.filter(silent=1).values_list("pk", flat=True))


def _moments(rows: Iterable[Measurement]) -> Iterator[tuple[datetime, int]]:
    """(moment, change of the number that waits): +1 for a submission, -1 for a decision, 0 for a revocation."""
    for row in rows:
        if row.submitted_at:
            yield row.submitted_at, 1
        for decision in row.decisions.all():
            yield decision.at, 0 if decision.verdict == Verdict.REVOKED else -1
