"""Tests of the nightly tidying: it removes what nobody submitted, and nothing else."""

from __future__ import annotations

import io
import os
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command

from commitments import evidence as store
from commitments.models import Evidence, Measurement
from opd import clock
from tests.cast import Cast
from tests.papers import with_noise

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # files and names of files: no database changes them
LONG_AGO, LATELY = timedelta(days=15), timedelta(days=13)


def received(content: bytes, age: timedelta) -> store.ReceivedFile:
    file = store.receive("data.pdf", io.BytesIO(with_noise(content)))
    grow_old(store.path_of(file.sha256), age)
    return file


def grow_old(path: Path, age: timedelta) -> None:
    moment = (clock.now() - age).timestamp()
    os.utime(path, (moment, moment))


def drafted(cast: Cast, file: store.ReceivedFile) -> Measurement:
    day = date(2018, 12, 31)
    row = Measurement.draft(
        by=cast.operator, target=cast.target(), value=Decimal(5), period_start=day, period_end=day
    )
    Evidence.attach(row, kind="hasil", file=file)
    return row


def tidied(settings_folder: str) -> tuple[str, set[str]]:
    """What is said, and what is left."""
    said = io.StringIO()
    call_command("tidy", stdout=said)
    return said.getvalue(), {path.name for path in Path(settings_folder).rglob("*") if path.is_file()}


def test_old_files_of_no_report_go_and_all_others_stay(settings: Settings) -> None:
    cast = Cast()
    sent, draft = received(b"sent", LONG_AGO), received(b"draft", LONG_AGO)
    row = drafted(cast, sent)
    row.submit(by=cast.head, seen=row.fingerprint())
    row.verify(by=cast.verifier, seen=row.fingerprint(), public={row.evidence.get().uuid: True})
    shown = row.evidence.get().public_sha256
    grow_old(store.path_of(shown, public=True), LONG_AGO)
    drafted(cast, draft)
    young = received(b"on its way", LATELY)
    received(b"forgotten", LONG_AGO)
    said, left = tidied(settings.MEDIA_ROOT)
    assert said == "1 berkas dibuang.\n"
    assert left == {sent.sha256, draft.sha256, young.sha256, shown}


def test_a_file_brought_again_is_young_again(settings: Settings) -> None:
    drafted(Cast(), received(b"draft", LONG_AGO))
    again = received(b"again", LONG_AGO)
    store.receive("data.pdf", io.BytesIO(with_noise(b"again")))
    said, left = tidied(settings.MEDIA_ROOT)
    assert (said, again.sha256 in left) == ("0 berkas dibuang.\n", True)


def test_in_the_folder_of_another_register_nothing_is_touched(settings: Settings) -> None:
    file = received(b"of another", LONG_AGO)
    assert tidied(settings.MEDIA_ROOT) == ("0 berkas dibuang.\n", {file.sha256})


def test_a_sign_in_that_is_over_goes(settings: Settings) -> None:
    for key, days in (("over", -1), ("open", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=clock.now() + timedelta(days=days))
    tidied(settings.MEDIA_ROOT)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]
