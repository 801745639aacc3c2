"""Does a backup hold the whole register, as of one moment, and does it come back as it was?"""

from __future__ import annotations

import gzip
import io
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from commitments import evidence as store
from commitments.backup import archive, restoring, tables, writing
from commitments.models import Evidence, Measurement
from commitments.models.proposal import ProposalDraft
from opd import clock, register
from opd.models import Invitation
from opd.register import triggers
from tests import history_of_everything as story
from tests.cast import REASON, Cast, unit, utc
from tests.papers import saying
from tests.places import empty_place, evidence_files

pytestmark = pytest.mark.django_db


NOON = utc(2026, 11, 2, 5)


def all_rows() -> dict[str, list[Any]]:
    """Every row of every table that a backup holds."""
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values_list())
        for model in tables.backed_up(apps)
    }


def received(words: str) -> store.ReceivedFile:
    return store.receive("data.pdf", io.BytesIO(saying(words)))


def draft_with(cast: Cast, *files: store.ReceivedFile) -> Measurement:
    row = cast.measurement(cast.target(), submitted=False)
    for file in files:
        Evidence.attach(row, kind="hasil", file=file)
    return row


def shown(cast: Cast, file: store.ReceivedFile) -> Evidence:
    """Verified evidence with a public copy."""
    row = draft_with(cast, file)
    row.submit(by=cast.head, seen=row.fingerprint())
    item = row.evidence.exclude(media_type="").get()
    row.verify(by=cast.verifier, seen=row.fingerprint(), public={item.uuid: True})
    item.refresh_from_db()
    return item


def private_things(cast: Cast) -> None:
    """Accounts, second factors and drafts: what no entry tells of."""
    Authenticator.objects.create(user=cast.verifier, type=Authenticator.Type.TOTP, data={"secret": "sandi é"})
    ProposalDraft.objects.create(
        uuid=clock.new_uuid(),
        unit=cast.dinkes,
        title="Konsep",
        typed='{"isi": "\\n🙂"}',
        kept_by=cast.head,
        kept_at=NOON,
    )
    Invitation.objects.create(
        unit=cast.dinkes, role="head", token_sha256="0" * 64, invited_at=NOON, invited_by=cast.keeper, expires_at=NOON
    )


def test_everything_comes_back_as_it_was(time: clock.TurnedClock, tmp_path: Path) -> None:
    cast = Cast()
    story.told(story.everything(cast), story.at_its_own_pace(time))
    private_things(cast)
    kept = shown(cast, received("kept"))
    redacted = shown(cast, received("redacted"))
    redacted.redact(by=cast.approver, seen=redacted.fingerprint(), reason=REASON)
    draft = draft_with(cast, received("draft")).evidence.exclude(media_type="").get()
    here, files, said = all_rows(), evidence_files(), io.StringIO()
    assert {"opd_invitation", "commitments_plandraft", "commitments_recheckitem"} <= {t for t in here if here[t]}
    backup = tmp_path / "satu.tar"
    call_command("backup", str(backup), stdout=said)
    assert backup.stat().st_mode & 0o777 == 0o600
    with empty_place(tmp_path):
        call_command("restore", str(backup), stdout=said, stderr=said)
        assert all_rows() == here
        assert triggers.missing(connection) == []
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE opd_entry SET act = 'lain' WHERE seq = 1")
        restored = evidence_files()
        names = {f"original/{item.sha256[:2]}/{item.sha256}" for item in (kept, draft)}
        assert names <= restored.keys()
        assert not [name for name in restored if name.endswith((redacted.sha256, redacted.public_sha256))]
        assert restored.items() <= files.items()
        User.objects.create(username="sesudahnya")  # the numbers of new rows go on
        assert list(register.check()) == []
    assert "Pulih dan terperiksa" in said.getvalue()


def test_an_empty_register_comes_back_empty(tmp_path: Path) -> None:
    written = writing.write(tmp_path / "kosong.tar")
    assert written.manifest["head"] is None
    with empty_place(tmp_path):
        restoring.restore(written.path, keep=True)
        assert register.head() is None


