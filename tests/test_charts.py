"""Tests of the chart of a target: it says what the table says and stays inside its frame."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from PIL import ImageFont

from commitments.formats import short_number
from commitments.models import ServiceTarget
from commitments.reports import target_chart
from commitments.reports.target_page import TargetPage, target_page
from opd import clock
from tests.cast import REASON, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # pages and roles: no database changes them

SVG = "{http://www.w3.org/2000/svg}"


def shown(target: ServiceTarget) -> TargetPage:
    page = target_page(target.reference, clock.today())
    assert page
    return page


def drawn(page: TargetPage) -> ElementTree.Element:
    """The SVG as a browser would parse it; a mistake in it is an error here."""
    html = render_to_string(
        "parts/_chart.svg", {"chart": page.chart, "target": page.standing.target, "page": page, "row": page.standing}
    )
    return ElementTree.fromstring(html.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def of_class(svg: ElementTree.Element, class_: str) -> list[ElementTree.Element]:
    return [node for node in svg.iter() if class_ in node.get("class", "").split()]


def verify(cast: Cast, target: ServiceTarget, value: object, end: date) -> None:
    row = cast.measurement(target, value, period_start=date(2018, 1, 1), period_end=end)
    row.verify(by=cast.verifier, seen=row.fingerprint())


def test_dots_are_filled_when_counted_and_hollow_while_they_wait() -> None:
    cast = Cast()
    target = cast.target()
    verify(cast, target, 9, date(2018, 6, 30))
    verify(cast, target, 5, date(2018, 12, 31))
    cast.measurement(target, 4, period_end=date(2019, 6, 30))
    returned = cast.measurement(target, 3, period_end=date(2019, 12, 31))
    returned.return_(by=cast.verifier, seen=returned.fingerprint(), note=REASON)
    page = shown(target)
    assert [(dot.counted, dot.named) for dot in page.chart.dots] == [(True, False), (True, True), (False, True)]
    assert [(label.value, label.counted) for label in page.chart.value_labels] == [
        (Decimal(5), True),
        (Decimal(4), False),
    ]
    svg = drawn(page)
    assert (len(of_class(svg, "chart-dot")), len(of_class(svg, "chart-hollow"))) == (2, 1)
    assert len(of_class(svg, "chart-link")) == 1  # only proof is joined to proof


def test_it_has_a_title_and_a_description() -> None:
    cast = Cast()
    target = cast.target()
    verify(cast, target, 5, date(2018, 12, 31))
    svg = drawn(shown(target))
    said = {
        node.get("id"): " ".join((node.text or "").split())
        for node in svg
        if node.tag in (f"{SVG}title", f"{SVG}desc")
    }
    assert svg.get("aria-labelledby") == " ".join(said)  # type: ignore[arg-type]
    assert said == {
        "chart-title": "Rujukan: realisasi dalam hari",
        "chart-desc": "Nilai awal 14 hari pada 2 November 2017. Target 3 hari paling lambat 31 Desember 2030. "
        "Yang terakhir terhitung: 5 hari, sampai 31 Desember 2018. Semua angkanya ada di tabel Semua realisasi.",
    }


def test_an_untouched_target_has_its_lines_and_its_due_date() -> None:
    page = shown(Cast().target())
    chart = page.chart
    assert (chart.dots, chart.links, chart.moved) == ((), (), None)
    assert (len(chart.baseline), len(chart.target), chart.due.on) == (1, 1, date(2030, 12, 31))
    assert float(chart.baseline[0].y1) < float(chart.target[0].y1)  # 14 days above 3
    assert of_class(drawn(page), "chart-arrow") == []


def test_a_moved_due_date_keeps_its_tick_and_gains_an_arrow() -> None:
    cast = Cast()
    target = cast.target()
    slip = target.revise(by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2032, 1, 1), reason=REASON)
    slip.approve(by=cast.approver, seen=slip.fingerprint())
    page = shown(target)
    assert page.chart.moved
    assert (page.chart.due.on, page.chart.moved.on, page.chart.slipped) == (
        date(2030, 12, 31),
        date(2032, 1, 1),
        True,
    )
    assert float(page.chart.due.x[:-1]) < float(page.chart.moved.x[:-1])
    assert len(of_class(drawn(page), "chart-arrow")) == 3


def test_a_revised_target_shows_both_levels() -> None:
    cast = Cast()
    target = cast.target()
    change = target.revise(
        by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(6), reason=REASON
    )
    change.approve(by=cast.approver, seen=change.fingerprint())
    before, now = shown(target).chart.target
    assert (before.in_force, now.in_force) == (False, True)
    assert before.x2 == now.x1
    assert float(now.y1) < float(before.y1)


@pytest.mark.parametrize(
    ("baseline", "goal", "value"),
    [
        (14, 3, 20),
        (14, 3, 0),
        ("99999999999.9999", "0", "50000000000.1234"),
        ("0.0002", "0.0001", "0.0001"),
        (-5, -50, -12),
        (14, 3, "14"),
    ],
)
def test_everything_stays_on_the_paper(baseline: object, goal: object, value: object) -> None:
    cast = Cast()
    target = cast.target(
        baseline_value=Decimal(str(baseline)),
        target_value=Decimal(str(goal)),
        family="lainnya",
        unit_of_measure="selisih hari",  # may go below 0
    )
    verify(cast, target, value, date(2018, 12, 31))
    page = shown(target)
    svg = drawn(page)
    for node in svg.iter():
        for name in ("x", "x1", "x2", "cx"):
            if (across := node.get(name, "")).endswith("%"):
                assert 0 <= float(across[:-1]) <= 100
        for name in ("y", "y1", "y2", "cy"):
            if "chart-origin" not in node.get("class", "") and node.get(name):
                assert 0 <= float(node.get(name, "")) <= 300
    track = page.standing.track
    assert track.at and 0 < float(track.at[:-1]) < 100


def test_numbers_in_the_drawing_are_never_written_the_indonesian_way() -> None:
    cast = Cast()
    target = cast.target()
    verify(cast, target, "5.5", date(2018, 12, 31))
    html = ElementTree.tostring(drawn(shown(target)), encoding="unicode")
    assert re.findall(r'="\d+,\d', html) == []


@pytest.mark.parametrize(
    ("progress", "claimed", "dots"),
    [
        (None, None, (None, None)),
        (Decimal(0), None, ("14.00%", None)),
        (Decimal("0.5"), Decimal(1), ("50.00%", "86.00%")),
        (Decimal(-9), Decimal(9), ("2.00%", "98.00%")),
    ],
)
def test_a_track_runs_from_baseline_to_target(
    progress: Decimal | None, claimed: Decimal | None, dots: tuple[str | None, str | None]
) -> None:
    track = target_chart.track(progress, claimed)
    assert (track.at, track.claimed) == dots
    assert float(track.done_width[:-1]) >= 0


Box = tuple[float, float, float, float]  # left, top, right, bottom, in pixels


def length(text: str | None, paper: int) -> float:
    """A place in the drawing, in pixels; percent are of the paper."""
    text = text or "0"
    return float(text[:-1]) * paper / 100 if text.endswith("%") else float(text)


def words_of(svg: ElementTree.Element, paper: int) -> dict[str, Box]:
    """Where each text stands on paper of so many pixels, as its letters are really set."""
    boxes: dict[str, Box] = {}

    def walk(node: ElementTree.Element, given: dict[str, str]) -> None:
        known = given | node.attrib
        if node.tag == f"{SVG}text" and node.text:
            name = "bold" if known.get("font-weight") else "regular"
            font = ImageFont.truetype(settings.BASE_DIR / f"static/fonts/plus-jakarta-sans-{name}.ttf", 13)
            width, left = font.getlength(node.text), length(known.get("x"), paper) + float(node.get("dx", 0))
            left -= {"end": width, "middle": width / 2}.get(known.get("text-anchor", "start"), 0)
            row = float(known["y"]) + float(node.get("dy", 0))
            boxes[f"{node.text} {len(boxes)}"] = (left, row - 10, left + width, row + 3)
        for child in node:
            walk(child, known if node.tag == f"{SVG}g" else {})

    walk(svg, {})
    return boxes


def marks_of(svg: ElementTree.Element, paper: int) -> Iterator[tuple[str, Box]]:
    """Each line and dot: its class, and where it is drawn; a slanted line in short pieces."""
    for node in svg.iter(f"{SVG}line"):
        if node.get("class"):
            x1, x2 = (length(node.get(name), paper) for name in ("x1", "x2"))
            y1, y2 = (float(node.get(name, 0)) for name in ("y1", "y2"))
            for at in range(40):
                xs, ys = (
                    [one + (two - one) * (at + end) / 40 for end in (0, 1)] for one, two in ((x1, x2), (y1, y2))
                )
                yield node.get("class", ""), (min(xs), min(ys) - 1, max(xs), max(ys) + 1)
    for node in svg.iter(f"{SVG}circle"):
        x, y, r = (length(node.get(name), paper) for name in ("cx", "cy", "r"))
        yield node.get("class", ""), (x - r, y - r, x + r, y + r)
    for holder in svg.iter(f"{SVG}svg"):
        if (path := holder.find(f"{SVG}path")) is not None:
            x = length(holder.get("x"), paper)
            for start, end in re.findall(r"M0 ([\d.]+)V([\d.]+)", path.get("d", "")):
                yield path.get("class", ""), (x - 1, float(start), x + 1, float(end))


def meet(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def faults_of_labels(page: TargetPage) -> list[str]:
    """Texts that meet a line, a dot or one another, or leave the paper, on any paper."""
    svg, found = drawn(page), []
    for paper in (280, 330, 640, 900):
        words = words_of(svg, paper)
        found += [
            f"{text} on {mark}" for mark, box in marks_of(svg, paper) for text in words if meet(words[text], box)
        ]
        found += [f"{one} on {two}" for one, two in combinations(words, 2) if meet(words[one], words[two])]
        found += [f"{text} off" for text, box in words.items() if box[0] < 0 or box[2] > paper]
    return found


def test_no_label_crosses_a_line_a_dot_or_another_label() -> None:
    cast = Cast()
    commitment = cast.commitment()
    cases: list[tuple[str, date, tuple[Any, Any], tuple[Any, ...]]] = [
        ("%", date(2018, 12, 31), (14, 3), (13, 12, 5)),
        ("nilai SKM (25–100)", date(2020, 12, 31), (60, 61), (60, 88, 40)),
        ("hari", date(2025, 12, 31), (14, 3), (14.5, 2, 2, 2)),
        ("rupiah", date(2040, 12, 31), ("99999999998.9999", "12500000.25"), ("50000000000.1234", "12500000")),
        ("jam", date(2019, 1, 1), (14, 13), ()),
    ]
    for measure, due, (start, goal), values in cases:
        target = cast.target(
            commitment=commitment,
            unit_of_measure=measure,
            original_due_on=due,
            family="lainnya",
            baseline_value=Decimal(start),
            target_value=Decimal(goal),
            direction="lower" if Decimal(goal) < Decimal(start) else "higher",
        )
        for month, value in enumerate(values[:-1], 1):
            verify(cast, target, value, date(2018, 2 * month, 28))
        if values:
            cast.measurement(target, values[-1], period_start=date(2018, 9, 1), period_end=date(2018, 10, 31))
        assert faults_of_labels(shown(target)) == []
        further = Decimal(start) + (1 if Decimal(start) > Decimal(goal) else -1)
        for field, new in (("due_on", date(2019, 6, 1)), ("baseline_value", further)):
            change = target.revise(by=cast.head, seen=target.fingerprint(), field=field, new=new, reason=REASON)
            change.approve(by=cast.approver, seen=change.fingerprint())
            assert faults_of_labels(shown(target)) == []


def test_a_value_that_waits_and_is_the_same_as_the_one_that_counts_is_written_once() -> None:
    cast = Cast()
    target = cast.target()
    verify(cast, target, 9, date(2018, 6, 30))
    cast.measurement(target, 9, period_end=date(2019, 6, 30))
    assert [(label.value, label.counted) for label in shown(target).chart.value_labels] == [(Decimal(9), True)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1234567", "1.234.567"),
        ("12500000", "12,5\N{NO-BREAK SPACE}jt"),
        ("-99999999999.9999", "−100\N{NO-BREAK SPACE}mlr"),
        ("12345.6789", "12.345,68"),
        ("0.0001", "0,0001"),
    ],
)
def test_a_number_too_long_for_a_chart_is_shortened(value: str, text: str) -> None:
    assert short_number(Decimal(value)) == text
