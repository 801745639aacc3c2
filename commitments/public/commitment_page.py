"""The figures of the page of a commitment on a day: the units that owe or owed it, and its targets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from commitments.ladder.statements import only_targets
from commitments.models import Acknowledgement, Assignment, Commitment, ServiceTarget
from commitments.reports import office_names
from commitments.reports.target_standing import TargetStanding, improving, standings
from opd import clock
from opd.models import Entry, Tenure, Unit
from opd.models.unit import has_begun


@dataclass(frozen=True)
class OwnerPeriod:
    """The time in which one unit owes the commitment."""

    row: Assignment
    unit: Unit
    holds: bool  # on the day of the page


@dataclass(frozen=True)
class InheritedBy:
    """A head who took office after the commitment was proposed, and when that head accepted it."""

    tenure: Tenure
    accepted_at: datetime | None


@dataclass(frozen=True)
class CommitmentPage:
    """Everything on the page of a commitment."""

    row: Commitment
    unit: Unit
    withdrawn: bool
    owners: tuple[OwnerPeriod, ...]
    live: tuple[TargetStanding, ...]
    ended: tuple[ServiceTarget, ...]
    later_heads: tuple[InheritedBy, ...]
    published_by: str
    withdrawn_by: str

    @property
    def received(self) -> OwnerPeriod | None:
        """The last owner, when it is not the first."""
        return self.owners[-1] if len(self.owners) > 1 else None

    @property
    def improving(self) -> int:
        return improving(self.live)


def commitment_page(reference: str, day: date) -> CommitmentPage | None:
    """The page of a commitment published by the end of a day, or None."""
    row = Commitment.objects.published_on(day).select_related("memorandum").filter(reference=reference).first()
    if row is None:
        return None
    owners = _owners(row, day)
    narrowed = only_targets(row.targets.values_list("pk", flat=True))
    targets = row.targets.published_on(day).with_clock(day).with_rung(day, live_only=False, narrowed=narrowed)
    unit = next(owner.unit for owner in reversed(owners) if owner.holds or owner is owners[0])
    done_by = _done_by(row, day)
    return CommitmentPage(
        row=row,
        unit=unit,
        withdrawn=row.is_withdrawn_by(day),
        owners=owners,
        live=tuple(standings([target for target in targets if target.rung is not None], day)),
        ended=tuple(target for target in targets if target.rung is None),
        later_heads=_later_heads(row, unit, owners, day),
        published_by=done_by.get("commitment.published", ""),
        withdrawn_by=done_by.get("commitment.withdrawn", ""),
    )


def _owners(row: Commitment, day: date) -> tuple[OwnerPeriod, ...]:
    """The units that owed it until that day, in order; before all of them, the first one."""
    assignments = list(row.assignments.select_related("change").order_by("from_on", "pk"))
    begun = [one for one in assignments if has_begun(one, day)] or assignments[:1]
    units = Unit.objects.with_names(day).in_bulk([one.unit_id for one in begun])
    return tuple(OwnerPeriod(one, units[one.unit_id], one.holds_on(day)) for one in begun)


def _later_heads(row: Commitment, unit: Unit, owners: tuple[OwnerPeriod, ...], day: date) -> tuple[InheritedBy, ...]:
    """Heads of the unit that owes it now who took office after it was proposed, or after it came to the unit."""
    since = max(clock.day_of(row.proposed_at), *(one.row.from_on for one in owners if one.unit.pk == unit.pk))
    accepted = dict(
        Acknowledgement.objects.filter(commitment=row, at__lt=clock.end_of(day)).values_list("tenure", "at")
    )
    tenures = unit.tenures.holders().select_related("person").filter(from_on__lte=day)
    inherited = len(owners) > 1
    return tuple(
        InheritedBy(tenure, accepted.get(tenure.pk))
        for tenure in tenures.order_by("from_on", "pk")
        if tenure.pk in accepted
        or (tenure.from_on and tenure.from_on > since)
        or (inherited and (tenure.until_on is None or tenure.until_on > since))
    )


def _done_by(row: Commitment, day: date) -> dict[str, str]:
    """Act -> the office that did it, in words."""
    entries = Entry.objects.filter(object=row.object_name, at__lt=clock.end_of(day)).order_by("seq")
    done = list(entries.values_list("act", "actor"))
    words = office_names.in_words((actor for _, actor in done), day)
    return {act: words[actor] for act, actor in done}
