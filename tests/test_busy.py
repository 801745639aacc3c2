"""What gets somebody whose act cannot be written now, because another one is being written? (both databases)"""

from __future__ import annotations

import errno
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import OperationalError, connection
from django.test import Client

from commitments.models import Decision, Measurement, ReminderChoice
from opd.models import Unit
from opd.register.append import REGISTER_LOCK
from tests import doors, sheets
from tests.cast import REASON, Cast
from tests.reading import parts, text
from tests.test_admin_decide import on_screen, place
from tests.test_workspace_report import address, picture, typed

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer
    from pytest_django import Settings

pytestmark = pytest.mark.django_db(transaction=True)
FIELD = re.compile(r'<(input|textarea)[^>]* name="([^"]+)"(?: value="([^"]*)")?[^>]*>(?:\n([^<]*)</textarea>)?')
PAGE = 'class="flow resend"'
NOTE = 'Catatan untuk sekretariat,\r\nyang panjang & "dikutip".'


@pytest.fixture
def cast() -> Cast:
    return Cast()


@contextmanager
def somebody_writing() -> Iterator[None]:
    """Another connection keeps the register's lock, as a long import does; this one has little patience."""
    other = connection.copy()
    other.settings_dict["OPTIONS"].pop("pool", None)
    is_sqlite = connection.vendor == "sqlite"
    with other.cursor() as theirs, connection.cursor() as ours:
        theirs.execute("BEGIN IMMEDIATE" if is_sqlite else f"SELECT pg_advisory_lock({REGISTER_LOCK})")
        ours.execute("PRAGMA busy_timeout = 100" if is_sqlite else "SET lock_timeout = '100ms'")
        try:
            yield
        finally:
            theirs.execute("ROLLBACK" if is_sqlite else f"SELECT pg_advisory_unlock({REGISTER_LOCK})")
            other.close()


@contextmanager
def database_that(raises: Exception) -> Iterator[None]:
    def refuse(*arguments: object) -> None:
        raise raises

    with connection.execute_wrapper(refuse):
        yield


def entered(user: Any) -> Client:
    """Signed in; a fault is a page, not an exception."""
    client = doors.enter(user)
    client.raise_request_exception = False
    return client


def grown_old(client: Client) -> datetime:
    """When the session ends, which was last saved eleven minutes ago."""
    client.get("/kerja/")
    before = time.time() - 11 * 60
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.time", lambda: before)
        client.session.save()
    return Session.objects.get().expire_date


def refused(answer: Answer) -> dict[str, Any]:
    """What the form on the page of a busy register carries, once the answer is as it should be."""
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5"), text(page)
    assert "no-store" in answer["Cache-Control"]
    assert "Isian Anda tidak hilang" in text(page)
    carried: dict[str, Any] = {}
    for kind, name, value, written in FIELD.findall(page.partition(PAGE)[2]):
        carried.setdefault(name, []).append(unescape(written if kind == "textarea" else value))
    assert carried.pop("csrfmiddlewaretoken")
    return carried


def test_a_second_head_loses_neither_note_nor_picture(cast: Cast) -> None:
    client, place_ = entered(cast.head), address(cast.target())
    shown = client.get(place_).context["shown"]
    given = typed(
        note=NOTE, account="kepala-dinkes", shown=shown, **{"bukti-1-kind": "hasil", "bukti-1-file": picture()}
    )
    with somebody_writing():
        answer = client.post(place_, given)
    carried = refused(answer)
    assert 'untuk sekretariat, yang panjang & "dikutip"' in text(answer.content.decode())
    assert 'type="file"' not in answer.content.decode()
    assert not Measurement.objects.exists()
    assert client.post(place_, carried).status_code == 302
    [sent] = Measurement.objects.all()
    assert (sent.state, sent.note, sent.evidence.count()) == ("submitted", NOTE.replace("\r\n", "\n"), 2)


def test_a_file_that_cannot_wait_is_asked_for_again(cast: Cast) -> None:
    client, place_ = entered(cast.head), address(cast.target())
    with somebody_writing():
        answer = client.post(place_, typed(**{"bukti-1-kind": "hasil", "bukti-1-file": picture()}))
    carried = refused(answer)
    assert "Pilih lagi berkasnya" in text(answer.content.decode())
    assert 'enctype="multipart/form-data"' in answer.content.decode()
    assert client.post(place_, carried | {"bukti-1-file": picture()}).status_code == 302
    assert Measurement.objects.get().evidence.count() == 2


