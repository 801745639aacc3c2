"""Tests of broken connections: a report survives an expired session, a second phone, a cut at any byte."""

from __future__ import annotations

import hashlib
import http.client
import re
import socket
import socketserver
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from commitments.models import Evidence, Measurement, ServiceTarget
from commitments.workspace import kept_forms
from opd import register
from opd.models import Entry, Invitation
from tests import doors
from tests.cast import Cast
from tests.papers import with_noise
from tests.test_workspace_report import address, picture, typed, unsent

if TYPE_CHECKING:
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def target(cast: Cast) -> ServiceTarget:
    return cast.target()


# --- Signed out half-way ---------------------------------------------------------------------------------------


def sign_in(client: Client, username: str, answer: Any) -> Any:
    """At the door that `answer` leads to; the page one comes to."""
    client.post(answer["Location"], {"login": username, "password": doors.PASSWORD})
    return client.get(address(ServiceTarget.objects.get()))


def test_what_was_typed_waits_behind_the_door(cast: Cast, target: ServiceTarget) -> None:
    client = Client()
    given = typed(account=cast.head.username, note="Jangan hilang", **{"bukti-1-kind": "hasil"})
    answer = client.post(address(target), given)
    assert answer["Location"] == f"/akun/login/?next={address(target)}"
    assert "isian tadi masih ada." in client.get(answer["Location"]).content.decode()
    page = sign_in(client, cast.head.username, answer)
    form, rows = page.context["form"], page.context["rows"]
    kept = {name: form[name].value() for name in ("uuid", "value", "period_typed", "n", "note")}
    assert kept == {name: given[name] for name in kept}
    assert (rows.forms[0]["url"].value(), rows.forms[1]["kind"].value()) == ("https://contoh.go.id/angka", "hasil")
    assert Measurement.objects.count() == 0
    assert "Jangan hilang" not in client.get(address(target)).content.decode()  # once


def with_a_file(cast: Cast, shown: str) -> dict[str, Any]:
    given = typed(account=cast.head.username, shown=shown, **{"bukti-1-kind": "hasil", "bukti-TOTAL_FORMS": "2"})
    return {**given, "bukti-1-file": picture()}


def test_its_file_waits_too_and_is_sent_once_one_is_in(cast: Cast, target: ServiceTarget) -> None:
    page = doors.enter(cast.head).get(address(target))
    client = Client()
    answer = client.post(address(target), with_a_file(cast, page.context["shown"]))
    assert "isian tadi masih ada." in client.get(answer["Location"]).content.decode()
    rows = sign_in(client, cast.head.username, answer).context["rows"]
    assert rows.forms[1].kept.size
    again = with_a_file(cast, "") | {"bukti-1-file": "", "bukti-1-held": rows.forms[1]["held"].value()}
    assert client.post(address(target), again)["Location"].startswith("/kerja/kiriman/")
    arrived = Evidence.objects.exclude(media_type="").get()
    assert arrived.sha256 == hashlib.sha256(picture().read()).hexdigest()


@pytest.mark.parametrize("to", ["head", "operator"])
def test_a_file_waits_for_nobody_else_than_who_saw_the_form(cast: Cast, target: ServiceTarget, to: str) -> None:
    client, account = Client(), getattr(cast, to).username
    answer = client.post(address(target), with_a_file(cast, kept_forms.shown_to(account)))
    rows = sign_in(client, cast.head.username, answer).context["rows"]
    assert any(row.kept for row in rows.forms) == (to == "head")


def test_a_stranger_s_file_is_not_stored(cast: Cast, target: ServiceTarget, settings: Settings) -> None:
    client = Client()
    answer = client.post(address(target), with_a_file(cast, "palsu"))
    assert "isian tadi masih ada, kecuali berkasnya." in client.get(answer["Location"]).content.decode()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_a_page_that_keeps_its_own_draft_leaves_nothing_at_the_door(cast: Cast, target: ServiceTarget) -> None:
    client = Client()
    client.post(address(target), typed(account=cast.head.username), headers={"X-Draft": "kept"})
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/kerja/kiriman/x/?a=1", "/kerja/kiriman/x/?a=1"),
        ("https://contoh.invalid/kerja/kiriman/x/", "/kerja/"),
        ("", "/kerja/"),
    ],
)
def test_a_button_pressed_too_late_leads_back_to_its_page(cast: Cast, page: str, back: str) -> None:
    draft = cast.measurement(cast.target(), submitted=False)
    answer = Client().post(f"/kerja/kiriman/{draft.uuid}/kirim/", {"seen": "x"}, headers={"Referer": page})
    assert answer["Location"] == f"/akun/login/?{urlencode({'next': back}, safe='/')}"


