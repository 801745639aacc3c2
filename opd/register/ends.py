"""The first and the last entry of the register: its head, when it began, and whether it is a demonstration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import NamedTuple

from django.db.models import Q, Subquery
from django.http import HttpRequest, HttpResponse

from opd import clock
from opd.register.entry import Entry

DEMO_ACT = "demo"
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
        """Whether this register is a demonstration with invented progress; its first entry records it."""
        return self.first is not None and (self.first.seq, self.first.act) == (1, DEMO_ACT)

    @property
    def began_on(self) -> date | None:
        return clock.day_of(self.first.at) if self.first else None


def ends() -> RegisterEnds:
    """The ends of the register: one query, or none where `ends_once` has the answer."""
    known = _ends.get()
    if known:
        return known[0]
    first, last = (Subquery(Entry.objects.order_by(order).values("seq")[:1]) for order in ("seq", "-seq"))
    rows = list(Entry.objects.filter(Q(seq=first) | Q(seq=last)).defer("body").order_by("seq"))
    found = RegisterEnds(rows[0], rows[-1]) if rows else RegisterEnds(None, None)
    if known is not None:
        known.append(found)
    return found


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
