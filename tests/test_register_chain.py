"""Tests of the chain: one chain on both databases, with many writers, and with many acts in a transaction."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from commitments.models import Evidence, Measurement
from opd import access, register
from opd.errors import WrongPerson
from opd.models import Entry, Person
from tests import history_of_everything as story
from tests.cast import Cast
from tests.mutations import undone

WRITERS, ACTS = 8, 25

TELL = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.test_register_chain import whole_story
print(whole_story())
"""

# One process reads the code, and becomes many before it has opened the database.
APPEND = """
import os, sys, time, django; django.setup()
from django.db import DatabaseError, connection
from opd import access, register
from opd.models import Entry, Person
from opd.register import append as appending
def glance():
    found = appending.state()
    time.sleep(0.01)  # long enough for another one to come between
    return found
def append():
    connection.ensure_connection()
    if "unlocked" in sys.argv:
        appending._lock = glance
        connection.transaction_mode = None
    refused = 0
    os.write(ready_out, b".")
    os.read(go_in, 1)
    for number in range(acts):
        try:
            Person.enter(by=access.SYSTEM, name=f"Penulis {number}")
        except DatabaseError:
            refused += 1
    return refused
writers, acts = int(sys.argv[1]), int(sys.argv[2])
(ready_in, ready_out), (go_in, go_out), (said_in, said_out) = os.pipe(), os.pipe(), os.pipe()
for _ in range(writers):
    if not os.fork():
        os.write(said_out, f"{append()}\\n".encode())
        os._exit(0)
for _ in range(writers):
    os.read(ready_in, 1)
os.write(go_out, b"." * writers)
assert [status for _, status in (os.wait() for _ in range(writers))] == [0] * writers
print(sum(map(int, os.read(said_in, 1000).split())))
"""


def whole_story() -> str:
    """The hash after every act there is, told in a register that is empty."""
    with story.demonstration() as turned:
        story.told(story.everything(Cast()), story.at_its_own_pace(turned))
    return Entry.objects.latest("seq").hash


def python(script: str, *arguments: str, **environment: str) -> str:
    """The last line that another process prints."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | {"SECRET_KEY": settings.SECRET_KEY, "REGISTER_KEY": settings.REGISTER_KEY} | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def address() -> str:
    """The test database, as another process finds it."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    return f"postgres://{known['USER']}@/{known['NAME']}?host={known['HOST']}"


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_same_history_gives_the_same_hash_on_sqlite(tmp_path: Path) -> None:
    """The same story, told by another process in a file of its own."""
    place = {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "EVIDENCE_DIR": str(tmp_path / "evidence")}
    assert whole_story() == python(TELL, **place)
    assert list(register.check()) == []


@pytest.mark.django_db
def test_the_same_acts_in_one_transaction_give_the_same_hash() -> None:
    with undone():
        one_by_one = whole_story()
    with register.many_acts(), story.demonstration() as turned:
        story.told(story.everything(Cast()), story.at_its_own_pace(turned))
    assert Entry.objects.latest("seq").hash == one_by_one
    assert list(register.check()) == []


@pytest.mark.django_db
def test_an_act_refused_among_many_leaves_nothing_and_the_others_stand() -> None:
    cast = Cast()
    measurement = cast.measurement(cast.target())
    before = Entry.objects.count()
    with register.many_acts():
        with pytest.raises(WrongPerson):
            measurement.verify(by=cast.outsider, seen=measurement.fingerprint())
        measurement.verify(by=cast.verifier, seen=measurement.fingerprint())
    assert (Entry.objects.count(), measurement.decisions.count()) == (before + 1, 1)
    assert list(register.check()) == []


@pytest.mark.django_db
def test_among_many_acts_what_was_written_through_another_object_is_read_again() -> None:
    cast = Cast()
    measurement = cast.measurement(cast.target())
    with register.many_acts():
        [proof], before = measurement.evidence_items(), measurement.verdicts()
        same = Measurement.objects.get(pk=measurement.pk)
        same.verify(by=cast.verifier, seen=same.fingerprint())
        assert (before, [one.verdict for one in measurement.verdicts()]) == ([], ["verified"])
        other = Evidence.objects.get(pk=proof.pk)
        other.redact(by=cast.approver, seen=other.fingerprint(), reason="memuat nomor telepon seorang warga")
        assert [item.redacted_at for item in measurement.evidence_items()] == [other.redacted_at]
    assert list(register.check()) == []


@pytest.mark.django_db
def test_when_the_whole_fails_nothing_of_it_happened() -> None:
    with pytest.raises(ZeroDivisionError), register.many_acts():
        Person.enter(by=access.SYSTEM, name="Tidak jadi")
        raise ZeroDivisionError
    assert (Entry.objects.count(), Person.objects.count()) == (0, 0)


def append_at_once(*arguments: str) -> int:
    """How many acts the database refused to eight processes that all write at once."""
    return int(python(APPEND, str(WRITERS), str(ACTS), *arguments, DATABASE_URL=address()))


@pytest.mark.django_db(transaction=True)
def test_eight_processes_append_without_a_fork_or_a_loss() -> None:
    assert append_at_once() == 0
    assert Entry.objects.count() == Person.objects.count() == WRITERS * ACTS
    assert list(register.check()) == []


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_acts_are_lost_but_the_chain_still_does_not_fork() -> None:
    """The twin: the unique columns are the second line of defence."""
    refused = append_at_once("unlocked")
    assert refused > 0
    assert Entry.objects.count() == WRITERS * ACTS - refused
    assert list(register.check()) == []
