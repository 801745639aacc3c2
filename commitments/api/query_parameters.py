"""Query parameters of the API: `per`, `limit`, `offset` and the filters of a list. What cannot be read is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
    """`chosen`: filter -> the values of it that a row may have."""

    day: date
    limit: int
    offset: int
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ParameterFilter:
    """A filter of a list: the column that it reads, and all its values when it is one of a table of choices."""

    column: str
    values: tuple[str, ...] = ()


def read(parameters: QueryDict, filters: Mapping[str, ParameterFilter]) -> QueryParameters:
    """The parameters of one request; without them today and the first rows. Raises BadParameter."""
    today = clock.today()
    refuse_unknown(parameters, (PER, "limit", "offset", *filters))
    return QueryParameters(
        chosen={
            name: _chosen(parameters.getlist(name), name, one) for name, one in filters.items() if name in parameters
        },
        day=_day(parameters.get(PER, today.isoformat()), today),
        limit=_number(parameters, "limit", DEFAULT_LIMIT, least=1, most=MAX_LIMIT),
        offset=_number(parameters, "offset", 0, least=0, most=MAX_OFFSET),
    )


def refuse_unknown(parameters: QueryDict, known: Iterable[str]) -> None:
    """Raises BadParameter for a parameter that is not documented: a filter that does nothing would mislead."""
    if unknown := sorted(set(parameters) - set(known)):
        names = ", ".join(known) or "tidak ada"
        raise BadParameter(f"{', '.join(unknown)} tidak dikenal di sini. Yang dikenal: {names}.")


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text if ISO_DATE.fullmatch(text) else "")
    except ValueError as error:
        raise BadParameter("per diisi tanggal seperti 2019-11-02.") from error
    if day > today:
        raise BadParameter(f"{day} belum tiba: per paling lambat hari ini, {today}.")
    return day


def _chosen(texts: Iterable[str], name: str, one: ParameterFilter) -> tuple[str, ...]:
    texts = tuple(texts)
    if one.values and (strange := [text for text in texts if text not in one.values]):
        raise BadParameter(f"{name} tidak bernilai {strange[0]!r}. Pilihannya: {', '.join(one.values)}.")
    return tuple(text for text in texts if "\0" not in text)  # no row has it, and PostgreSQL cannot be asked for it


def _number(parameters: QueryDict, name: str, default: int, *, least: int, most: int) -> int:
    text = parameters.get(name, str(default))
    number = int(text) if WHOLE_NUMBER.fullmatch(text) else -1
    if not least <= number <= most:
        raise BadParameter(f"{name} diisi angka dari {least} sampai {most}.")
    return number
