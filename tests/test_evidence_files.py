"""Is a file gone from the disk, original and public copy, as soon as no row names it, and not before?"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from PIL import Image

from commitments import evidence as store
from commitments.evidence.deletion import destroy_unnamed
from commitments.models import Evidence, Measurement
from commitments.workspace import submission
from opd import clock, register
from opd.errors import BadFact, StaleScreen
from tests.cast import REASON, Cast

pytestmark = pytest.mark.django_db

Hooks = Callable[..., Any]


@pytest.fixture
def cast() -> Cast:
    return Cast()


def picture(color: str = "teal", **saved: Any) -> store.ReceivedFile:
    """The same picture every time; what is saved beside it makes other bytes."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(content, "PNG", **saved)
    content.seek(0)
    return store.receive("bukti.png", content)


def drafted(cast: Cast, *files: store.ReceivedFile) -> Measurement:
    row = cast.measurement(cast.target(), submitted=False)
    for file in files:
        Evidence.attach(row, kind="hasil", file=file)
    return row


def sent(cast: Cast, *files: store.ReceivedFile) -> Measurement:
    row = drafted(cast, *files)
    row.submit(by=cast.head, seen=row.fingerprint())
    return row


def verified(cast: Cast, file: store.ReceivedFile, *, public: bool) -> Evidence:
    row = sent(cast, file)
    item = row.evidence.exclude(media_type="").get()
    row.verify(by=cast.verifier, seen=row.fingerprint(), public={item.uuid: public})
    item.refresh_from_db()
    return item


def redact(cast: Cast, item: Evidence) -> None:
    item.redact(by=cast.approver, seen=item.fingerprint(), reason=REASON)


def on_disk() -> tuple[set[str], set[str]]:
    """The originals and the public copies."""
    found = [{path.name for path in store.path_of("", public=public).glob("*/*")} for public in (False, True)]
    return found[0], found[1]


