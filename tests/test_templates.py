"""Would any page fail before it is asked for? Templates compile and name only static files that exist."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Engine

pytestmark = pytest.mark.sqlite  # no database changes any of this

ROOT = Path(settings.BASE_DIR, "templates")
TEMPLATES = sorted(path for path in ROOT.rglob("*") if path.is_file())
STATIC = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")
INLINE = re.compile(r"""<style|<script(?![^>]*\ssrc=)|\sstyle=["']|\son[a-z]+=["']""")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_compiles_and_keeps_the_policy(path: Path) -> None:
    source = path.read_text()
    Engine.get_default().from_string(source)
    assert [file for file in STATIC.findall(source) if not finders.find(file)] == []  # missing: a 500 in production
    assert INLINE.findall(source) == []  # the Content-Security-Policy would drop it without a word
