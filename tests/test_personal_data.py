"""Does what looks like personal data stay out of public, at every door, until somebody says why it is none?"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import typst
from django.core.exceptions import ValidationError
from django.db import DataError, transaction
from django.test import Client

from commitments import evidence as store
from commitments.models import Commitment, Evidence, Measurement, ServiceTarget
from opd import clock, register
from opd.errors import Refused
from opd.models import Entry, Tenure
from opd.register import personal_data
from opd.register.personal_data import MayBePersonal, explained
from tests import doors, sheets
from tests.cast import REASON, Cast
from tests.history_of_everything import Deed, at_its_own_pace, demonstration, everything, told

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

PHONE, NIK = "0812-3456-7890", "3374 0112 0390 0001"
WHY = "Nomor layanan kantor, bukan milik warga."


@pytest.fixture
def cast() -> Cast:
    return Cast()


def link(url: str = "https://contoh.invalid/angka", **facts: Any) -> dict[str, Any]:
    return {"url": url, **facts}


def paper(words: str) -> dict[str, Any]:
    return {"file": store.receive("rekap.pdf", io.BytesIO(typst.compile(words.encode())))}


def sent(cast: Cast, *proofs: dict[str, Any]) -> Measurement:
    row = cast.measurement(cast.target(), submitted=False)
    row.evidence.all().delete()
    for proof in proofs:
        Evidence.attach(row, kind="hasil", **proof)
    row.submit(by=cast.head, seen=row.fingerprint())
    return row


def verify(cast: Cast, row: Measurement, *public: bool) -> None:
    shown = dict(zip((item.uuid for item in row.evidence.all()), public, strict=True))
    row.verify(by=cast.verifier, seen=row.fingerprint(), public=shown)


def last_reason() -> Any:
    entry = register.head()
    assert entry
    return json.loads(entry.body)["data"].get("not_personal")


# --- Proof ---


@pytest.mark.parametrize(
    "proof",
    [
        lambda: link(caption=f"Bu Ani, {PHONE}"),
        lambda: link(f"https://contoh.invalid/?nik={NIK.replace(' ', '')}"),
        lambda: link("https://contoh.invalid/?ke=bu.ani@contoh.go.id"),
        lambda: paper(f"Pemohon: Ani, NIK {NIK}"),
    ],
    ids=["caption", "number in an address", "mail in an address", "words of a PDF"],
)
def test_proof_that_looks_personal_is_opened_only_with_a_reason(cast: Cast, proof: Callable[[], Any]) -> None:
    row = sent(cast, proof(), link())
    with pytest.raises(MayBePersonal):
        verify(cast, row, True, False)
    assert (row.state, list(store.path_of("", public=True).glob("*/*"))) == ("submitted", [])
    with explained(WHY):
        verify(cast, row, True, False)
    assert (row.state, last_reason()) == ("verified", WHY)
    assert list(register.check()) == []


def test_proof_that_looks_personal_stays_closed_without_a_reason(cast: Cast) -> None:
    row = sent(cast, link(caption=PHONE), paper(NIK), link())
    verify(cast, row, False, False, True)
    assert (row.state, last_reason()) == ("verified", None)


# --- Texts ---


def test_no_act_makes_a_text_public_that_looks_personal(time: Any) -> None:
    """Every act, with a telephone number in each text it is given: refused, or the register does not tell it."""
    with demonstration() as turned:
        cast, refused = Cast(), set()
        do = at_its_own_pace(turned)

        def each(deed: Deed) -> Any:
            for name, text in deed.given.items():
                is_open = (deed.act, name) == ("operator.named", "contact")  # a contact for everybody
                if isinstance(text, str) and name not in ("seen", "code") and not is_open:
                    with suppress(Refused, ValidationError, DataError), transaction.atomic():
                        try:
                            deed.do(**{name: f"{text} {PHONE}"})
                        except MayBePersonal:
                            refused.add((deed.act, name))
                            raise
                        assert not Entry.objects.filter(body__contains=PHONE).exists(), (deed.act, name)
                        raise Refused
            return do(deed)

        told(everything(cast), each)
    assert refused >= {
        ("operator.named", "name"),
        ("unit.corrected", "note"),
        ("tenure.entered", "source"),
        ("revision.proposed", "reason"),
        ("revision.refused", "reason"),
        ("commitment.withdrawn", "reason"),
        ("measurement.revoked", "note"),
        ("measurement.redacted", "reason"),
        ("evidence.redacted", "reason"),
        ("recheck.recorded", "finding"),
        ("recheck.stands", "reason"),
    }


@pytest.mark.parametrize("column", ["title", "benefit"])
def test_a_commitment_that_looks_personal_is_published_only_with_a_reason(cast: Cast, column: str) -> None:
    row = cast.commitment(published=False, **{column: f"Hubungi {PHONE}."})
    with pytest.raises(MayBePersonal, match=PHONE):
        row.publish(by=cast.approver, seen=row.fingerprint())
    row.refresh_from_db()
    assert row.is_waiting
    with explained(WHY):
        row.publish(by=cast.approver, seen=row.fingerprint())
    assert (row.is_live, last_reason()) == (True, WHY)


@pytest.mark.parametrize("column", ["service", "baseline_source", "baseline_method", "data_source", "known_limits"])
def test_a_target_that_looks_personal_is_published_only_with_a_reason(cast: Cast, column: str) -> None:
    facts: dict[str, Any] = {column: "tanya bu.ani@contoh.go.id"}
    row = cast.target(published=False, **facts)
    with pytest.raises(MayBePersonal, match=r"alamat surel"):
        row.publish(by=cast.approver, seen=row.fingerprint())
    with explained(WHY):
        row.publish(by=cast.approver, seen=row.fingerprint())
    assert (row.is_live, last_reason()) == (True, WHY)


def test_a_method_that_looks_personal_is_sent_only_with_a_reason_and_a_private_note_without(cast: Cast) -> None:
    row = cast.measurement(cast.target(), submitted=False, method=f"Tanya {PHONE}.", note=f"NIK {NIK}")
    with pytest.raises(MayBePersonal, match=PHONE):
        row.submit(by=cast.head, seen=row.fingerprint())
    with explained(WHY):
        row.submit(by=cast.head, seen=row.fingerprint())
    assert last_reason() == WHY
    quiet = cast.measurement(row.target, 4, note=f"NIK {NIK}", period_end=date(2018, 6, 30))
    assert (quiet.state, last_reason()) == ("submitted", None)


def test_what_is_public_already_may_stand_in_later_acts(cast: Cast) -> None:
    with explained(WHY):
        commitment = cast.commitment(benefit=f"Hubungi {PHONE}.")
    commitment.withdraw(by=cast.approver, seen=commitment.fingerprint(), reason=REASON)
    assert (commitment.is_live, last_reason()) == (False, None)


def test_of_many_acts_at_once_each_needs_its_reason(cast: Cast) -> None:
    """A text that the same batch has made public needs no second one; another text does."""
    rows = [cast.commitment(published=False, benefit=text) for text in (PHONE, PHONE, NIK)]
    with explained(WHY), register.many_acts():
        rows[0].publish(by=cast.approver, seen=rows[0].fingerprint())
        with explained(""):
            rows[1].publish(by=cast.approver, seen=rows[1].fingerprint())
            with pytest.raises(MayBePersonal, match="NIK"):
                rows[2].publish(by=cast.approver, seen=rows[2].fingerprint())
    assert [row.is_live for row in Commitment.objects.order_by("pk")] == [True, True, False]
    assert list(register.check()) == []


@pytest.mark.parametrize("reason", ["", "   ", "Nomor kantor.", f"Nomor layanan kantor, yaitu {PHONE}.", "x" * 2001])
def test_a_reason_says_something_and_does_not_repeat_the_data(cast: Cast, reason: str) -> None:
    row = cast.commitment(published=False, benefit=PHONE)
    with explained(reason), pytest.raises(MayBePersonal):
        row.publish(by=cast.approver, seen=row.fingerprint())


def test_digests_and_identities_are_no_texts() -> None:
    """Digits in them are nobody's number."""
    row = {
        "sha256": "a3374011203900001b" + "c" * 46,
        "id": "33740112-0390-0001-8000-000000000000",
        "value": Decimal(5),
    }
    assert personal_data.explanation([row], ()) == {}
    with pytest.raises(MayBePersonal):
        personal_data.explanation([{"sources": ["uji", {"note": NIK}]}], ())


