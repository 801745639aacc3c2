"""A thread that works out what no act tells: today's ladder on a new day or after new rules, and past month ends."""

from __future__ import annotations

import logging
from threading import Thread
from time import sleep

from django.db import close_old_connections, connection

from commitments.ladder import kept
from commitments.reports import month_ends
from opd import clock

MAX_SECONDS_BETWEEN = 60.0
MAX_FILL_SECONDS = 20.0  # for missing months, at least one of them

logger = logging.getLogger(__name__)


def start() -> None:
    Thread(target=_go_on, name="upkeep", daemon=True).start()


def _go_on() -> None:
    while True:
        keep_up()
        sleep(seconds_until_next())


def keep_up() -> None:
    """Works out what is missing; a reader who comes meanwhile gets the same answer, only later."""
    close_old_connections()
    try:
        kept.keep_up()
        month_ends.fill(MAX_FILL_SECONDS)
    except Exception:  # the database is away, or somebody writes for long: the next turn tries again
        logger.warning("what is kept for pages is not up to date", exc_info=True)
    finally:
        connection.close()


def seconds_until_next() -> float:
    """A minute, or less where the day ends before."""
    now = clock.now()
    return min(MAX_SECONDS_BETWEEN, max(0.05, (clock.end_of(clock.day_of(now)) - now).total_seconds()))
