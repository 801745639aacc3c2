"""The small chart of a scheme: its values over the years on its own scale, cut where the method changed.

x is in percent and y in pixels, as in the chart of a target. Words and colours: `templates/public/_scheme_chart.svg`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from commitments.models import Assessment
from commitments.reports.target_chart import ChartLine, anchor

PLOT_LEFT, PLOT_RIGHT = 14.0, 93.0  # percent; left of the plot stand the ends of the scale
DOT_MARGIN = 7.0  # percent, so that no dot stands on the edge
PLOT_TOP, PLOT_BOTTOM = 24.0, 112.0  # pixels
MAX_LABELLED_VALUES = 6  # of more, only the last value before each change of method is written out


@dataclass(frozen=True)
class SchemePoint:
    """A year with a value, or without one: then it lies on the axis."""

    x: str
    y: str
    value: Decimal | None
    is_labelled: bool
    anchor: str


@dataclass(frozen=True)
class SchemeYear:
    """A year on the axis; a change of method stands half a year before it, because it holds from that year on."""

    year: int
    x: str
    anchor: str


@dataclass(frozen=True)
class SchemeChart:
    """All parts of the chart, for the template."""

    points: tuple[SchemePoint, ...]
    links: tuple[ChartLine, ...]  # never across a change of method
    breaks: tuple[SchemeYear, ...]
    years: tuple[SchemeYear, ...]
    scale: tuple[Decimal, Decimal]  # the latest
    has_other_scale: bool  # before a change of method
    left: str = f"{PLOT_LEFT}%"
    right: str = f"{PLOT_RIGHT}%"
    top: str = f"{PLOT_TOP}"
    bottom: str = f"{PLOT_BOTTOM}"

    @property
    def has_gaps(self) -> bool:
        return any(point.value is None for point in self.points)


def scheme_chart(rows: Sequence[Assessment]) -> SchemeChart | None:
    """The chart of the rows of one scheme, in order; None without a single value on a scale."""
    runs = _runs(rows)
    scales = [row.scale for row in rows if row.value is not None and row.scale]
    if not scales:
        return None
    years = sorted({row.year for row in rows})
    plane = YearPlane(years[0], years[-1])
    valued = [[row for row in run if row.value is not None and row.scale] for run in runs]
    last = {run[-1].pk for run in valued if run}
    are_few = sum(len(run) for run in valued) <= MAX_LABELLED_VALUES
    return SchemeChart(
        points=tuple(plane.point(row, are_few or row.pk in last) for row in rows if not row.is_break),
        links=tuple(plane.link(one, two) for run in valued for one, two in pairwise(run)),
        breaks=tuple(plane.mark(row.year, row.year - 0.5) for row in rows if row.is_break),
        years=tuple(plane.mark(year, year) for year in _shown(years)),
        scale=scales[-1],
        has_other_scale=len(set(scales)) > 1,
    )


def _runs(rows: Iterable[Assessment]) -> list[list[Assessment]]:
    """The rows between changes of method, which alone can be compared."""
    runs: list[list[Assessment]] = [[]]
    for row in rows:
        if row.is_break:
            runs.append([])
        else:
            runs[-1].append(row)
    return runs


def _shown(years: Sequence[int]) -> Sequence[int]:
    """Years that fit side by side on a phone: all of few, else the first and the last."""
    return years if len(years) <= MAX_LABELLED_VALUES else (years[0], years[-1])


@dataclass(frozen=True)
class YearPlane:
    """The plane of the chart: turns years into x, and values into y on their own scale."""

    first: int
    last: int

    def across(self, year: float) -> float:
        if self.first == self.last:
            return (PLOT_LEFT + PLOT_RIGHT) / 2
        width = PLOT_RIGHT - PLOT_LEFT - 2 * DOT_MARGIN
        return PLOT_LEFT + DOT_MARGIN + width * (year - self.first) / (self.last - self.first)

    def mark(self, year: int, at: float) -> SchemeYear:
        return SchemeYear(year, f"{self.across(at):.2f}%", anchor(self.across(at), reach=8))

    def height(self, row: Assessment) -> str:
        if row.value is None or row.scale is None:
            return f"{PLOT_BOTTOM}"
        low, high = row.scale
        return f"{PLOT_BOTTOM - (PLOT_BOTTOM - PLOT_TOP) * float((row.value - low) / (high - low)):.1f}"

    def point(self, row: Assessment, is_labelled: bool) -> SchemePoint:
        at = self.across(row.year)
        value = row.value if row.scale else None
        return SchemePoint(f"{at:.2f}%", self.height(row), value, is_labelled, anchor(at, reach=8))

    def link(self, one: Assessment, two: Assessment) -> ChartLine:
        x1, x2 = (f"{self.across(row.year):.2f}%" for row in (one, two))
        return ChartLine(x1, self.height(one), x2, self.height(two))