# --- Doors ---


def place(row: Any) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


CHECKED = {"checks": ["angka", "periode", "pribadi"]}


def test_the_desk_asks_for_the_reason_keeps_what_was_typed_and_shows_it_later(cast: Cast, client: Client) -> None:
    row = sent(cast, link(caption=PHONE))
    desk = doors.enter(cast.verifier)
    given = {"act": "verifikasi", "seen": row.fingerprint(), "note": "Sudah dilihat.", **CHECKED}
    given |= {f"public_{item.uuid}": "ya" for item in row.evidence.all()}
    given["read_doubts"] = desk.get(place(row)).context["read_doubts"]
    for reason in ("", "pendek"):
        answer = desk.post(place(row), {**given, "not_personal": reason})
        page = answer.content.decode()
        assert (answer.status_code, row.state) == (422, "submitted")
        for shown in ("mungkin memuat nomor telepon", "Mengapa ini bukan data pribadi?", "Sudah dilihat.", reason):
            assert shown in page
    assert desk.post(place(row), {**given, "not_personal": WHY}).status_code == 302
    assert (row.decisions.get().note, last_reason()) == ("Sudah dilihat.", WHY)
    assert f"Dinyatakan bukan data pribadi: {WHY}" in desk.get(place(row)).content.decode()
    assert f"Menurutnya bukan data pribadi: {WHY}" in client.get("/jejak/").content.decode()


