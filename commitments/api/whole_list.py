"""A whole list of the API at once: as one JSON document, as rows of cells, and the description of its fields."""

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
# The register has a row for every act. XLSX is made in memory, and for that the register is too long.
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
    """One field of a list; `parts`: the fields of each item, when it holds a list of items."""

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
    """Every list of the API with the meaning of its fields."""
    return [
        ListDescription(name, str(view.summary), field_descriptions(view.row), formats(name))
        for name, view in API_LISTS.items()
    ]


def formats(name: str) -> tuple[str, ...]:
    """The file formats of a list; none for an unknown name."""
    return tuple(one for one in LIST_FORMATS if name in API_LISTS and one not in FORMATS_LEFT_OUT.get(name, ()))


def field_descriptions(row: type[ApiRow]) -> tuple[FieldDescription, ...]:
    return tuple(_field_description(name, field) for name, field in row().fields.items())


def _field_description(name: str, field: Any) -> FieldDescription:
    inner = getattr(field, "child", None)
    parts = field_descriptions(type(inner)) if isinstance(inner, ApiRow) else ()
    type_ = _("daftar") if parts else next(words for kind, words in FIELD_TYPE_NAMES if isinstance(field, kind))
    return FieldDescription(name, str(type_), str(field.help_text), bool(field.allow_null), parts)


def answers(view: type[ApiList], day: date) -> Iterator[dict[str, Any]]:
    """The answers of the API for a whole list, each with as many rows as one answer may hold."""
    offset, count = 0, 1
    while offset < count:
        answer = view().answer(QueryParameters(day, MAX_LIMIT, offset))
        offset, count = offset + MAX_LIMIT, answer["meta"]["count"]
        yield answer


def as_json(view: type[ApiList], day: date) -> IO[bytes]:
    """A list as one document: an answer of the API with all rows, the licence, and a notice on invented data."""
    file = exports.new_file()

    def write(text: str) -> None:
        file.write(text.encode())

    separator = ""
    for answer in answers(view, day):
        if not separator:
            notice = {"notice": str(exports.DEMO_NOTICE)} if answer["meta"]["demo"] else {}
            head = {**notice, "licence": exports.LICENCE_URL, "meta": answer["meta"]}
            write(f'{json.dumps(head, ensure_ascii=False)[:-1]}, "results": [\n')
        for row in answer["results"]:
            write(separator + json.dumps(row, ensure_ascii=False))
            separator = ",\n"
        separator = separator or " "
    write("\n]}\n")
    return file


def cells(view: type[ApiList], day: date) -> Iterator[list[Any]]:
    """The rows of a table: first the names of the fields, then the values, as numbers and days where they are."""
    row_fields = view.row().fields
    readers: dict[str, Callable[[Any], Any]] = {name: _cell_reader(field) for name, field in row_fields.items()}
    yield list(row_fields)
    for answer in answers(view, day):
        for row in answer["results"]:
            yield [None if row[name] is None else read(row[name]) for name, read in readers.items()]


def _cell_reader(field: Any) -> Callable[[Any], Any]:
    """The function that makes a cell from what the API gives for a field."""
    if isinstance(field, fields.FactDecimalField):
        return Decimal
    if isinstance(field, fields.FactDateField):
        return date.fromisoformat
    if isinstance(field, fields.CodeListField | fields.FlagListField):
        return ", ".join
    if isinstance(field, fields.EntryBodyField):
        return canonical
    if isinstance(getattr(field, "child", None), ApiRow):
        return _evidence_cell
    return _unchanged


def _unchanged(value: Any) -> Any:
    return value


def _evidence_cell(evidence: Iterable[dict[str, Any]]) -> str:
    """Kind and SHA-256 of each piece of evidence: enough to find it in the JSON."""
    return "; ".join(f"{item['kind']} {item['sha256']}" for item in evidence)
