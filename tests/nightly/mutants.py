"""Mutants: our code with one thing turned, such as `<` into `<=`; a test that fails has noticed it.

Those of Python are found by its syntax tree and applied by position; those of SQL by its words.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
LOOKUPS = {"lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}
SCHEMA = {"max_length", "max_digits", "decimal_places", "db_index", "null", "blank", "editable", "unique", "frozen"}

SQL_WORD = re.compile(
    r"(?P<skip>--[^\n]*|:[a-z_]+|\{\w*\})|(?P<text>'[^']*')|(?P<compare><=|>=|<>|<|>|=)"
    r"|\b(?P<call>MIN|MAX)(?=\()|\b(?P<number>\d+)\b|\b(?P<name>%s)\b"
)


@dataclass(frozen=True)
class Mutant:
    """One thing turned: in which file, where, what stood there and what stands there now."""

    path: str
    start: int
    end: int
    old: str
    new: str
    line: int
    place: str  # its whole line, with the turn marked: a name that outlives other lines

    def apply(self, text: str) -> str:
        assert text[self.start : self.end] == self.old
        return text[: self.start] + self.new + text[self.end :]

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.place}"


def turned(path: str, text: str, start: int, end: int, new: str) -> Mutant:
    """The mutant of a text in which `new` stands between two positions."""
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    whole = f"{text[begin:start]}⟦{text[start:end]} → {new}⟧{text[end : stop if stop >= 0 else len(text)]}"
    return Mutant(path, start, end, text[start:end], new, text.count("\n", 0, start) + 1, " ".join(whole.split()))


# --- Python ---


class _Finder(ast.NodeVisitor):
    def __init__(self, path: str, text: str) -> None:
        self.path, self.text, self.found = path, text, list[Mutant]()
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def offset(self, line: int, column: int) -> int:
        row = self.text[self.starts[line - 1] : self.starts[line]]
        return self.starts[line - 1] + len(row.encode()[:column].decode())

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def turn(self, start: int, end: int, new: str) -> None:
        self.found.append(turned(self.path, self.text, start, end, new))

    def between(self, left: ast.expr, right: ast.expr, old: str, new: str) -> None:
        """Turns the operator between two expressions."""
        start, end = self.span(left)[1], self.span(right)[0]
        found = re.search(rf"(?<!\w){re.escape(old)}(?!\w)".replace(" ", r"\s+"), self.text[start:end])
        if found:
            self.turn(start + found.start(), start + found.end(), new)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            self.between(left, right, *COMPARISONS[type(operator)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self.between(left, right, *words)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            start, _ = self.span(node)
            self.turn(start, start + len("not "), "")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.turn(*self.span(node), str(not node.value))
        elif isinstance(node.value, int):
            self.turn(*self.span(node), str(node.value + 1))

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in ("min", "max"):
            self.turn(*self.span(node), {"min": "max", "max": "min"}[node.id])

    def visit_keyword(self, node: ast.keyword) -> None:
        name, _, lookup = (node.arg or "").rpartition("__")
        if name and lookup in LOOKUPS:
            start = self.offset(node.lineno, node.col_offset)
            self.turn(start, start + len(node.arg or ""), f"{name}__{LOOKUPS[lookup]}")
        if node.arg not in SCHEMA:
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        """A call for what it does is left out; a docstring stays."""
        if isinstance(node.value, ast.Call):
            self.turn(*self.span(node), "None")
            self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self.turn(*self.span(node), "pass")

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_arguments(self, node: ast.arguments) -> None:
        """Annotations hold no rule."""
        for default in [*node.defaults, *filter(None, node.kw_defaults)]:
            self.visit(default)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.visit(node.args)
        for statement in node.body:
            self.visit(statement)


def of_python(root: Path, paths: list[Path]) -> list[Mutant]:
    """Every mutant of these files."""
    found = list[Mutant]()
    for path in paths:
        finder = _Finder(path.relative_to(root).as_posix(), path.read_text())
        finder.visit(ast.parse(finder.text))
        found += finder.found
    return found


# --- SQL ---


def of_sql(path: str, text: str, names: tuple[str, ...]) -> Iterator[Mutant]:
    """Every comparison, MIN or MAX, text and number of an SQL text turned once; `names`: of constants."""
    words = re.compile(SQL_WORD.pattern % "|".join(names))
    opposite = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "<>", "<>": "=", "MIN": "MAX", "MAX": "MIN"}
    for word in words.finditer(text):
        kind, old = word.lastgroup, word[0]
        if kind in ("compare", "call"):
            new = opposite[old]
        elif kind == "number":
            new = str(int(old) + 1)
        elif kind == "name":
            new = f"({old} + 1)"
        elif kind == "text":
            new = f"{old[:-1]}!'"
        else:
            continue
        yield turned(path, text, word.start(), word.end(), new)
