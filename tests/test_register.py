"""Tests of the register: the same bytes from everyone, one chain, and a check with the result in one line."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from opd import access, register
from opd.models import Entry, Person
from opd.register.canonical import canonical
from opd.register.snapshot import snapshot
from tests.cast import Cast

# --- Canonical text ----------------------------------------------------------------------------------------

WIB = timezone(timedelta(hours=7))
VECTORS: list[tuple[Any, str]] = [
    ({"b": 1, "a": {"d": None, "c": True}}, '{"a":{"c":true,"d":null},"b":1}'),
    ({"é": 1, "z": 2, "a": 3}, '{"a":3,"z":2,"é":1}'),
    ("Rp1.000 – Ngaliyan ✓", '"Rp1.000 – Ngaliyan ✓"'),
    ("e\u0301", '"\u00e9"'),  # NFD in, NFC out
    ({"e\u0301": "\ufb01"}, '{"\u00e9":"\ufb01"}'),  # NFC, not NFKC: a ligature stays
    ("a\0b", '"ab"'),
    ('"\\/\n\t\x1f', '"\\"\\\\/\\n\\t\\u001f"'),
    ("\u2028\U0001f600", '"\u2028\U0001f600"'),
    (Decimal("14.5000"), '"14.5"'),
    (Decimal("100"), '"100"'),
    (Decimal("1E+3"), '"1000"'),
    (Decimal("1E-4"), '"0.0001"'),
    (Decimal("-0.0000"), '"0"'),
    (Decimal("-0"), '"0"'),
    (Decimal("-2.50"), '"-2.5"'),
    (Decimal("99999999999.9999"), '"99999999999.9999"'),
    (date(2017, 11, 2), '"2017-11-02"'),
    (datetime(2017, 11, 2, 23, 30, tzinfo=WIB), '"2017-11-02T16:30:00.000000Z"'),
    (datetime(2017, 11, 2, 16, 30, 0, 5, tzinfo=UTC), '"2017-11-02T16:30:00.000005Z"'),
    (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
    ((1, [2, (3,)]), "[1,[2,[3]]]"),
    ([True, False, None, 0, -7, 10**20], "[true,false,null,0,-7,100000000000000000000]"),
    ({}, "{}"),
]


@pytest.mark.parametrize(("value", "text"), VECTORS)
def test_a_value_has_one_text(value: Any, text: str) -> None:
    assert canonical(value) == text
    assert canonical(json.loads(text)) == text


@pytest.mark.parametrize("value", [1.5, float("nan"), {"a": [0.1]}, b"x", {1, 2}, object()])
def test_what_has_no_exact_text_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="has no form in the register"):
        canonical(value)


# --- The chain ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_first_entry_follows_sixty_four_zeros_and_each_one_its_predecessor() -> None:
    Cast()
    previous = "0" * 64
    for seq, entry in enumerate(Entry.objects.order_by("seq"), 1):
        assert (entry.seq, entry.prev_hash) == (seq, previous)
        assert entry.hash == hashlib.sha256((previous + entry.body).encode("utf-8")).hexdigest()
        assert sorted(json.loads(entry.body)) == ["act", "actor", "at", "data", "object", "seq"]
        previous = entry.hash
    assert list(register.check()) == []


@pytest.mark.django_db
def test_a_private_value_enters_as_a_digest_salted_for_its_place(settings: Any) -> None:
    settings.REGISTER_KEY = "kunci"
    cast = Cast()
    cast.dinkes.correct(by=cast.keeper, seen=cast.dinkes.fingerprint(), whatsapp="628123456789")
    entry = Entry.objects.get(act="unit.corrected")
    place = f"unit:dinkes|whatsapp|{entry.seq}"
    salt = hmac.new(b"kunci", place.encode(), "sha256").hexdigest()
    told = json.loads(entry.body)["data"]["unit"][0]["whatsapp"]
    assert "628123456789" not in entry.body
    assert told == hashlib.sha256(f"{salt}628123456789".encode()).hexdigest()


# --- Reading while others write ----------------------------------------------------------------------------


def elsewhere_at_once(name: str) -> None:
    def enter() -> None:
        try:
            Person.enter(by=access.SYSTEM, name=name)
        finally:
            connection.close()

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join(20)


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_sees_one_moment_and_holds_nobody_up() -> None:
    Person.enter(by=access.SYSTEM, name="Pertama")
    with snapshot():
        before = register.head()
        elsewhere_at_once("Kedua")
        assert register.head() == before
        assert Person.objects.count() == 1
    assert Person.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_a_snapshot_a_check_would_raise_a_false_alarm() -> None:
    """The twin: an act between the chain and the tables."""
    Person.enter(by=access.SYSTEM, name="Pertama")

    def check() -> list[str]:
        return list(register.check(progress=lambda seq: elsewhere_at_once(f"Sesudah {seq}")))

    with snapshot():
        assert check() == []
    assert any("tidak pernah dicatat" in fault for fault in check())


# --- The command -------------------------------------------------------------------------------------------


@pytest.fixture
def register_of_one() -> Iterator[Entry]:
    Person.enter(by=access.SYSTEM, name="Pertama")
    yield Entry.objects.get()


def checked(**options: Any) -> str:
    out = io.StringIO()
    call_command("check_register", stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_a_whole_register_is_one_sentence(register_of_one: Entry) -> None:
    said = checked()
    assert said.startswith(
        f"Utuh: 1 catatan menyambung dan semua tabel sama dengannya. Kepala jejak 1:{register_of_one.hash}, "
    )
    assert said.splitlines()[1:] == [
        "Tanpa --head tidak ada yang di luar register ini yang ikut menjamin: jejak yang ditulis ulang seluruhnya "
        "tampak utuh juga."
    ]


@pytest.mark.django_db
def test_a_kept_head_vouches_for_the_entries_up_to_its_own(register_of_one: Entry) -> None:
    vouched = "Kepala yang Anda simpan cocok: menjamin catatan 1 sampai 1 tidak ditulis ulang"
    assert checked(head=f"1:{register_of_one.hash}").splitlines()[1:] == [f"{vouched}."]
    for name in ("Kedua", "Ketiga"):
        Person.enter(by=access.SYSTEM, name=name)
    assert checked(head=f"1:{register_of_one.hash}").splitlines()[1:] == [
        f"{vouched}; 2 catatan sesudahnya baru dijamin kepala yang lebih baru."
    ]


@pytest.mark.django_db
def test_an_empty_register_is_whole() -> None:
    assert checked() == "Register masih kosong, dan tabelnya juga.\n"


@pytest.mark.django_db
def test_each_fault_is_a_line_and_the_exit_status_is_one(register_of_one: Entry) -> None:
    person = Person.objects.get()
    Person.objects.update(name="Orang lain")
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"^1 hal tidak cocok") as refused:
        call_command("check_register", stdout=out)
    assert refused.value.returncode == 1
    assert out.getvalue() == f"person:{person.uuid}: berbeda dari yang dicatat entri 1\n"


@pytest.mark.django_db
def test_a_head_that_is_not_in_the_chain_is_a_fault(register_of_one: Entry) -> None:
    for head, said in {
        f"2:{register_of_one.hash}": "lebih baru daripada catatan terakhir (1): ekor register ini terpotong",
        f"1:{'0' * 64}": "tidak ada di register ini: jejaknya ditulis ulang",
    }.items():
        out = io.StringIO()
        with pytest.raises(CommandError, match=r"^1 hal tidak cocok"):
            call_command("check_register", stdout=out, head=head)
        assert said in out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "head", ["", "1", "satu:abc", "1:abc", f"0:{'a' * 64}", f"1:{'g' * 64}", "\0", f"{'9' * 30}:{'a' * 64}"]
)
def test_a_head_that_is_none_is_explained(register_of_one: Entry, head: str) -> None:
    with pytest.raises(CommandError, match=r"^--head ditulis SEQ:HASH") as refused:
        checked(head=head)
    assert refused.value.returncode == 2


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.django_db
def test_on_a_terminal_it_shows_how_far_it_is(register_of_one: Entry) -> None:
    out = Terminal()
    call_command("check_register", stdout=out)
    assert "\rMemeriksa jejak: 100%" in out.getvalue()