def test_the_backup_of_an_earlier_release_is_migrated(tmp_path: Path) -> None:
    """Its tables have other columns; they are made as they were, filled, and brought to this release."""
    backup = tmp_path / "lama.tar"
    with empty_place(tmp_path):
        executor = MigrationExecutor(connection)
        earlier = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in ("opd", "commitments")]
        state = executor.migrate([*earlier, ("opd", "0003_invitation"), ("commitments", "0002_month_ends")])
        old_user = state.apps.get_model("auth", "User")
        old_user.objects.create(username="lama")
        models = tables.backed_up(state.apps)
        with backup.open("wb") as file:
            parts = archive.ArchiveWriter(file)
            counts = {model._meta.db_table: writing._add_rows(parts, model, writing.unseen) for model in models}
            parts.finish({**writing._facts(), "tables": counts, "lost": []})
    with empty_place(tmp_path):
        restoring.restore(backup, keep=True)
        assert [user.username for user in User.objects.all()] == ["lama"]
        assert triggers.missing(connection) == []
        unit("sesudahnya")
        assert list(register.check()) == []


def test_a_register_of_another_release_is_not_backed_up(tmp_path: Path) -> None:
    with empty_place(tmp_path), pytest.raises(CommandError, match="migrate dahulu"):
        call_command("backup", str(tmp_path / "satu.tar"))


@pytest.mark.by_night_on_postgres
def test_lost_evidence_is_named_and_the_rest_is_backed_up(tmp_path: Path) -> None:
    cast = Cast()
    item, whole = shown(cast, received("lost")), shown(cast, received("whole"))
    store.path_of(item.sha256).unlink()
    store.path_of(item.public_sha256, public=True).write_bytes(b"spoiled")
    backup = tmp_path / "satu.tar"
    with pytest.raises(CommandError, match=f"2 berkas bukti hilang atau rusak .*{item.sha256}"):
        call_command("backup", str(backup), stdout=io.StringIO())
    with empty_place(tmp_path):
        with pytest.raises(CommandError, match="sudah hilang atau rusak sebelum cadangan ini dibuat"):
            call_command("restore", str(backup))
        said = io.StringIO()
        call_command("restore", str(backup), "--tanpa-yang-hilang", stdout=said, stderr=said)
        assert {Path(name).name for name in evidence_files()} == {whole.sha256, whole.public_sha256}
        assert f"Hilang sebelum dicadangkan: evidence/original/{item.sha256[:2]}" in said.getvalue()


def test_an_existing_file_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "satu.tar").write_text("lama")
    with pytest.raises(CommandError, match="sudah ada"):
        call_command("backup", str(tmp_path / "satu.tar"))
    assert (tmp_path / "satu.tar").read_text() == "lama"


# --- While others write --------------------------------------------------------------------------------------


def evidence_rows(backup: Path) -> list[dict[str, Any]]:
    """The rows of evidence in a backup."""
    read = archive.read(backup)
    with read.opened(tables.part_of(Evidence)) as part:
        columns, *rows = [json.loads(line) for line in gzip.decompress(part.read()).splitlines()]
    return [dict(zip(columns, row, strict=True)) for row in rows]


def test_evidence_redacted_meanwhile_is_redacted_in_the_backup(
    tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    """Its file goes after the rows were read: they are read again. A file may be away only where the row says so."""
    cast = Cast()
    first, second = shown(cast, received("first")), shown(cast, received("second"))
    late = sorted([first, second], key=lambda item: item.sha256)[1]

    def meanwhile(doing: str, done: int, total: int) -> None:
        if (doing, done) == ("Menyalin bukti dukung", 1) and not Evidence.objects.exclude(redacted_at=None):
            with django_capture_on_commit_callbacks(execute=True):
                late.redact(by=cast.approver, seen=late.fingerprint(), reason=REASON)

    written = writing.write(tmp_path / "satu.tar", meanwhile)
    assert written.lost == []
    away = {row["sha256"] for row in evidence_rows(written.path) if row["redacted_at"]}
    assert away == {late.sha256}
    assert not [name for name in archive.read(written.path).evidence() if name.endswith(late.sha256)]
    assert [path.name for path in tmp_path.glob(f"{writing.PART_PREFIX}*")] == []


@pytest.mark.django_db(transaction=True)
def test_what_others_write_between_two_tables_is_in_none_of_them(tmp_path: Path) -> None:
    cast, before = Cast(), register.head()
    file = received("bukti")

    def act() -> None:
        try:
            shown(cast, file)
        finally:
            connection.close()

    def meanwhile(doing: str, done: int, total: int) -> None:
        if doing == "Menyalin commitments_evidence":
            writer = threading.Thread(target=act)
            writer.start()
            writer.join()

    written = writing.write(tmp_path / "satu.tar", meanwhile)
    after = register.head()
    assert before and after
    assert written.manifest["head"]["hash"] == before.hash != after.hash
    assert evidence_rows(written.path) == []
    restoring.restore(written.path, keep=False)