def test_an_invitation_typed_too_late_waits_behind_the_door(cast: Cast) -> None:
    client, place = Client(), "/kerja/tim/?unit=dinkes"
    answer = client.post(place, {"account": cast.head.username, "name": "Siti Rahayu", "email": ""})
    client.post(answer["Location"], {"login": cast.head.username, "password": doors.PASSWORD})
    assert client.get(place).context["form"]["name"].value() == "Siti Rahayu"
    assert Invitation.objects.count() == 0


def test_nobody_else_finds_it_there(cast: Cast, target: ServiceTarget) -> None:
    client = Client()
    answer = client.post(address(target), typed(account=cast.head.username, note="Rahasia kepala"))
    page = sign_in(client, cast.operator.username, answer)
    assert "Rahasia kepala" not in page.content.decode()
    client.logout()
    assert "Rahasia kepala" not in sign_in(client, cast.head.username, answer).content.decode()


@pytest.mark.parametrize("given", [{"account": ""}, {"account": "kepala-dinkes", "note": "x" * 30_000}, {}])
def test_a_stranger_cannot_fill_the_store(cast: Cast, target: ServiceTarget, given: dict[str, str]) -> None:
    client = Client()
    fields = typed(**given) if "note" in given else dict(given)
    client.post(address(target), fields)
    assert "typed before signing in" not in client.session or given == {"account": ""}


def test_a_page_left_open_by_one_account_is_not_sent_by_another(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.operator)
    answer = client.post(address(target), unsent(account=cast.head.username, note="Rahasia kepala"))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Isian ini milik akun lain" in page
    assert "Rahasia kepala" not in page
    assert Measurement.objects.count() == 0
    assert client.post(address(target), unsent(account=cast.operator.username)).status_code == 302


# --- The receipt that one keeps --------------------------------------------------------------------------------


