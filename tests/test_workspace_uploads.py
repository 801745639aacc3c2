"""Tests of files that are sent apart from their form, in pieces, and of the question whether a report has arrived."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.test import Client

from commitments import evidence as store
from commitments.evidence import pieces
from commitments.models import Evidence, Measurement, ServiceTarget
from tests import doors
from tests.cast import Cast
from tests.papers import with_noise
from tests.screen_texts import EMPTY_FILE
from tests.test_workspace_report import UUID_ONE, address, typed, unsent

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]
CONTENT = with_noise(bytes(range(256)) * 400)
SUM = sha256(CONTENT).hexdigest()
PLACE = f"/kerja/berkas/{SUM}/"


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def target(cast: Cast) -> ServiceTarget:
    return cast.target()


def sent(client: Client, piece: bytes, offset: int, *, last: bool = False, place: str = PLACE) -> Any:
    headers = {"X-Offset": str(offset), "X-Name": "rekap.pdf", **({"X-Last": "1"} if last else {})}
    return client.post(place, piece, content_type="application/octet-stream", headers=headers)


def bring(client: Client) -> str:
    """All of it, in three pieces; the name under which the form may bring it along."""
    cuts = [0, 40_000, 80_000, len(CONTENT)]
    for start, end in pairwise(cuts):
        answer = sent(client, CONTENT[start:end], start, last=end == len(CONTENT))
        assert (answer.status_code, answer.json()["received"]) == (200, end)
    return str(answer.json()["held"])


def test_a_file_goes_on_where_it_broke_and_comes_with_its_form(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    sent(client, CONTENT[:40_000], 0)
    assert doors.enter(cast.head).get(PLACE).json() == {"received": 40_000}  # another page, another day
    again = sent(client, CONTENT[:40_000], 0)  # its answer was lost
    assert (again.status_code, again.json()) == (409, {"received": 40_000})
    sent(client, CONTENT[40_000:], 40_000)
    held = sent(client, b"", len(CONTENT), last=True).json()["held"]
    assert client.get(PLACE).json()["held"]  # nobody heard that it was whole: it need not come again
    client.post(address(target), typed(**{"bukti-0-url": "", "bukti-0-held": held}))
    item = Evidence.objects.get()
    assert (item.sha256, item.file_name, item.media_type) == (SUM, "rekap.pdf", "application/pdf")


def test_what_somebody_else_brought_is_nobody_else_s(cast: Cast, target: ServiceTarget) -> None:
    held = bring(doors.enter(cast.operator))
    client = doors.enter(cast.head)
    assert client.get(PLACE).json() == {"received": 0}
    page = client.post(address(target), typed(**{"bukti-0-url": "", "bukti-0-held": held}))
    assert page.context["rows"].forms[0].errors == {"file": ["Pilih berkasnya, atau tulis tautannya."]}
    assert doors.enter(cast.outsider).get(PLACE).status_code == 404


def test_bytes_that_are_not_those_announced_begin_again(cast: Cast) -> None:
    client = doors.enter(cast.head)
    answer = sent(client, CONTENT[:-1] + b"x", 0, last=True)
    assert (answer.status_code, answer.json()) == (409, {"received": 0})
    assert not store.path_of(SUM).exists()
    assert pieces.received(cast.head.pk, SUM) == 0


BAD = [
    (b"<svg/>", "Berkas ini bukan JPEG, PNG, WebP, atau PDF."),
    (b"", EMPTY_FILE),
    (bytes(1_048_577), "Satu potongan berisi 1 sampai 1048576 bita."),
]


@pytest.mark.parametrize(("content", "said"), BAD)
def test_a_bad_file_is_refused_as_in_the_form(cast: Cast, content: bytes, said: str) -> None:
    place = f"/kerja/berkas/{sha256(content).hexdigest()}/"
    answer = sent(doors.enter(cast.head), content, 0, last=True, place=place)
    assert (answer.status_code, answer.json()["problem"]) == (422, said)


def test_a_file_on_its_way_never_grows_beyond_what_a_file_may_be(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_FILE_BYTES", 50_000)
    client = doors.enter(cast.head)
    sent(client, CONTENT[:40_000], 0)
    assert sent(client, CONTENT[40_000:80_000], 40_000).json()["problem"] == store.TOO_MANY_BYTES
    monkeypatch.setattr(pieces, "MAX_FILES_ON_THE_WAY", 1)
    other = sent(client, b"%PDF", 0, place=f"/kerja/berkas/{'a' * 64}/")
    assert other.status_code == 422


@pytest.mark.parametrize("place", ["/kerja/berkas/x/", f"/kerja/berkas/{'A' * 64}/", f"/kerja/berkas/{'a' * 63}/"])
def test_an_address_that_is_no_digest_is_none(cast: Cast, place: str) -> None:
    assert doors.enter(cast.head).get(place).status_code == 404


def test_what_never_came_whole_is_swept(cast: Cast, settings: Settings) -> None:
    client = doors.enter(cast.head)
    sent(client, CONTENT[:40_000], 0)
    folder = Path(settings.MEDIA_ROOT) / "pieces"
    call_command("tidy", verbosity=0)
    [path] = folder.glob("*-*")

    os.utime(path, (0, 0))
    call_command("tidy", verbosity=0)
    assert list(folder.glob("*-*")) == []


@pytest.mark.parametrize(("given", "is_sent"), [(typed(), True), (unsent(), False)])
def test_a_telephone_asks_whether_its_report_has_arrived(
    cast: Cast, target: ServiceTarget, given: dict[str, Any], is_sent: bool
) -> None:
    client, place = doors.enter(cast.head), f"/kerja/kiriman/{UUID_ONE}/ada/"
    assert client.get(place).status_code == 404
    client.post(address(target), given)
    assert client.get(place).json() == {"sent": is_sent, "address": f"/kerja/kiriman/{UUID_ONE}/"}
    assert doors.enter(cast.other_head).get(place).status_code == 404
    assert Measurement.objects.count() == 1


def test_the_workspace_can_be_installed_and_its_worker_names_no_page_of_anybody(cast: Cast) -> None:
    client = Client()
    manifest = client.get("/kerja/manifes.webmanifest")
    told = json.loads(manifest.content)
    assert (manifest["Content-Type"], told["start_url"], told["display"]) == (
        *("application/manifest+json", "/kerja/"),
        "standalone",
    )
    worker = client.get("/kerja/sw.js")
    assert worker["Content-Type"] == "text/javascript; charset=utf-8"
    files = json.loads(worker.content.decode().partition("FILES = ")[2].partition(";")[0])
    assert [name for name in files if not name.startswith("/static/")] == ["/kerja/tanpa-sinyal/"]
    shell = client.get("/kerja/tanpa-sinyal/")
    assert "Tidak ada sinyal" in shell.content.decode()
    assert doors.enter(cast.head).get("/kerja/tanpa-sinyal/").content == shell.content  # it knows nobody
    assert (
        'rel="manifest" href="/kerja/manifes.webmanifest"' in doors.enter(cast.head).get("/kerja/").content.decode()
    )
