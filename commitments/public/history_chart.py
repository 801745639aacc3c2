"""The chart of the history, and the chart of one unit's rungs: the position of each band, label and marker.

Time goes to the right and the number of units goes up; the highest rung is at the bottom. Bands are drawn in days and
units and then stretched. Labels stand beside them, so that letters keep their size. The words and the colours are in
`templates/parts/_bands.svg`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise
from math import hypot
from typing import TYPE_CHECKING

from commitments.ladder import PAST_CEREMONY, Rung
from commitments.ladder.answers import LAPSED_STEP, STEPS, Answer
from commitments.reports.home_page import LadderStep
from commitments.reports.month_ends import UnitMonthEnd
from commitments.reports.target_chart import anchor

if TYPE_CHECKING:
    from commitments.public.history import BigMonth, MonthCounts

BANDS_HEIGHT = 260  # pixels, of the bands
LABEL_HEIGHT = 17  # pixels between two labels
NARROWEST_WIDTH = 160  # pixels, of the bands on the narrowest phone
MARKER_GAP = 17  # pixels from the middle of one marker to the next
YEAR_LABEL_MARGIN = 12  # percent; nearer to the edge, the label of a year covers the next one on a phone


@dataclass(frozen=True)
class StepBand:
    """The band of one step of the drawn ladder: its outline, and the place of its label."""

    step: LadderStep  # with its count on the last day
    path: str
    label_y: str
    tie_y: str  # the middle of the band at its right end, where a line leads to the label


@dataclass(frozen=True)
class YearLabel:
    """A year on the axis."""

    x: str
    anchor: str
    year: int
    is_odd: bool  # left out where there is no room


@dataclass(frozen=True)
class BigMonthMarker:
    """The marker of a month with a large change; `marker_y` differs from `y` when two markers are too close."""

    x: str
    y: str
    marker_y: str
    month: BigMonth


@dataclass(frozen=True)
class HistoryChart:
    """All parts of the chart of the history, for the template."""

    width: int  # days
    height: int  # units
    bands: tuple[StepBand, ...]  # the highest step first, from the bottom up
    line: str  # the path between units past the ceremony and the others
    years: tuple[YearLabel, ...]
    markers: tuple[BigMonthMarker, ...]
    ground: int = BANDS_HEIGHT  # pixels, of the bands; the years are below


def history_chart(first: date, points: Sequence[MonthCounts], big_months: Iterable[BigMonth]) -> HistoryChart:
    """points: oldest first; each is drawn over the days since the point before it, the first since `first`."""
    last = points[-1].day
    width, height = (last - first).days or 1, max(sum(point.counts) for point in points) or 1
    days = [0, *((point.day - first).days for point in points)]
    # The borders between the bands of each point, from the bottom up, as distances from the top.
    borders = [[height - border for border in accumulate(point.counts, initial=0)] for point in points]
    return HistoryChart(
        width=width,
        height=height,
        bands=_bands(days, borders, height),
        line=_stairs(days, [border[STEPS.index(LAPSED_STEP)] for border in borders]),
        years=_years(first, last, width),
        markers=_markers(first, big_months, width, height),
    )


def _markers(first: date, big_months: Iterable[BigMonth], width: int, height: int) -> tuple[BigMonthMarker, ...]:
    """Markers of the big months, moved up or down until none covers another on the narrowest phone."""
    markers: list[BigMonthMarker] = []
    taken: list[tuple[float, float]] = []
    for month in big_months:
        share = (month.before.day - first).days / width  # where the step is drawn
        y = marker = BANDS_HEIGHT * (1 - month.after.past / height)
        while any(hypot(share * NARROWEST_WIDTH - x, marker - at) < MARKER_GAP for x, at in taken):
            marker += -1 if y > BANDS_HEIGHT / 2 else 1
        taken.append((share * NARROWEST_WIDTH, marker))
        markers.append(BigMonthMarker(f"{100 * share:.2f}%", f"{y:.1f}", f"{marker:.1f}", month))
    return tuple(markers)


def _bands(days: Sequence[int], borders: Sequence[Sequence[int]], height: int) -> tuple[StepBand, ...]:
    middles = [BANDS_HEIGHT * (low + high) / 2 / height for low, high in pairwise(borders[-1])]
    labels = _apart(middles)
    return tuple(
        StepBand(
            LadderStep(step, borders[-1][at] - borders[-1][at + 1], height),
            _outline(days, [border[at] for border in borders], [border[at + 1] for border in borders]),
            f"{labels[at]:.1f}",
            f"{middles[at]:.1f}",
        )
        for at, step in enumerate(STEPS)
    )


@dataclass(frozen=True)
class ClimbStep:
    """A time in which the unit stayed on one rung, with one answer."""

    rung: Rung
    is_lapsed: bool
    since: date  # the last day of the first month on this rung
    x: str
    width: str
    y: str
    height: str


@dataclass(frozen=True)
class ClimbChart:
    """All parts of the chart of one unit's rungs, for the template."""

    steps: tuple[ClimbStep, ...]
    years: tuple[YearLabel, ...]
    border_y: str  # where the ceremony ends: every proven rung rises above it, and no other
    ground: str  # where the steps stand; the years are below


