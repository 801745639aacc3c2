"""One promise on a day: who owes it and owed it before, and how do its targets stand?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from commitments.ladder import PAST_CEREMONY, among
from commitments.models import Acknowledgement, Assignment, Commitment, ServiceTarget
from commitments.reports import office_names
from commitments.reports.target_standing import TargetStanding, standings
from opd import clock
from opd.models import Entry, Tenure, Unit
from opd.models.unit import holding_on


@dataclass(frozen=True)
class OwnerPeriod:
    """One unit's turn at owing the promise."""

    row: Assignment
    unit: Unit
    holds: bool


@dataclass(frozen=True)
class InheritedBy:
    """An office-holder who came after the promise was made, and whether they have accepted it."""

    tenure: Tenure
    accepted_at: datetime | None


@dataclass(frozen=True)
class CommitmentPage:
    row: Commitment
    unit: Unit
    withdrawn: bool
    terms: tuple[OwnerPeriod, ...]
    live: tuple[TargetStanding, ...]
    ended: tuple[ServiceTarget, ...]
    heirs: tuple[InheritedBy, ...]
    published_by: str
    withdrawn_by: str

    @property
    def moved(self) -> OwnerPeriod | None:
        """The term that holds, when it is not the first."""
        return self.terms[-1] if len(self.terms) > 1 else None

    @property
    def improving(self) -> int:
        return improving(self.live)


def improving(rows: Iterable[TargetStanding]) -> int:
    return sum(row.rung >= PAST_CEREMONY for row in rows)


def is_withdrawn(row: Commitment | ServiceTarget, day: date) -> bool:
    return row.withdrawn_at is not None and row.withdrawn_at < clock.end_of(day)


def commitment_page(reference: str, day: date) -> CommitmentPage | None:
    """Everything about a promise announced by the end of a day, or None."""
    row = Commitment.objects.published_on(day).select_related("memorandum").filter(reference=reference).first()
    if row is None:
        return None
    terms = _terms(row, day)
    narrowed = among(row.targets.values_list("pk", flat=True))
    targets = row.targets.published_on(day).with_rung(day, live_only=False, narrowed=narrowed)
    unit = next(term.unit for term in reversed(terms) if term.holds or term is terms[0])
    done_by = _done_by(row, day)
    return CommitmentPage(
        row=row,
        unit=unit,
        withdrawn=is_withdrawn(row, day),
        terms=terms,
        live=tuple(standings([target for target in targets if target.rung is not None], day)),
        ended=tuple(target for target in targets if target.rung is None),
        heirs=_heirs(row, unit, terms, day),
        published_by=done_by.get("commitment.published", ""),
        withdrawn_by=done_by.get("commitment.withdrawn", ""),
    )


def _terms(row: Commitment, day: date) -> tuple[OwnerPeriod, ...]:
    """Who has owed it until that day, in order; the first one also for days before any."""
    found = list(row.assignments.select_related("change").order_by("from_on", "pk"))
    begun = [term for term in found if term.from_on <= day] or found[:1]
    units = Unit.objects.with_names(day).in_bulk([term.unit_id for term in begun])
    holding = set(row.assignments.filter(holding_on(day)).values_list("pk", flat=True))
    return tuple(OwnerPeriod(term, units[term.unit_id], term.pk in holding) for term in begun)


def _heirs(row: Commitment, unit: Unit, terms: tuple[OwnerPeriod, ...], day: date) -> tuple[InheritedBy, ...]:
    """Heads of the unit that owes it now who took office after it was proposed, or after it came to the unit."""
    since = max(clock.day_of(row.proposed_at), *(term.row.from_on for term in terms if term.unit.pk == unit.pk))
    accepted = dict(
        Acknowledgement.objects.filter(commitment=row, at__lt=clock.end_of(day)).values_list("tenure", "at")
    )
    tenures = unit.tenures.holders().select_related("person").filter(from_on__lte=day)
    inherited = len(terms) > 1
    return tuple(
        InheritedBy(tenure, accepted.get(tenure.pk))
        for tenure in tenures.order_by("from_on", "pk")
        if tenure.pk in accepted
        or (tenure.from_on and tenure.from_on > since)
        or (inherited and (tenure.until_on is None or tenure.until_on > since))
    )


def _done_by(row: Commitment, day: date) -> dict[str, str]:
    """Which office did what, in words, by act."""
    entries = Entry.objects.filter(object=row.object_name, at__lt=clock.end_of(day)).order_by("seq")
    done = list(entries.values_list("act", "actor"))
    words = office_names.in_words((actor for _, actor in done), day)
    return {act: words[actor] for act, actor in done}