def test_the_same_file_again_waits_for_its_name_to_be_safe_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of a double tap may have written it, and not yet come to the sync of its folder."""
    synced = list[str]()
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(os.readlink(f"/proc/self/fd/{number}")))
    folder = store.path_of(picture().sha256).parent
    assert (len(synced), synced[-1]) == (2, str(folder))
    picture()
    assert synced[2:] == [str(folder)]


def test_what_was_redacted_is_gone_after_the_commit(cast: Cast, django_capture_on_commit_callbacks: Hooks) -> None:
    item = verified(cast, picture(), public=True)
    assert on_disk() == ({item.sha256}, {item.public_sha256})
    with django_capture_on_commit_callbacks(execute=True):
        redact(cast, item)
        assert on_disk() == ({item.sha256}, {item.public_sha256})  # not before: it may yet fail
    assert on_disk() == (set(), set())
    assert list(register.check()) == []


def test_a_public_copy_goes_with_the_last_proof_that_shows_it(
    cast: Cast, django_capture_on_commit_callbacks: Hooks
) -> None:
    """The same bytes are a private proof elsewhere, which keeps the original."""
    shown, closed = verified(cast, picture(), public=True), verified(cast, picture(), public=False)
    with django_capture_on_commit_callbacks(execute=True):
        redact(cast, shown)
    assert on_disk() == ({closed.sha256}, set())
    with django_capture_on_commit_callbacks(execute=True):
        redact(cast, closed)
    assert on_disk() == (set(), set())


def test_a_public_copy_stays_while_another_proof_shows_it(
    cast: Cast, django_capture_on_commit_callbacks: Hooks
) -> None:
    """Other bytes, the same picture: its copy is one file."""
    first, second = verified(cast, picture(), public=True), verified(cast, picture(compress_level=0), public=True)
    closed = verified(cast, picture(), public=False)
    assert (first.sha256 != second.sha256, first.public_sha256) == (True, second.public_sha256)
    with django_capture_on_commit_callbacks(execute=True):
        redact(cast, closed)
        redact(cast, first)
    assert on_disk() == ({second.sha256}, {second.public_sha256})


def test_a_verification_that_fails_leaves_no_public_copy(cast: Cast) -> None:
    row = sent(cast, picture(), picture("white"))
    files = list(row.evidence.exclude(media_type=""))
    public = {item.uuid: True for item in files}
    with pytest.raises(StaleScreen):
        row.verify(by=cast.verifier, seen="lain", public=public)
    assert on_disk() == ({item.sha256 for item in files}, set())
    store.path_of(files[1].sha256).unlink()
    with pytest.raises(BadFact, match="rusak atau hilang"):
        row.verify(by=cast.verifier, seen=row.fingerprint(), public=public)
    assert on_disk() == ({files[0].sha256}, set())


def test_a_verification_that_fails_takes_no_copy_of_another(cast: Cast) -> None:
    earlier = verified(cast, picture(), public=True)
    row = sent(cast, picture(), picture("white"))
    files = list(row.evidence.exclude(media_type=""))
    store.path_of(files[1].sha256).unlink()
    with pytest.raises(BadFact):
        row.verify(by=cast.verifier, seen=row.fingerprint(), public={item.uuid: True for item in files})
    assert on_disk()[1] == {earlier.public_sha256}


@pytest.mark.parametrize("verdict", ["return_", "reject"])
def test_what_was_not_verified_has_no_public_copy(cast: Cast, verdict: str) -> None:
    row = sent(cast, picture())
    getattr(row, verdict)(by=cast.verifier, seen=row.fingerprint(), note=REASON)
    assert on_disk()[1] == set()


def test_what_was_redacted_goes_with_the_last_draft_that_kept_it(
    cast: Cast, django_capture_on_commit_callbacks: Hooks
) -> None:
    """What nobody redacted stays for a report that may be on its way."""
    other = picture("white")
    item, draft = verified(cast, picture(), public=True), drafted(cast, picture(), other)
    with django_capture_on_commit_callbacks(execute=True):
        redact(cast, item)
    assert on_disk() == ({item.sha256, other.sha256}, set())
    with django_capture_on_commit_callbacks(execute=True):
        submission.discard(draft, by=cast.operator)
    assert on_disk() == ({other.sha256}, set())


def tidied() -> str:
    said = io.StringIO()
    call_command("tidy", stdout=said)
    return said.getvalue()


def test_the_night_finishes_a_redaction_that_was_cut_short(cast: Cast) -> None:
    """Its hooks never ran. What somebody brought again since then stays."""
    item, again = verified(cast, picture(), public=True), verified(cast, picture("white"), public=True)
    redact(cast, item)
    redact(cast, again)
    later = (clock.now() + timedelta(seconds=5)).timestamp()
    os.utime(store.path_of(again.sha256), (later, later))
    assert tidied() == "3 berkas dibuang.\n"
    assert on_disk() == ({again.sha256}, set())


def test_a_public_copy_that_no_proof_names_goes_the_same_night(cast: Cast) -> None:
    shown = verified(cast, picture(), public=True)
    store.publish(b"a copy of nobody")
    assert len(on_disk()[1]) == 2
    tidied()
    assert on_disk()[1] == {shown.public_sha256}


@pytest.mark.django_db(transaction=True)
def test_destroying_waits_for_the_act_that_publishes() -> None:
    cast = Cast()
    row = sent(cast, picture())
    item = row.evidence.exclude(media_type="").get()
    copy = store.publish(item.public_copy())  # as another act would leave it

    def destroy() -> None:
        try:
            destroy_unnamed(copies=[copy])
        finally:
            connection.close()

    other = threading.Thread(target=destroy)
    with register.many_acts():
        row.verify(by=cast.verifier, seen=row.fingerprint(), public={item.uuid: True})
        other.start()
        other.join(0.5)
        assert on_disk()[1] == {copy}
    other.join()
    assert on_disk()[1] == {copy}
