"""Runner of typst: makes a PDF or a PNG from a template and data. The template reads the data as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import segno
import typst
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.functional import Promise

from commitments.typst import glyphs
from opd import texts

TYPST_TEMPLATES = Path(__file__).parent
PDF_STANDARD: Final = "ua-1"  # PDF/UA: headings, tables and pictures that a screen reader can follow


def pdf_of(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    """The PDF of a template beside this file, with `data` (plain JSON) as its only input.

    at: the moment printed as the document's date; the same data and moment give the same bytes.
    """
    return typst.compile(
        str(TYPST_TEMPLATES / template),
        root=str(TYPST_TEMPLATES),
        font_paths=_fonts(),
        sys_inputs=_inputs(data),
        pdf_standards=[PDF_STANDARD],
        timestamp=int(at.timestamp()),
    )


def png_of(template: str, data: Mapping[str, Any]) -> bytes:
    """The first page of a template as a PNG, a pixel for each of its points; the same data give the same bytes."""
    return typst.compile(
        str(TYPST_TEMPLATES / template),
        root=str(TYPST_TEMPLATES),
        font_paths=_fonts(),
        format="png",
        ppi=72,
        sys_inputs=_inputs(data),
    )


def _inputs(data: Mapping[str, Any]) -> dict[str, str]:
    """The data for the template, with drawable texts only, and the letters of each fallback font."""
    text = json.dumps(_drawable(data), cls=DjangoJSONEncoder, ensure_ascii=False)
    return {"data": text, "fonts": json.dumps(glyphs.patterns(text))}


def _drawable(value: Any) -> Any:
    if isinstance(value, str | Promise):
        return glyphs.drawable(texts.tidy(str(value), lines=True))
    if isinstance(value, Mapping):
        return {key: _drawable(item) for key, item in value.items()}
    return [_drawable(item) for item in value] if isinstance(value, list | tuple) else value


@cache
def _fonts() -> typst.Fonts:
    """Our fonts, loaded once in each process; a search through the fonts of the machine would take longer."""
    return typst.Fonts(include_system_fonts=False, font_paths=[glyphs.FONTS])


def qr_code(address: str) -> str:
    """The QR code of an address as SVG; the template leaves the empty margin around it."""
    return segno.make(address, error="m").svg_inline(border=0, dark="#1b2326")
