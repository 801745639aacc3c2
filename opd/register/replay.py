"""Checking the register: the chain of entries, a head kept elsewhere, and the replay against the tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError
from django.db.models import BooleanField, CheckConstraint, Model, QuerySet
from django.db.models.functions import Coalesce

from opd.register import key, triggers
from opd.register.append import FIRST_PREV_HASH, chained, row_of
from opd.register.canonical import canonical, moment_text, plain
from opd.register.entry import Entry
from opd.register.registered import Registered
from opd.register.storage_format import miswritten
from opd.register.whole_chain import WholeChain, lost_head

ModelType = TypeVar("ModelType", bound=Model)

# What reading a value raises that no act could have written: any text in SQLite, an infinite day in PostgreSQL.
UNREADABLE = (ValueError, TypeError, ArithmeticError, AttributeError, RecursionError, DataError)


@dataclass(frozen=True)
class CheckRun:
    """How a long check was asked for: all of it, or from where the last one stopped.

    `progress` is called with a subject, how much is done and how much there is; `say` with a sentence that is no
    fault.
    """

    from_start: bool = False
    progress: Callable[[str, int, int], None] = lambda subject, done, total: None
    say: Callable[[str], None] = lambda sentence: None


@dataclass(frozen=True)
class AlsoChecked:
    """What another application keeps: `faults` gives a sentence for every difference from the facts.

    One with an `option` takes long: it is checked outside of the snapshot, when the command is given that option.
    """

    faults: Callable[[CheckRun], Iterator[str]]
    option: str = ""
    help: str = ""


ALSO_CHECKED: list[AlsoChecked] = []


def registered_models() -> list[type[Registered]]:
    return [model for model in apps.get_models() if issubclass(model, Registered)]


def _entry_faults(entry: Entry, expected_seq: int, prev: Entry | None) -> list[str]:
    where = f"entri {entry.seq}"
    faults = []
    if entry.seq != expected_seq:
        faults.append(f"{where}: seharusnya nomor {expected_seq}; ada entri yang hilang atau disisipkan")
    if entry.prev_hash != (prev.hash if prev else FIRST_PREV_HASH):
        faults.append(f"{where}: tidak menyambung ke entri sebelumnya")
    if entry.hash != chained(entry.prev_hash, entry.body):
        faults.append(f"{where}: isi tidak cocok dengan hash")
    try:
        said = json.loads(entry.body)
        same = canonical(said) == entry.body and said == {**said, **_repeated(entry)}
    except UNREADABLE:
        same = False
    if not same:
        faults.append(f"{where}: isi rusak, atau kolom pencariannya berbeda dari isinya")
    if same and prev and prev.at and entry.at < prev.at:
        faults.append(f"{where}: waktunya mendahului entri sebelumnya")
    return faults


def _repeated(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": moment_text(entry.at),
        "actor": entry.actor,
        "act": entry.act,
        "object": entry.object,
    }


def _text_hash(row: dict[str, Any]) -> bytes:
    return hashlib.sha256(canonical(row).encode()).digest()


def check(
    kept_head: tuple[int, str] | None = None, progress: Callable[[int], None] = lambda seq: None
) -> Iterator[str]:
    """Every fault found in the chain, in a head kept elsewhere (seq, hash) and in the replay; each is a sentence.

    While others write, call it inside a `snapshot()`. `progress` is called with the number of each entry read.
    """
    known: dict[tuple[str, str], tuple[int, bytes]] = {}
    prev: Entry | None = None
    number = 0
    kept_found = kept_head is None
    whole = WholeChain()
    for number, (pk, entry) in enumerate(_readable(Entry.objects.order_by("seq")), 1):
        if entry is None:
            yield f"entri di baris {pk}: tidak dapat dibaca"
            continue
        yield from _entry_faults(entry, number, prev)
        progress(number)
        prev = entry
        if kept_head and (entry.seq, entry.hash) == kept_head:
            kept_found = True
        try:
            data = json.loads(entry.body)["data"]
            rows = [(kind, row) for kind, listed in data.items() if isinstance(listed, list) for row in listed]
            for kind, row in rows:
                known[kind, row["id"]] = (entry.seq, _text_hash(row))
            whole.read(entry, data)
        except (KeyError, *UNREADABLE):
            continue  # named above
    if kept_head and not kept_found:
        yield lost_head(*kept_head, last=number)
    keys = key.KeyRing.of_register(number)
    yield from whole.faults(keys)
    yield from _replay_faults(known, keys)


def _replay_faults(known: dict[tuple[str, str], tuple[int, bytes]], keys: key.KeyRing) -> Iterator[str]:
    for table, _ in triggers.guarded():
        for pk in miswritten(table):
            yield f"{table._meta.db_table} di baris {pk}: ada nilai yang tidak ditulis seperti register menulisnya"
        for pk, rule in _rule_breakers(table):
            yield f"{table._meta.db_table} di baris {pk}: melanggar {rule}"
    for model in registered_models():
        for pk, instance in _readable(model.for_register()):
            if instance is None:
                yield f"{model.kind} di baris {pk}: tidak dapat dibaca"
                continue
            if not instance.in_register:
                continue
            recorded = known.pop((instance.kind, instance.public_name), None)
            if recorded is None:
                yield f"{instance.object_name}: ada di tabel, tidak pernah dicatat di register"
            elif not _is_as_recorded(instance, *recorded, keys):
                yield f"{instance.object_name}: berbeda dari yang dicatat entri {recorded[0]}"
    for kind, name in known:
        yield f"{kind}:{name}: dicatat di register, tidak ada lagi di tabel"


def _rule_breakers(table: type[Model]) -> Iterator[tuple[int, str]]:
    """(primary key, constraint) of each row that breaks a constraint; an act cannot write such a row.

    Columns that an entry leaves out, because a rule keeps them empty, are checked only here.
    """
    for rule in table._meta.constraints:
        if isinstance(rule, CheckConstraint):
            holds = Coalesce(rule.condition, True, output_field=BooleanField())  # not known is as good
            broken = table._base_manager.annotate(rule_holds=holds).filter(rule_holds=False)
            yield from ((pk, rule.name) for pk in broken.values_list("pk", flat=True))


def _is_as_recorded(instance: Registered, seq: int, text_hash: bytes, keys: key.KeyRing) -> bool:
    try:
        salt_key = keys.key_at(seq)
        if salt_key is None:
            return _open_part_is_as_recorded(instance, seq)
        return _text_hash(row_of(instance, seq, salt_key)) == text_hash
    except (ObjectDoesNotExist, *UNREADABLE):
        return False  # of a type, or about a row, that no act could have written


def _open_part_is_as_recorded(instance: Registered, seq: int) -> bool:
    """Without the key of that entry: what is open is the same, and what is closed is empty in both or in neither."""
    body = Entry.objects.values_list("body", flat=True).get(seq=seq)
    rows = json.loads(body)["data"][instance.kind]
    recorded = next(row for row in reversed(rows) if row["id"] == instance.public_name)
    row = plain(row_of(instance, seq))
    closed = {name: recorded[name] for name in instance.private_row() if row.get(name) and recorded.get(name)}
    return canonical({**row, **closed}) == canonical(recorded)


def _readable(rows: QuerySet[ModelType]) -> Iterator[tuple[int, ModelType | None]]:
    """(primary key, row) of each; None for a row with a value that no act could have written."""
    done = 0
    try:
        for row in rows.iterator(chunk_size=2000):
            yield row.pk, row
            done += 1
    except UNREADABLE:
        for pk in list(rows.values_list("pk", flat=True)[done:]):
            try:
                yield pk, rows.get(pk=pk)
            except UNREADABLE:
                yield pk, None
