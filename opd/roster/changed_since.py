"""The difference between the screen on which somebody decided and the row as it is now, and who made it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from opd.models import Entry, Registered
from opd.register.canonical import canonical
from opd.register.personal_data import DIGEST_OR_UUID
from opd.roster.read_only import DASH, in_words

NUMBER_TEXT = re.compile(r"-?\d{1,11}(\.\d{1,4})?", re.ASCII)
DAY_TEXT = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOMENT_TEXT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z", re.ASCII)
MAX_ENTRIES = 10  # entries shown; more would not be read


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ScreenChanges:
    """Old and new values side by side, and the register's entries in between, newest first."""

    differences: tuple[Difference, ...]
    entries: tuple[Entry, ...]


def screen_text(row: Registered) -> str:
    """The screen as the text that a form carries: the very text whose digest it sends back, so that nobody can
    invent one."""
    return canonical(row.screen())


def screen_changes(
    row: Registered, sent: Mapping[str, str], *, names: tuple[str, ...], labels: Mapping[str, str]
) -> ScreenChanges:
    """The changes since the screen that a form sent back, in `shown`, `seen` and `since`.

    names: what the register calls the row and what it depends on. labels: for keys and values without a column.
    """
    shown, seen, since = (sent.get(name, "") for name in ("shown", "seen", "since"))
    before = _leaves(shown) if hashlib.sha256(shown.encode()).hexdigest() == seen else {}
    after = _leaves(screen_text(row)) if before else {}
    paths = dict.fromkeys([*before, *after])
    changed = [path for path in paths if before.get(path) != after.get(path) and not _is_mark(after.get(path))]
    entries = tuple(_entries_between(names, since)) if before else ()
    differences = (
        Difference(_label(row, path, labels), *(_in_words(side.get(path), labels) for side in (before, after)))
        for path in changed
    )
    return ScreenChanges(tuple(differences), entries)


def _entries_between(names: tuple[str, ...], since: str) -> Iterator[Entry]:
    named = Q()
    for name in names:
        named |= Q(body__contains=f'"{name}"') | Q(object__endswith=f":{name}")
    after = int(since) if since.isascii() and since.isdigit() and len(since) < 16 else 0
    yield from Entry.objects.filter(named, seq__gt=after).order_by("-seq")[:MAX_ENTRIES]


def _is_mark(value: Any) -> bool:
    """Whether a value is an identifier or a digest, which people need not read."""
    return isinstance(value, str) and DIGEST_OR_UUID.fullmatch(value) is not None


def _leaves(text: str) -> dict[tuple[str, ...], Any]:
    return dict(_walk((), json.loads(text)))


def _walk(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk((*path, key), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _walk((*path, str(number)), inner)
    else:
        yield path, value


def _label(row: Registered, path: tuple[str, ...], labels: Mapping[str, str]) -> str:
    """`decisions.1.verdict` -> "keputusan 1: hasil"; columns of the row itself by their own names."""
    own = {field.name: str(getattr(field, "verbose_name", field.name)) for field in row._meta.get_fields()}
    if path[0] in ("row", "private"):
        return own.get(path[-1], labels.get(path[-1], path[-1]))
    shown = [labels.get(part, part) for part in path if part not in ("row", "private")]
    return f"{' '.join(shown[:-1])}: {shown[-1]}"


def _in_words(value: Any, labels: Mapping[str, str]) -> str:
    """A value of the canonical text as people write it."""
    if not isinstance(value, str):
        return in_words(value)
    if NUMBER_TEXT.fullmatch(value):
        return in_words(Decimal(value))
    if DAY_TEXT.fullmatch(value):
        return in_words(date.fromisoformat(value))
    if MOMENT_TEXT.fullmatch(value):
        return in_words(datetime.fromisoformat(value))
    return labels.get(value, value) or DASH
