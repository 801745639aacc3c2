"""The report card of a unit, as PDF: the secretariat prints it for a meeting, the unit reads its own."""

from __future__ import annotations

from datetime import date

from django.template.loader import render_to_string

from commitments.reports import meeting_pack as packs
from commitments.reports import target_page as targets
from commitments.typst import print_texts, typst_runner
from commitments.typst.print_source import PrintSource

CHART_WIDTH = 400  # pixels: the letters then suit half a page


def report_card(sheet: packs.UnitSheet, day: date, imprint: PrintSource) -> bytes:
    words = print_texts.of_report(sheet, charts_of(sheet, day), imprint, day)
    return typst_runner.pdf_of("rapor.typ", words, imprint.head.at)


def charts_of(sheet: packs.UnitSheet, day: date) -> dict[str, str]:
    """The chart of each target that has something to draw, as SVG in plain colours."""
    pages = [targets.target_page(row.target.reference, day) for row in sheet.rows]
    return {
        page.standing.target.reference: render_to_string(
            "parts/_chart.svg",
            {"chart": page.chart, "target": page.standing.target, "page": page, "width": CHART_WIDTH},
        )
        for page in pages
        if page
    }
