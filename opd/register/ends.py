"""The first and the last entry of the register: its head, when it began, and whether it is a demonstration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, Q, Subquery
from django.http import HttpRequest, HttpResponse

from opd import clock
from opd.register import key
from opd.register.entry import Entry

DEMO_ACT = "demo"
DEMO_FIELD = "is_demo"  # true in the data of every entry of a demonstration: no single line makes it a real one
DEMO_MARK = f'"{DEMO_FIELD}":true'  # in a canonical text only a field looks like this: in a string quotes are escaped
IS_MARKED = ExpressionWrapper(Q(body__contains=DEMO_MARK), output_field=BooleanField())
_ends: ContextVar[list[RegisterEnds] | None] = ContextVar("ends", default=None)  # empty until first asked


def head() -> Entry | None:
    """The last entry; its hash proves everything before it."""
    return Entry.objects.order_by("-seq").first()


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
    known = _ends.get()
    if known:
        return known[0]
    first, last = (Subquery(Entry.objects.order_by(order).values("seq")[:1]) for order in ("seq", "-seq"))
    both = Entry.objects.filter(Q(seq=first) | Q(seq=last)).annotate(is_marked=IS_MARKED)
    rows = list(both.defer("body").order_by("seq"))
    found = RegisterEnds(rows[0], rows[-1]) if rows else RegisterEnds(None, None)
    if known is not None:
        known.append(found)
    return found


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
    """Context for a reader: the first answer of `ends` is reused until the block is left."""
    token = _ends.set([])
    try:
        yield
    finally:
        _ends.reset(token)


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
