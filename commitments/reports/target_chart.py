"""The chart of a target: the position of each dot, line and label, x in percent and y in pixels.

x is in percent, so that one drawing with one letter size fits a phone, a screen and a printed page. The words and the
colours are in `templates/parts/_chart.svg`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from commitments.formats import measured
from commitments.models import Direction, TargetRevision
from opd import clock

if TYPE_CHECKING:
    from commitments.reports.target_standing import TargetStanding

LEFT, RIGHT = 3.0, 97.0  # percent, of the plot; the margins keep dots and labels inside
TOP, BOTTOM = 44.0, 194.0  # pixels, of the plot
TALL, SHORT = (30.0, 236.0), (20.0, 204.0)  # pixels, of the lines of due dates and of today
VALUE_MARGIN = 0.14  # of the span of values, above and below
LETTER_HEIGHT = 15.0  # pixels, the height of a line of text
LETTERS_BELOW_LINE = 5.0  # pixels of that height under the baseline of the text
LETTER_WIDTH, NARROWEST_CHART = 7.0, 260.0  # pixels: a letter on average, the chart on the smallest phone
LEVEL_LABEL_LETTERS = 11  # letters before the value of a level: `nilai awal `
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
    """A measurement as a dot, with the place of its label."""

    x: str
    y: str
    value: Decimal
    counted: bool
    anchor: str
    label_y: str
    named: bool  # has its value beside it


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
    """A day on the axis; `path` is its upright line, with gaps where labels are."""

    x: str
    anchor: str
    on: date
    path: str = ""


class LevelLabel(NamedTuple):
    """The label of a level; `reach`: from where to where its text goes on the smallest phone, in percent."""

    x: str
    y: str
    anchor: str
    reach: tuple[float, float]


@dataclass(frozen=True)
class TargetChart:
    """All parts of the chart, for the template."""

    baseline: tuple[ChartLine, ...]
    target: tuple[ChartLine, ...]
    baseline_label: LevelLabel
    target_label: LevelLabel
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
    left: str = f"{LEFT}%"
    right: str = f"{RIGHT}%"
    width: str = f"{RIGHT - LEFT}%"
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

    def across(self, day: date) -> float:
        days = (self.last - self.first).days or 1
        return LEFT + (RIGHT - LEFT) * (day - self.first).days / days

    def x(self, day: date) -> str:
        return f"{self.across(day):.2f}%"

    def y(self, value: Decimal | float) -> str:
        share = (float(value) - self.low) / (self.high - self.low)
        return f"{BOTTOM - (BOTTOM - TOP) * share:.1f}"

    def mark(self, day: date, reach: float = 22.0, path: str = "") -> DayMark:
        return DayMark(self.x(day), anchor(self.across(day), reach), day, path)

    def upright(self, day: date, top: float, bottom: float, labels: Iterable[LevelLabel]) -> DayMark:
        """A day with a line from top to bottom that leaves out the labels."""
        rows = sorted(float(one.y) for one in labels if one.reach[0] <= self.across(day) <= one.reach[1])
        gaps = [(row + LETTERS_BELOW_LINE - LETTER_HEIGHT - 2, row + LETTERS_BELOW_LINE) for row in rows]
        starts, ends = [top, *(end for _, end in gaps)], [*(start for start, _ in gaps), bottom]
        pieces = [f"M0 {start:.1f}V{end:.1f}" for start, end in zip(starts, ends, strict=True) if start < end]
        return self.mark(day, path="".join(pieces))


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
    plane = ChartPlane(min(days), max(days), *_span(values))
    lower = target.direction == Direction.LOWER
    goal = float(plane.y(targets[-1][1]))
    of = target.unit_of_measure
    start_label = _beside(plane, baselines[-1], of, dots, above=lower)
    labels = start_label, _beside(plane, targets[-1], of, dots, above=not lower, taken=start_label)
    return TargetChart(
        baseline=_levels(plane, baselines),
        target=_levels(plane, targets),
        baseline_label=labels[0],
        target_label=labels[1],
        goal_y=f"{goal if lower else TOP:.1f}",
        goal_height=f"{BOTTOM - goal if lower else goal - TOP:.1f}",
        origin=(plane.x(target.baseline_on), plane.y(target.baseline_value)),
        links=_links(plane, dots),
        dots=_dots(plane, dots, labels),
        due=plane.upright(target.original_due_on, *TALL, labels),
        moved=plane.upright(target.due_on, *TALL, labels) if target.due_on != target.original_due_on else None,
        radius=next(radius for most, radius in DOT_RADII if len(dots) <= most),
        slipped=target.due_on > target.original_due_on,
        today=plane.upright(standing.day, *SHORT, labels),
        years=_years(plane),
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


def _beside(
    plane: ChartPlane,
    step: Step,
    unit_of_measure: str,
    dots: Sequence[MeasuredPoint],
    *,
    above: bool,
    taken: LevelLabel | None = None,
) -> LevelLabel:
    """The label where the level in force begins: on the side away from the other level, or between both levels when
    fewer values and no label are there."""
    away, between = (_level_label(plane, step, unit_of_measure, above=side) for side in (above, not above))
    is_free = taken is None or abs(float(between.y) - float(taken.y)) >= LETTER_HEIGHT
    return between if is_free and _covered(plane, between, dots) < _covered(plane, away, dots) else away


def _covered(plane: ChartPlane, label: LevelLabel, dots: Iterable[MeasuredPoint]) -> int:
    """The number of values that a label would cover."""
    left, right = label.reach
    row = float(label.y)
    return sum(
        left <= plane.across(dot.on) <= right
        and row - LETTER_HEIGHT <= float(plane.y(dot.value)) <= row + LETTERS_BELOW_LINE
        for dot in dots
    )


def _level_label(plane: ChartPlane, step: Step, unit_of_measure: str, *, above: bool) -> LevelLabel:
    start, value = step
    across = plane.across(max(start or plane.first, plane.first))
    at_end = across > 60  # too near the right edge to begin there
    across = RIGHT if at_end else across
    width = (LEVEL_LABEL_LETTERS + len(measured(value, unit_of_measure))) * LETTER_WIDTH / NARROWEST_CHART * 100
    return LevelLabel(
        f"{across:.2f}%",
        f"{float(plane.y(value)) + (-7 if above else 17):.1f}",
        "end" if at_end else "start",
        (across - width, across) if at_end else (across, across + width),
    )


def _links(plane: ChartPlane, points: Sequence[MeasuredPoint]) -> tuple[ChartLine, ...]:
    counted = [point for point in points if point.counted]
    return tuple(
        ChartLine(plane.x(one.on), plane.y(one.value), plane.x(two.on), plane.y(two.value))
        for one, two in pairwise(counted)
    )


def _dots(plane: ChartPlane, points: Sequence[MeasuredPoint], taken: Sequence[LevelLabel]) -> tuple[ChartDot, ...]:
    """The dots. The latest counted and the latest waiting one have their value beside them, clear of other labels."""
    latest = {point.counted: point for point in points}
    rows = [float(label.y) for label in taken]
    dots = []
    for point in points:
        y, named = float(plane.y(point.value)), point is latest[point.counted]
        places = (y - 11, y + 21) if point.counted else (y + 21, y - 11)
        free = [place for place in places if all(abs(place - row) >= LETTER_HEIGHT for row in rows)]
        label_y = (free or places)[0]
        if named:
            rows.append(label_y)
        across = plane.across(point.on)
        dots.append(
            ChartDot(
                plane.x(point.on),
                plane.y(point.value),
                point.value,
                point.counted,
                anchor(across, reach=8.0),
                f"{label_y:.1f}",
                named,
            )
        )
    return tuple(dots)


def _years(plane: ChartPlane) -> tuple[DayMark, ...]:
    """1 January of as many years as fit, at equal distances; none when the chart lies within one year."""
    years = range(plane.first.year + 1, plane.last.year + 1)
    step = -(-len(years) // MAX_YEAR_LABELS) or 1
    return tuple(plane.mark(date(year, 1, 1), reach=5.0) for year in years[::step])
