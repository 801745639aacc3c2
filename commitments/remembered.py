"""The ladder of a day as pages read it: worked out once for each head of the register, and then remembered.

Every fact that the ladder counts came with an act, so the head vouches for the answer; the SQL itself, rules and all,
is what it is remembered by. Each process has its own memory, as it has its own finished pages.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import connections, models

from commitments.dialects import DIALECTS
from opd import register

MOST = 12  # answers in memory: 20 KB each with 70 units, 2 MB with 7,000

HEAD = "SELECT hash FROM opd_entry ORDER BY seq DESC LIMIT 1"

Question = tuple[str, str, str, tuple[Any, ...]]  # database, head, SQL, parameters
_answers: dict[Question, str] = {}


def remembered(using: str, sql: str, params: list[Any], columns: dict[str, models.Field]) -> tuple[str, list[Any]]:
    """SQL and parameters of the same rows: from memory, or worked out now. As given while an act is written."""
    if register.is_writing():
        return sql, params
    last = register.ends().head
    head = last.hash if last else ""
    question = using, head, sql, tuple(params)
    answer = _answers.get(question)
    if answer is None:
        answer, as_of = _worked_out(using, sql, params)
        if as_of == head:  # else it holds facts that this head does not vouch for
            while len(_answers) >= MOST:
                _answers.pop(next(iter(_answers)), None)
            _answers[question] = answer
    connection = connections[using]
    dialect = DIALECTS[connection.vendor]
    cells = (
        f"{dialect.cell.format(number=number, type=field.db_type(connection))} AS {name}"
        for number, (name, field) in enumerate(columns.items())
    )
    return f"SELECT {', '.join(cells)} FROM {dialect.table}", [answer]


def forget() -> None:
    _answers.clear()


def _worked_out(using: str, sql: str, params: list[Any]) -> tuple[str, str]:
    """The rows as a JSON list of lists, and the head of the register as the same statement saw it."""
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT ({HEAD}), answer.* FROM ({sql}) answer", params)
        rows = cursor.fetchall()
    return json.dumps([row[1:] for row in rows], default=str), rows[0][0] if rows else ""
