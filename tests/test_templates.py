"""Would any page fail before it is asked for? Templates compile and name only static files that exist."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template

ROOTS = [Path(settings.BASE_DIR, "templates"), *Path(settings.BASE_DIR).glob("*/templates")]
TEMPLATES = sorted(str(path.relative_to(root)) for root in ROOTS for path in root.rglob("*.*") if path.is_file())
STATIC = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles_and_its_static_files_exist(name: str) -> None:
    template = get_template(name)
    named = STATIC.findall(Path(template.origin.name).read_text())
    assert [file for file in named if finders.find(file) is None] == []  # a missing one is a 500 in production


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_has_no_inline_script_or_style(name: str) -> None:
    """The Content-Security-Policy would silently drop it."""
    source = Path(get_template(name).origin.name).read_text()
    assert re.findall(r"""<style|<script(?![^>]*\ssrc=)|\sstyle=["']|\son[a-z]+=["']""", source) == []