def test_an_approver_is_asked_for_the_reason(cast: Cast) -> None:
    row = cast.commitment(published=False, benefit=PHONE)
    desk = doors.enter(cast.approver)
    given = {"act": "umumkan", "seen": row.fingerprint(), "read_doubts": desk.get(place(row)).context["read_doubts"]}
    answer = desk.post(place(row), given)
    assert (answer.status_code, "Mengapa ini bukan data pribadi?" in answer.content.decode()) == (422, True)
    assert desk.post(place(row), {**given, "not_personal": WHY}).status_code == 302
    row.refresh_from_db()
    assert (row.is_live, last_reason()) == (True, WHY)


def test_the_keeper_is_asked_for_the_reason(cast: Cast) -> None:
    desk = doors.enter(cast.keeper)
    new = {"code": "kec-baru", "name": "Kecamatan Baru", "short_name": "Kec. Baru", "unit_kind": "kecamatan"}
    new |= {"certainty": "documented", "source": f"Telepon {PHONE}"}
    assert "Mengapa ini bukan data pribadi?" in desk.post("/admin/opd/unit/baru/", new).content.decode()
    assert desk.post("/admin/opd/unit/baru/", {**new, "not_personal": WHY}).status_code == 302
    assert last_reason() == WHY


def test_a_rotation_asks_beside_the_row(cast: Cast) -> None:
    desk = doors.enter(cast.keeper)
    given = {
        "semua-from_on": "2026-01-05",
        "semua-source": "SK 1",
        "semua-certainty": "documented",
        "baris-TOTAL_FORMS": "2",
        "baris-INITIAL_FORMS": "0",
        "baris-0-unit": "dinkes",
        "baris-0-person": "Pejabat A",
        "baris-0-title": "Kepala",
        "baris-0-status": "definitif",
        "baris-0-source": f"Surat {PHONE}",
        "baris-1-unit": "pdam",
        "baris-1-person": "Pejabat B",
        "baris-1-title": "Direktur",
        "baris-1-status": "definitif",
        "catat": "1",
    }
    answer = desk.post("/admin/opd/tenure/rotasi/", given)
    assert (answer.status_code, Tenure.objects.count()) == (422, 0)
    assert 'name="baris-0-not_personal"' in answer.content.decode()
    assert desk.post("/admin/opd/tenure/rotasi/", {**given, "baris-0-not_personal": WHY}).status_code == 302
    told_in = [
        json.loads(entry.body)["data"].get("not_personal") for entry in Entry.objects.filter(act="tenure.entered")
    ]
    assert told_in == [WHY, None]


