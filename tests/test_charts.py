"""Tests of the chart of a target: it says what the table says and stays inside its frame."""

import re
from datetime import date
from decimal import Decimal
from itertools import product
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from PIL import ImageFont

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
    assert [(dot.value, dot.counted, dot.named) for dot in page.chart.dots] == [
        (Decimal(9), True, False),
        (Decimal(5), True, True),
        (Decimal(4), False, True),
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


def test_labels_of_values_do_not_stand_on_each_other() -> None:
    cast = Cast()
    target = cast.target()
    verify(cast, target, 14.5, date(2018, 12, 31))
    chart = shown(target).chart
    [dot] = chart.dots
    assert abs(float(dot.label_y) - float(chart.baseline_label.y)) >= target_chart.LETTER_HEIGHT


def test_the_label_of_a_target_that_is_beaten_stands_where_no_value_lies() -> None:
    cast = Cast()
    target = cast.target()
    for month in (1, 2, 3, 4):
        verify(cast, target, 2, date(2018, month, 28))
    chart = shown(target).chart
    assert float(chart.target_label.y) < float(chart.goal_y)  # above its line: the values lie below


def crossings(svg: ElementTree.Element, paper: int) -> list[str]:
    """Words through which the line of a day runs on paper of so many pixels, as the letters are really set."""
    fonts = {
        name: ImageFont.truetype(settings.BASE_DIR / f"static/fonts/plus-jakarta-sans-{name}.ttf", 13)
        for name in ("regular", "bold")
    }

    def across(node: ElementTree.Element) -> float:
        return float(node.get("x", "").removesuffix("%")) * paper / 100

    found = []
    for text, holder in product(of_class(svg, "chart-soft") + of_class(svg, "chart-sea"), svg.iter(f"{SVG}svg")):
        words, line = text.text or "", holder.find(f"{SVG}path")
        if not words.startswith(("nilai awal", "target")) or line is None:
            continue
        row, left = float(text.get("y", "")), across(text)
        width = fonts["bold" if text.get("font-weight") else "regular"].getlength(words)
        left -= width if text.get("text-anchor") == "end" else 0
        pieces = re.findall(r"M0 ([\d.]+)V([\d.]+)", line.get("d", ""))
        on_it = left <= across(holder) <= left + width
        if on_it and any(float(start) < row + 3 and float(end) > row - 10 for start, end in pieces):
            found.append(words)
    return found


def test_no_line_of_a_day_runs_through_the_words_of_a_level() -> None:
    cast = Cast()
    commitment = cast.commitment()
    for year, measure in ((2018, "%"), (2020, "nilai SKM (25–100)"), (2025, "hari"), (2040, "hari kerja")):
        due = date(year, 12, 31)
        target = cast.target(commitment=commitment, unit_of_measure=measure, original_due_on=due)
        for field, new in (("due_on", date(2019, 6, 1)), ("baseline_value", Decimal(5))):
            svg = drawn(shown(target))
            assert len(of_class(svg, "chart-tick")) == len(of_class(svg, "chart-today")) == 1
            assert [crossings(svg, paper) for paper in (280, 400, 900)] == [[], [], []]
            change = target.revise(by=cast.head, seen=target.fingerprint(), field=field, new=new, reason=REASON)
            change.approve(by=cast.approver, seen=change.fingerprint())
        assert crossings(drawn(shown(target)), 280) == []


def test_a_line_far_from_all_words_is_whole() -> None:
    assert shown(Cast().target()).chart.due.path == "M0 30.0V236.0"
