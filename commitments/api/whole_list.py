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
from commitments.api.query_parameters import MAX_LIMIT, QueryParameters
from commitments.api.serializers import ApiRow
from commitments.api.urls import API_LISTS
from commitments.api.views import ApiList
from commitments.lists import exports
from opd.register.canonical import canonical

LIST_FORMATS = ("csv", "xlsx", "json")
# The register has a line for every act there ever was: for a sheet, which is made in memory, it is too long.
FORMATS_LEFT_OUT = {"register": ("xlsx",)}

FIELD_TYPE_NAMES: tuple[tuple[type, Any], ...] = (
    (fields.IdentityField, _("pengenal (UUID)")),
    (fields.FlagListField, _("daftar tanda")),
    (fields.CodeListField, _("daftar kode")),
    (fields.WholeNumberField, _("bilangan bulat")),
    (fields.YesNoField, _("true atau false")),
    (fields.MomentField, _("waktu (UTC)")),
    (fields.FactDateField, _("tanggal")),
    (fields.FactDecimalField, _("bilangan desimal")),
    (fields.EntryBodyField, _("objek")),
    (fields.FactTextField, _("teks")),
)


@dataclass(frozen=True)
class FieldDescription:
    """A field; `parts`: of each thing in it, when it holds several."""

    name: str
    type: str
    meaning: str
    may_be_null: bool
    parts: tuple[FieldDescription, ...] = ()


@dataclass(frozen=True)
class ListDescription:
    name: str
    summary: str
    fields: tuple[FieldDescription, ...]
    formats: tuple[str, ...]


def list_descriptions() -> list[ListDescription]:
    """Every listing of the API with the meaning of its fields."""
    return [
        ListDescription(name, str(view.summary), field_descriptions(view.row), formats(name))
        for name, view in API_LISTS.items()
    ]


def formats(name: str) -> tuple[str, ...]:
    """In which a listing can be had; none for a name that no listing has."""
    return tuple(one for one in LIST_FORMATS if name in API_LISTS and one not in FORMATS_LEFT_OUT.get(name, ()))


def field_descriptions(row: type[ApiRow]) -> tuple[FieldDescription, ...]:
    return tuple(_explained(name, field) for name, field in row().fields.items())


def _explained(name: str, field: Any) -> FieldDescription:
    inner = getattr(field, "child", None)
    parts = field_descriptions(type(inner)) if isinstance(inner, ApiRow) else ()
    type_ = _("daftar") if parts else next(words for kind, words in FIELD_TYPE_NAMES if isinstance(field, kind))
    return FieldDescription(name, str(type_), str(field.help_text), bool(field.allow_null), parts)


def answers(view: type[ApiList], day: date) -> Iterator[dict[str, Any]]:
    """As the API answers, as many rows at a time as it gives, until there are no more."""
    offset, count = 0, 1
    while offset < count:
        answer = view().answer(QueryParameters(day, MAX_LIMIT, offset))
        offset, count = offset + MAX_LIMIT, answer["meta"]["count"]
        yield answer


def as_json(view: type[ApiList], day: date) -> IO[bytes]:
    """One document like an answer of the API, with every row, the licence, and a word when it is invented."""
    file = exports.new_file()

    def write(text: str) -> None:
        file.write(text.encode())

    between = ""
    for answer in answers(view, day):
        if not between:
            notice = {"notice": str(exports.DEMO_NOTICE)} if answer["meta"]["demo"] else {}
            head = {**notice, "licence": exports.LICENCE_URL, "meta": answer["meta"]}
            write(f'{json.dumps(head, ensure_ascii=False)[:-1]}, "results": [\n')
        for row in answer["results"]:
            write(between + json.dumps(row, ensure_ascii=False))
            between = ",\n"
        between = between or " "
    write("\n]}\n")
    return file


def cells(view: type[ApiList], day: date) -> Iterator[list[Any]]:
    """The names of the fields, then a row each, typed."""
    told = view.row().fields
    typed: dict[str, Callable[[Any], Any]] = {name: _reader(field) for name, field in told.items()}
    yield list(told)
    for answer in answers(view, day):
        for row in answer["results"]:
            yield [None if row[name] is None else read(row[name]) for name, read in typed.items()]


def _reader(field: Any) -> Callable[[Any], Any]:
    if isinstance(field, fields.FactDecimalField):
        return Decimal
    if isinstance(field, fields.FactDateField):
        return date.fromisoformat
    if isinstance(field, fields.CodeListField | fields.FlagListField):
        return ", ".join
    if isinstance(field, fields.EntryBodyField):
        return canonical
    if isinstance(getattr(field, "child", None), ApiRow):
        return _pieces
    return _same


def _same(value: Any) -> Any:
    return value


def _pieces(evidence: Iterable[dict[str, Any]]) -> str:
    """Kind and hash of each piece: enough to find it among the rows of the JSON."""
    return "; ".join(f"{piece['kind']} {piece['sha256']}" for piece in evidence)
