"""How do words and figures become a tagged PDF? A typst template reads them as JSON: its source never changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import segno
import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

TEMPLATES = Path(__file__).parent
FONTS = Path(settings.BASE_DIR, "static", "fonts")
STANDARD: Final = "ua-1"  # PDF/UA: headings, tables and pictures that a screen reader can follow


def printed(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    """The PDF of a template beside this file, with `data` (plain JSON) as its only input.

    at: the moment printed as the document's date; the same data and moment give the same bytes.
    """
    return typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        sys_inputs={"data": json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)},
        pdf_standards=[STANDARD],
        timestamp=int(at.timestamp()),
    )


def code(address: str) -> str:
    """A QR code of an address, as SVG; its quiet zone is left to the template."""
    return segno.make(address, error="m").svg_inline(border=0, dark="#1b2326")
