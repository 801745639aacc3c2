"""Tests of what the register says of itself: its key, that it is a demonstration, and that its time runs forward."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.test import Client

from opd import access, clock, register
from opd.errors import WrongState
from opd.models import Entry, Person
from opd.register import key, triggers
from opd.register.canonical import canonical
from tests import history_of_everything as story
from tests.cast import Cast
from tests.mutations import entries, rehash
from tests.reading import parts

pytestmark = pytest.mark.django_db
OTHER = "kunci-lain-sama-sekali"


def enter(name: str = "Pertama") -> Person:
    return Person.enter(by=access.SYSTEM, name=name)


def data(seq: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Entry.objects.get(seq=seq).body)["data"]
    return found


def forge(change: Callable[[dict[str, Any]], None], *numbers: int) -> None:
    """Changes the text of these entries, with every column and hash that follows from it."""
    triggers.drop()
    rewritten = entries()
    for entry in rewritten:
        if entry.seq in numbers:
            body = json.loads(entry.body)
            change(body)
            entry.body, entry.act, entry.at = canonical(body), body["act"], datetime.fromisoformat(body["at"])
    rehash(rewritten)


def told(command: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


def everything() -> None:
    with story.demonstration() as turned:
        story.told(story.everything(Cast()), story.at_its_own_pace(turned))


# --- The key -----------------------------------------------------------------------------------------------


def test_the_first_entry_names_the_key_and_no_other_does() -> None:
    Cast()
    assert data(1)[register.KEY_FIELD] == key.fingerprint()
    assert [seq for seq in range(2, Entry.objects.count() + 1) if register.KEY_FIELD in data(seq)] == []
    assert re.fullmatch(r"[0-9a-f]{16}", key.fingerprint())
    assert key.fingerprint() != key.fingerprint(OTHER)


def test_another_key_writes_nothing_and_says_both_fingerprints(settings: Any) -> None:
    enter()
    own, settings.REGISTER_KEY = key.fingerprint(), OTHER
    for writing in (register.many_acts, register.trial):
        with pytest.raises(register.OtherKey) as refused, writing():
            enter("Kedua")
        assert f"sidik {key.fingerprint()}" in str(refused.value)
        assert f"sidik {own}" in str(refused.value)
    with pytest.raises(register.OtherKey):
        enter("Kedua")
    assert (Entry.objects.count(), Person.objects.count()) == (1, 1)


def test_without_that_refusal_the_register_would_be_salted_with_two_keys(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    cast, own = Cast(), settings.REGISTER_KEY
    monkeypatch.setattr(key, "refuse_other", lambda recorded, is_demo: None)
    settings.REGISTER_KEY = OTHER
    cast.dinkes.correct(by=cast.keeper, seen=cast.dinkes.fingerprint(), whatsapp="628123456789")
    settings.REGISTER_KEY = own
    assert list(register.check()) == ["unit:dinkes: berbeda dari yang dicatat entri " + str(Entry.objects.count())]


def test_a_check_with_another_key_is_one_fault_and_still_sees_the_rest(settings: Any) -> None:
    everything()
    own, last = key.fingerprint(), Entry.objects.count()
    settings.REGISTER_KEY = OTHER
    [fault] = register.check()
    assert fault.startswith(f"kuncinya lain: entri 1 sampai {last} memakai kunci bersidik {own}, mesin ini memegang ")
    triggers.drop()
    person = Person.objects.earliest("pk")
    Person.objects.filter(pk=person.pk).update(name="Orang lain")
    found = list(register.check())
    assert len(found) == 2
    assert found[1].startswith(f"person:{person.uuid}: berbeda")


def test_without_the_fingerprint_another_key_would_look_like_tampering(settings: Any) -> None:
    """The twin: a register from before, checked with the wrong key."""
    everything()
    forge(lambda body: body["data"].pop(register.KEY_FIELD), 1)
    assert list(register.check()) == []
    settings.REGISTER_KEY = OTHER
    assert len(list(register.check())) > 20


def test_what_is_closed_may_not_appear_or_vanish_without_the_key_either(settings: Any) -> None:
    cast = Cast()
    cast.dinkes.correct(by=cast.keeper, seen=cast.dinkes.fingerprint(), whatsapp="628123456789")
    settings.REGISTER_KEY = OTHER
    assert len(list(register.check())) == 1
    triggers.drop()
    type(cast.dinkes).objects.update(whatsapp="")
    assert any(fault.startswith("unit:dinkes: berbeda") for fault in register.check())


@pytest.mark.django_db(transaction=True)
def test_healthz_says_that_the_key_is_another(client: Client, settings: Any) -> None:
    enter()
    assert client.get("/healthz").status_code == 200
    settings.REGISTER_KEY = OTHER
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "key-other")
    assert key.fingerprint() in answer.json()["reason"]


# --- An older register -------------------------------------------------------------------------------------


def older() -> None:
    """A register as releases before fingerprints left it."""
    enter()
    forge(lambda body: body["data"].pop(register.KEY_FIELD), 1)
    triggers.install()


def test_a_migration_gives_an_older_register_its_fingerprint_once() -> None:
    older()
    for _ in range(2):
        call_command("migrate", verbosity=0)
    last = Entry.objects.latest("seq")
    assert (last.seq, last.act, last.actor, last.object) == (2, "register.keyed", "sistem", "register")
    assert data(2) == {register.KEY_FIELD: key.fingerprint()}
    assert list(register.check()) == []


def test_an_empty_register_gets_no_entry_by_a_migration() -> None:
    call_command("migrate", verbosity=0)
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("among", [False, True])
def test_the_first_act_does_it_where_nobody_migrated(among: bool, settings: Any) -> None:
    older()
    with register.trial():
        enter("Dicoba")
    assert Entry.objects.count() == 1
    if among:
        with register.many_acts():
            enter("Kedua")
    else:
        enter("Kedua")
    assert list(Entry.objects.order_by("seq").values_list("act", flat=True)[1:]) == [
        "register.keyed",
        "person.entered",
    ]
    assert list(register.check()) == []
    settings.REGISTER_KEY = OTHER
    [fault] = register.check()
    assert fault.startswith("kuncinya lain: entri 1 sampai 3 ")


# --- A new key ---------------------------------------------------------------------------------------------


def test_a_new_key_follows_the_old_one_and_each_vouches_for_its_own_entries(settings: Any) -> None:
    cast, old = Cast(), settings.REGISTER_KEY
    cast.dinkes.correct(by=cast.keeper, seen=cast.dinkes.fingerprint(), whatsapp="628123456789")
    before, was = Entry.objects.count(), key.fingerprint()
    settings.REGISTER_KEY, settings.REGISTER_KEY_OLD = OTHER, [old]
    with pytest.raises(register.OtherKey):
        enter("Belum")  # until the new key is on record
    said = told("rotate_register_key")
    assert said == f"Sejak catatan {before + 1} kunci register bersidik {key.fingerprint()}, sebelumnya {was}.\n"
    cast.pdam.correct(by=cast.keeper, seen=cast.pdam.fingerprint(), whatsapp="628987654321")
    assert list(register.check()) == []
    settings.REGISTER_KEY_OLD = []
    [fault] = register.check()
    assert fault.startswith(f"kuncinya lain: entri 1 sampai {before} memakai kunci bersidik {was}, ")
    settings.REGISTER_KEY = old  # a server that still runs with the old one
    with pytest.raises(register.OtherKey):
        enter("Terlambat")
    [fault] = register.check()
    assert fault.startswith(f"kuncinya lain: entri {before + 1} sampai {before + 2} ")


def test_a_new_key_without_the_old_one_is_refused_unless_it_is_lost(settings: Any) -> None:
    enter()
    settings.REGISTER_KEY = OTHER
    with pytest.raises(CommandError, match="tidak ada di REGISTER_KEY_OLD"):
        told("rotate_register_key")
    told("rotate_register_key", lost=True)
    enter("Kedua")
    [fault] = register.check()
    assert fault.startswith("kuncinya lain: entri 1 sampai 1 ")


def test_a_key_that_is_not_new_or_not_needed_is_refused(settings: Any) -> None:
    with pytest.raises(CommandError, match="belum tercatat"):
        told("rotate_register_key")
    enter()
    with pytest.raises(CommandError, match="bukan kunci yang baru"):
        told("rotate_register_key")


# --- A demonstration ---------------------------------------------------------------------------------------


def make_key() -> str:
    """The key of `make demo`, which everybody can read."""
    return re.findall(
        r"^demo: export REGISTER_KEY = (\S+)$", Path(configured.BASE_DIR, "Makefile").read_text(), re.M
    )[0]


def begin_a_demonstration() -> None:
    with story.demonstration():
        enter()
    enter("Ditulis kemudian, pada jam yang sebenarnya")


def renamed(body: dict[str, Any]) -> None:
    body["act"] = "memorandum.entered"
    body["data"].pop("is_demo")


def rename() -> None:
    forge(renamed, 1)


def rename_the_column() -> None:
    triggers.drop()
    Entry.objects.filter(seq=1).update(act="memorandum.entered")


def drop_the_first_entry() -> None:
    triggers.drop()
    rest = entries()[1:]
    Entry.objects.filter(seq=1).delete()
    rehash(rest)


def test_every_entry_of_a_demonstration_says_so_and_none_of_a_real_register() -> None:
    begin_a_demonstration()
    assert [data(seq)["is_demo"] for seq in (1, 2, 3)] == [True] * 3
    assert list(register.check()) == []


def test_no_entry_of_a_real_register_says_it_is_a_demonstration() -> None:
    Cast()
    assert not any("is_demo" in data(seq) for seq in range(1, Entry.objects.count() + 1))


@pytest.mark.parametrize("disguise", [rename, rename_the_column, drop_the_first_entry])
def test_a_demonstration_in_disguise_is_named_and_still_labelled(
    client: Client, disguise: Callable[[], None]
) -> None:
    begin_a_demonstration()
    disguise()
    found = list(register.check())
    assert found
    if disguise is not rename_the_column:  # its text still says the truth, and the column differs from it
        assert any("ini register contoh yang disamarkan" in fault for fault in found)
    assert register.state().is_disguised
    assert register.is_demo()
    for page in ("/", "/unit/", "/jejak/"):
        assert parts(client.get(page).content.decode(), "p", "ribbon"), page
    enter("Sesudahnya")
    assert data(Entry.objects.count())["is_demo"] is True


def test_only_the_marks_show_a_renamed_demonstration_and_at_last_its_open_key(settings: Any) -> None:
    """The twin: with every mark taken out of every entry, a chain alone shows nothing more; an open key does."""

    def unmark(body: dict[str, Any]) -> None:
        body["data"].pop("is_demo")
        body["act"] = "person.entered"

    settings.REGISTER_KEY = make_key()
    begin_a_demonstration()
    forge(unmark, 1, 2, 3)
    assert list(register.check()) == [
        "kuncinya terbuka: register ini memakai kunci milik data contoh, yang diketahui siapa pun"
    ]
    forge(lambda body: body["data"].pop(register.KEY_FIELD), 1)
    assert list(register.check()) == []


@pytest.mark.django_db(transaction=True)
def test_healthz_names_a_demonstration_in_disguise(client: Client) -> None:
    begin_a_demonstration()
    assert client.get("/healthz").status_code == 200
    rename()
    triggers.install()
    assert client.get("/healthz").json()["status"] == "demo-disguised"


def test_the_open_key_opens_no_real_register(settings: Any) -> None:
    settings.REGISTER_KEY = make_key()
    assert key.fingerprint() == key.OPEN_KEY
    with pytest.raises(register.OtherKey, match="kunci terbuka"):
        enter()
    begin_a_demonstration()
    assert list(register.check()) == []


def test_a_demonstration_takes_no_other_key(settings: Any) -> None:
    begin_a_demonstration()
    settings.REGISTER_KEY, settings.REGISTER_KEY_OLD = OTHER, [settings.REGISTER_KEY]
    with pytest.raises(register.OtherKey):
        enter()
    with pytest.raises(CommandError, match="tidak berganti kunci"):
        told("rotate_register_key")


# --- Time --------------------------------------------------------------------------------------------------


def written_at(offset: timedelta) -> datetime:
    """Three entries, the last of them at another moment than it was; returns that moment."""
    for name in ("Pertama", "Kedua", "Ketiga"):
        enter(name)
    moment = clock.now() + offset

    def move(body: dict[str, Any]) -> None:
        body["at"] = canonical(moment).strip('"')

    forge(move, 3)
    triggers.install()
    return moment


def test_an_entry_that_is_earlier_than_the_one_before_is_named() -> None:
    written_at(timedelta(hours=-1))
    assert list(register.check()) == ["entri 3: waktunya mendahului entri sebelumnya"]


def test_an_entry_of_the_future_is_named() -> None:
    written_at(timedelta(minutes=6))
    [fault] = register.check()
    assert re.match(r"entri 3: waktunya \(\d{4}-\d\d-\d\d \d\d\.\d\d WIB\) belum tiba", fault)


def test_clocks_that_differ_by_a_little_are_no_fault() -> None:
    written_at(timedelta(minutes=4))
    assert list(register.check()) == []


def test_a_demonstration_may_lie_in_the_future() -> None:
    with story.demonstration(clock.now() + timedelta(days=400)):
        enter()
    assert list(register.check()) == []


def test_a_clock_set_back_a_little_gives_the_moment_of_the_last_entry() -> None:
    moment = written_at(timedelta(minutes=9))
    enter("Keempat")
    assert Entry.objects.get(seq=4).at == moment


def test_a_clock_that_lags_writes_nothing() -> None:
    written_at(timedelta(minutes=11))
    with pytest.raises(WrongState, match=r"^Jam mesin ini \(.*\) tertinggal dari catatan terakhir \("):
        enter("Keempat")
    assert Entry.objects.count() == 3