def test_a_clerk_decides_with_the_note_of_the_first_try(cast: Cast) -> None:
    sent = cast.measurement(cast.target())
    client = entered(cast.verifier)
    given = {"act": "kembalikan", "note": REASON, **on_screen(client, sent)}
    with somebody_writing():
        answer = client.post(place(sent), given)
    carried = refused(answer)
    assert parts(answer.content.decode(), "div", "field") == [f"Yang Anda tulis {REASON}"]
    assert not Decision.objects.exists()
    assert client.post(place(sent), carried).status_code == 302
    assert Decision.objects.get().note == REASON


def test_a_keeper_enters_a_unit_once(cast: Cast) -> None:
    client, place_ = entered(cast.keeper), "/admin/opd/unit/baru/"
    given = {
        "code": "baru",
        "unit_kind": "dinas",
        "name": "Dinas yang baru",
        "short_name": "Baru",
        "source": "Perwal 1",
        "certainty": "documented",
    }
    with somebody_writing():
        carried = refused(client.post(place_, given))
    answer = client.post(place_, carried)
    assert answer.status_code == 302, text(answer.content.decode())
    assert Unit.objects.filter(code="baru").count() == 1


def test_a_keeper_tries_a_sheet_meanwhile_and_says_yes_later(cast: Cast) -> None:
    client, place_ = entered(cast.keeper), "/admin/impor/realisasi/"
    rows = [sheets.MEASUREMENTS, sheets.measurement(cast.target().reference)]
    with somebody_writing():
        trial = client.post(place_, {"file": SimpleUploadedFile("hasil.xlsx", sheets.xlsx(rows))})
        assert trial.status_code == 200
        carried = refused(client.post(place_, {"token": trial.context["token"]}))
    assert not Measurement.objects.exists()
    assert client.post(place_, carried).status_code == 302
    assert Measurement.objects.get().submitted_by == cast.keeper


@pytest.mark.sqlite
def test_a_password_is_asked_for_again_and_not_sent_back(cast: Cast) -> None:
    """In PostgreSQL a sign-in waits for nobody."""
    client = Client(raise_request_exception=False)
    with somebody_writing():
        answer = client.post("/akun/login/", {"login": "kepala-dinkes", "password": doors.PASSWORD})
    carried = refused(answer)
    assert carried == {"login": ["kepala-dinkes"], "password": [""]}
    assert doors.PASSWORD not in answer.content.decode()
    assert client.post("/akun/login/", carried | {"password": doors.PASSWORD}).status_code == 302


@pytest.mark.sqlite
def test_whoever_reads_is_not_kept_by_whoever_writes(cast: Cast) -> None:
    """Their session is to be renewed, and cannot be."""
    client = entered(cast.head)
    before = grown_old(client)
    with somebody_writing():
        assert client.get("/kerja/").status_code == 200
    assert Session.objects.get().expire_date == before
    assert client.get("/kerja/").status_code == 200
    assert Session.objects.get().expire_date > before


def test_a_session_is_renewed_now_and_then_and_not_at_every_page(cast: Cast) -> None:
    client = entered(cast.head)
    client.get("/kerja/")
    expires = Session.objects.get().expire_date
    assert not client.get("/kerja/").cookies
    assert Session.objects.get().expire_date == expires
    expires = grown_old(client)
    answer = client.get("/kerja/")
    assert Session.objects.get().expire_date > expires
    assert answer.cookies["sessionid"]["max-age"] == 12 * 60 * 60
    client.post("/akun/logout/")
    assert not Session.objects.exists()


def test_machines_are_told_in_a_line_of_json(cast: Cast) -> None:
    client = Client(raise_request_exception=False)
    with database_that(OperationalError("away")):
        answer = client.get("/api/v1/units/")
    assert (answer.status_code, answer["Retry-After"], answer["Access-Control-Allow-Origin"]) == (503, "5", "*")
    assert answer.json() == {"error": "Basis data sedang tidak menjawab; coba lagi sebentar lagi."}
    with database_that(ZeroDivisionError()):
        answer = client.get("/api/v1/units/")
    assert (answer.status_code, answer.json()) == (500, {"error": "Ada gangguan di sisi kami."})


def test_a_reader_is_asked_to_come_back_in_their_language(cast: Cast) -> None:
    client = Client(raise_request_exception=False)
    with database_that(OperationalError("away")):
        here, there = client.get("/"), client.get("/en/")
    assert [(one.status_code, one["Retry-After"]) for one in (here, there)] == [(503, "5")] * 2
    assert "Muat ulang sebentar lagi." in text(here.content.decode())
    assert "Reload it in a moment." in text(there.content.decode())


