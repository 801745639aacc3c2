"""Does anybody have to wait for a trial, and does it tell exactly what a yes will do (both databases)?"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from commitments.models import Measurement, ServiceTarget
from commitments.secretariat.imports.run import IMPORTS, run
from opd import register
from opd.models import Entry, Unit, UnitName
from opd.register.private_copy import private_copy
from tests import doors, sheets
from tests.bench.imports import sheet
from tests.cast import REASON, Cast
from tests.test_admin_decide import on_screen, place
from tests.test_register_chain import address

pytestmark = pytest.mark.django_db(transaction=True)

# Another process, which tells when the fifth row has been tried, and how the trial ended and when.
TRY = """
import sys, time, django
from pathlib import Path
django.setup()
from django.contrib.auth.models import User
from commitments.secretariat.imports import run as runs
from commitments.secretariat.imports.kinds.measurements import MeasurementImport

def tell(done, total):
    if done == 5:
        print("trying", flush=True)

runs.MAX_SECONDS = float("inf")
keeper = User.objects.get(username="pengelola")
report = runs.run(MeasurementImport, Path(sys.argv[1]).read_bytes(), by=keeper, tell=tell)
print(len(report.new), len(report.faults), time.monotonic(), flush=True)
"""


def verdict_while_trying(folder: Path, rows: int) -> tuple[float, float]:
    """Seconds that a clerk waited for a verdict in this process, and those that another one went on trying after."""
    cast = Cast()
    commitment = cast.commitment()
    targets = [cast.target(commitment=commitment, service=f"Layanan {number}") for number in range(5)]
    sent = cast.measurement(targets[0])
    client = doors.enter(cast.verifier)
    given = {"act": "kembalikan", "note": REASON, **on_screen(client, sent)}
    file = folder / "sheet.xlsx"
    file.write_bytes(sheet([target.reference for target in targets], rows))
    keys = {"SECRET_KEY": settings.SECRET_KEY, "REGISTER_KEY": settings.REGISTER_KEY, "DATABASE_URL": address()}
    command = [sys.executable, "-c", TRY, str(file)]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=os.environ | keys, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "trying\n"
        began = time.monotonic()
        answer = client.post(place(sent), given)
        ended = time.monotonic()
        new, faults, until = other.stdout.readline().split()
    assert (answer.status_code, sent.decisions.get().note, new, faults) == (302, REASON, str(rows), "0")
    assert Measurement.objects.count() == 1
    assert list(register.check()) == []
    return ended - began, float(until) - ended


def test_a_verdict_goes_through_while_another_process_tries_a_sheet(tmp_path: Path) -> None:
    _, went_on = verdict_while_trying(tmp_path, 300)
    assert went_on > 0


@pytest.mark.nightly
def test_a_verdict_takes_two_seconds_at_most_while_5000_rows_are_tried(tmp_path: Path) -> None:
    waited, went_on = verdict_while_trying(tmp_path, 5_000)
    assert waited <= 2
    assert went_on > 0


def test_a_trial_of_each_kind_tells_what_the_yes_then_does() -> None:
    """The yes is only taken when both are the same."""
    cast = Cast()
    target = cast.target()
    unit = ("dinkes", "dinas", "Unit dinkes", "Dinkes", "Perwal 1/2020", "reconstructed")
    new = ("baru", "dinas", "Dinas Baru", "Baru", "Perwal 1/2020", "documented")
    tenure = ("dinkes", "Ibu A", "Kepala Dinas", "definitif", "1 Januari 2018", "", "Perwal", "documented")
    later = ("dinkes", "Ibu B", "Kepala Dinas", "definitif", "1 Januari 2019", "", "Perwal", "documented")
    promise = (
        *("dinkes", "Antrean singkat", "Warga cepat pulang.", "living", "Antrean", "cepat", "menit", "median"),
        *("lower", "60", "2 November 2017", "Survei", "15", "31 Desember 2030"),
    )
    files: dict[str, sheets.Rows] = {
        "unit": [sheets.UNITS, unit, new],
        "pejabat": [sheets.TENURES, tenure, later],
        "komitmen": [sheets.PROMISES, promise],
        "realisasi": [sheets.MEASUREMENTS, sheets.measurement(target.reference, 9)],
    }
    for slug, rows in files.items():
        content = sheets.xlsx(rows)
        before = Entry.objects.count()
        trial = run(IMPORTS[slug], content, by=cast.keeper)
        assert (trial.faults, trial.kept, Entry.objects.count()) == ([], False, before)
        report = run(IMPORTS[slug], content, by=cast.keeper, keep=trial.digest)
        assert (report.kept, report.outcomes) == (True, trial.outcomes)
    assert list(register.check()) == []


def test_nothing_of_a_trial_stays() -> None:
    cast = Cast()
    with register.trial():
        cast.target(service="Dicoba saja")
        assert ServiceTarget.objects.filter(service="Dicoba saja").exists()
    assert not ServiceTarget.objects.exists()
    assert cast.target().reference == "DINKES-01-1"
    assert list(register.check()) == []


def test_each_trial_begins_with_what_was_recorded_since_the_last_one() -> None:
    cast = Cast()
    for number in range(1, 4):
        with register.trial():
            assert ServiceTarget.objects.count() == number - 1
            cast.target(service="Dicoba saja")
        cast.target(service=f"Layanan {number}")
    assert ServiceTarget.objects.count() == 3


def test_the_copy_is_guarded_as_the_register_is() -> None:
    Cast()
    for change in (UnitName.objects.all().delete, lambda: Unit.objects.update(code="lain")):
        with private_copy(), pytest.raises(DatabaseError, match="tidak dapat"), transaction.atomic():
            change()
    with private_copy(), pytest.raises(DatabaseError), transaction.atomic():
        Unit.objects.create(code="setda", unit_kind="dinas")
    assert Unit.objects.filter(code="setda").count() == 1


def test_a_copy_that_fails_gives_the_register_back() -> None:
    Cast()
    with pytest.raises(ZeroDivisionError), register.trial():
        Unit.objects.update(website="https://contoh.invalid")
        raise ZeroDivisionError
    assert not connection.in_atomic_block
    assert not Unit.objects.exclude(website="").exists()
