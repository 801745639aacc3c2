"""The figures of the pages of rechecks: each sample of the Inspektorat, how it was drawn and what was found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from commitments.models import Recheck, RecheckItem
from commitments.models.querysets import OBJECTING
from commitments.models.recheck import lot
from opd import clock

Outcome = RecheckItem.Outcome
RECHECK_NUMBER = re.compile(r"[1-9]\d{0,6}", re.ASCII)


@dataclass(frozen=True)
class SampleItem:
    """One item of a sample, with its outcome if it was recorded by that day."""

    item: RecheckItem
    outcome: str  # of RecheckItem.Outcome, or "" while nothing is recorded
    lot: str
    stands: bool  # the number was said to stand by that day

    @property
    def contests(self) -> bool:
        return self.outcome in OBJECTING and not self.stands

    @property
    def label(self) -> str:
        return str(Outcome(self.outcome).label) if self.outcome else ""


@dataclass(frozen=True)
class RecheckSample:
    """A sample with its items."""

    row: Recheck
    items: tuple[SampleItem, ...]

    @property
    def outcomes(self) -> dict[str, int]:
        """The number of items with each outcome; "" for those without one."""
        counts = Counter(item.outcome for item in self.items)
        return {outcome: counts[outcome] for outcome in (*Outcome.values, "")}

    @property
    def same(self) -> int:
        return self.outcomes[Outcome.SAME]

    @property
    def different(self) -> int:
        return self.outcomes[Outcome.DIFFERENT]

    @property
    def untraceable(self) -> int:
        return self.outcomes[Outcome.UNTRACEABLE]

    @property
    def contested(self) -> int:
        """Findings that still contest their number that day."""
        return sum(item.contests for item in self.items)

    @property
    def waiting(self) -> int:
        return self.outcomes[""]


@dataclass(frozen=True)
class RecheckTotals:
    """The items of all samples together: how many of them were looked at, and what was found."""

    checked: int
    same: int
    different: int
    untraceable: int
    contested: int


def totals(samples: Iterable[RecheckSample]) -> RecheckTotals:
    rows = list(samples)
    same, different, untraceable, contested = (
        sum(getattr(row, name) for row in rows) for name in ("same", "different", "untraceable", "contested")
    )
    return RecheckTotals(same + different + untraceable, same, different, untraceable, contested)


def samples(day: date) -> tuple[RecheckSample, ...]:
    """Every sample drawn by the end of a day, newest first; two queries."""
    rows = Recheck.objects.filter(drawn_at__lt=clock.end_of(day)).order_by("-number")
    return tuple(_sample(row, day) for row in rows.prefetch_related("items__measurement__target"))


def sample(number: str, day: date) -> RecheckSample | None:
    """The sample with the number in the address; None when there was no such sample by that day."""
    if not RECHECK_NUMBER.fullmatch(number):
        return None
    rows = Recheck.objects.filter(number=number, drawn_at__lt=clock.end_of(day))
    return next((_sample(row, day) for row in rows.prefetch_related("items__measurement__target")), None)


def _sample(row: Recheck, day: date) -> RecheckSample:
    return RecheckSample(row, tuple(_sampled(row, row.items.all(), day)))


def _sampled(row: Recheck, items: Iterable[RecheckItem], day: date) -> Iterable[SampleItem]:
    for item in items:
        known = clock.is_known(item.recorded_at, day)
        stands = clock.is_known(item.stands_at, day)
        yield SampleItem(item, item.outcome if known else "", lot(row.head_hash, item.measurement.uuid), stands)
