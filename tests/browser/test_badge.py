"""Does a badge on another site, where no style sheet of ours is, show the rung that it names?"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageColor

from commitments.formats import rung_ink
from tests.test_public_sharing import badges

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.sqlite  # no database changes any of this

BARS = [(18 + 9 * nth, 52) for nth in range(5)]  # pixels: the middle of each, near its foot


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_rung_has_its_own_picture_in_an_image(new_page: Callable[..., Page], scheme: str) -> None:
    page = new_page(width=360, height=200, color_scheme=scheme)
    for rung, badge in badges().items():
        address = f"data:image/svg+xml;base64,{base64.b64encode(badge.encode()).decode()}"
        page.set_content(f'<body style="margin:0"><img src="{address}" alt="">')
        page.wait_for_function("document.images[0].complete && document.images[0].naturalWidth")
        seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        full = [seen.getpixel(place) == ImageColor.getrgb(rung_ink(rung)) for place in BARS]
        assert full == [nth < rung for nth in range(5)], rung