def report(**given: Any) -> dict[str, Any]:
    return {
        "read_doubts": "9,5 no_n:",
        "uuid": str(clock.new_uuid()),
        "value": "9,5",
        "period_typed": "Tahun 2018",
        "method": f"Tanya {PHONE}.",
        "bukti-TOTAL_FORMS": "1",
        "bukti-INITIAL_FORMS": "0",
        "bukti-0-kind": "hasil",
        "bukti-0-url": "https://contoh.go.id/angka",
        **given,
    }


def test_a_unit_is_asked_for_the_reason_when_it_sends_not_when_it_drafts(cast: Cast) -> None:
    client, address = doors.enter(cast.head), f"/kerja/sasaran/{cast.target().reference}/lapor/"
    page = client.post(address, report(kirim="1")).content.decode()
    assert "Mengapa ini bukan data pribadi?" in page
    assert PHONE in page
    assert Measurement.objects.count() == 0
    wrong = client.post(address, report(kirim="1", value="", not_personal=WHY)).content.decode()
    assert WHY in wrong  # a mistake elsewhere loses nothing
    client.post(address, report(kirim="1", not_personal=WHY))
    assert (Measurement.objects.get().state, last_reason()) == ("submitted", WHY)
    client.post(address, report(simpan="1", period_typed="1 Januari – 30 November 2018", method=f"Surel {NIK}"))
    draft = Measurement.objects.get(submitted_at=None)
    receipt = client.get(f"/kerja/kiriman/{draft.uuid}/").context
    shown = {"seen": receipt["seen"], "read_doubts": receipt["previewed"].summary}
    answer = client.post(f"/kerja/kiriman/{draft.uuid}/kirim/", shown)
    assert (answer.status_code, "mungkin memuat NIK" in answer.content.decode()) == (409, True)


@pytest.mark.parametrize("column", ["reason", "document"])
def test_a_change_is_asked_for_only_with_the_reason(cast: Cast, column: str) -> None:
    target = cast.target()
    client, address = doors.enter(cast.head), f"/kerja/sasaran/{target.reference}/ubah/"
    given = {"field": "due_on", "on": "2031-12-31", "reason": REASON, "document": "", "seen": target.fingerprint()}
    given[column] = f"{REASON} {PHONE}"
    given["read_doubts"] = client.post(address, {**given, "periksa": "1"}).context["read_doubts"]
    page = client.post(address, {**given, "kirim": "1"})
    assert (page.status_code, "Mengapa ini bukan data pribadi?" in page.content.decode()) == (200, True)
    look = client.post(address, {**given, "periksa": "1", "not_personal": WHY}).content.decode()
    assert WHY in look
    client.post(address, {**given, "kirim": "1", "not_personal": WHY})
    assert (target.revisions.count(), last_reason()) == (1, WHY)


def test_taking_a_change_back_is_asked_for_the_reason(cast: Cast) -> None:
    target = cast.target()
    row = target.revise(
        by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2031, 1, 1), reason=REASON, document=""
    )
    client, address = doors.enter(cast.head), f"/kerja/perubahan/{row.uuid}/tarik/"
    given = {"reason": f"Salah ketik, tanya {PHONE}", "seen": row.fingerprint()}
    assert "Mengapa ini bukan data pribadi?" in client.post(address, given).content.decode()
    client.post(address, {**given, "not_personal": WHY})
    assert last_reason() == WHY


def test_a_row_of_an_import_that_looks_personal_is_refused_with_its_line(cast: Cast) -> None:
    target = cast.target()
    heads = ["Nomor target", "Awal periode", "Akhir periode", "Nilai", "Cara mengukur", "Catatan"]
    good = [target.reference, "1 Januari 2018", "30 Juni 2018", 9, "Dari SIMPUS.", f"Hubungi {PHONE}"]
    bad = [target.reference, "1 Juli 2018", "31 Desember 2018", 8, f"Tanya {PHONE}.", ""]
    found = sheets.faults(sheets.tried(cast, "realisasi", sheets.xlsx([heads, good, bad])))
    assert [(line, PHONE in wrong) for line, _, wrong in found] == [(3, True)]
    assert ServiceTarget.objects.get().measurements.count() == 0
