"""Tests of long imports: they tell how far they are, come to the same end, and leave nothing once stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from commitments.models import Measurement
from commitments.secretariat.imports import jobs, views
from commitments.secretariat.imports.kinds.measurements import MeasurementImport
from opd import register
from opd.models import Entry
from tests import doors, sheets
from tests.cast import Cast, give
from tests.test_import_columns import REALISASI, SHORT, quarters, sent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def every_sheet_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MAX_BYTES_AT_ONCE", 0)
    monkeypatch.setattr(jobs, "ROWS_BETWEEN_SIGNS", 1)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Holds every job of three rows at its second one until the event is set."""
    go_on, enter, count = threading.Event(), MeasurementImport.enter, [0]

    def waiting(self: MeasurementImport, given: dict[str, Any]) -> Any:
        count[0] += 1
        if count[0] % 3 == 2:
            go_on.wait(30)
        return enter(self, given)

    monkeypatch.setattr(MeasurementImport, "enter", waiting)
    yield go_on
    go_on.set()


def finished(client: Client, address: str) -> Any:
    for _ in range(600):
        answer = client.get(address)
        if "Refresh" not in answer.headers:
            return answer
        time.sleep(0.05)
    raise AssertionError("it never ended")


def progress(client: Client, address: str, words: str) -> str:
    for _ in range(600):
        page = client.get(address).content.decode()
        if words in page:
            return page
        time.sleep(0.05)
    raise AssertionError(page)


def test_a_long_sheet_is_tried_and_kept_beside_the_request(held: threading.Event) -> None:
    cast = Cast()
    client = doors.enter(cast.keeper)
    begun = sent(client, sheets.xlsx([SHORT, *quarters(cast.target(), 5, 4, 3)]))
    assert (begun.status_code, begun["Location"].startswith(f"{REALISASI}berjalan/")) == (302, True)
    assert "belum ada yang tercatat" in progress(client, begun["Location"], "1 dari 3 baris")
    held.set()
    trial = finished(client, begun["Location"])
    assert (trial.status_code, Measurement.objects.count()) == (200, 0)
    page = trial.content.decode()
    assert "3 baris akan tercatat." in page
    assert views.CSRF_PLACE not in page
    token = page.split('name="token" value="')[1].split('"')[0]
    keeping = client.post(REALISASI, {"token": token})
    assert finished(client, keeping["Location"])["Location"] == REALISASI
    assert "3 baris tercatat dari rekap.xlsx" in client.get(REALISASI).content.decode()
    assert (Measurement.objects.count(), list(register.check())) == (3, [])


@pytest.mark.parametrize("is_kept", [False, True])
def test_one_that_is_stopped_leaves_nothing(held: threading.Event, is_kept: bool) -> None:
    cast = Cast()
    client, content = doors.enter(cast.keeper), sheets.xlsx([SHORT, *quarters(cast.target(), 5, 4, 3)])
    before = Entry.objects.count()
    if is_kept:
        held.set()
        trial = finished(client, sent(client, content)["Location"]).content.decode()
        held.clear()
        address = client.post(REALISASI, {"token": trial.split('name="token" value="')[1].split('"')[0]})["Location"]
    else:
        address = sent(client, content)["Location"]
    progress(client, address, "1 dari 3 baris")
    assert client.post(address)["Location"] == address
    held.set()
    answer = finished(client, address)
    assert answer.status_code == 409
    assert "Dihentikan. Tidak ada yang tercatat." in answer.content.decode()
    assert (Measurement.objects.count(), Entry.objects.count(), list(register.check())) == (0, before, [])


def test_a_job_is_nobody_elses(held: threading.Event) -> None:
    cast = Cast()
    client = doors.enter(cast.keeper)
    address = sent(client, sheets.xlsx([SHORT, *quarters(cast.target(), 5, 4, 3)]))["Location"]
    give(cast.other_head, "pengelola-data")
    cast.other_head.is_staff = True
    cast.other_head.save()
    other = doors.enter(cast.other_head)
    assert (other.get(address).status_code, other.post(address).status_code) == (404, 404)
    held.set()
    assert finished(client, address).status_code == 200


def test_a_file_that_cannot_be_read_and_a_mistake_of_ours_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast()
    client = doors.enter(cast.keeper)
    answer = finished(client, sent(client, b"PK\x03\x04")["Location"])
    assert (answer.status_code, "Berkas ini rusak" in answer.content.decode()) == (409, True)

    def mistaken(self: MeasurementImport, given: dict[str, Any]) -> Any:
        return given["what is not there"]

    monkeypatch.setattr(MeasurementImport, "enter", mistaken)
    answer = finished(client, sent(client, sheets.xlsx([SHORT, *quarters(cast.target(), 5)]))["Location"])
    assert (answer.status_code, "Ada kesalahan pada program ini" in answer.content.decode()) == (409, True)


def test_a_job_whose_process_has_ended_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast()
    job = jobs.ImportJob("lama", "realisasi", "rekap.xlsx", cast.keeper.pk, keeps=False)
    job.write()
    client = doors.enter(cast.keeper)
    assert client.get(f"{REALISASI}berjalan/lama/").status_code == 200
    monkeypatch.setattr(jobs, "SECONDS_WITHOUT_SIGN", -1)
    answer = client.get(f"{REALISASI}berjalan/lama/")
    assert (answer.status_code, views.JOB_LOST in answer.content.decode()) == (409, True)
