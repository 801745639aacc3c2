"""XML of strangers is read in one place, by openpyxl, and there no entity unfolds: no bomb, no other file."""

from __future__ import annotations

import ast
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings

from commitments.secretariat.imports import workbook
from opd.errors import BadFact
from tests import sheets

pytestmark = pytest.mark.sqlite  # no database has a part in it

XML_READERS = ("xml", "lxml", "defusedxml", "xmltodict", "bs4", "html5lib", "feedparser", "plistlib", "xmlrpc")
SECRET = "isi berkas lain di mesin ini"
BOMB = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
PARTS = (  # that openpyxl parses, each with an element of it in which an entity can stand
    ("[Content_Types].xml", "<Types"),
    ("xl/_rels/workbook.xml.rels", "<Relationships"),
    ("xl/workbook.xml", "<workbook"),
    ("xl/styles.xml", "<styleSheet"),
    ("xl/sharedStrings.xml", "<sst"),
    ("xl/worksheets/sheet1.xml", "<worksheet"),
    ("docProps/core.xml", "<cp:coreProperties"),
)
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED_STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
READ = """
import sys
if sys.argv[1] == "hidden":
    sys.modules["defusedxml"] = sys.modules["defusedxml.ElementTree"] = None
import django
django.setup()
from commitments.secretariat.imports import workbook
workbook._look_through = lambda archive, part: None
[page] = workbook.pages(sys.stdin.buffer.read())
print([cell.value for _, cells in page.lines for cell in cells.values()])
"""


def good_parts() -> dict[str, str]:
    """The parts of a workbook whose one text, `Nilai`, is a shared one, as Excel writes it."""
    archive = zipfile.ZipFile(io.BytesIO(sheets.xlsx([["Nilai"]])))
    parts = {name: archive.read(name).decode() for name in archive.namelist()}
    inline, shared = 't="inlineStr"><is><t>Nilai</t></is>', 't="s"><v>0</v>'
    assert inline in parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(inline, shared)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{SPREADSHEET}"><si><t>Nilai</t></si></sst>'
    listed = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED_STRINGS}"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", listed)
    return parts


def spoiled(part: str, start: str, declared: str, used: str = "Nilai") -> bytes:
    """The same, but one part declares entities; `used` stands instead of the text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in good_parts().items():
            if name == part:
                assert start in content
                content = content.replace(start, f"<!DOCTYPE x [{declared}]>{start}", 1).replace("Nilai", used)
            archive.writestr(name, content)
    return out.getvalue()


def read(content: bytes) -> list[object]:
    return [cell for page in workbook.pages(content) for _, cells in page.lines for cell in cells.values()]


@pytest.fixture(params=["bomb", "another file", "another machine"])
def declared(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What an entity may stand for; none of it is asked for, so no network is needed."""
    (tmp_path / "rahasia").write_text(SECRET)
    return {
        "bomb": BOMB,
        "another file": f'<!ENTITY c SYSTEM "{(tmp_path / "rahasia").as_uri()}">',
        "another machine": '<!ENTITY % c SYSTEM "http://127.0.0.1:9/x.dtd"> %c;',
    }[request.param]


@pytest.mark.parametrize(("part", "start"), PARTS)
def test_a_part_that_declares_an_entity_is_not_parsed(declared: str, part: str, start: str) -> None:
    with pytest.raises(BadFact, match="Berkas ini rusak") as refusal:
        read(spoiled(part, start, declared))
    assert refusal.value.__cause__ is None  # by our own look, before a parser saw it


@pytest.mark.parametrize(("part", "start"), PARTS)
def test_a_part_that_slips_through_is_refused_by_the_parser(
    declared: str, part: str, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "_look_through", lambda archive, part: None)
    with pytest.raises(BadFact, match="Berkas ini rusak") as refusal:
        read(spoiled(part, start, declared))
    assert "defusedxml.common" in {type(error).__module__ for error in chain(refusal.value)}


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it came of."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(("guard", "unfolds"), [("hidden", True), ("there", False)])
def test_without_defusedxml_an_entity_unfolds(guard: str, unfolds: bool) -> None:
    """The twin: the same file, the same code, and only that package hidden."""
    done = subprocess.run(
        [sys.executable, "-c", READ, guard],
        input=spoiled("xl/sharedStrings.xml", "<sst", BOMB, "&c;"),
        env=os.environ | {"DATABASE_URL": "sqlite://:memory:"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        check=False,
    )
    assert ("ha" * 64 in done.stdout.decode()) is unfolds, done.stderr.decode()
    assert ("EntitiesForbidden" in done.stderr.decode()) is not unfolds


def test_openpyxl_reads_through_defusedxml() -> None:
    """With lxml beside it, it would take that one instead."""
    assert (openpyxl.DEFUSEDXML, openpyxl.LXML) == (True, False)


def test_nothing_else_of_ours_reads_xml() -> None:
    found = [
        (str(path.relative_to(settings.BASE_DIR)), name)
        for room in ("opd", "commitments", "semarang_mou", "deploy")
        for path in (settings.BASE_DIR / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in imported(node)
        if name.partition(".")[0] in XML_READERS or name == "openpyxl"
    ]
    # the second one in a process of its own, with limits
    readers = {"commitments/secretariat/imports/workbook.py", "commitments/cases/sheets.py"}
    writers = {path for path, name in found if name == "openpyxl"} - readers
    assert {path for path, name in found if name != "openpyxl"} == set()
    assert all("load_workbook" not in (settings.BASE_DIR / path).read_text() for path in writers)


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
