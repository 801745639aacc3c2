"""Tests of templates: all compile, name only static files that exist, and can be read from top to bottom."""

import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage
from django.template import Engine

from semarang_mou.static_files import CSS_IMPORT, JoinedSheetsStorage

pytestmark = pytest.mark.sqlite  # no database changes any of this

ROOT = Path(settings.BASE_DIR, "templates")
TEMPLATES = sorted(path for path in ROOT.rglob("*") if path.is_file())
STATIC = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")
INCLUDE = re.compile(r"""{%\s*include\s+["']([^"']+)["']""")
INLINE = re.compile(r"""<style|<script(?![^>]*\ssrc=)|\sstyle=["']|\son[a-z]+=["']""")

ROOMS = ("commitments", "opd", "semarang_mou")  # where Python may render a part by itself
PYTHON = "".join(path.read_text() for room in ROOMS for path in Path(settings.BASE_DIR, room).rglob("*.py"))
INCLUDED = {str(path.relative_to(ROOT)): INCLUDE.findall(path.read_text()) for path in TEMPLATES}
PARTS = {name for name in INCLUDED if Path(name).name.startswith("_")}
LEANS_ON_KEPT = ("js/line.js", "js/unsent.js")  # scripts that do nothing without js/kept.js before them
LONGEST = 119
DEEPEST = 2  # a page, a part, and a part of that part
OF_ONE_PAGE = {  # parts that one page uses, each a thing of its own
    "parts/_bands.svg": "a chart: the months since the signing",
    "public/_climb.html": "a chart: the rungs and where a unit stands",
    "public/_event.html": "a row: one event in the history of a unit",
    "public/_counted_groups.html": "a table of its own: how many units stand where",
    "public/_scheme_chart.svg": "a chart: one scheme of outsiders on its own scale",
    "public/_ladder.html": "a chart: how many units are on each rung",
    "public/_unit_stairs.html": "a chart: the rung at each month's end",
    "public/_wall.html": "a chart: every signatory, and its table",
    "public/_asked.html": "a thing of its own: what the register asked and the unit answered",
    "public/_counted.html": "a chart: how long the cases of one number took, and its table",
    "secretariat/_case_file.html": "a thing of its own: what was computed from a case file",
    "secretariat/_decision_form.html": "a form: one way to decide, shown for each that is open",
    "secretariat/_evidence_item.html": "a row: one piece of evidence",
    "workspace/_questions.html": "a form: what the register asks of a report",
    "workspace/_receipt_acts.html": "a form: what the unit may still do with what it sent",
    "workspace/_revision_check.html": "a form: the last look before a change is proposed",
}


def depth(name: str) -> int:
    return max((1 + depth(part) for part in INCLUDED.get(name, ())), default=0)


def places(part: str) -> int:
    """How many includes name it? A tag that Python renders may stand anywhere."""
    return len(INCLUDED) if f'"{part}"' in PYTHON else sum(parts.count(part) for parts in INCLUDED.values())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_compiles_and_keeps_the_policy(path: Path) -> None:
    source = path.read_text()
    Engine.get_default().from_string(source)
    assert [file for file in STATIC.findall(source) if not finders.find(file)] == []  # missing: a 500 in production
    assert INLINE.findall(source) == []  # the Content-Security-Policy would drop it without a word


def test_no_line_of_a_page_is_wider_than_an_editor() -> None:
    """Drawings aside, and what a page prints as it stands (`<pre>`)."""
    pages = [path for path in TEMPLATES if path.suffix == ".html"]
    lines = [(path.name, line) for path in pages for line in path.read_text().split("\n") if "<pre" not in line]
    assert [(name, line) for name, line in lines if len(line) > LONGEST] == []


def test_a_page_loads_what_keeps_a_form_before_the_scripts_that_lean_on_it() -> None:
    """Without it a form waits for a signal for ever, and says so."""
    loaded = {path.name: STATIC.findall(path.read_text()) for path in TEMPLATES}
    leaning = {name: files for name, files in loaded.items() if set(files) & set(LEANS_ON_KEPT)}
    assert leaning
    assert [
        name
        for name, files in leaning.items()
        if "js/kept.js" not in files[: min(files.index(one) for one in LEANS_ON_KEPT if one in files)]
    ] == []


def test_no_template_includes_deeper_than_a_reader_can_follow() -> None:
    assert {name: depth(name) for name in INCLUDED if depth(name) > DEEPEST} == {}


def test_a_part_that_one_page_uses_stands_in_that_page_unless_it_is_a_thing_of_its_own() -> None:
    assert {part for part in PARTS if places(part) == 1} == set(OF_ONE_PAGE)


def test_every_part_is_used() -> None:
    assert {part for part in PARTS if not places(part)} == set()


def test_a_sheet_is_collected_with_what_it_imports_and_anew_when_only_that_changes(tmp_path: Path) -> None:
    sources = FileSystemStorage(tmp_path / "sources")
    sheets = ("css/page.css", "css/tokens.css")
    written = ('/* A page. */\n@import "tokens.css";\np { color: var(--ink); }\n', ":root { --ink: #000; }\n")
    collected = []
    for changed in ("#000", "#fff"):
        for name, content in zip(sheets, written, strict=True):
            (tmp_path / "sources" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "sources" / name).write_text(content.replace("#000", changed))
        shutil.copytree(tmp_path / "sources", tmp_path / "collected", dirs_exist_ok=True)
        storage = JoinedSheetsStorage(location=tmp_path / "collected", base_url="/static/")
        list(storage.post_process({name: (sources, name) for name in sheets}))
        names = ("css/page.css", storage.stored_name("css/page.css"))  # a page of an error knows the first only
        collected += [(tmp_path / "collected" / name).read_text() for name in names]
    assert collected == [
        f"/* A page. */\n:root {{ --ink: {ink}; }}\n\np {{ color: var(--ink); }}\n"
        for ink in ("#000", "#000", "#fff", "#fff")
    ]


def test_pages_import_no_sheet_that_is_not_collected_inside() -> None:
    """An import that the storage does not know would cost every reader a round trip."""
    told = [
        line for path in Path(settings.BASE_DIR, "static/css").glob("*.css") for line in path.read_text().split("\n")
    ]
    imports = [line for line in told if "@import" in line]
    assert imports == ['@import "tokens.css";']
    assert all(CSS_IMPORT.match(line.encode()) for line in imports)
