"""Tests of the register page and file: every act as a sentence, and the chain exactly as it was hashed."""

import hashlib
import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.lists import filters
from commitments.lists.filters import EntryFilter
from commitments.models.beside.withdrawable import WithdrawableRow
from commitments.reports import register_entries
from opd import clock, register
from opd.models import Entry, Unit
from tests.cast import REASON, Cast
from tests.reading import compact, parts, text

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
        "Penyetuju sekretariat no. 1 menyetujui perubahan target Rujukan, DINKES-01-1: target 3 hari → 4 hari",
        "Kepala Dinkes no. 1 mengusulkan perubahan target Rujukan, DINKES-01-1: target 3 hari → 4 hari",
        "Verifikator sekretariat no. 1 memverifikasi hasil pengukuran Rujukan, DINKES-01-1.",
        "Kepala Dinkes no. 1 mengirim hasil pengukuran Rujukan, DINKES-01-1: 5 hari",
        "Penyetuju sekretariat no. 1 mengumumkan target Rujukan, DINKES-01-1.",
        "Kepala Dinkes no. 1 mengusulkan target Rujukan, DINKES-01-1.",
        "Penyetuju sekretariat no. 1 mengumumkan komitmen Layanan lebih cepat, DINKES-01.",
        "Kepala Dinkes no. 1 mengusulkan komitmen Layanan lebih cepat, DINKES-01.",
        "Pemuat data bersumber mencatat peran dan tempat yang sudah ada.",
    ]


def test_what_is_only_proposed_is_named_but_not_told(client: Client) -> None:
    cast = Cast()
    cast.commitment(published=False, title="Rahasia sampai diumumkan")
    html = read(client)
    assert sentences(html)[0] == "Kepala Dinkes no. 1 mengusulkan komitmen DINKES-01."
    assert "Rahasia" not in html
    assert "/komitmen/DINKES-01/" not in html


def test_every_act_that_the_code_knows_has_words() -> None:
    """An act without words would show its code to the public."""
    source = "".join(
        path.read_text()
        for folder in ("opd", "commitments")
        for path in Path(settings.BASE_DIR, folder).rglob("*.py")
    )
    written = set(
        re.findall(r'(?:register\.act|_decided_by_secretariat|_returned|_amended)\(\s*"([a-z_]+\.[a-z_]+)"', source)
    )
    written |= {
        f"{model.kind}.withdrawn" for model in register.registered_models() if issubclass(model, WithdrawableRow)
    }
    assert written == set(register_entries.ACT_SENTENCES) - {register.DEMO_ACT, register.KEYED_ACT}


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


def followed() -> Cast:
    """A target of Dinkes with a verified result."""
    cast = Cast()
    sent = cast.measurement(cast.target(), 5)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    return cast


ABOUT_PDAM = ["mencatat tanda tangan", "mencatat unit"]
ABOUT_TARGET = ["mengumumkan target", "mengusulkan target"]
ABOUT_RESULT = ["memverifikasi hasil pengukuran", "mengirim hasil pengukuran"]
ABOUT_PROMISE = ["mengumumkan komitmen", "mengusulkan komitmen"]


@pytest.mark.parametrize(
    ("asked", "acts"),
    [
        ("tindakan=target.published", ["mengumumkan target"]),
        ("unit=pdam", ABOUT_PDAM),
        ("objek=target:DINKES-01-1", ABOUT_TARGET),
        ("objek=dinkes-01-1", ABOUT_RESULT + ABOUT_TARGET),
        ("objek=DINKES-01", ABOUT_RESULT + ABOUT_TARGET + ABOUT_PROMISE),
        ("unit=dinkes&tindakan=unit.entered&objek=", ["mencatat unit"]),
        ("unit=pdam&tindakan=target.published", []),
        ("objek=DINKES-99", []),
    ],
)
def test_filters_narrow_and_add_up(client: Client, asked: str, acts: list[str]) -> None:
    followed()
    html = read(client, f"/jejak/?{asked}")
    told = sentences(html)
    assert len(told) == len(acts)
    assert [act for act, sentence in zip(acts, told, strict=True) if act not in sentence] == []
    assert parts(html, "p", "list-tools") == [
        f"{len(acts)} dari {Entry.objects.count()} catatan cocok Tampilkan semua"
    ]
    assert parts(html, "p", "empty-title") == ([] if acts else ["Tidak ada yang cocok"])