def test_a_question_that_is_wrong_is_a_fault_and_no_busy_register(cast: Cast) -> None:
    client = entered(cast.head)

    def misspell(execute: Any, sql: str, *rest: Any) -> Any:
        return execute("SELEC 1", *rest)

    with connection.execute_wrapper(misspell):
        answer = client.get("/kerja/")
    assert (answer.status_code, answer.has_header("Retry-After")) == (500, False)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SET statement_timeout = '100ms'", "mencatat kiriman lain"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", "mungkin sudah tercatat"),
    ],
)
def test_postgres_that_gives_up_or_goes_away_keeps_the_form_too(cast: Cast, statement: str, said: str) -> None:
    sent = cast.measurement(cast.target())
    client = entered(cast.verifier)
    given = {"act": "kembalikan", "note": REASON, **on_screen(client, sent)}
    with somebody_writing(), connection.execute_wrapper(_before_the_lock(statement)):
        answer = client.post(place(sent), given)
    assert refused(answer)["note"] == [REASON]
    assert said in text(answer.content.decode())


def _before_the_lock(statement: str) -> Any:
    def wrap(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "pg_advisory_xact_lock" in sql:
            execute(f"SET LOCAL lock_timeout = 0; {statement}", None, False, context)
        return execute(sql, params, many, context)

    return wrap


@pytest.mark.postgres
def test_a_pool_without_a_free_connection_is_a_busy_register(cast: Cast) -> None:
    client = entered(cast.head)
    place_ = address(cast.target())
    taken: list[Any] = []
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # one that an earlier test lost would be waited for in vain
    pool = connection.pool  # type: ignore[attr-defined]
    pool.open()
    patience = pool.timeout
    try:
        while len(taken) < pool.max_size:
            taken.append(pool.getconn(timeout=60))
        pool.timeout = 0.1
        answer = client.post(place_, typed(note=NOTE))
    finally:
        pool.timeout = patience
        for one in taken:
            pool.putconn(one)
    assert refused(answer)["note"] == [NOTE]


def test_a_form_that_no_page_of_ours_sent_is_not_offered_again(cast: Cast) -> None:
    """One click of a mail program ends the reminders: nobody vouches for what else it carries."""
    client = Client(raise_request_exception=False)
    with database_that(OperationalError("away")):
        answer = client.post(
            f"/kerja/pengingat/{ReminderChoice.token(cast.head)}/", {"List-Unsubscribe": "One-Click"}
        )
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "One-Click" not in answer.content.decode()


# --- A full disk -------------------------------------------------------------------------------------------------

FULL = "Penyimpanan register penuh; beri tahu pengelola register."


@contextmanager
def disk_that_is_full() -> Iterator[None]:
    """Whoever writes is refused in the words of the driver; who reads is answered."""

    def refuse(execute: Any, sql: str, *rest: Any) -> Any:
        if not sql.startswith(("INSERT", "UPDATE")):
            return execute(sql, *rest)
        cause = sqlite3.OperationalError("database or disk is full")
        cause.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise OperationalError() from (cause if connection.vendor == "sqlite" else psycopg.errors.DiskFull())

    with connection.execute_wrapper(refuse):
        yield


def test_on_a_full_disk_of_the_database_the_form_comes_back_with_the_reason(cast: Cast) -> None:
    target, client = cast.target(), entered(cast.head)
    with disk_that_is_full():
        answer = client.post(address(target), typed(note=NOTE))
    assert (answer.status_code, FULL in text(answer.content.decode())) == (503, True)
    assert "yang panjang" in text(answer.content.decode())
    assert Measurement.objects.count() == 0


def test_on_a_full_disk_of_uploads_the_sender_is_told(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A long file waits in a temporary one: it fails while the form is read, before anybody knows who sent it.

    What had come in of it takes no room any more.
    """

    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    settings.FILE_UPLOAD_MAX_MEMORY_SIZE, settings.FILE_UPLOAD_TEMP_DIR = 10, str(tmp_path)
    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", no_space)
    target, client = cast.target(), entered(cast.head)
    client.handler.enforce_csrf_checks = True
    client.cookies["csrftoken"] = "a" * 32
    answer = client.post(address(target), typed(**{"bukti-0-file": picture()}))
    assert (answer.status_code, "Retry-After" in answer) == (503, True)
    assert f"{FULL} Belum ada yang tercatat" in text(answer.content.decode())
    assert list(tmp_path.glob("*.upload*")) == []
    assert Measurement.objects.count() == 0
