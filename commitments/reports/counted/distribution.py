"""How the cases of one number are distributed: bars of a small chart, and the same as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from commitments.cases.durations import TIMED
from commitments.models import CaseFile

MOST_BARS = 12
CHART_WIDTH, CHART_HEIGHT, GAP = 320, 48, 2
NICE_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440)


@dataclass(frozen=True)
class DistributionBar:
    """One bar: the durations from `first` to `last`, how many cases, and its rectangle."""

    first: int
    last: int
    count: int
    x: int
    y: int
    width: int
    height: int

    @property
    def range(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True)
class CaseDistribution:
    """The chart of one case file; what is slower than its last bar is in `slower`."""

    bars: tuple[DistributionBar, ...]
    unit_words: str
    slower: int
    width: int = CHART_WIDTH
    height: int = CHART_HEIGHT

    @property
    def last(self) -> int:
        """Where the last bar ends."""
        return self.bars[-1].last


def distribution(row: CaseFile) -> CaseDistribution | None:
    """The chart; None for a yes/no column, and below five cases."""
    values = row.values
    if not values or not row.unit:
        return None
    top = values[(95 * len(values) + 99) // 100 - 1]  # what is slower would make the rest a line
    step = _step(top + 1)
    counts = Counter(value // step for value in values if value <= top)
    bars = tuple(_bars(counts, step, top // step + 1))
    return CaseDistribution(bars, "menit" if row.unit in TIMED else "hari", sum(value > top for value in values))


def _step(width: int) -> int:
    """The width of a bar: the smallest nice one with which there are few enough."""
    for step in NICE_STEPS:
        if -(-width // step) <= MOST_BARS:
            return step
    return -(-width // MOST_BARS)


def _bars(counts: Counter[int], step: int, number: int) -> Iterator[DistributionBar]:
    most, width = max(counts.values()), CHART_WIDTH // number
    for place in range(number):
        count = counts[place]
        height = max(1, CHART_HEIGHT * count // most) if count else 0
        first = place * step
        yield DistributionBar(
            first, first + step - 1, count, place * width, CHART_HEIGHT - height, width - GAP, height
        )
