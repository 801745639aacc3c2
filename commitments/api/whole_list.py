"""How is a whole listing told at once: as one JSON document, as the rows of a sheet, as a dictionary of fields?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from commitments.api import fields
from commitments.api.query_parameters import MOST, Asked
from commitments.api.serializers import Row
from commitments.api.urls import LISTINGS
from commitments.api.views import Listing
from commitments.lists import exports
from opd.register.canonical import canonical

FORMATS = ("csv", "xlsx", "json")
# The register has a line for every act there ever was: for a sheet, which is made in memory, it is too long.
LEFT_OUT = {"register": ("xlsx",)}

TYPES: tuple[tuple[type, Any], ...] = (
    (fields.Identity, _("pengenal (UUID)")),
    (fields.Flags, _("daftar tanda")),
    (fields.Codes, _("daftar kode")),
    (fields.Count, _("bilangan bulat")),
    (fields.YesNo, _("true atau false")),
    (fields.Moment, _("waktu (UTC)")),
    (fields.Day, _("tanggal")),
    (fields.Number, _("bilangan desimal")),
    (fields.Entry, _("objek")),
    (fields.Words, _("teks")),
)


@dataclass(frozen=True)
class Explained:
    """A field; `parts`: of each thing in it, when it holds several."""

    name: str
    type: str
    meaning: str
    may_be_null: bool
    parts: tuple[Explained, ...] = ()


@dataclass(frozen=True)
class Told:
    name: str
    summary: str
    fields: tuple[Explained, ...]
    formats: tuple[str, ...]


def listings() -> list[Told]:
    """Every listing of the API with the meaning of its fields."""
    return [Told(name, str(view.summary), explained(view.row), formats(name)) for name, view in LISTINGS.items()]


def formats(name: str) -> tuple[str, ...]:
    """In which a listing can be had; none for a name that no listing has."""
    return tuple(one for one in FORMATS if name in LISTINGS and one not in LEFT_OUT.get(name, ()))


def explained(row: type[Row]) -> tuple[Explained, ...]:
    return tuple(_explained(name, field) for name, field in row().fields.items())


def _explained(name: str, field: Any) -> Explained:
    inner = getattr(field, "child", None)
    parts = explained(type(inner)) if isinstance(inner, Row) else ()
    type_ = _("daftar") if parts else next(words for kind, words in TYPES if isinstance(field, kind))
    return Explained(name, str(type_), str(field.help_text), bool(field.allow_null), parts)


def answers(view: type[Listing], day: date) -> Iterator[dict[str, Any]]:
    """As the API answers, as many rows at a time as it gives, until there are no more."""
    offset, count = 0, 1
    while offset < count:
        answer = view().answer(Asked(day, MOST, offset))
        offset, count = offset + MOST, answer["meta"]["count"]
        yield answer


def as_json(view: type[Listing], day: date) -> IO[bytes]:
    """One document like an answer of the API, with every row, the licence, and a word when it is invented."""
    file = exports.new_file()

    def write(text: str) -> None:
        file.write(text.encode())

    between = ""
    for answer in answers(view, day):
        if not between:
            notice = {"notice": str(exports.INVENTED)} if answer["meta"]["demo"] else {}
            head = {**notice, "licence": exports.LICENCE_URL, "meta": answer["meta"]}
            write(f'{json.dumps(head, ensure_ascii=False)[:-1]}, "results": [\n')
        for row in answer["results"]:
            write(between + json.dumps(row, ensure_ascii=False))
            between = ",\n"
        between = between or " "
    write("\n]}\n")
    return file


def cells(view: type[Listing], day: date) -> Iterator[list[Any]]:
    """The names of the fields, then a row each, typed."""
    told = view.row().fields
    typed: dict[str, Callable[[Any], Any]] = {name: _reader(field) for name, field in told.items()}
    yield list(told)
    for answer in answers(view, day):
        for row in answer["results"]:
            yield [None if row[name] is None else read(row[name]) for name, read in typed.items()]


def _reader(field: Any) -> Callable[[Any], Any]:
    if isinstance(field, fields.Number):
        return Decimal
    if isinstance(field, fields.Day):
        return date.fromisoformat
    if isinstance(field, fields.Codes | fields.Flags):
        return ", ".join
    if isinstance(field, fields.Entry):
        return canonical
    if isinstance(getattr(field, "child", None), Row):
        return _pieces
    return _same


def _same(value: Any) -> Any:
    return value


def _pieces(evidence: Iterable[dict[str, Any]]) -> str:
    """Kind and hash of each piece: enough to find it among the rows of the JSON."""
    return "; ".join(f"{piece['kind']} {piece['sha256']}" for piece in evidence)
