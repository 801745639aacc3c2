"""Tests of what others keep: daily heads, the signed head, witnesses, and the script that they run."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from opd import clock, register
from opd.errors import BadFact, StaleScreen, WrongRole
from opd.models import Entry, HeadLetter, Witness
from opd.register import kept_heads
from opd.roster.read_only import address
from tests import doors
from tests.cast import Cast, utc
from tests.reading import text

pytestmark = pytest.mark.django_db

SCRIPT = Path(settings.BASE_DIR) / "deploy/witness/witness.py"
NAME = "register.example/jejak"


def a_witness(cast: Cast, email: str = "arsip@contoh.invalid", **facts: Any) -> Witness:
    return Witness.enter(
        by=cast.keeper, **{"name": "Arsip Kampus", "witness_kind": "campus", "email": email, **facts}
    )


def test_each_finished_day_has_a_line_and_a_day_without_an_entry_repeats_it(
    client: Client, time: clock.TurnedClock
) -> None:
    cast = Cast()
    heads = {}
    for moment in (utc(2030, 1, 1, 16, 59), utc(2030, 1, 1, 17), utc(2030, 1, 4, 3)):  # 23.59 and 00.00 in Semarang
        time.moment = moment
        cast.commitment()
        heads[clock.today()] = register.head()
    time.moment = utc(2030, 1, 6, 3)
    lines = client.get("/jejak/kepala.txt").content.decode().splitlines()
    last = [line.split() for line in lines if line >= "2030"]
    first, second, third = heads.values()
    expected = {1: first, 2: second, 3: second, 4: third, 5: third}
    assert last == [[f"2030-01-{day:02d}", str(head.seq), head.hash] for day, head in expected.items()]  # type: ignore[union-attr]
    begun = register.began_on()
    assert begun
    days = range(begun.toordinal(), date(2030, 1, 6).toordinal())
    assert [line[:10] for line in lines] == [str(date.fromordinal(day)) for day in days]


def test_the_signed_head_is_a_signed_note(client: Client, settings: Any) -> None:
    settings.SITE_URL = "https://register.example"
    Cast()
    head = register.head()
    assert head
    note = client.get("/jejak/kepala.note").content.decode()
    signed, _, line = note.partition("\n\n")
    assert signed.split("\n")[:3] == [NAME, str(head.seq), head.hash]
    dash, name, encoded = line.split()
    assert (dash, name) == ("\N{EM DASH}", NAME)
    key_name, key_id, key = kept_heads.verifier_key(NAME).split("+", 2)
    public = base64.b64decode(key)
    assert public[:1] == b"\x01"
    signature = base64.b64decode(encoded)
    assert (key_name, key_id) == (NAME, signature[:4].hex())
    assert signature[:4] == hashlib.sha256(f"{NAME}\n".encode() + public).digest()[:4]
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], f"{signed}\n".encode())
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], f"{signed} \n".encode())
    assert kept_heads.verifier_key(NAME) in client.get("/jejak/saksi/").content.decode().replace("&#x2B;", "+")


def test_an_empty_register_has_no_head_to_sign(client: Client) -> None:
    assert client.get("/jejak/kepala.note").status_code == 404
    assert client.get("/jejak/kepala.txt").content == b""
    assert "Belum ada saksi" in text(client.get("/jejak/saksi/").content.decode())


def test_a_witness_is_public_and_its_address_is_not(client: Client) -> None:
    cast = Cast()
    a_witness(cast)
    html = client.get("/jejak/saksi/").content.decode()
    assert "Arsip Kampus kampus" in text(html)
    assert "belum pernah dicocokkan" in text(html)
    entry = register.head()
    assert entry and entry.act == "witness.entered"
    assert "arsip@contoh.invalid" not in html + entry.body


def test_only_the_keeper_enters_a_witness() -> None:
    cast = Cast()
    for who in (cast.verifier, cast.approver, cast.head, cast.outsider):
        with pytest.raises(WrongRole):
            Witness.enter(by=who, name="Arsip", witness_kind="campus", email="a@contoh.invalid")


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"email": "bukan surel"}, "email"),
        ({"name": "A"}, "name"),
        ({"witness_kind": "teman"}, "witness_kind"),
    ],
)
def test_what_is_wrong_with_a_witness_is_said(facts: dict[str, str], sentence: str) -> None:
    cast = Cast()
    with pytest.raises(ValidationError) as refused:
        a_witness(cast, **facts)
    assert sentence in refused.value.message_dict
    assert not Witness.objects.exists()


def test_an_address_receives_the_head_once() -> None:
    cast = Cast()
    first = a_witness(cast)
    with pytest.raises(ValidationError, match="sudah menerima kepala jejak"):
        a_witness(cast, name="Arsip Lain")
    first.end(by=cast.keeper, seen=first.fingerprint())
    a_witness(cast, name="Arsip Lain")  # the address is free again


def test_a_witness_vouches_only_for_a_head_that_the_register_continues(client: Client) -> None:
    cast = Cast()
    witness = a_witness(cast)
    early, late = Entry.objects.get(seq=3), register.head()
    assert late
    for told, sentence in {
        "bukan kepala": "Tulis kepala",
        f"{early.seq}:{'0' * 64}": f"tidak meneruskan kepala ke-{early.seq}",
        f"99999:{early.hash}": "tidak meneruskan",
    }.items():
        with pytest.raises(BadFact, match=sentence):
            witness.vouch(by=cast.keeper, seen=witness.fingerprint(), head=told)
    witness.vouch(by=cast.keeper, seen=witness.fingerprint(), head=f"{late.seq}:{late.hash}")
    assert f"catatan ke-{late.seq}, dicocokkan" in text(client.get("/jejak/saksi/").content.decode())
    with pytest.raises(BadFact, match=f"sudah menjamin sampai catatan ke-{late.seq}"):
        witness.vouch(by=cast.keeper, seen=witness.fingerprint(), head=f"{early.seq}:{early.hash}")
    stale = witness.fingerprint()
    witness.end(by=cast.keeper, seen=stale)
    with pytest.raises(StaleScreen):
        witness.end(by=cast.keeper, seen=stale)
    assert "Dahulu saksi: Arsip Kampus" in text(client.get("/jejak/saksi/").content.decode())


def test_the_keeper_does_it_all_at_the_desk() -> None:
    cast = Cast()
    desk = doors.enter(cast.keeper)
    answer = desk.post(
        "/admin/opd/witness/baru/", {"name": "Koran Kota", "witness_kind": "press", "email": "redaksi@contoh.invalid"}
    )
    witness = Witness.objects.get()
    assert answer.status_code == 302
    assert "belum pernah" in text(desk.get(address(witness)).content.decode())
    wrong = desk.post("/admin/opd/witness/baru/", {"name": "Lain", "witness_kind": "press", "email": witness.email})
    assert wrong.status_code == 422
    assert "sudah menerima kepala jejak" in wrong.content.decode()


@pytest.fixture
def mail_leaves(settings: Any) -> None:
    settings.SITE_URL = "https://register.example"


def sent(monkeypatch: pytest.MonkeyPatch) -> str:
    out = io.StringIO()
    call_command("send_heads", stdout=out, stderr=out)
    return out.getvalue()


def test_the_head_leaves_once_a_day(
    mail_leaves: None, time: clock.TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast()
    a_witness(cast)
    ended = a_witness(cast, "lama@contoh.invalid", name="Saksi Lama")
    ended.end(by=cast.keeper, seen=ended.fingerprint())
    head = register.head()
    assert head
    assert "kepada 1 saksi" in sent(monkeypatch)
    [letter] = mail.outbox
    assert letter.to == ["arsip@contoh.invalid"]
    assert letter.subject == f"Kepala jejak {head.seq}, Melewati Seremoni"
    assert f"\n{head.seq}:{head.hash}\n" in letter.body
    assert "https://register.example/jejak/periksa/" in letter.body
    assert "kepada 0 saksi" in sent(monkeypatch)
    time.moment = utc(2031, 1, 1, 3)
    assert "kepada 1 saksi" in sent(monkeypatch)
    assert HeadLetter.objects.count() == 2


def test_a_letter_that_did_not_leave_is_tried_again(mail_leaves: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast()
    a_witness(cast)
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", _refuse)
        with pytest.raises(CommandError, match="1 surel gagal"):
            sent(monkeypatch)
    assert not HeadLetter.objects.exists()
    assert "kepada 1 saksi" in sent(monkeypatch)


def _refuse(*args: Any, **kwargs: Any) -> None:
    raise ConnectionRefusedError(111, "Connection refused")


def test_without_mail_the_command_says_that_nothing_left(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    Cast()
    with pytest.raises(CommandError, match="tidak terkirim kepada siapa pun"):
        sent(monkeypatch)


# --- The script of a witness ---------------------------------------------------------------------------------


def chained(number: int, seed: int = 0) -> list[tuple[str, str]]:
    """(text, hash) of a small register."""
    dice, last, found = Random(seed), "0" * 64, []
    for seq in range(1, number + 1):
        body = json.dumps({"act": "uji", "data": {"angka": dice.random()}, "seq": seq}, separators=(",", ":"))
        last = hashlib.sha256((last + body).encode()).hexdigest()
        found.append((body, last))
    return found


def rewritten(entries: list[tuple[str, str]], at: int) -> list[tuple[str, str]]:
    """The same register with one entry changed, and every hash after it made to fit."""
    found = entries[:at]
    last = found[-1][1] if found else "0" * 64
    for body, _ in [(entries[at][0].replace("uji", "usu"), ""), *entries[at + 1 :]]:
        last = hashlib.sha256((last + body).encode()).hexdigest()
        found.append((body, last))
    return found


@contextmanager
def served(entries: list[tuple[str, str]]) -> Iterator[str]:
    class Lines(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            after = int(parse_qs(urlsplit(self.path).query).get("sejak", ["0"])[0])
            self.send_response(200)
            self.end_headers()
            for body, digest in entries[after:]:
                self.wfile.write(f'{{"entry": {body}, "hash": "{digest}"}}\n'.encode())

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Lines)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def run(url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(SCRIPT), url, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.sqlite
def test_the_script_of_a_witness_keeps_heads_and_shouts(tmp_path: Path) -> None:
    entries = chained(8)
    for known, code in ((5, 0), (5, 0), (8, 0)):
        with served(entries[:known]) as url:
            assert run(url, tmp_path).returncode == code
    kept = (tmp_path / "kepala.txt").read_text().splitlines()
    assert [line.split()[1:] for line in kept] == [["5", entries[4][1]], ["8", entries[7][1]]]
    with served(rewritten(entries, 2)) as url:
        shouted = run(url, tmp_path)
    assert shouted.returncode == 1
    assert "REWRITTEN: entry 8 has another hash than the head that was kept" in shouted.stderr
    assert f"8:{entries[7][1]}; publish it" in shouted.stderr
    assert (tmp_path / "kepala.txt").read_text().splitlines() == kept
    with served(entries[:6]) as url:
        assert "entry 8 is gone" in run(url, tmp_path).stderr
    assert run("http://127.0.0.1:1", tmp_path).returncode == 2


@pytest.mark.sqlite
def test_every_rewrite_of_what_a_head_covers_is_found(tmp_path: Path) -> None:
    script = runpy.run_path(str(SCRIPT), run_name="witness")
    found = 0
    for seed in range(1000):
        dice = Random(seed)
        entries = chained(dice.randrange(1, 30), seed)
        kept = dice.randrange(1, len(entries) + 1)
        spoiled = rewritten(entries, dice.randrange(kept))
        script["continued"].__globals__["urllib"] = FakeUrllib(spoiled)
        try:
            script["continued"]("", kept, entries[kept - 1][1])
        except ValueError:
            found += 1
        script["continued"].__globals__["urllib"] = FakeUrllib(entries)
        assert script["continued"]("", kept, entries[kept - 1][1]) == (len(entries), entries[-1][1])
    print(f"{found} of 1000 rewrites found")
    assert found == 1000


class FakeUrllib:
    """In the place of urllib: answers from a list instead of the network."""

    def __init__(self, entries: list[tuple[str, str]]) -> None:
        self.entries = entries
        self.request = self

    def urlopen(self, address: str) -> io.BytesIO:
        after = int(address.partition("sejak=")[2])
        lines = (f'{{"entry": {body}, "hash": "{digest}"}}\n'.encode() for body, digest in self.entries[after:])
        return io.BytesIO(b"".join(lines))


@pytest.mark.sqlite
@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not here: apt-get install openssh-client")
def test_a_witness_with_a_key_signs_what_it_saw(tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "kunci")], check=True)
    entries = chained(3)
    with served(entries) as url:
        assert run(url, tmp_path).returncode == 0
    note = tmp_path / "kepala-3.note"
    assert note.read_text() == f"3:{entries[-1][1]}\n"
    check = ["ssh-keygen", "-Y", "check-novalidate", "-n", "melewati-seremoni", "-s", f"{note}.sig"]
    subprocess.run(check, input=note.read_text(), text=True, check=True, capture_output=True)
