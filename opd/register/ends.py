"""The first and the last entry of the register: its head, when it began, and whether it is a demonstration."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.db.models import BooleanField, ExpressionWrapper, Q, Subquery
from django.http import HttpRequest, HttpResponse

from opd import clock
from opd.register import batch, key
from opd.register.entry import Entry

Found = TypeVar("Found")

DEMO_ACT = "demo"
DEMO_FIELD = "is_demo"  # true in the data of every entry of a demonstration: no single line makes it a real one
DEMO_MARK = f'"{DEMO_FIELD}":true'  # in a canonical text only a field looks like this: in a string quotes are escaped
IS_MARKED = ExpressionWrapper(Q(body__contains=DEMO_MARK), output_field=BooleanField())
KEPT_HEAD = re.compile(r"([1-9]\d{0,14}):([0-9a-f]{64})", re.ASCII)
_known: ContextVar[dict[Hashable, Any] | None] = ContextVar("known", default=None)  # what one reader has asked


def head() -> Entry | None:
    """The last entry; its hash proves everything before it."""
    return Entry.objects.order_by("-seq").first()


class KeptHead(NamedTuple):
    """A head that somebody kept outside the register."""

    seq: int
    hash: str

    @classmethod
    def read(cls, text: str) -> KeptHead | None:
        """The head written as `SEQ:HASH`; None when it is not. A copy may be in capitals or broken over lines."""
        match = KEPT_HEAD.fullmatch("".join(text.split()).lower())
        return cls(int(match[1]), match[2]) if match else None


def continues(kept: KeptHead) -> bool:
    """Whether this register holds that entry with that hash, or a batch is about to write it."""
    running = batch.current()
    if running and any((entry.seq, entry.hash) == kept for entry in running.pending):
        return True
    return Entry.objects.filter(seq=kept.seq, hash=kept.hash).exists()


class RegisterEnds(NamedTuple):
    """The first and the last entry, without their bodies; both are None while the register is empty."""

    first: Entry | None
    head: Entry | None

    @property
    def is_demo(self) -> bool:
        """Whether this register is a demonstration with invented progress: its first or its last entry says so."""
        return any(end is not None and (end.act == DEMO_ACT or end.is_marked) for end in self)  # type: ignore[attr-defined]

    @property
    def began_on(self) -> date | None:
        return clock.day_of(self.first.at) if self.first else None


def ends() -> RegisterEnds:
    """The ends of the register: one query, or none where `ends_once` has the answer."""
    return once("ends", _ends)


def once(question: Hashable, ask: Callable[[], Found]) -> Found:
    """The answer of `ask`; within `ends_once` it is asked once, because a reader sees one state of the register."""
    known = _known.get()
    if known is None:
        return ask()
    if question not in known:
        known[question] = ask()
    found: Found = known[question]
    return found


def _ends() -> RegisterEnds:
    first, last = (Subquery(Entry.objects.order_by(order).values("seq")[:1]) for order in ("seq", "-seq"))
    both = Entry.objects.filter(Q(seq=first) | Q(seq=last)).annotate(is_marked=IS_MARKED)
    rows = list(both.defer("body").order_by("seq"))
    return RegisterEnds(rows[0], rows[-1]) if rows else RegisterEnds(None, None)


@dataclass(frozen=True)
class RegisterState:
    """What a writer must know: the last entry, whether this is a demonstration, and the fingerprint of its key."""

    last: Entry | None = None
    is_demo: bool = False
    key: str = ""
    is_disguised: bool = False  # a demonstration whose first entry was changed to say something else


# Written out, because building it takes Django ten times as long as the answer takes. + 0: by the index of `seq`
# PostgreSQL might walk the whole chain back to find the last of a rare act.
STATE_SQL = f"""
    SELECT last.id, last.seq, last.at, last.hash, first.act AS first_act,
        last.body LIKE '%%{DEMO_MARK}%%' OR first.body LIKE '%%{DEMO_MARK}%%' AS has_mark,
        COALESCE((SELECT keyed.body FROM opd_entry keyed WHERE keyed.act = '{key.KEYED_ACT}'
            ORDER BY keyed.seq + 0 DESC LIMIT 1), first.body) AS key_body
    FROM opd_entry last LEFT JOIN opd_entry first ON first.seq = 1
    ORDER BY last.seq DESC LIMIT 1"""  # noqa: S608 - constants of our own


def state() -> RegisterState:
    """The state of the register as of now; one query. A writer asks under the register's lock."""
    last: Any
    for last in Entry.objects.raw(STATE_SQL):
        begins_as_demo, has_mark = last.first_act == DEMO_ACT, bool(last.has_mark)
        return RegisterState(
            last,
            is_demo=begins_as_demo or has_mark,
            key=key.recorded_in(last.key_body or ""),
            is_disguised=has_mark and not begins_as_demo,
        )
    return RegisterState()


@contextmanager
def ends_once() -> Iterator[None]:
    """Context for a reader: the first answers of `ends` and `once` are reused until the block is left."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def is_demo() -> bool:
    return ends().is_demo


def began_on() -> date | None:
    return ends().began_on


class RegisterEndsMiddleware:
    """Middleware that asks for the ends of the register at most once while a request only reads."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with ends_once():
            return self.get_response(request)
