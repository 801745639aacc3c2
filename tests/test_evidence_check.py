"""Tests of `check_register --evidence`: every file that is lost, cut or exchanged is named, and no sound one."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from commitments import evidence as store
from commitments.evidence import stored_files
from commitments.models import Evidence, Measurement
from opd import clock, register
from tests.cast import REASON, Cast

pytestmark = pytest.mark.django_db
DICE = Random(20171102)


def put(content: bytes, *, public: bool) -> tuple[str, Path]:
    sha256 = hashlib.sha256(content).hexdigest()
    path = store.path_of(sha256, public=public)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return sha256, path


def stored(rows: int) -> list[Path]:
    """Many rows of evidence, each with an original and a public copy on disk; returns the paths of all files."""
    cast = Cast()
    draft: Measurement = cast.measurement(cast.target(), submitted=False)
    paths, items = [], []
    for _ in range(rows):
        content = DICE.randbytes(DICE.randint(100, 3000))
        (sha256, original), (copied, copy) = put(content, public=False), put(b"copy" + content, public=True)
        kept = {"sha256": sha256, "size": len(content), "public_sha256": copied}
        items.append(Evidence(measurement=draft, evidence_kind="hasil", media_type="image/png", **kept))
        paths += [original, copy]
    Evidence.objects.bulk_create(items)
    return paths


def lose(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: DICE.randrange(len(content))])


def exchange(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[DICE.randrange(len(content))] ^= 1
    path.write_bytes(content)


def faults(**options: Any) -> list[str]:
    return list(stored_files.faults(register.CheckRun(**options)))


def short(path: Path) -> str:
    return path.name[:12]


def test_300_of_300_damaged_files_are_named_and_no_sound_one() -> None:
    paths = stored(250)
    assert faults() == []
    damaged = DICE.sample(paths, 300)
    for number, path in enumerate(damaged):
        (lose, cut, exchange)[number % 3](path)
    found = faults()
    assert len(found) == 300
    assert {re.findall(r"(?:berkas asli|salinan publik) (\w{12}) ", fault)[0] for fault in found} == set(
        map(short, damaged)
    )
    assert sum(fault.endswith(" hilang") for fault in found) == 100


def test_without_reading_the_bytes_only_the_lost_ones_would_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin."""
    paths = stored(10)
    for path, damage in zip(paths, (lose, cut, exchange), strict=False):
        damage(path)
    assert len(faults()) == 3
    monkeypatch.setattr(store, "_is_sound", lambda file, sha256: True)
    assert len(faults()) == 1


@pytest.mark.parametrize(
    ("damage", "said"),
    [(lose, "hilang"), (cut, r"terpotong: \d+ dari \d+ bita"), (exchange, "bukan berkas yang dicatat: isinya lain")],
)
def test_what_is_wrong_is_said(damage: Callable[[Path], None], said: str) -> None:
    damage(stored(1)[0])
    [fault] = faults()
    item = Evidence.objects.exclude(media_type="").get()
    assert re.fullmatch(rf"evidence:{item.uuid}: berkas asli {item.sha256[:12]} {said}", fault)


def redact(item: Evidence) -> None:
    by = item.measurement.drafted_by
    Evidence.objects.filter(pk=item.pk).update(redacted_at=clock.now(), redacted_by=by, redaction_reason=REASON)
    store.path_of(item.sha256).unlink()
    store.path_of(item.public_sha256, public=True).unlink()


def test_a_file_that_was_redacted_is_not_missed_before_or_meanwhile() -> None:
    stored(3)
    first, second, third = Evidence.objects.exclude(media_type="")
    redact(first)

    def meanwhile(subject: str, done: int, total: int) -> None:
        if done == 1:
            redact(third)

    assert faults(progress=meanwhile) == []
    lose(store.path_of(second.sha256))
    assert len(faults()) == 1


class Stopped(Exception):
    """Error: the machine stopped in the middle of a check."""


def test_an_interrupted_check_goes_on_where_it_stopped_and_forgets_no_fault() -> None:
    paths = stored(100)
    lose(paths[2])  # of the second row
    lose(paths[-1])
    read: list[int] = []

    def stop(subject: str, done: int, total: int) -> None:
        if done == 70:
            raise Stopped

    with pytest.raises(Stopped):
        faults(progress=stop)
    said: list[str] = []
    found = faults(progress=lambda subject, done, total: read.append(done), say=said.append)
    assert [fault.split()[3] for fault in found] == [short(paths[2]), short(paths[-1])]
    assert read == list(range(61, 101))
    assert said[0] == "Melanjutkan pemeriksaan bukti: 60 dari 100 sudah; --from-start mengulang semuanya."
    read.clear()
    faults(progress=lambda subject, done, total: read.append(done))
    assert read == list(range(1, 101))  # it was finished: the next one begins anew


def test_from_the_start_means_all_of_it() -> None:
    stored(50)

    def stop(subject: str, done: int, total: int) -> None:
        if done == 45:
            raise Stopped

    with pytest.raises(Stopped):
        faults(progress=stop)
    read: list[int] = []
    faults(from_start=True, progress=lambda subject, done, total: read.append(done))
    assert read == list(range(1, 51))


def checked(**options: Any) -> str:
    out = io.StringIO()
    call_command("check_register", stdout=out, **options)
    return out.getvalue()


def test_the_command_reads_files_only_when_asked_and_then_fails_with_them() -> None:
    paths = stored(2)
    assert checked(evidence=True).splitlines()[0] == "Bukti dukung: berkas dari 2 bukti diperiksa."
    lose(paths[0])
    assert checked().startswith("Utuh: ")
    with pytest.raises(CommandError, match=r"^1 hal tidak cocok") as refused:
        checked(evidence=True)
    assert refused.value.returncode == 1
