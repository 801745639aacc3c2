"""Tests of the check of the register: it names every change made behind its back, in any column, row or entry.

MUTATIONS=1000 in the environment, as at night, makes 1000 random changes instead of a few.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import groupby, zip_longest
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from commitments.models import Measurement, ServiceTarget
from opd import register
from opd.models import Entry, Person, Registered, UnitChange
from opd.register import triggers
from opd.register.canonical import canonical
from tests import history_of_everything as story
from tests import mutations
from tests.cast import Cast
from tests.mutations import entries, rehash, undone

pytestmark = pytest.mark.django_db
RANDOM_ONES = int(os.environ.get("MUTATIONS", "60"))
ONE_OF_A_KIND = {
    *("Acknowledgement", "Assignment", "CaseFile", "Decision", "Holiday", "Inheritance", "MeasurementQuestion"),
    *("RecheckItem", "UnitName"),
}
REFUSED = {  # the constraints let no other value pass
    *(
        "ServiceTarget.direction",
        "ServiceTarget.clock_limit",
        "ServiceTarget.lower_bound",
        "ServiceTarget.upper_bound",
    ),
}


@pytest.fixture(scope="module", autouse=True)
def history(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """One history for all, told once; the guards are off, as for somebody who owns the database."""
    folder = str(tmp_path_factory.mktemp("evidence"))
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), undone():
        with story.demonstration() as turned:
            story.told(story.everything(Cast()), story.at_its_own_pace(turned))
        triggers.drop()
        yield


def faults(head: tuple[int, str] | None = None) -> list[str]:
    return list(register.check(head))


def kept_head() -> tuple[int, str]:
    head = register.head()
    assert head
    return head.seq, head.hash


def test_a_history_in_which_everything_happens_has_no_fault() -> None:
    assert faults(kept_head()) == []


# --- One value ---------------------------------------------------------------------------------------------


def kind(column: tuple[type[models.Model], Any]) -> str:
    """How the check names such a row; entries and the sides of a change have no name of their own."""
    return getattr(column[0], "kind", UnitChange.kind)


def missed(columns: Iterable[tuple[type[models.Model], Any]], dice: Random) -> set[str]:
    """The columns of which the check said nothing, each of them changed in a row of its own."""
    with undone():
        changed = {(model, field): mutations.mutate(model, field, dice) for model, field in columns}
        found = faults()
    return {
        f"{model.__name__}.{field.name}"
        for (model, field), name in changed.items()
        if not any(re.search(rf"\b{re.escape(name)}(?![\w-])", fault) for fault in found if name)
    }


def in_rounds(
    columns: Iterable[tuple[type[models.Model], Any]],
) -> Iterator[Iterator[tuple[type[models.Model], Any]]]:
    """One column of every kind of row at a time: what is wrong in one must not hide what is wrong in another."""
    for some in zip_longest(*(list(of_kind) for _, of_kind in groupby(sorted(columns, key=kind), key=kind))):
        yield filter(None, some)


@pytest.mark.sqlite  # the register's own reading, the same on either
def test_every_column_of_every_table_is_vouched_for() -> None:
    columns = mutations.columns()
    assert len(columns) > 150
    dice = Random(20171102)
    assert {name for some in in_rounds(columns) for name in missed(some, dice)} == REFUSED


def test_random_changes_are_all_named() -> None:
    dice = Random(kept_head()[1])
    chosen = [dice.choice(mutations.columns()) for _ in range(RANDOM_ONES)]
    assert {name for some in in_rounds(chosen) for name in missed(some, dice)} <= REFUSED


@pytest.mark.parametrize("many", [12, pytest.param(10**6, marks=pytest.mark.nightly)])  # a guard asks about columns
def test_with_the_guards_standing_the_database_takes_none_of_them(many: int) -> None:
    """The twin: those that go through anyway are meant to, because their change is an act that somebody may do."""
    dice, taken = Random(1), set()
    with undone():
        triggers.install()
        for model, columns in groupby(mutations.columns(), key=lambda column: column[0]):
            rows = mutations.rows_of(model)
            some = dice.sample(rows, min(many, len(rows)))
            taken |= {
                f"{model.__name__}.{field.name}"
                for _, field in columns
                if mutations.possible(model, field, dice, some)
            }
    free = {
        f"{model.__name__}.{field.name}"
        for model, guard in triggers.guarded()
        for field in model._meta.local_concrete_fields
        if field.column in (*guard.editable, *guard.stamps, *guard.amendable)
    }
    assert taken <= free


SPELLINGS = (  # the same for Python, something else for SQL; the last ones nobody can read
    ("opd_unit", "valid_until", "'0'"),
    ("opd_unit", "tile_row", "1.5"),
    ("opd_tenure", "from_on", "'2018-6-1'"),
    ("commitments_assignment", "until_on", "'kapan-kapan'"),
    ("commitments_servicetarget", "withdrawn_at", "'belum'"),
    ("commitments_servicetarget", "proposed_at", "replace(proposed_at, ' ', 'T')"),
    ("commitments_evidence", "public", "2"),
    ("commitments_targetrevision", "uuid", "upper(uuid)"),
    ("commitments_measurement", "value", "value + 0.00001"),
    ("commitments_measurement", "value", "'rusak'"),
    ("commitments_measurement", "submitted_at", "'rusak'"),
    ("commitments_decision", "at", "x'00'"),
    ("opd_entry", "at", "'rusak'"),
    ("opd_entry", "seq", "'rusak'"),
)


@pytest.mark.sqlite
@pytest.mark.parametrize(("table", "column", "spelling"), SPELLINGS)
def test_a_value_written_otherwise_is_named_and_hides_nothing_else(table: str, column: str, spelling: str) -> None:
    """SQLite takes anything anywhere."""
    with undone(), connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(f"UPDATE {table} SET {column} = {spelling} WHERE id = (SELECT max(id) FROM {table})")
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
        Person.objects.filter(pk=Person.objects.earliest("pk").pk).update(name="Orang lain")
        found = faults()
    assert any(f"{table} di baris" in fault for fault in found)
    assert any(fault.startswith("person:") and "berbeda" in fault for fault in found)


@pytest.mark.parametrize(
    ("table", "rule", "change"),
    [
        (
            "commitments_servicetarget",
            "target_withdrawn_rung_only_when_withdrawn",
            "withdrawn_rung = 1 WHERE published_at IS NULL",
        ),
        ("commitments_targetrevision", "revision_changes_a_date_or_a_value", "new_value = 1 WHERE field = 'due_on'"),
    ],
)
def test_a_column_that_a_rule_keeps_empty_is_vouched_for_by_the_rule(table: str, rule: str, change: str) -> None:
    """An entry leaves it out; whoever lifts the rule and fills it is named."""
    with undone(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the table's own changes of this transaction first
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {rule}")
        cursor.execute(f"UPDATE {table} SET {change}")
        changed = cursor.rowcount
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
        assert changed > 0
        assert any(fault.endswith(f"melanggar {rule}") for fault in faults())


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("opd_tenure", "until_on", "infinity"),
        ("commitments_servicetarget", "proposed_at", "-infinity"),
        ("commitments_publicfact", "value", "NaN"),
        ("opd_entry", "at", "infinity"),
    ],
)
def test_a_value_without_end_is_named_and_hides_nothing_else(table: str, column: str, value: str) -> None:
    with undone(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = '{value}' WHERE id = (SELECT max(id) FROM {table})")
        Person.objects.filter(pk=Person.objects.earliest("pk").pk).update(name="Orang lain")
        found = faults()
    assert any("tidak dapat dibaca" in fault or "berbeda" in fault for fault in found)
    assert any(fault.startswith("person:") and "berbeda" in fault for fault in found)


# --- Rows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", register.registered_models(), ids=lambda model: model.__name__)
def test_a_row_that_is_gone_is_named(model: type[Registered]) -> None:
    row = Random(7).choice(mutations.rows_of(model))
    with undone():
        model._base_manager.filter(pk=row.pk)._raw_delete(connection.alias)
        found = faults()
    assert f"{mutations.name_of(row)}: dicatat di register, tidak ada lagi di tabel" in found


@pytest.mark.parametrize("model", register.registered_models(), ids=lambda model: model.__name__)
def test_a_row_that_no_act_made_is_named(model: type[Registered]) -> None:
    added = 0
    for row in mutations.rows_of(model):
        with undone():
            row.pk = None
            row.uuid = uuid = uuid4()  # type: ignore[attr-defined]
            if isinstance(row, Measurement):
                row.chain = uuid
            for column in ("code", "reference", "number"):
                if hasattr(row, column):
                    setattr(row, column, f"{getattr(row, column)}9")
            try:
                with transaction.atomic():
                    models.Model.save_base(row, force_insert=True)
            except DatabaseError:
                continue  # one of its kind is all that the database allows
            added += 1
            assert f"{mutations.name_of(row)}: ada di tabel, tidak pernah dicatat di register" in faults()
            break
    assert added or model.__name__ in ONE_OF_A_KIND


# --- Entries -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [1, 40, 85])
def test_an_entry_that_is_gone_is_named(place: int) -> None:
    with undone():
        Entry.objects.filter(seq=place).delete()
        assert f"entri {place + 1}: seharusnya nomor {place}; ada entri yang hilang atau disisipkan" in faults()


def test_two_entries_that_changed_places_are_named() -> None:
    with undone():
        one, other = entries()[39:41]
        Entry.objects.filter(pk=one.pk).update(body=other.body, act=other.act, object=other.object, actor=other.actor)
        Entry.objects.filter(pk=other.pk).update(body=one.body, act=one.act, object=one.object, actor=one.actor)
        found = faults()
    for seq in (40, 41):
        assert f"entri {seq}: isi tidak cocok dengan hash" in found


def test_an_entry_put_in_between_is_named() -> None:
    with undone():
        last = entries()[-1]
        body = canonical({**json.loads(last.body), "seq": last.seq + 1})
        prev_hash = last.prev_hash[::-1]
        last.pk, last.seq, last.body, last.prev_hash = None, last.seq + 1, body, prev_hash
        last.hash = register.chained(prev_hash, body)
        last.save(force_insert=True)
        assert f"entri {last.seq}: tidak menyambung ke entri sebelumnya" in faults()


def cut_tail() -> None:
    """The last act undone, and its entry gone."""
    last = entries()[-1]
    assert last.act == "target.proposed"
    ServiceTarget.objects.get(reference=last.object.removeprefix("target:")).delete()
    last.delete()


def rewrite() -> None:
    """Another value in the table, and in every entry that tells of it."""
    target = ServiceTarget.objects.get(reference="DINKES-01-1")
    ServiceTarget.objects.filter(pk=target.pk).update(original_due_on=date(2021, 12, 31))
    said, now = '"original_due_on":"2019-12-31"', '"original_due_on":"2021-12-31"'
    rewritten = entries()
    for entry in rewritten:
        if f'"id":"{target.reference}"' in entry.body:
            entry.body = entry.body.replace(said, now)
    rehash(rewritten)


@pytest.mark.parametrize("forge", [cut_tail, rewrite])
def test_only_a_head_kept_elsewhere_shows_what_was_forged_throughout(forge: Callable[[], None]) -> None:
    """The limit of any chain: who owns the database can write another one. Hence a head on every page."""
    seq, digest = kept_head()
    with undone():
        forge()
        assert faults() == []
        [said] = faults((seq, digest))
    assert said.startswith(f"kepala jejak {seq}:{digest} yang disimpan di luar ")
    assert said.endswith("salinan yang lebih lama" if forge is cut_tail else "jejaknya ditulis ulang")


def test_an_entry_forgotten_throughout_leaves_its_row_behind() -> None:
    with undone():
        told = entries()
        told.remove(next(entry for entry in told if entry.act == "measurement.returned"))
        rehash(told)
        assert any("decision" in fault for fault in faults())