def test_a_filter_that_makes_no_sense_is_said_and_the_rest_holds(client: Client) -> None:
    followed()
    html = read(client, f"/jejak/?tindakan=target.published&unit=apa&objek={'x' * 101}")
    assert [text(line) for line in re.findall(r"<li>(.*?)</li>", html) if "href" not in line and "<b>" not in line][
        -2:
    ] == ["Unit: “apa” bukan salah satu pilihan.", "Nomor komitmen atau target: Paling banyak 100 huruf."]
    assert len(sentences(html)) == 1


def test_the_form_asks_for_every_filter_and_keeps_what_was_asked(client: Client) -> None:
    followed()
    html = compact(read(client, "/jejak/?unit=dinkes&objek=a"))
    [form] = re.findall(r'<form class="days-form".*?</form>', html)
    assert re.findall(r' name="(\w+)"', form) == list(EntryFilter.base_filters)
    assert re.findall(r'value="(\w+)" selected', form) == ["dinkes"]
    assert 'name="objek" value="a"' in form


@pytest.mark.parametrize("language", ["", "/en"])
def test_paging_keeps_the_filters_and_the_day(client: Client, language: str) -> None:
    cast = Cast()
    for number in range(51):
        cast.commitment(title=f"Janji {number}", published=False)
    with clock.turned(clock.TurnedClock(clock.now() + timedelta(days=1), "uji")):
        day = clock.today() - timedelta(days=1)
        html = read(client, f"{language}/jejak/?unit=dinkes&tindakan=commitment.proposed&per={day}")
        assert len(sentences(html)) == 50
        [older] = re.findall(r'rel="next" href="([^"]+)"', html)
        html = read(client, f"{language}/jejak/{older.replace('&amp;', '&')}")
        assert len(sentences(html)) == 1
        assert f'name="per" value="{day}"' in html


def test_a_past_day_ends_the_list_there(client: Client) -> None:
    cast = Cast()
    cast.target()
    last = register_entries.entry_page(clock.today()).total
    assert last == Entry.objects.count()
    assert register_entries.entry_page(clock.day_of(Entry.objects.earliest("seq").at)).total == last


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


def test_many_entries_of_a_unit_cost_as_many_queries_as_few(client: Client) -> None:
    cast = followed()
    with CaptureQueriesContext(connection) as few:
        read(client, "/jejak/?unit=dinkes")
    for _ in range(5):
        cast.measurement(cast.target())
    with CaptureQueriesContext(connection) as many:
        read(client, "/jejak/?unit=dinkes")
    assert len(many) == len(few)
    assert len(many) <= 20


def test_the_chain_is_handed_out_exactly_as_it_was_hashed(client: Client) -> None:
    Cast().target()
    response = client.get("/jejak.jsonl")
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    previous = register.FIRST_PREV_HASH
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


def test_with_many_units_a_name_is_typed_instead_of_picked(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    followed()
    listed = sentences(read(client, "/jejak/?unit=pdam"))
    monkeypatch.setattr(filters, "MAX_UNITS_OFFERED", 1)
    html = read(client, "/jejak/")
    assert '<datalist id="unit-serupa">' in html
    assert '<option value="pdam"' not in html
    for typed in ("pdam", "PDAM", Unit.objects.with_names(clock.today()).get(code="pdam").name):
        html = read(client, f"/jejak/?unit={typed}")
        assert sentences(html) == listed
        assert 'value="pdam"' in html
    html = read(client, "/jejak/?unit=d")  # several
    assert "bukan salah satu pilihan" in html
    assert '<option value="dinkes"' in html
