"""Tests of contrast: every text on its background, light and dark, by WCAG 2.2 AA, from the colour tokens."""

import re
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.sqlite  # no database changes any of this

TOKENS = Path(settings.BASE_DIR, "static/css/tokens.css").read_text()
LIGHT_CSS, DARK_CSS = TOKENS.split("@media screen and (prefers-color-scheme: dark)")
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
LIGHT = dict(COLOUR.findall(LIGHT_CSS))
DARK = LIGHT | dict(COLOUR.findall(DARK_CSS))

GROUNDS = ("paper", "card")
WASHES = ("sea-wash", "brick-wash", "sand-wash", "sand-stripe")
TEXT = [
    *[(text, ground) for text in ("ink", "soft", "sea", "brick") for ground in GROUNDS],
    *[("ink", wash) for wash in WASHES],
    *[("soft", wash) for wash in ("sea-wash", "brick-wash", "sand-wash")],
    ("sea", "sea-wash"),
    ("brick", "brick-wash"),
    ("brick", "rung-0"),
    ("soft", "rung-0"),
    ("sea", "rung-0"),
    ("on-button", "button"),
    *[(f"on-rung-{number}", f"rung-{number}") for number in range(6)],
]
SHAPES = [  # borders of controls, rings and dots, focus: 3:1
    *[(shape, ground) for shape in ("edge", "brick", "sea", "ink") for ground in GROUNDS],
]


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` as WCAG 2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_stands_out_from_its_ground(theme: dict[str, str]) -> None:
    pale = {pair: round(ratio, 2) for pair in TEXT if (ratio := contrast(theme[pair[0]], theme[pair[1]])) < 4.5}
    assert pale == {}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_shape_that_says_something_stands_out(theme: dict[str, str]) -> None:
    pale = {pair: round(ratio, 2) for pair in SHAPES if (ratio := contrast(theme[pair[0]], theme[pair[1]])) < 3}
    assert pale == {}


def test_the_dark_theme_names_every_colour() -> None:
    assert sorted(dict(COLOUR.findall(DARK_CSS))) == sorted(LIGHT)


def test_a_pale_text_would_be_noticed() -> None:
    """White on the sketch's fourth rung was too weak for small text."""
    assert round(contrast("#ffffff", "#3f9c93"), 1) == 3.3
    assert contrast("#000000", "#ffffff") == 21
