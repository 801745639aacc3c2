"""Tests of the structure of the code: a class name is used once, a constant names its subject, rooms stay small."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import pytest
from django.conf import settings

from tests import screen_texts

pytestmark = pytest.mark.sqlite  # about source files

ROOT = Path(settings.BASE_DIR)
ROOMS = ("opd", "commitments", "semarang_mou")
LOOKS_FOR_A_TEXT = {"get_by_label", "get_by_role", "get_by_text", "press", "raises"}
# Django gives these names their meaning.
GIVEN_BY_DJANGO = {"Meta", "Migration", "Command", "Media"}
FOR_OUTSIDERS = "commitments/api/kit/verify.py"  # whole by itself: nothing of ours imports it, and it imports nothing


@lru_cache(None)
def tree_of(path: Path) -> ast.Module:
    """Parsed in a thread: the main one may be deep in the greenlets of the browser's driver, which confuses ast."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(ast.parse, path.read_text()).result()


def modules(*folders: str) -> list[Path]:
    return [
        path
        for folder in folders
        for path in sorted(ROOT.glob(f"{folder}/**/*.py"))
        if "migrations" not in path.parts and path != ROOT / FOR_OUTSIDERS
    ]


def test_a_class_name_is_used_once_in_the_project() -> None:
    places = defaultdict(list)
    for path in modules(*ROOMS, "tests"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef) and node.name not in GIVEN_BY_DJANGO:
                places[node.name].append(path.relative_to(ROOT).as_posix())
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_a_constant_names_its_subject_so_no_two_modules_share_one() -> None:
    places = defaultdict(list)
    for path in modules(*ROOMS):
        for node in tree_of(path).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            for target in targets:
                if isinstance(target, ast.Name) and target.id.isupper():
                    places[target.id].append(path.relative_to(ROOT).as_posix())
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_a_room_stays_small_enough_to_find_things_in() -> None:
    rooms = defaultdict(list)
    for path in modules(*ROOMS):
        if path.name != "__init__.py":
            rooms[path.parent.relative_to(ROOT).as_posix()].append(path.name)
    assert {room: len(found) for room, found in rooms.items() if len(found) > 14} == {}


def test_a_screen_text_that_several_tests_read_has_one_home() -> None:
    """`tests/screen_texts.py`; the headings of the import sheets have theirs in `tests/sheets.py`."""
    known = {value for name, value in vars(screen_texts).items() if name.isupper()}
    homes = {"tests/screen_texts.py", "tests/sheets.py"}
    looked_for, again = defaultdict(set), []
    for path in modules("tests"):
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Constant) and node.value in known and name not in homes:
                again.append(f"{name}:{node.lineno} {node.value!r}")
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in LOOKS_FOR_A_TEXT:
                for text in texts_in(node):
                    looked_for[text].add(name)
    assert again == []
    of_the_cast = {"Dinkes"}
    assert [text for text, names in looked_for.items() if len(names) > 2 and text not in of_the_cast] == []


def texts_in(call: ast.Call) -> Iterator[str]:
    for given in (*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in ("name", "match"))):
        if isinstance(given, ast.Constant) and isinstance(given.value, str) and given.value[:1].isupper():
            yield given.value
