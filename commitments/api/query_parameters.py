"""Query parameters of the API: `per`, `limit` and `offset`. A value that cannot be read is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from commitments.as_of import ISO_DATE, PER
from opd import clock

MAX_LIMIT = 1000  # rows in one answer
DEFAULT_LIMIT = 100
MAX_OFFSET = 999_999_999
WHOLE_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


class BadParameter(Exception):
    """A query parameter that cannot be read; `str()` is the sentence to answer with."""


@dataclass(frozen=True)
class QueryParameters:
    day: date
    limit: int
    offset: int


def read(parameters: QueryDict) -> QueryParameters:
    """The parameters of one request; without them today and the first rows. Raises BadParameter."""
    today = clock.today()
    return QueryParameters(
        day=_day(parameters.get(PER, today.isoformat()), today),
        limit=_number(parameters, "limit", DEFAULT_LIMIT, least=1, most=MAX_LIMIT),
        offset=_number(parameters, "offset", 0, least=0, most=MAX_OFFSET),
    )


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text if ISO_DATE.fullmatch(text) else "")
    except ValueError as error:
        raise BadParameter("per diisi tanggal seperti 2019-11-02.") from error
    if day > today:
        raise BadParameter(f"{day} belum tiba: per paling lambat hari ini, {today}.")
    return day


def _number(parameters: QueryDict, name: str, default: int, *, least: int, most: int) -> int:
    text = parameters.get(name, str(default))
    number = int(text) if WHOLE_NUMBER.fullmatch(text) else -1
    if not least <= number <= most:
        raise BadParameter(f"{name} diisi angka dari {least} sampai {most}.")
    return number
