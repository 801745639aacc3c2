"""A process that only reads, at the moment of another one's snapshot; this module is imported before Django."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import django


@dataclass(frozen=True)
class SharedMoment:
    """A moment of the database that other processes can read too: which database, and how to know the moment.

    `name` is what PostgreSQL calls the snapshot. SQLite has no name for one; but each change of a fact adds an entry,
    so the same `head` is the same facts.
    """

    database: dict[str, Any]
    name: str
    head: str


_is_that_moment = False


def begin(moment: SharedMoment) -> None:
    """Starts Django in this process and goes to the moment; the transaction lasts as long as the process."""
    global _is_that_moment
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asked ends this one
    django.setup()
    from django.db import connections

    from opd.register import snapshot

    connections.settings["default"].update(moment.database)
    _is_that_moment = snapshot.go_to(moment)


def at_that_moment(work: Callable[[Any], Any], part: Any) -> Any:
    """What `work` reports of a part; None in a process that came too late for the moment."""
    return work(part) if _is_that_moment else None
