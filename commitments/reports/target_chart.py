"""The chart of a target: the position of each dot, line and label, x in percent and y in pixels.

x is in percent, so that one drawing with one letter size fits a phone, a screen and a printed page. The words and the
colours are in `templates/parts/_chart.svg`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from commitments.formats import short_number
from commitments.models import Direction, TargetRevision
from opd import clock

if TYPE_CHECKING:
    from commitments.reports.target_standing import TargetStanding

PLOT_MARGIN = 6.5  # percent, beside the plot: half a year's label, on the smallest phone
TOP, BOTTOM = 44.0, 194.0  # pixels, of the plot
TALL, SHORT = (30.0, 236.0), (20.0, 204.0)  # pixels, of the lines of due dates and of today
VALUE_MARGIN = 0.14  # of the span of values, above and below
LETTER_HEIGHT = 15.0  # pixels, the height of a line of text
LETTER_WIDTH, NARROWEST_CHART = 8.0, 260.0  # pixels: a bold letter, the chart on the smallest phone
LEVEL_WORD_LETTERS = 6  # letters of `target`, which stands over the value of a level
LABEL_GAP = 9.0  # pixels between the plot and a label beside it
YEAR_LABEL_ROW = (208.0, 229.0)  # pixels, from top to bottom of the labels of the years
START, GOAL, EDGE = 14.0, 86.0, 2.0  # percent, on a track: baseline, target, the limit of a dot
DOT_RADII = ((24, "5.5"), (60, "4"), (10**9, "2.5"))  # most dots, pixels
MAX_YEAR_LABELS = 5  # labels that fit side by side on a phone


Step = tuple[date | None, Decimal]  # (in force since, value); None: from the start


class MeasuredPoint(NamedTuple):
    """A measurement to draw; `counted`: on the ladder, else waiting."""

    on: date
    value: Decimal
    counted: bool


@dataclass(frozen=True)
class ChartDot:
    """A measurement as a dot."""

    x: str
    y: str
    counted: bool
    named: bool  # its value stands beside the plot


@dataclass(frozen=True)
class ChartLine:
    """A line: a level while it was in force, or the link from one dot to the next."""

    x1: str
    y1: str
    x2: str
    y2: str
    in_force: bool = True


@dataclass(frozen=True)
class DayMark:
    """A day on the axis; `path` is its upright line, which leaves out the label of a year."""

    x: str
    anchor: str
    on: date
    path: str = ""


@dataclass(frozen=True)
class ValueLabel:
    """A value beside the plot, at the height of its line or dot, or a little above or below where two are near."""

    value: Decimal
    y: str  # of the middle of its text
    counted: bool = True


@dataclass(frozen=True)
class TargetChart:
    """All parts of the chart, for the template."""

    baseline: tuple[ChartLine, ...]
    target: tuple[ChartLine, ...]
    baseline_label: ValueLabel  # left of the plot, as the next one
    target_label: ValueLabel
    value_labels: tuple[ValueLabel, ...]  # right of the plot: the latest counted and the latest waiting value
    goal_y: str
    goal_height: str
    origin: tuple[str, str]
    links: tuple[ChartLine, ...]
    dots: tuple[ChartDot, ...]
    due: DayMark
    moved: DayMark | None
    slipped: bool
    radius: str  # of a dot; small where there are many
    today: DayMark
    years: tuple[DayMark, ...]
    left: str
    right: str
    width: str
    gap: str = f"{LABEL_GAP}"
    axis: str = f"{SHORT[1]}"  # where the years stand
    foot: str = f"{TALL[1]}"  # where the lines of due dates end

    @property
    def has_counted(self) -> bool:
        return any(dot.counted for dot in self.dots)

    @property
    def has_waiting(self) -> bool:
        return any(not dot.counted for dot in self.dots)


@dataclass(frozen=True)
class ProgressTrack:
    """A line from baseline to target; `at` and `claimed` are dots on it, None when there is no such value."""

    start: str
    goal: str
    width: str
    at: str | None
    done_x: str
    done_width: str
    claimed: str | None


def track(progress: Decimal | None, claimed: Decimal | None) -> ProgressTrack:
    """The track of a target; progress, claimed: shares of the way. A dot beyond the ends stays at the edge."""
    at = _on_track(progress) if progress is not None else None
    end = START if at is None else at
    return ProgressTrack(
        start=f"{START:.2f}%",
        goal=f"{GOAL:.2f}%",
        width=f"{GOAL - START:.2f}%",
        at=None if at is None else f"{at:.2f}%",
        done_x=f"{min(START, end):.2f}%",
        done_width=f"{abs(end - START):.2f}%",
        claimed=None if claimed is None else f"{_on_track(claimed):.2f}%",
    )


def _on_track(progress: Decimal) -> float:
    return min(max(START + (GOAL - START) * float(progress), EDGE), 100 - EDGE)


@dataclass(frozen=True)
class ChartPlane:
    """The plane of the chart: turns days into x and values into y."""

    first: date
    last: date
    low: float
    high: float
    left: float  # percent, where the plot begins and ends
    right: float

    def across(self, day: date) -> float:
        days = (self.last - self.first).days or 1
        return self.left + (self.right - self.left) * (day - self.first).days / days

    def x(self, day: date) -> str:
        return f"{self.across(day):.2f}%"

    def y(self, value: Decimal | float) -> str:
        share = (float(value) - self.low) / (self.high - self.low)
        return f"{BOTTOM - (BOTTOM - TOP) * share:.1f}"

    def mark(self, day: date, reach: float = 22.0, path: str = "") -> DayMark:
        return DayMark(self.x(day), anchor(self.across(day), reach), day, path)

    def upright(self, day: date, top: float, bottom: float, years: Iterable[DayMark] = ()) -> DayMark:
        """A day with a line from top to bottom that leaves out the labels of years."""
        reach = PLOT_MARGIN + 1
        if bottom > YEAR_LABEL_ROW[0] and any(abs(self.across(day) - self.across(year.on)) < reach for year in years):
            above, below = YEAR_LABEL_ROW
            return self.mark(day, path=f"M0 {top:.1f}V{above:.1f}M0 {below:.1f}V{bottom:.1f}")
        return self.mark(day, path=f"M0 {top:.1f}V{bottom:.1f}")


def anchor(across: float, reach: float = 22.0) -> str:
    """The SVG text-anchor of a label at a place, chosen so that the label stays inside the chart.

    across: the place in percent. reach: half the width of the label on a phone, in percent.
    """
    if across < reach:
        return "start"
    return "end" if across > 100 - reach else "middle"


def chart(
    standing: TargetStanding, points: Iterable[MeasuredPoint], approved: Sequence[TargetRevision]
) -> TargetChart:
    """The chart of a target; approved: the revisions approved by that day, oldest first."""
    target = standing.target
    dots = sorted(points, key=lambda point: point.on)
    baselines = _steps(target.baseline_value, "baseline_value", approved)
    targets = _steps(target.target_value, "target_value", approved)
    days = [target.baseline_on, target.original_due_on, target.due_on, standing.day, *(point.on for point in dots)]
    values = [float(value) for _, value in (*baselines, *targets)] + [float(point.value) for point in dots]
    levels = baselines[-1][1], targets[-1][1]
    latest = {point.counted: point for point in dots}
    plane = ChartPlane(
        min(days),
        max(days),
        *_span(values),
        left=_gutter(LEVEL_WORD_LETTERS, *(len(short_number(value)) for value in levels)),
        right=100 - _gutter(0, *(len(short_number(point.value)) for point in latest.values())),
    )
    goal = float(plane.y(targets[-1][1]))
    lower = target.direction == Direction.LOWER
    start_y, goal_y = _pushed_apart([float(plane.y(levels[0])), goal], 2 * LETTER_HEIGHT + 1)
    years = _years(plane)
    moved = target.due_on != target.original_due_on
    return TargetChart(
        baseline=_levels(plane, baselines),
        target=_levels(plane, targets),
        baseline_label=ValueLabel(levels[0], f"{start_y:.1f}"),
        target_label=ValueLabel(levels[1], f"{goal_y:.1f}"),
        value_labels=_value_labels(plane, latest),
        goal_y=f"{goal if lower else TOP:.1f}",
        goal_height=f"{BOTTOM - goal if lower else goal - TOP:.1f}",
        origin=(plane.x(target.baseline_on), plane.y(target.baseline_value)),
        links=_links(plane, dots),
        dots=tuple(
            ChartDot(plane.x(point.on), plane.y(point.value), point.counted, point is latest[point.counted])
            for point in dots
        ),
        due=plane.upright(target.original_due_on, *TALL, years),
        moved=plane.upright(target.due_on, *TALL, years) if moved else None,
        radius=next(radius for most, radius in DOT_RADII if len(dots) <= most),
        slipped=target.due_on > target.original_due_on,
        today=plane.upright(standing.day, *SHORT),
        years=years,
        left=f"{plane.left:.2f}%",
        right=f"{plane.right:.2f}%",
        width=f"{plane.right - plane.left:.2f}%",
    )


def _gutter(*letters: int) -> float:
    """The width in percent beside the plot in which a label of so many letters stands, on the smallest phone."""
    return max(PLOT_MARGIN, (max(letters) * LETTER_WIDTH + LABEL_GAP) / NARROWEST_CHART * 100)


def _pushed_apart(rows: Sequence[float], distance: float) -> list[float]:
    """Two rows, or one, moved so far from each other that their labels do not touch, and kept on the paper."""
    if len(rows) < 2 or abs(rows[0] - rows[1]) >= distance:
        return list(rows)
    middle = min(max(sum(rows) / 2, TOP + distance / 2), BOTTOM - distance / 2)
    half = distance / 2 if rows[0] > rows[1] else -distance / 2
    return [middle + half, middle - half]


def _value_labels(plane: ChartPlane, latest: Mapping[bool, MeasuredPoint]) -> tuple[ValueLabel, ...]:
    """The latest counted and the latest waiting value; one label where both are the same."""
    points = [latest[counted] for counted in (True, False) if counted in latest]
    if len(points) == 2 and points[0].value == points[1].value:
        points.pop()
    rows = _pushed_apart([float(plane.y(point.value)) for point in points], LETTER_HEIGHT)
    return tuple(
        ValueLabel(point.value, f"{row:.1f}", point.counted) for point, row in zip(points, rows, strict=True)
    )


def _span(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    margin = (high - low) * VALUE_MARGIN or 1.0
    # The axis begins at zero when that takes little room, so that a fall from 14 to 3 looks as large as it is.
    bottom = 0.0 if 0 <= low <= (high - low) * 0.5 else low - margin
    return bottom, high + margin


def _steps(original: Decimal, field: str, approved: Sequence[TargetRevision]) -> list[Step]:
    """The steps of one field: the original value, then the approved ones."""
    found: list[Step] = [(None, original)]
    for row in approved:
        if row.field == field and row.approved_at and row.new_value is not None:
            found.append((clock.day_of(row.approved_at), row.new_value))
    return found


def _levels(plane: ChartPlane, steps: list[Step]) -> tuple[ChartLine, ...]:
    starts = [max(start or plane.first, plane.first) for start, _ in steps]
    ends = [*starts[1:], plane.last]
    return tuple(
        ChartLine(plane.x(start), plane.y(value), plane.x(end), plane.y(value), nth == len(steps))
        for nth, (start, end, (_, value)) in enumerate(zip(starts, ends, steps, strict=True), 1)
    )


def _links(plane: ChartPlane, points: Sequence[MeasuredPoint]) -> tuple[ChartLine, ...]:
    counted = [point for point in points if point.counted]
    return tuple(
        ChartLine(plane.x(one.on), plane.y(one.value), plane.x(two.on), plane.y(two.value))
        for one, two in pairwise(counted)
    )


def _years(plane: ChartPlane) -> tuple[DayMark, ...]:
    """1 January of as many years as fit, at equal distances; none when the chart lies within one year."""
    years = range(plane.first.year + 1, plane.last.year + 1)
    a_year = (plane.right - plane.left) * 365 / ((plane.last - plane.first).days or 1)
    step = max(ceil(2 * PLOT_MARGIN / a_year), ceil(len(years) / MAX_YEAR_LABELS), 1)
    return tuple(plane.mark(date(year, 1, 1), reach=0) for year in years[::step])
