"""Tests of the documents: every path, command, address, name, field and constant in them exists."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.test import Client
from django.urls import Resolver404, resolve

from commitments import ladder
from commitments.api.urls import API_LISTS
from commitments.models.cases.stated_clock import CLOCK_FIELDS
from commitments.reports.register_entries import ACT_SENTENCES
from opd import register
from opd.models import Registered
from tests.cast import Cast

pytestmark = pytest.mark.sqlite  # no database changes any of this

ROOT = Path(settings.BASE_DIR)
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
DOCS.remove(ROOT / "CHANGELOG.md")  # what was true then
CODE = ("opd", "commitments", "semarang_mou", "tests")
MADE_HERE = {"db.sqlite3", "evidence/", ".cache/", ".env"}  # by a register that runs
NOT_OURS = {"LocaleMiddleware", "Makefile", "ValueError", "Vary"}
PREFIXES = {"/en/", "/api/v1/"}  # of addresses, with no page of their own

BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
QUOTED = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"\.?[\w-]+(?:\.\w+)+|(?:\.?[\w-]+/)+(?:[\w*.-]+)?")
CONSTANT = re.compile(r"[A-Z]+_[A-Z_]+")
CLASS = re.compile(r"(?:[A-Z][a-z]+)+")
ADDRESS = re.compile(r"/[\w<>./-]*")
COMMAND = re.compile(r"(manage\.py|make) ([a-z_]+)")
LINK = re.compile(r"\]\(([^)#:]*)(?:#([^)]*))?\)")
PLACE = re.compile(r"((?:`\w+`(?:, )?)+) di `([\w/.]+)`|`([\w/.]+)`")  # names in a file, or a file or room alone
KEY = re.compile(r'"(\w+)":|\["(\w+)"\] =')


def quoted(document: Path) -> set[str]:
    """What stands in backticks, blocks of code left out."""
    prose = BLOCK.sub("", document.read_text())
    assert [line for line in prose.splitlines() if line.count("`") % 2] == [], "a quotation goes on in the next line"
    return set(QUOTED.findall(prose))


def rows(document: str, section: str) -> Iterator[list[str]]:
    """Cells of the tables below a heading, until the next of its level."""
    text = ROOT.joinpath("docs", document).read_text()
    body = text.partition(f"\n## {section}")[2].partition("\n## ")[0]
    for line in body.splitlines():
        if line.startswith("|") and not line.startswith("|---"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


@pytest.fixture(scope="module")
def sources() -> str:
    """All that the documents may name, as one text."""
    files = [path for folder in CODE for path in (ROOT / folder).rglob("*.py") if path != Path(__file__)]
    return "\n".join(path.read_text() for path in [*files, ROOT / "Makefile"])


@pytest.mark.parametrize("document", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_is_there(document: Path) -> None:
    tops = {path.name for path in ROOT.iterdir()}
    paths = {said for said in quoted(document) if PATH.fullmatch(said)} - MADE_HERE
    ours = {said for said in paths if said.partition("/")[0] in tops or said.endswith((".py", ".md", ".html"))}
    assert {said for said in ours if not list(ROOT.glob(said.rstrip("/")))} == set()


@pytest.mark.parametrize("document", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_name_is_in_the_code(document: Path, sources: str) -> None:
    """A class or a constant that is renamed leaves no document behind."""
    said = {part for name in quoted(document) for part in name.split(".")} - NOT_OURS
    classes = {name for name in said if CLASS.fullmatch(name) and not re.search(rf"^ *class {name}\b", sources, re.M)}
    constants = {name for name in said if CONSTANT.fullmatch(name) and not re.search(rf"\b{name}\b", sources)}
    assert classes | constants == set()


@pytest.mark.parametrize("document", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_is_one(document: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    known = {"manage.py": {*get_commands()}, "make": {*targets}}
    code = "\n".join([*quoted(document), *BLOCK.findall(document.read_text())])
    assert {found for found in COMMAND.findall(code) if found[1] not in known[found[0]]} == set()


@pytest.mark.parametrize("document", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    def heads(path: Path) -> set[str]:
        found = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
        return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in found}

    links = LINK.findall(document.read_text())
    broken = [
        (path, anchor)
        for path, anchor in links
        if not (document.parent / path).is_file() or (anchor and anchor not in heads(document.parent / path))
    ]
    assert broken == []


@pytest.mark.parametrize("document", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_address_is_answered(document: Path) -> None:
    said = {address for address in quoted(document) if ADDRESS.fullmatch(address)}
    for address in sorted(said - PREFIXES):
        try:
            resolve(re.sub(r"<\w+>", "units", address))
        except Resolver404:
            pytest.fail(f"{document.name}: {address}")


def test_every_term_is_defined_where_the_list_says() -> None:
    missing = []
    for section in ("Siapa", "Apa", "Tangga", "Jejak", "Pekerjaan"):
        for term, _, place, *_ in list(rows("istilah.md", section))[1:]:
            found = PLACE.fullmatch(place)
            assert found, term
            names, path = re.findall(r"\w+", found[1] or ""), ROOT / (found[2] or found[3])
            source = path.read_text() if path.is_file() else ""
            missing += [term] if not path.exists() else []
            missing += [
                f"{term}: {name}"
                for name in names
                if not re.search(rf"^\s*(?:class|def) {name}\b|^{name}\b.*=", source, re.MULTILINE)
            ]
    assert missing == []


def test_the_constants_of_the_ladder_are_told() -> None:
    told = {row[0].strip("`"): row[1] for row in rows("aturan.md", "2.") if row[0].strip("`").isupper()}
    assert told == {name: str(int(getattr(ladder, name))) for name in told}
    assert len(told) == 6


def test_rungs_and_flags_are_told() -> None:
    rungs = [(row[0], row[1].strip("`"), row[2]) for row in rows("aturan.md", "2.") if row[0].isdigit()]
    assert rungs == [(str(rung.value), rung.code, str(rung.label)) for rung in ladder.Rung if rung]
    flags = [(row[0].strip("`"), row[1]) for row in rows("aturan.md", "4.")][1:]
    assert flags == [(flag.value, str(flag.label)) for flag in ladder.Flag]


def test_the_fields_of_the_api_are_told() -> None:
    told = {row[0].strip("`"): QUOTED.findall(row[1]) for row in list(rows("aturan.md", "8."))[1:]}
    assert told == {name: list(view.row().fields) for name, view in API_LISTS.items()}


def test_every_act_is_told() -> None:
    text = ROOT.joinpath("docs", "aturan.md").read_text().partition("**Tindakan** (`act`):")[2].partition(". ")[0]
    assert QUOTED.findall(text) == list(dict.fromkeys(QUOTED.findall(text)))
    assert set(QUOTED.findall(text)) == set(ACT_SENTENCES)


def keys_of(model: type[Registered]) -> set[str]:
    """The keys that its rows have in the register, as its methods write them."""
    methods = [
        vars(kind)[name]
        for kind in model.__mro__
        for name in ("content", "public_row", "private_row")
        if issubclass(kind, Registered) and name in vars(kind)
    ]
    return {one or other for method in methods for one, other in KEY.findall(inspect.getsource(method))}


def test_every_row_of_the_register_is_told() -> None:
    told: dict[str, Any] = {}
    for kind, _, public, private in list(rows("aturan.md", "6."))[1:]:
        told[kind.strip("`")] = {*QUOTED.findall(public), *QUOTED.findall(private)}
    written = {model.kind: keys_of(model) for model in register.registered_models()}
    for kind in ("target", "revision"):
        written[kind] |= set(CLOCK_FIELDS)  # as a whole, where a clock is stated
    assert told == written


@pytest.mark.django_db
@pytest.mark.parametrize("spoil", [False, True])
def test_the_few_lines_that_check_the_chain_check_it(client: Client, spoil: bool) -> None:
    cast = Cast()
    cast.measurement(cast.target(), 4)
    lines = b"".join(client.get("/jejak.jsonl").streaming_content)  # type: ignore[attr-defined]
    [program] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "aturan.md").read_text(), re.DOTALL)
    given = lines.replace(b'"dinkes"', b'"diskes"', 1) if spoil else lines
    done = subprocess.run([sys.executable, "-c", program], input=given, capture_output=True)
    head = register.head()
    assert head
    assert (done.stdout.decode(), bool(done.returncode)) == ("" if spoil else f"{head.seq}:{head.hash}\n", spoil)
