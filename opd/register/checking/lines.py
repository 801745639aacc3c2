"""One entry as it is stored: whether its text is what an act would have written, and the rows that it tells of."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]  # CPython has both
from typing import Any, NamedTuple, NoReturn

from django.db.models import QuerySet

from opd.register.append import FIRST_PREV_HASH, chained
from opd.register.canonical import canonical, moment_text, plain
from opd.register.checking.tables import UNREADABLE
from opd.register.entry import Entry

MOST_BRACKETS = 400  # of an entry that is read the quick way: a text cannot be nested deeper than it has brackets

ToldRow = tuple[str, dict[str, Any], str]  # kind, row, and its canonical text


class StoredEntry(NamedTuple):
    """The stored columns of an entry."""

    pk: int
    seq: int
    at: datetime
    actor: str
    act: str
    object: str
    body: str
    prev_hash: str
    hash: str


class Reading(NamedTuple):
    """What an entry was found to be: its data and rows as far as they can be read, and its faults."""

    data: dict[str, Any]
    rows: list[ToldRow]
    faults: list[str]


def _refuse(number: str) -> NoReturn:
    raise ValueError(number)


_reader = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)
# What `json.dumps` makes anew for each call.
_written = c_make_encoder(None, plain, encode_basestring, None, ":", ",", True, False, False)


def quick_text(value: Any) -> str:
    """Canonical for all but floats and texts out of NFC or with NUL, which it passes on as they are."""
    return "".join(_written(value, 0))


def entry_lines() -> QuerySet[Any, Any]:
    """Every entry as a `StoredEntry`, oldest first."""
    return Entry.objects.order_by("seq").values_list(*StoredEntry._fields, named=True)


def read(line: StoredEntry, expected_seq: int, prev: StoredEntry | None) -> Reading:
    """An entry, compared with the one before it and with its own columns."""
    found = _quickly(line) or _thoroughly(line)
    is_sound = found is not None
    data, rows = found or _salvaged(line)
    return Reading(data, rows, list(_faults(line, expected_seq, prev, is_sound=is_sound)))


def _faults(line: StoredEntry, expected_seq: int, prev: StoredEntry | None, *, is_sound: bool) -> Iterator[str]:
    where = f"entri {line.seq}"
    if line.seq != expected_seq:
        yield f"{where}: seharusnya nomor {expected_seq}; ada entri yang hilang atau disisipkan"
    if line.prev_hash != (prev.hash if prev else FIRST_PREV_HASH):
        yield f"{where}: tidak menyambung ke entri sebelumnya"
    if line.hash != chained(line.prev_hash, line.body):
        yield f"{where}: isi tidak cocok dengan hash"
    if not is_sound:
        yield f"{where}: isi rusak, atau kolom pencariannya berbeda dari isinya"
    if is_sound and prev and prev.at and line.at < prev.at:
        yield f"{where}: waktunya mendahului entri sebelumnya"


def _quickly(line: StoredEntry) -> tuple[dict[str, Any], list[ToldRow]] | None:
    """Data and rows of an entry whose text is canonical and says what its columns say; None when not sure.

    The text is written again from the columns and from the data that was read: the same text was written this way.
    Texts in it are in NFC when the whole is, because what stands around them combines with nothing.
    """
    body = line.body
    try:
        if "\\u0000" in body or body.count("{") + body.count("[") > MOST_BRACKETS:
            return None
        data = _reader.decode(body)["data"]
        written, rows = _data_text(data)
        if body != _body_text(line, written) or not unicodedata.is_normalized("NFC", body):
            return None
    except (KeyError, *UNREADABLE):
        return None
    return data, rows


def _data_text(data: dict[str, Any]) -> tuple[str, list[ToldRow]]:
    parts: list[str] = []
    rows: list[ToldRow] = []
    for name, value in sorted(data.items()):
        if isinstance(value, list):
            texts = [quick_text(row) for row in value]
            rows += [(name, row, text) for row, text in zip(value, texts, strict=True)]
            parts.append(f"{encode_basestring(name)}:[{','.join(texts)}]")
        else:
            parts.append(f"{encode_basestring(name)}:{quick_text(value)}")
    return "{" + ",".join(parts) + "}", rows


def _body_text(line: StoredEntry, data: str) -> str:
    at = line.at.isoformat(timespec="microseconds").removesuffix("+00:00")
    columns = f'"act":{encode_basestring(line.act)},"actor":{encode_basestring(line.actor)},"at":"{at}Z"'
    return f'{{{columns},"data":{data},"object":{encode_basestring(line.object)},"seq":{line.seq}}}'


def _thoroughly(line: StoredEntry) -> tuple[dict[str, Any], list[ToldRow]] | None:
    """The same, from the definition; None when the text is not canonical or its columns say otherwise."""
    try:
        said = json.loads(line.body)
        columns = {name: getattr(line, name) for name in ("seq", "actor", "act", "object")}
        if canonical(said) != line.body or said != {**said, **columns, "at": moment_text(line.at)}:
            return None
        return said["data"], _listed(said["data"])
    except (KeyError, *UNREADABLE):
        return None


def _salvaged(line: StoredEntry) -> tuple[dict[str, Any], list[ToldRow]]:
    """What can be read of an entry that is not sound."""
    try:
        data = json.loads(line.body)["data"]
        return data, _listed(data)
    except (KeyError, *UNREADABLE):
        return {}, []


def _listed(data: dict[str, Any]) -> list[ToldRow]:
    lists = [(kind, listed) for kind, listed in data.items() if isinstance(listed, list)]
    return [(kind, row, canonical(row)) for kind, listed in lists for row in listed]