def test_the_receipt_to_keep_proves_its_entry_in_the_register(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    sent = client.post(address(target), typed(**{"bukti-0-file": picture(), "bukti-0-original_sha256": "b" * 64}))
    kept = client.get(f"{sent['Location']}tanda-terima.txt")
    assert kept["Content-Type"] == "text/plain; charset=utf-8"
    assert kept["Content-Disposition"].startswith('attachment; filename="tanda-terima-DINKES-01-1-')
    words = kept.content.decode()
    *_, prev_hash, body = words.strip().splitlines()
    digest = hashlib.sha256(f"{prev_hash}{body}".encode()).hexdigest()
    entry = Entry.objects.get(act="measurement.submitted")
    assert digest == entry.hash
    assert digest in words
    for told in (
        "9,5\N{NO-BREAK SPACE}hari",
        "Dinkes",
        target.reference,
        "b" * 64,
        *Evidence.objects.values_list("sha256", flat=True),
    ):
        assert told in words
    [place] = re.findall(r"http://testserver(/jejak/\S+)", words)
    assert digest in Client().get(place).content.decode()


def test_a_draft_has_no_receipt(cast: Cast, target: ServiceTarget) -> None:
    draft = cast.measurement(target, submitted=False)
    client = doors.enter(cast.head)
    assert client.get(f"/kerja/kiriman/{draft.uuid}/tanda-terima.txt").status_code == 404
    assert "tanda-terima.txt" not in client.get(f"/kerja/kiriman/{draft.uuid}/").content.decode()


# --- A line that breaks ----------------------------------------------------------------------------------------


class BadLine(socketserver.ThreadingTCPServer):
    """A proxy on this machine: each connection breaks after some bytes, either way, and is as slow as told."""

    daemon_threads = False  # whoever closes the line waits for what is under way

    def __init__(self, url: str, dice: Random, *, rate: float = 0, delay: float = 0) -> None:
        parts = urlsplit(url)
        self.goal = (str(parts.hostname), int(parts.port or 80))
        self.dice, self.rate, self.delay, self.cut = dice, rate, delay, 0
        super().__init__(("127.0.0.1", 0), Connection)
        threading.Thread(target=self.serve_forever, args=(0.05,)).start()

    def server_close(self) -> None:
        self.shutdown()
        super().server_close()


class Connection(socketserver.BaseRequestHandler):
    """Up to the byte at which it breaks, wherever in request or answer that is."""

    server: BadLine

    def handle(self) -> None:
        line, near = self.server, self.request
        self.left = line.dice.randint(1, 40_000) if line.dice.random() < 0.8 else 10**9
        with socket.create_connection(line.goal) as far:
            back = threading.Thread(target=self.carry, args=(far, near))
            back.start()
            self.carry(near, far)
            back.join()

    def carry(self, one: socket.socket, other: socket.socket) -> None:
        time.sleep(self.server.delay)
        with suppress(OSError):
            while self.left > 0 and (data := one.recv(2048)):
                data = data[: self.left]
                self.left -= len(data)
                if self.server.rate:
                    time.sleep(len(data) / self.server.rate)
                other.sendall(data)
                if self.left <= 0:
                    self.server.cut += 1
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


RECEIPT = re.compile(r"/kerja/kiriman/[0-9a-f-]{36}/")


def insist(line: BadLine, path: str, cookie: str, fields: dict[str, Any]) -> str:
    """Send the same bytes until an answer comes whole; where it leads."""
    body = encode_multipart(BOUNDARY, fields)
    for _ in range(200):
        wire = http.client.HTTPConnection("127.0.0.1", line.server_address[1], timeout=20)
        try:
            headers = {"Content-Type": MULTIPART_CONTENT, "Cookie": cookie, "X-CSRFToken": "a" * 32}
            wire.request("POST", path, body, headers)
            answer = wire.getresponse()
            page = answer.read()
            if RECEIPT.fullmatch(goal := answer.headers.get("Location", "")):
                return str(goal)
            assert answer.status in (200, 302, 403), page.decode()[:2000]  # no whole request, or no whole answer
        except (OSError, http.client.HTTPException):
            continue
        finally:
            wire.close()
    raise AssertionError("never arrived")


def noise(dice: Random) -> SimpleUploadedFile:
    """Some ten kilobytes of proof like no other."""
    return SimpleUploadedFile("foto.pdf", with_noise(dice.randbytes(dice.randint(4_000, 24_000))))


def send_all(live_server: LiveServer, count: int, **pace: float) -> BadLine:
    cast, dice = Cast(), Random(20171102)
    target = cast.target()
    client = doors.enter(cast.head)
    cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={'a' * 32}"
    uuids = [str(uuid4()) for _ in range(count)]
    parcels = [
        typed(
            uuid=uuid,
            n=str(number + 1),
            period_typed=str(date(2018, 1, 1) + timedelta(days=number)),
            **{"bukti-0-file": noise(dice), "bukti-1-kind": "seremoni", "bukti-1-file": noise(dice)},
        )
        for number, uuid in enumerate(uuids)
    ]
    with BadLine(live_server.url, dice, **pace) as line, ThreadPoolExecutor(8) as phones:
        came = list(phones.map(partial(insist, line, address(target), cookie), parcels))
    assert came == [f"/kerja/kiriman/{uuid}/" for uuid in uuids]
    sent = {str(row.uuid): row.n for row in Measurement.objects.exclude(submitted_at=None)}
    assert sent == {uuid: number + 1 for number, uuid in enumerate(uuids)}
    assert (Measurement.objects.count(), Evidence.objects.count()) == (count, 3 * count)
    assert Entry.objects.filter(act="measurement.submitted").count() == count
    assert list(register.check()) == []
    connection.close()
    return line


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_a_request_cut_short_is_no_request(
    cast: Cast, target: ServiceTarget, settings: Settings, guarded: bool
) -> None:
    if not guarded:
        settings.MIDDLEWARE = [
            name for name in settings.MIDDLEWARE if name != "semarang_mou.request_checks.WholeRequestMiddleware"
        ]
    client = doors.enter(cast.head)
    body = encode_multipart(BOUNDARY, typed(**{"bukti-0-file": noise(Random(1))}))
    whole = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": address(target),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": MULTIPART_CONTENT,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_COOKIE": f"sessionid={client.cookies['sessionid'].value}; csrftoken={'a' * 32}",
        "HTTP_X_CSRFTOKEN": "a" * 32,
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body[:-1000]),
    }
    list(WSGIHandler()(whole, lambda *_: None))  # type: ignore[arg-type]
    assert Measurement.objects.count() == (0 if guarded else 1)


@pytest.mark.django_db(transaction=True)
def test_cut_at_any_byte_each_report_arrives_once(live_server: LiveServer) -> None:
    assert send_all(live_server, 8).cut >= 5


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_two_hundred_reports_on_a_bad_line_arrive_once_each(live_server: LiveServer) -> None:
    """50 kbit/s and 800 ms, forty times as fast: the line is as slow against what is sent, the night is shorter."""
    assert send_all(live_server, 200, rate=40 * 50_000 / 8, delay=0.8 / 40).cut >= 200