STEP_HEIGHT = 11.0  # pixels for one rung
GROUND_HEIGHT = 4.0  # pixels for rung 0, so that it can be seen


def _height(rung: float) -> float:
    return STEP_HEIGHT * rung + GROUND_HEIGHT


GROUND = _height(max(Rung))


def climb_chart(months: Sequence[UnitMonthEnd]) -> ClimbChart | None:
    """The chart of one unit's rung at the end of each month, oldest first; None when it was always on rung 0."""
    if len(months) < 2 or not any(month.rung for month in months):
        return None
    first, width = months[0].day, (months[-1].day - months[0].day).days or 1
    runs: list[tuple[UnitMonthEnd, date, date]] = []  # the first month of a run, where it is drawn from, until when
    for before, month in pairwise(months):
        goes_on = runs and (runs[-1][0].rung, runs[-1][0].answer) == (month.rung, month.answer)
        begun, start, _ = runs.pop() if goes_on else (month, before.day, month.day)
        runs.append((begun, start, month.day))
    steps = [_step(month, (start - first).days, (until - start).days, width) for month, start, until in runs]
    border = GROUND - _height(PAST_CEREMONY - 0.5)
    return ClimbChart(tuple(steps), _years(first, months[-1].day, width), f"{border:.1f}", f"{GROUND:.1f}")


def _step(month: UnitMonthEnd, at: int, days: int, width: int) -> ClimbStep:
    return ClimbStep(
        Rung(month.rung),
        month.answer is Answer.LAPSED,
        month.day,
        f"{100 * at / width:.2f}%",
        f"{100 * days / width:.2f}%",
        f"{GROUND - _height(month.rung):.1f}",
        f"{_height(month.rung):.1f}",
    )


def _stairs(days: Sequence[int], levels: Sequence[int]) -> str:
    """The SVG path of a line in steps; levels: one fewer than days, each between two of them."""
    path = f"M{days[0]} {levels[0]}"
    for at, level in enumerate(levels):
        if at + 1 == len(levels) or levels[at + 1] != level:
            path += f"H{days[at + 1]}" + (f"V{levels[at + 1]}" if at + 1 < len(levels) else "")
    return path


def _outline(days: Sequence[int], bottom: Sequence[int], top: Sequence[int]) -> str:
    back = _stairs(days[::-1], bottom[::-1])
    return f"{_stairs(days, top)}L{back[1:]}Z"


def _apart(middles: Sequence[float]) -> list[float]:
    """The y of labels beside their bands, moved apart where bands are thin: first up from the bottom, then down."""
    placed: list[float] = []
    for middle in middles:
        placed.append(
            min(middle, placed[-1] - LABEL_HEIGHT) if placed else min(middle, BANDS_HEIGHT - LABEL_HEIGHT / 2)
        )
    lowest = LABEL_HEIGHT / 2
    for at in range(len(placed) - 1, -1, -1):
        placed[at] = max(placed[at], lowest)
        lowest = placed[at] + LABEL_HEIGHT
    return placed


def _years(first: date, last: date, width: int) -> tuple[YearLabel, ...]:
    starts = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    places = [100 * (start - first).days / width for start in starts]
    return tuple(
        YearLabel(
            f"{place:.2f}%", anchor(place, reach=4.0), start.year, start.year % 2 == 1 or place < YEAR_LABEL_MARGIN
        )
        for start, place in zip(starts, places, strict=True)
    )
