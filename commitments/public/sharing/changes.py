"""What changed in the last year, for a feed: rises, falls, silences, due dates put off and objections.

Rungs are compared at the ends of months, and at the day itself. The moment of a change is that of the act behind it,
or else the end of its month; a change of this month without an act to name waits for that end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import F, Max
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import gettext

from commitments.formats import days, plain_date, rung_name, short_date, title
from commitments.ladder import Rung
from commitments.models import Decision, RecheckItem, RevisedField, ServiceTarget, TargetRevision
from commitments.models.querysets import OBJECTING, owner_on
from commitments.reports.home_page import agreement, signers, units_on
from commitments.reports.month_ends import Rungs, end_of_month, fill_briefly, months_between, rungs_by_month
from commitments.reports.rises_and_falls import every_slip
from opd import clock, register

MONTHS_BACK = 12
MAX_CHANGES = 50  # newest ones in a feed


@dataclass(frozen=True)
class PublicChange:
    """One change in words. `key` names it forever, within this register."""

    key: str
    at: datetime
    title: str
    detail: str
    href: str


@dataclass(frozen=True)
class RecentChanges:
    """The newest changes; complete: no month end that they need is still to be computed."""

    items: tuple[PublicChange, ...]
    complete: bool


def recent_changes(day: date, unit: Any = None) -> RecentChanges:
    """The changes of all signers until the end of a day, or of one unit; newest first, about ten queries."""
    memorandum, began = agreement(), register.began_on()
    if memorandum is None or began is None:
        return RecentChanges((), complete=True)
    signing = signers(memorandum)
    units = [unit] if unit else units_on(signing, day)
    signed = [one for one in units if not unit or signing.filter(pk=unit.pk).exists()]  # others are on no month end
    months = MonthsOfRungs.until(day, max(began, memorandum.signed_on), signed)
    since = months.points[0][0]
    found = [
        *_rung_changes(signed, months, day),
        *_silences(signed, months, day),
        *_slips(units, since, day),
        *_objections(units, since, day),
    ]
    newest = sorted(found, key=lambda change: (change.at, change.key), reverse=True)[:MAX_CHANGES]
    return RecentChanges(tuple(newest), months.complete)


@dataclass(frozen=True)
class MonthsOfRungs:
    """Day -> where each signer stood: the ends of some months, oldest first, and then the day itself."""

    points: tuple[tuple[date, Rungs], ...]
    complete: bool

    @classmethod
    def until(cls, day: date, begun: date, units: Iterable[Any]) -> MonthsOfRungs:
        ends = list(months_between(begun, day))
        wanted = ends[-MONTHS_BACK - 1 :]
        first = wanted[0] if wanted else day
        stored = rungs_by_month(first, day)
        if len(stored) < len(wanted):
            fill_briefly()
            stored = rungs_by_month(first, day)
        before: dict[date, Rungs] = {} if len(ends) > MONTHS_BACK else {begun - timedelta(days=1): {}}
        now = {unit.code: (unit.rung, unit.silent) for unit in units}
        return cls(tuple((before | stored | {day: now}).items()), complete=len(stored) == len(wanted))

    @property
    def steps(self) -> Iterator[tuple[date, Rungs, date, Rungs]]:
        """(day, rungs, next day, rungs) where no month between the two is missing."""
        for (since, before), (until, after) in pairwise(self.points):
            if until <= end_of_month(since + timedelta(days=1)):
                yield since, before, until, after


def _rung_changes(units: Iterable[Any], months: MonthsOfRungs, day: date) -> Iterator[PublicChange]:
    moments = MomentsOfActs.between(months.points[0][0], day)
    for unit in units:
        for since, all_before, until, all_after in months.steps:
            (before, _), (after, _) = (rungs.get(unit.code, (0, 0)) for rungs in (all_before, all_after))
            at = before != after and (moments.of(unit.pk, until, before, after) or _end_if_over(until))
            if at:
                rose = gettext("%(unit)s naik: %(before)s → %(after)s")
                fell = gettext("%(unit)s turun: %(before)s → %(after)s")
                names = {"unit": unit.short_name, "before": rung_name(before), "after": rung_name(after)}
                yield PublicChange(
                    f"rung/{unit.code}/{until:%Y-%m}/{before}-{after}",
                    at,
                    (rose if after > before else fell) % names,
                    gettext("Dibandingkan dengan %(day)s.") % {"day": plain_date(since)},
                    unit.get_absolute_url(),
                )


def _end_if_over(until: date) -> datetime | None:
    return clock.end_of(until) - timedelta(seconds=1) if until == end_of_month(until) else None


Moments = dict[tuple[int, date], datetime]  # (unit, first day of a month) -> the last act of then


@dataclass(frozen=True)
class MomentsOfActs:
    """When the acts that move a rung were last done in each month, for each unit; four queries."""

    published: Moments
    withdrawn: Moments
    decided: Moments
    revised: Moments

    @classmethod
    def between(cls, since: date, day: date) -> MomentsOfActs:
        targets, way = ServiceTarget.objects.all(), "commitment"
        revisions = TargetRevision.objects.exclude(field=RevisedField.DUE)
        return cls(
            published=_last_in_month(targets, "published_at", way, since, day),
            withdrawn=_last_in_month(targets, "withdrawn_at", way, since, day),
            decided=_last_in_month(Decision.objects.all(), "at", "measurement__target__commitment", since, day),
            revised=_last_in_month(revisions, "approved_at", "target__commitment", since, day),
        )

    def of(self, unit: int, until: date, before: int, after: int) -> datetime | None:
        """The moment of the last act in that month that can have moved a rung so."""
        if before < after == Rung.MEASURABLE:
            kinds = [self.published]
        else:
            kinds = [self.decided, self.revised, *([self.withdrawn] if after < before else [])]
        known = [kind[unit, until.replace(day=1)] for kind in kinds if (unit, until.replace(day=1)) in kind]
        return max(known, default=None)


def _last_in_month(rows: Any, stamp: str, way: str, since: date, day: date) -> Moments:
    """`way`: from a row to its commitment, whose unit of `day` it counts for."""
    within = {f"{stamp}__gte": clock.end_of(since), f"{stamp}__lt": clock.end_of(day)}
    found = (
        rows.filter(**within)
        .annotate(unit_id=owner_on(day, way), month=TruncMonth(stamp, tzinfo=clock.JAKARTA))
        .order_by()
        .values_list("unit_id", "month")
    )
    return {(unit, clock.day_of(month)): at for unit, month, at in found.annotate(Max(stamp))}


def _silences(units: Iterable[Any], months: MonthsOfRungs, day: date) -> Iterator[PublicChange]:
    """Units that became silent: on the day itself for those that still are, at the end of the month for others."""
    units = list(units)
    began = _silent_since([unit for unit in units if unit.silent], day)
    for unit in units:
        for since, all_before, until, all_after in months.steps:
            (_, before), (_, after) = (rungs.get(unit.code, (0, 0)) for rungs in (all_before, all_after))
            start = began.get(unit.pk, until)
            at = clock.start_of(start) if since < start < until or start == day else _end_if_over(until)
            if after and not before and at:
                yield PublicChange(
                    f"silent/{unit.code}/{until:%Y-%m}",
                    at,
                    gettext("%(unit)s mulai diam") % {"unit": unit.short_name},
                    gettext("Semua targetnya terlalu lama tanpa kabar; pada %(day)s belum diam.")
                    % {"day": plain_date(since)},
                    unit.get_absolute_url(),
                )


def _silent_since(units: list[Any], day: date) -> dict[int, date]:
    """Silent unit (primary key) -> the day on which the last of its targets became silent; one query."""
    targets = ServiceTarget.objects.with_unit(day).with_rung(day).filter(unit_id_then__in=[unit.pk for unit in units])
    found: dict[int, date] = {}
    for unit, quiet, limit in targets.values_list("unit_id_then", "clock_days", "silent_limit"):
        found[unit] = max(found.get(unit, date.min), day - timedelta(days=quiet - limit - 1))
    return found


def _slips(units: Iterable[Any], since: date, day: date) -> Iterator[PublicChange]:
    for slip in every_slip(units, since, day):
        revision, target = slip.revision, slip.revision.target
        yield PublicChange(
            revision.object_name,
            revision.approved_at,  # type: ignore[arg-type]  # only approved ones
            gettext("%(unit)s menggeser tenggat: %(service)s, %(old)s → %(new)s, mundur %(days)s")
            % {
                "unit": slip.unit.short_name,
                "service": title(target),
                "old": short_date(revision.old_on),
                "new": short_date(revision.new_on),
                "days": days(revision.slip_days),
            },
            revision.reason,
            target.get_absolute_url(),
        )


def _objections(units: Iterable[Any], since: date, day: date) -> Iterator[PublicChange]:
    """Findings that contest a number, whether or not it was said to stand later; one query."""
    by_pk = {unit.pk: unit for unit in units}
    items = (
        RecheckItem.objects.recorded_on(day)
        .filter(outcome__in=OBJECTING, recorded_at__gte=clock.end_of(since))
        .annotate(unit_id=owner_on(day, "measurement__target__commitment"), number=F("recheck__number"))
        .filter(unit_id__in=by_pk)
        .select_related("measurement__target")
        .order_by("-recorded_at", "-pk")[:MAX_CHANGES]
    )
    for item in items:
        unit = by_pk[item.unit_id]
        yield PublicChange(
            item.object_name,
            item.recorded_at,  # type: ignore[arg-type]  # only recorded ones
            gettext("Angka %(unit)s dipersoalkan: %(service)s, %(outcome)s")
            % {
                "unit": unit.short_name,
                "service": title(item.measurement.target),
                "outcome": item.get_outcome_display(),
            },
            item.finding,
            reverse("recheck", args=[item.number]),
        )
