"""Cache of the ladder of a day: worked out once for each head of the register, and then remembered.

Every fact that the ladder counts came with an act, so the head proves that the answer is current; the SQL itself is
part of the cache key. All processes share the cache, and the process that moves the register works today's ladder
out, so that no reader waits for it. If the cache fails, pages show the same, only later.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, Error, connections, models
from django.http import HttpRequest, HttpResponse

from commitments import ladder
from commitments.ladder.dialects import DIALECTS
from opd import clock, register

SECONDS_KEPT = 24 * 60 * 60  # seconds that an answer is kept: 20 KB with 70 units, 2 MB with 7,000
HEAD_SQL = "SELECT hash FROM opd_entry ORDER BY seq DESC LIMIT 1"

_log = logging.getLogger(__name__)


class LadderCacheMiddleware:
    """Middleware that works today's ladder out and remembers it, after an act and before the response is sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with register.noticed() as acts:
            response = self.get_response(request)
        if acts:
            try:
                today()
            except Error:  # of the database; the act is safe, and its answer must go out
                _log.exception("the ladder was not prepared")
        return response


def today() -> None:
    """Stores what today's pages need."""
    using, day = DEFAULT_DB_ALIAS, clock.today()
    cached_ladder(using, *ladder.targets_sql(connections[using], day), ladder.TARGET_COLUMNS)
    cached_ladder(using, *ladder.units_sql(connections[using], day), ladder.UNIT_COLUMNS)


def cached_ladder(using: str, sql: str, params: list[Any], columns: dict[str, models.Field]) -> tuple[str, list[Any]]:
    """SQL and parameters of the same rows, from the cache or worked out now; unchanged while an act is written."""
    if register.is_writing():
        return sql, params
    last = register.ends().head
    head = last.hash if last else ""
    question = hashlib.sha256(json.dumps([using, head, sql, params], default=str).encode()).hexdigest()
    answer = _found(question)
    if answer is None:
        answer, as_of = _worked_out(using, sql, params)
        if as_of == head:  # else it holds facts that this head does not vouch for
            _keep(question, answer)
    connection = connections[using]
    dialect = DIALECTS[connection.vendor]
    cells = (
        f"{dialect.cell.format(number=number, type=field.db_type(connection))} AS {name}"
        for number, (name, field) in enumerate(columns.items())
    )
    return f"SELECT {', '.join(cells)} FROM {dialect.table}", [answer]


def forget() -> None:
    caches["ladder"].clear()


def _found(question: str) -> str | None:
    try:
        found: str | None = caches["ladder"].get(question)
    except Exception:  # a full disk, a server that is away, a damaged file: every backend fails in its own words
        _log.warning("the ladder could not be read from the cache", exc_info=True)
        return None
    return found


def _keep(question: str, answer: str) -> None:
    try:
        caches["ladder"].set(question, answer, SECONDS_KEPT)
    except Exception:
        _log.warning("the ladder could not be remembered", exc_info=True)


def _worked_out(using: str, sql: str, params: list[Any]) -> tuple[str, str]:
    """The rows as a JSON list of lists, and the head of the register as the same statement saw it."""
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT ({HEAD_SQL}), answer.* FROM ({sql}) answer", params)
        rows = cursor.fetchall()
    return json.dumps([row[1:] for row in rows], default=str), rows[0][0] if rows else ""
