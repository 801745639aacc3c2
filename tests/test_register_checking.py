"""Tests of the short cuts of the check: what they pass on to the thorough way, and what stretches do to a row."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from opd import register
from opd.models import Entry, Person
from opd.register import triggers
from opd.register.append import row_of
from opd.register.canonical import canonical
from opd.register.checking import lines, readers, replay, tables
from opd.register.snapshot import shared_moment, snapshot
from tests import history_of_everything as story
from tests.cast import Cast
from tests.mutations import undone

pytestmark = pytest.mark.django_db
BROKEN = "isi rusak, atau kolom pencariannya berbeda dari isinya"


@pytest.fixture(scope="module", autouse=True)
def history(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    folder = str(tmp_path_factory.mktemp("evidence"))
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), undone():
        with story.demonstration() as turned:
            story.told(story.everything(Cast()), story.at_its_own_pace(turned))
        triggers.drop()
        yield


def an_entry() -> Entry:
    """The last of a person: its name is text that anybody may write."""
    return Entry.objects.filter(object__startswith="person:").latest("seq")


def rewritten(change: Callable[[str], str]) -> list[str]:
    """Faults after the text of the entry was changed, and every hash from there on made to fit."""
    with undone():
        entry = an_entry()
        later = list(Entry.objects.filter(seq__gte=entry.seq).order_by("seq"))
        Entry.objects.filter(seq__gte=entry.seq).delete()
        later[0].body = change(entry.body)
        assert later[0].body != entry.body
        previous = entry.prev_hash
        for one in later:
            one.prev_hash, one.hash = previous, register.chained(previous, one.body)
            previous = one.hash
        Entry.objects.bulk_create(later)
        return list(register.check())


def in_the_name(letters: str) -> Callable[[str], str]:
    return lambda body: body.replace('"name":"', f'"name":"{letters}', 1)


def nested(body: str) -> str:
    depth = 900
    return body.replace('"data":{', f'"data":{{"a":{"[" * depth}{"]" * depth},', 1)


TEXTS_NO_ACT_WROTE: dict[str, Callable[[str], str]] = {
    "a space": lambda body: body.replace('"act":', '"act": '),
    "another order of keys": lambda body: json.dumps(
        dict(reversed(json.loads(body).items())), ensure_ascii=False, separators=(",", ":")
    ),
    "another order in a row": lambda body: body.replace('"id":', '"zid":', 1),
    "a key twice": lambda body: body.replace('"act":', '"act":"person.corrected","act":', 1),
    "a key twice in a row": lambda body: body.replace('"id":', '"id":"x","id":', 1),
    "a float": lambda body: body.replace('"data":{', '"data":{"a":1.0,'),
    "a float in a row": lambda body: body.replace('"id":', '"a":0.5,"id":', 1),
    "an exponent": lambda body: body.replace('"data":{', '"data":{"a":1e2,'),
    "not a number": lambda body: body.replace('"data":{', '"data":{"a":NaN,'),
    "without end": lambda body: body.replace('"data":{', '"data":{"a":-Infinity,'),
    "minus zero": lambda body: body.replace('"data":{', '"data":{"a":-0,'),
    "an escaped letter": in_the_name("\\u0041"),
    "an escaped accent": in_the_name("\\u00e9"),
    "an escaped slash": in_the_name("\\/"),
    "half a pair": in_the_name("\\ud83d"),
    "a NUL": in_the_name("\\u0000"),
    "two letters for one": in_the_name(unicodedata.normalize("NFD", "é")),
    "one letter for another": in_the_name("\u212b"),  # the sign of the angstrom, which is Å in NFC
    "an accent on an escape": in_the_name("\\n\u0303e\u0301"),
    "nested too deeply": nested,
    "one more key": lambda body: body.replace('"seq":', '"more":1,"seq":'),
    "one key less": lambda body: body.replace(',"object":', ',"subject":'),
    "a number as text": lambda body: body.replace(
        f'"seq":{json.loads(body)["seq"]}', f'"seq":"{json.loads(body)["seq"]}"'
    ),
    "another moment": lambda body: body.replace('"at":"2', '"at":"3'),
    "a list": lambda body: f"[{body}]",
    "nothing": lambda body: "",
    "half": lambda body: body[:-9],
    "data that is a list": lambda body: body.replace('"data":{', '"data":[{').replace('},"object"', '}],"object"'),
}


@pytest.mark.parametrize("what", TEXTS_NO_ACT_WROTE)
def test_a_text_that_no_act_wrote_is_named_though_its_hash_fits(what: str) -> None:
    found = rewritten(TEXTS_NO_ACT_WROTE[what])
    assert f"entri {an_entry().seq}: {BROKEN}" in found


@pytest.mark.parametrize("letters", ["é", "Å", "ꦗꦮ", "😀", "\\n\u0303", "\\\\", '\\"', "\u007f", "\u2028"])
def test_a_text_that_an_act_could_have_written_is_only_another_row(letters: str) -> None:
    """The twin: the same change with letters as the register writes them."""
    found = rewritten(in_the_name(letters))
    assert not [fault for fault in found if BROKEN in fault]
    assert [fault for fault in found if "berbeda dari yang dicatat" in fault]


def test_most_entries_are_read_the_quick_way_and_both_ways_agree() -> None:
    ways = [(lines._quickly(line), lines._thoroughly(line)) for line in lines.entry_lines()]
    assert sum(quick is not None for quick, _ in ways) == len(ways)
    for quick, thorough in ways:
        assert quick and thorough
        assert (quick[0], sorted(map(str, quick[1]))) == (thorough[0], sorted(map(str, thorough[1])))


@pytest.mark.parametrize("model", register.registered_models(), ids=lambda model: model.__name__)
def test_a_row_read_by_hand_says_what_the_same_row_says(model: Any) -> None:
    rows = list(model.for_register())
    by_hand = tables.RowReader().rows(model, [row.uuid for row in rows])
    said = {row.pk: canonical(row_of(row, 1)) for row in rows}
    assert {row.pk: canonical(row_of(row, 1)) for row in by_hand} == said
    assert {row.pk: lines.quick_text(row_of(row, 1)) for row in by_hand} == said


# --- Stretches -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entries", [1, 2, 7, 40])
def test_short_stretches_find_no_fault_where_there_is_none(entries: int) -> None:
    head = register.head()
    assert head
    assert list(replay.check((head.seq, head.hash), entries=entries)) == []


def tampered() -> None:
    """Of each kind of fault one: a row changed, gone, added, an entry gone, one changed."""
    first, last = Person.objects.earliest("pk"), Person.objects.latest("pk")
    Person.objects.filter(pk=first.pk).update(name="Orang lain")
    Entry.objects.filter(act="measurement.verified").earliest("seq").delete()
    middle = Entry.objects.filter(act="measurement.submitted").latest("seq")
    Entry.objects.filter(pk=middle.pk).update(actor="orang")
    Person(name="Selundupan").save_base(force_insert=True)
    changed = Entry.objects.filter(act="person.entered").latest("seq")
    Entry.objects.filter(pk=changed.pk).update(at=changed.at - timedelta(days=900))
    assert last.pk != first.pk


@pytest.mark.parametrize("entries", [1, 2, 7, 40])
def test_stretches_name_the_same_faults_as_one_long_one(entries: int) -> None:
    with undone():
        tampered()
        whole = list(replay.check((1, "0" * 64)))
        assert len(whole) > 6
        assert list(replay.check((1, "0" * 64), entries=entries)) == whole


def test_a_row_that_goes_back_to_what_an_earlier_entry_told_is_named() -> None:
    """A short cut that settles a row at its first telling would miss this one."""
    with undone():
        told = Entry.objects.filter(act="person.corrected").latest("seq")
        uuid = told.object.removeprefix("person:")
        earlier = Entry.objects.filter(object=told.object, seq__lt=told.seq).latest("seq")
        [row] = json.loads(earlier.body)["data"]["person"]
        Person.objects.filter(uuid=uuid).update(name=row["name"])
        for entries in (1, 7, 5000):
            assert f"person:{uuid}: berbeda dari yang dicatat entri {told.seq}" in replay.check(entries=entries)


# --- Processes -------------------------------------------------------------------------------------------------


def process_of(part: int) -> int:
    return os.getpid()


def test_inside_a_transaction_nobody_else_can_see_it_so_one_process_does_all() -> None:
    with snapshot():
        assert shared_moment() is None
        assert set(readers.in_turn(process_of, list(range(9)))) == {os.getpid()}
