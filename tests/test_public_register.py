"""Does the register's page tell every act as a sentence, and hand out the chain as it was hashed?"""

import hashlib
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.reports import trail
from opd import clock, register
from opd.models import Entry
from tests.cast import REASON, Cast
from tests.reading import parts, text

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # pages and roles: no database changes them


def read(client: Client, address: str = "/jejak/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def sentences(html: str) -> list[str]:
    found = re.findall(r'<span class="trail-what">(.*?)</span>\s*<span class="trail-mark', html, re.DOTALL)
    return [text(inner) for inner in found]


def test_each_act_is_a_sentence_newest_first(client: Client) -> None:
    cast = Cast()
    target = cast.target()
    sent = cast.measurement(target, 5)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    change = target.revise(
        by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(4), reason=REASON
    )
    change.approve(by=cast.approver, seen=change.fingerprint())
    assert sentences(read(client))[:9] == [
        "Penyetuju sekretariat menyetujui perubahan target Rujukan, DINKES-01-1: target 3 hari → 4 hari",
        "Kepala Dinkes mengusulkan perubahan target Rujukan, DINKES-01-1: target 3 hari → 4 hari",
        "Verifikator sekretariat memverifikasi hasil pengukuran Rujukan, DINKES-01-1.",
        "Kepala Dinkes mengirim hasil pengukuran Rujukan, DINKES-01-1: 5 hari",
        "Penyetuju sekretariat mengumumkan target Rujukan, DINKES-01-1.",
        "Kepala Dinkes mengusulkan target Rujukan, DINKES-01-1.",
        "Penyetuju sekretariat mengumumkan komitmen Layanan lebih cepat, DINKES-01.",
        "Kepala Dinkes mengusulkan komitmen Layanan lebih cepat, DINKES-01.",
        "Pemuat data bersumber mencatat tanda tangan Pdam.",
    ]


def test_what_is_only_proposed_is_named_but_not_told(client: Client) -> None:
    cast = Cast()
    cast.commitment(published=False, title="Rahasia sampai diumumkan")
    html = read(client)
    assert sentences(html)[0] == "Kepala Dinkes mengusulkan komitmen DINKES-01."
    assert "Rahasia" not in html
    assert "/komitmen/DINKES-01/" not in html


def test_every_act_that_the_code_knows_has_words() -> None:
    """An act without words would show its code to the public."""
    source = "".join(
        path.read_text()
        for folder in ("opd", "commitments")
        for path in Path(settings.BASE_DIR, folder).rglob("*.py")
    )
    written = set(re.findall(r'(?:register\.act|_decided_by_secretariat)\(\s*"([a-z_]+\.[a-z_]+)"', source))
    assert written == set(trail.ACTS) - {register.DEMO}


def test_fifty_a_page_and_the_pages_make_up_the_whole(client: Client) -> None:
    cast = Cast()
    for number in range(30):
        cast.commitment(title=f"Janji {number}")
    total = Entry.objects.count()
    numbers: list[int] = []
    for page in range(1, total // 50 + 2):
        html = read(client, f"/jejak/?halaman={page}")
        numbers += [int(seq) for seq in re.findall(r'id="catatan-(\d+)"', html)]
    assert numbers == list(range(total, 0, -1))


@pytest.mark.parametrize("page", ["0", "-1", "9" * 30, "dua", "1e9", "²", "%00"])
def test_a_page_that_makes_no_sense_is_the_nearest_one(client: Client, page: str) -> None:
    Cast()
    html = read(client, f"/jejak/?halaman={page}")
    assert sentences(html)
    [said] = parts(html, "p", "notice-warn")[:1]
    assert said.endswith("bukan halaman jejak ini. Yang tampil: halaman 1.")


def test_one_object_can_be_followed(client: Client) -> None:
    cast = Cast()
    cast.target()
    html = read(client, "/jejak/?objek=target:DINKES-01-1")
    assert [line.split(" ")[2] for line in sentences(html)] == ["mengumumkan", "mengusulkan"]
    assert parts(read(client, "/jejak/?objek=target:X"), "p", "empty-title") == ["Tidak ada catatan tentang itu"]


def test_a_past_day_ends_the_list_there(client: Client) -> None:
    cast = Cast()
    cast.target()
    last = trail.trail(clock.today()).total
    assert last == Entry.objects.count()
    assert trail.trail(clock.day_of(Entry.objects.earliest("seq").at)).total == last


def test_fifty_entries_cost_as_many_queries_as_ten(client: Client) -> None:
    cast = Cast()
    cast.measurement(cast.target())
    with CaptureQueriesContext(connection) as few:
        read(client)
    for _ in range(10):
        sent = cast.measurement(cast.target())
        sent.verify(by=cast.verifier, seen=sent.fingerprint())
    with CaptureQueriesContext(connection) as many:
        assert len(sentences(read(client))) == 50
    assert len(many) == len(few)
    assert len(many) <= 12


def test_the_chain_is_handed_out_exactly_as_it_was_hashed(client: Client) -> None:
    Cast().target()
    response = client.get("/jejak.jsonl")
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    previous = register.GENESIS
    for number, line in enumerate(lines, 1):
        told = json.loads(line)
        body = line.removeprefix('{"entry": ').rsplit(', "hash": ', 1)[0]
        assert told["entry"]["seq"] == number
        assert told["hash"] == hashlib.sha256(f"{previous}{body}".encode()).hexdigest()
        previous = told["hash"]
    head = register.head()
    assert head and (len(lines), previous) == (head.seq, head.hash)


def test_an_empty_register_says_so(client: Client) -> None:
    assert parts(read(client), "p", "empty-title") == ["Jejak masih kosong"]
