"""Tests of the processes that read the register together: one moment for all, whoever writes meanwhile."""

from __future__ import annotations

import os
from threading import Thread

import pytest
from django.db import connection

from opd import access
from opd.models import Entry, Person
from opd.register.checking import readers, replay
from opd.register.snapshot import shared_moment, snapshot

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 24


@pytest.fixture(autouse=True)
def people() -> None:
    for number in range(PEOPLE):
        Person.enter(by=access.SYSTEM, name=f"Orang {number}")


def process_and_entries(part: int) -> tuple[int, int]:
    return os.getpid(), Entry.objects.count()


def another() -> None:
    """Somebody else writes."""

    def write() -> None:
        Person.enter(by=access.SYSTEM, name="Sesudahnya")
        connection.close()

    writer = Thread(target=write)
    writer.start()
    writer.join()


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def test_several_processes_check_a_long_register_and_name_what_one_names() -> None:
    with snapshot():
        pids = {pid for pid, _ in readers.in_turn(process_and_entries, list(range(20)))}
        assert os.getpid() not in pids
        assert list(replay.check(entries=2)) == []


def test_what_is_written_after_the_moment_nobody_reads() -> None:
    """On SQLite a process that came too late leaves the work to the one that began; PostgreSQL lets it go back."""
    with snapshot():
        assert shared_moment()
        another()
        seen = list(readers.in_turn(process_and_entries, list(range(9))))
        assert {entries for _, entries in seen} == {PEOPLE}
        assert ({pid for pid, _ in seen} == {os.getpid()}) == (connection.vendor == "sqlite")
        assert list(replay.check(entries=2)) == []
    assert Entry.objects.count() == PEOPLE + 1


def test_without_the_moment_a_process_reads_what_came_after() -> None:
    """The twin."""
    another()
    assert process_and_entries(0)[1] == PEOPLE + 1
