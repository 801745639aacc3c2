"""Tests of decisions: by the right person, on exactly what was shown, with four eyes, and on to the next case."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags
from PIL import Image

from commitments import evidence as store
from commitments.models import Evidence, Measurement
from commitments.secretariat.measurement_acts import CHECKLIST
from opd import access, clock, register
from opd.models import Entry, Membership, Tenure, Unit, UnitChange
from tests import doors
from tests.cast import REASON, SIGNED_ON, Cast, give, person, serves
from tests.reading import text
from tests.screen_texts import FOUR_EYES

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]


@pytest.fixture
def cast() -> Cast:
    return Cast()


def place(row: Any) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def decide(client: Client, row: Any, act: str, **given: Any) -> Any:
    """As from the row's own screen, fresh."""
    shown = getattr(client.get(place(row)), "context", None) or {}
    read = shown.get("read_doubts", "")
    return client.post(place(row), {"seen": row.fingerprint(), "read_doubts": read, "act": act, **given})


CHECKED = {"checks": [name for name, _ in CHECKLIST]}


def marks(row: Measurement, mark: str = "ya") -> dict[str, Any]:
    """Everything looked at, and every piece of evidence marked the same."""
    return CHECKED | {f"public_{item.uuid}": mark for item in row.evidence.all()}


def with_picture(cast: Cast, target: Any, **facts: Any) -> Measurement:
    """A submission whose proof is a picture; the same bytes every time."""
    row = cast.measurement(target, submitted=False, **facts)
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "#3f9c93").save(picture, "PNG")
    picture.seek(0)
    Evidence.attach(row, kind="hasil", file=store.receive("bukti.png", picture))
    row.submit(by=cast.head, seen=row.fingerprint())
    return row


def test_a_verifier_verifies_and_says_what_may_be_seen(cast: Cast) -> None:
    sent = with_picture(cast, cast.target())
    link, picture = sent.evidence.all()
    client = doors.enter(cast.verifier)
    shown = {f"public_{link.uuid}": "tidak", f"public_{picture.uuid}": "ya"}
    decide(client, sent, "verifikasi", note="Terima kasih.", **shown, **CHECKED)
    assert [(d.verdict, d.by, d.note, d.office) for d in sent.decisions.all()] == [
        ("verified", cast.verifier, "Terima kasih.", access.VERIFIER)
    ]
    assert list(sent.evidence.values_list("public", flat=True)) == [False, True]


def test_each_file_must_be_marked_on_purpose(cast: Cast) -> None:
    sent = cast.measurement(cast.target())
    answer = decide(doors.enter(cast.verifier), sent, "verifikasi", **CHECKED)
    assert answer.status_code == 422
    assert "Pilih: boleh dilihat publik, atau tertutup." in answer.content.decode()
    assert sent.decisions.count() == 0


@pytest.mark.parametrize(("act", "verdict"), [("kembalikan", "returned"), ("tolak", "rejected")])
def test_a_reason_is_chosen_or_written_or_both(cast: Cast, act: str, verdict: str) -> None:
    sent = cast.measurement(cast.target())
    client = doors.enter(cast.verifier)
    assert decide(client, sent, act, canned="", note="pendek").status_code == 422
    screen = client.get(place(sent))
    ready = screen.context["acts"][act].ready[0]
    decide(client, sent, act, canned=ready, note="Lihat halaman 2.")
    assert [(d.verdict, d.note) for d in sent.decisions.all()] == [(verdict, f"{ready} Lihat halaman 2.")]


def test_a_reason_that_is_not_on_the_list_is_refused(cast: Cast) -> None:
    sent = cast.measurement(cast.target())
    assert decide(doors.enter(cast.verifier), sent, "tolak", canned="Karena saya tidak suka.").status_code == 422
    assert sent.decisions.count() == 0


def test_the_checklist_is_ticked_to_the_last(cast: Cast) -> None:
    sent = cast.measurement(cast.target())
    answer = decide(doors.enter(cast.verifier), sent, "verifikasi", **marks(sent) | {"checks": ["angka"]})
    assert (answer.status_code, "Masih ada yang belum dicentang" in answer.content.decode()) == (422, True)
    assert sent.decisions.count() == 0


def read(outcomes: Any) -> list[tuple[str, int, Any, int]]:
    return [(one.label, target.rung, target.value, one.unit.rung) for one in outcomes for target in one.targets]


def test_the_screen_says_what_the_public_will_see_and_that_is_what_it_sees(cast: Cast) -> None:
    """Of this submission alone: another one waits beside it."""
    target = cast.target()
    other = cast.measurement(target, 2, period_start=date(2019, 1, 1), period_end=date(2019, 12, 31))
    sent = cast.measurement(target, 9)
    client = doors.enter(cast.verifier)
    promised = client.get(place(sent)).context["outcomes"]
    assert read(promised) == [
        ("Sekarang", 1, None, 1),
        ("Diverifikasi", 3, 9, 3),
        ("Dikembalikan atau ditolak", 1, None, 1),
    ]
    decide(client, sent, "verifikasi", **marks(sent))
    after = client.get(place(sent)).context["outcomes"]
    assert read(after) == [("Sekarang", 3, 9, 3), ("Verifikasi dicabut", 1, None, 1)]
    sent.revoke(by=cast.approver, seen=sent.fingerprint(), note=REASON)
    assert read(client.get(place(other)).context["outcomes"])[0] == ("Sekarang", 1, None, 1)
    assert client.get(place(sent)).context["outcomes"] == ()


def test_the_same_file_elsewhere_is_pointed_out(cast: Cast) -> None:
    client = doors.enter(cast.verifier)
    first, second = with_picture(cast, cast.target()), with_picture(cast, cast.target())
    page = client.get(place(second)).content.decode()
    assert "Berkas yang sama pernah dipakai" in text(page)
    assert place(first) in page
    alone = cast.measurement(cast.target(), submitted=False)
    Evidence.objects.filter(measurement=alone).delete()
    Evidence.attach(alone, kind="hasil", url="https://contoh.go.id/lain")
    alone.submit(by=cast.head, seen=alone.fingerprint())
    assert "yang sama pernah dipakai" not in client.get(place(alone)).content.decode()


def test_the_next_waiting_case_opens_at_once(cast: Cast) -> None:
    target = cast.target()
    first = cast.measurement(target, 9)
    of_setda = cast.commitment(by=cast.bagian_head, unit=cast.bagian, published=False)
    of_setda.publish(by=cast.inspector, seen=of_setda.fingerprint())
    theirs = cast.target(by=cast.bagian_head, commitment=of_setda, published=False)
    theirs.publish(by=cast.inspector, seen=theirs.fingerprint())
    not_mine = cast.measurement(theirs, by=cast.bagian_head)
    last = cast.measurement(target, 8, period_start=date(2019, 1, 1), period_end=date(2019, 12, 31))
    client = doors.enter(cast.verifier)
    assert decide(client, first, "verifikasi", **marks(first))["Location"] == place(last)
    assert decide(client, last, "verifikasi", **marks(last))["Location"] == place(last)
    assert not_mine.decisions.count() == 0


def on_screen(client: Client, row: Any) -> dict[str, Any]:
    """What the form on the row's screen carries along."""
    context = client.get(place(row)).context
    return {name: context[name] for name in ("seen", "shown", "since", "read_doubts")}


def test_a_decision_is_about_what_was_shown(cast: Cast) -> None:
    """Two at once: one wins, the other is told who and what, sees both, and keeps what they wrote."""
    sent = cast.measurement(cast.target())
    client = doors.enter(cast.verifier)
    carried = on_screen(client, sent)
    other = person("verifikator-dua", access.VERIFIER)
    sent.return_(by=other, seen=sent.fingerprint(), note=REASON)
    answer = client.post(place(sent), {"act": "verifikasi", "note": "Sudah cocok.", **carried, **marks(sent)})
    changes = answer.context["changes"]
    assert answer.status_code == 409
    assert [(entry.act, entry.actor) for entry in changes.entries] == [("measurement.returned", "verifikator")]
    changed = {one.label: (one.before, one.after) for one in changes.differences}
    assert changed["keputusan 1: keputusan"] == ("–", "dikembalikan")
    assert changed["keputusan 1: pejabat"] == ("–", "verifikator")
    assert "keputusan 1: sidik layar" not in changed
    page = answer.content.decode()
    assert "Data sudah berubah sejak halaman ini dibuka." in page
    assert "<b>Verifikator sekretariat no. 2</b> mengembalikan hasil pengukuran" in page
    assert "<blockquote>Sudah cocok.</blockquote>" in page
    assert REASON in page
    assert sent.decisions.count() == 1


def test_a_promise_changed_meanwhile_is_shown_old_and_new(cast: Cast) -> None:
    target = cast.target()
    sent = cast.measurement(target)
    client = doors.enter(cast.verifier)
    carried = on_screen(client, sent)
    asked = target.revise(
        by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(2), reason=REASON
    )
    asked.approve(by=cast.approver, seen=asked.fingerprint())
    answer = client.post(place(sent), {"act": "kembalikan", "note": REASON, **carried})
    assert [(one.label, one.before, one.after) for one in answer.context["changes"].differences] == [
        ("target yang berlaku: target", "3", "2")
    ]
    acts = [entry.act for entry in answer.context["changes"].entries]
    assert acts == ["revision.approved", "revision.proposed"]
    page = answer.content.decode()
    assert page.count(REASON) == 1  # still in the box
    assert sent.decisions.count() == 0


def test_a_commitment_shows_its_targets_and_what_the_public_will_read(cast: Cast) -> None:
    commitment, twin = (cast.commitment(published=False) for _ in range(2))
    client = doors.enter(cast.approver)

    def told(row: Any = commitment) -> str:
        return " ".join(strip_tags(client.get(place(row)).content.decode()).split())

    bare = told()
    assert "Belum ada targetnya: publik akan membaca “Target belum ditetapkan”." in bare
    assert f"Dinkes sudah punya komitmen berjudul sama: {twin.reference}." in bare
    assert "menunggu penyetuju selain pengusulnya" in bare
    targets = [cast.target(commitment=commitment, published=False) for _ in range(2)]
    assert "bersama 2 targetnya, yang langsung ada di tangga" in told()
    commitment.publish(by=cast.approver, seen=commitment.fingerprint())
    targets[0].publish(by=cast.approver, seen=targets[0].fingerprint())
    announced = told()
    assert "14 hari → 3 hari Tenggat 31 Des 2030 Terukur" in announced
    assert "1 targetnya yang berjalan ikut ditarik; 1 usulan targetnya gugur" in announced
    held_back = "belum Tercapai: Dinkes tertahan di bawah Tercapai sampai ada penggantinya Dinkes: Tanda tangan"
    assert f"1 {held_back}" in announced
    assert f"tetap tampil, dengan alasan Anda; tidak lagi di tangga {held_back}" in told(targets[0])
    decide(client, commitment, "tarik", reason=REASON)
    assert "Yang dilihat publik" not in told() + told(targets[0])


def test_a_target_that_joined_its_commitment_meanwhile_is_named(cast: Cast) -> None:
    commitment = cast.commitment()
    client = doors.enter(cast.approver)
    carried = on_screen(client, commitment)
    target = cast.target(commitment=commitment, published=False)
    answer = client.post(place(commitment), {"act": "tarik", "reason": REASON, **carried})
    changes = answer.context["changes"]
    assert {one.label for one in changes.differences} >= {f"target {target.reference}: diusulkan"}
    assert [(entry.act, entry.object) for entry in changes.entries] == [
        ("target.proposed", f"target:{target.reference}")
    ]
    assert cast.memorandum.commitments.filter(withdrawn_at=None).count() == 1


def test_a_promise_made_while_a_merger_was_on_the_screen_is_named(cast: Cast) -> None:
    change = UnitChange.propose(
        by=cast.keeper,
        change="merged",
        on=clock.today(),
        legal_basis="Perda",
        predecessors=[cast.dinkes],
        successors=[cast.pdam],
    )
    client = doors.enter(cast.approver)
    carried = on_screen(client, change)
    made = cast.commitment()
    answer = client.post(place(change), {"act": "sahkan", **carried})
    changes = answer.context["changes"]
    assert [(one.label, one.before, one.after) for one in changes.differences] == [
        (f"komitmen yang pindah: {made.reference}", "–", "pdam")
    ]
    assert [entry.act for entry in changes.entries] == ["commitment.published", "commitment.proposed"]
    assert UnitChange.objects.get().confirmed_at is None


def test_a_made_up_picture_of_the_past_is_not_believed(cast: Cast) -> None:
    sent = cast.measurement(cast.target())
    forged = {"seen": "0" * 64, "shown": '{"row":{"value":"1"}}', "since": "9" * 40}
    answer = doors.enter(cast.verifier).post(place(sent), {"act": "tolak", "note": REASON, **forged})
    changes = answer.context["changes"]
    assert (answer.status_code, changes.differences, changes.entries) == (409, (), ())
    assert sent.decisions.count() == 0


def test_who_may_not_or_saw_another_screen_is_told_so_before_the_form_is_checked(cast: Cast) -> None:
    """Nothing is ticked: it would be 422 for somebody who may, on the right screen."""
    sent = cast.measurement(cast.target())
    wrong = decide(doors.enter(cast.approver), sent, "verifikasi", note="Sudah saya cocokkan.")
    assert (wrong.status_code, wrong.context["problem"]) == (
        403,
        "Keputusan untuk Dinkes hanya dapat diambil oleh verifikator.",
    )
    client = doors.enter(cast.verifier)
    stale = client.post(place(sent), {"act": "verifikasi", "seen": "0" * 64})
    assert (stale.status_code, "Data sudah berubah" in stale.context["problem"]) == (409, True)
    assert decide(client, sent, "verifikasi").status_code == 422


def test_what_was_typed_stays_on_the_page_of_somebody_who_may_not(cast: Cast) -> None:
    """They came to work in that unit while they wrote."""
    serves(cast.verifier, cast.dinkes, "staff")
    sent = cast.measurement(cast.target())
    refused = decide(doors.enter(cast.verifier), sent, "tolak", note="Alasan saya sendiri, panjang.")
    assert refused.status_code == 403
    assert refused.context["kept_texts"] == ["Alasan saya sendiri, panjang."]
    assert "<blockquote>Alasan saya sendiri, panjang.</blockquote>" in refused.content.decode()


def test_nobody_decides_at_home(cast: Cast) -> None:
    serves(cast.verifier, cast.dinkes, "staff")
    sent = cast.measurement(cast.target())
    client = doors.enter(cast.verifier)
    page = client.get(place(sent)).content.decode()
    assert "Anda bertugas di Dinkes" in page
    assert "act-verifikasi" not in page.replace('form="act-verifikasi"', "")
    assert decide(client, sent, "verifikasi", **marks(sent)).status_code == 403
    assert sent.decisions.count() == 0


def test_the_inspectorate_decides_for_setda_and_nobody_else_does(cast: Cast) -> None:
    commitment = cast.commitment(by=cast.setda_head, unit=cast.setda, published=False)
    assert decide(doors.enter(cast.approver), commitment, "umumkan").status_code == 403
    decide(doors.enter(cast.inspector), commitment, "umumkan")
    commitment.refresh_from_db()
    assert commitment.published_by == cast.inspector


def test_whoever_proposed_does_not_approve(cast: Cast) -> None:
    """Four eyes: one person with both hats."""
    give(cast.head, access.APPROVER)
    cast.head.is_staff = True
    cast.head.save()
    Membership.objects.filter(user=cast.head).update(until_on=None)
    proposed = cast.commitment(published=False)
    Membership.objects.filter(user=cast.head).update(until_on=SIGNED_ON)  # no longer at home there
    answer = decide(doors.enter(cast.head), proposed, "umumkan")
    assert (answer.status_code, FOUR_EYES in answer.content.decode()) == (403, True)
    proposed.refresh_from_db()
    assert proposed.published_at is None


def test_whoever_verified_does_not_revoke(cast: Cast) -> None:
    give(cast.verifier, access.APPROVER)
    sent = cast.measurement(cast.target())
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    answer = decide(doors.enter(cast.verifier), sent, "cabut", reason=REASON)
    assert (answer.status_code, FOUR_EYES in answer.content.decode()) == (403, True)
    decide(doors.enter(cast.approver), sent, "cabut", reason=REASON)
    assert sorted(sent.decisions.values_list("verdict", flat=True)) == ["revoked", "verified"]


def test_proposals_are_published_and_revisions_decided(cast: Cast) -> None:
    client = doors.enter(cast.approver)
    commitment = cast.commitment(published=False)
    target = cast.target(commitment=commitment, published=False)
    early = decide(client, target, "umumkan")
    assert (early.status_code, "Umumkan komitmennya dahulu." in early.content.decode()) == (409, True)
    decide(client, commitment, "umumkan")
    target.refresh_from_db()
    assert target.is_live
    later = cast.target(commitment=commitment, published=False)
    promised = client.get(place(later)).context["outcomes"]
    assert [(one.label, [target.rung for target in one.targets], one.unit.rung) for one in promised] == [
        ("Sekarang", [], 1),
        ("Diumumkan", [1], 1),
    ]
    decide(client, later, "umumkan")
    later.refresh_from_db()
    assert later.is_live
    asked = target.revise(
        by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2031, 12, 31), reason=REASON
    )
    shown = client.get(place(asked))
    page = shown.content.decode()
    assert ('<span class="was">31 Des 2030</span>' in page, '<b class="now">31 Des 2031</b>' in page) == (True, True)
    assert "mundur 365\N{NO-BREAK SPACE}hari" in page
    assert (shown.context["asked_by"], "(kepala-dinkes)" in page) == ("kepala Dinkes", True)
    then = [(one.label, *((row.due_on, row.moved) for row in one.targets)) for one in shown.context["outcomes"]]
    assert then == [("Sekarang", (date(2030, 12, 31), 0)), ("Disetujui", (date(2031, 12, 31), 1))]
    decide(client, asked, "setujui")
    assert target.in_force()["due_on"] == date(2031, 12, 31)
    other = target.revise(
        by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(2), reason=REASON
    )
    decide(client, other, "tolak", reason=REASON)
    other.refresh_from_db()
    assert other.refusal_reason == REASON


def test_personal_data_is_destroyed_and_its_digest_stays(cast: Cast) -> None:
    sent = with_picture(cast, cast.target(), note="NIK warga: rahasia.")
    picture = sent.evidence.exclude(media_type="").get()
    client = doors.enter(cast.approver)
    decide(client, picture, "hapus", reason=REASON)
    decide(client, sent, "hapus-catatan", reason=REASON)
    picture.refresh_from_db()
    sent.refresh_from_db()
    assert (picture.redaction_reason, picture.file_name, sent.note) == (REASON, "", "")
    assert client.get(f"/admin/commitments/evidence/{picture.pk}/asli/").status_code == 404


def test_the_original_is_served_as_what_it_is_and_kept_by_nobody(cast: Cast) -> None:
    sent = with_picture(cast, cast.target())
    picture = sent.evidence.exclude(media_type="").get()
    answer = doors.enter(cast.leader).get(f"/admin/commitments/evidence/{picture.pk}/asli/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert store.digest(content)[0] == picture.sha256
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))


def test_a_draft_is_the_units_own(cast: Cast) -> None:
    draft = cast.measurement(cast.target(), submitted=False)
    client = doors.enter(cast.verifier)
    assert client.get(place(draft)).status_code == 404
    assert client.get(place(draft.evidence.get())).status_code == 404
    assert client.get("/admin/commitments/measurement/").context["cl"].result_count == 0


def test_the_keeper_mends_the_roster_by_acts(cast: Cast) -> None:
    client, dinkes = doors.enter(cast.keeper), cast.dinkes
    decide(
        client,
        dinkes,
        "pejabat",
        person="Ani",
        title="Kepala Dinas",
        status="definitif",
        from_on="2020-01-01",
        source="SK 1",
        certainty="documented",
    )
    decide(client, dinkes, "koreksi", unit_kind="badan", certainty="documented", whatsapp="6281234567890")
    dinkes = Unit.objects.get(code="dinkes")
    decide(
        client, dinkes, "ganti-nama", name="Badan Sehat", short_name="Basehat", on="2024-01-01", legal_basis="Perda"
    )
    dinkes = Unit.objects.get(code="dinkes")
    tenure = Tenure.objects.get()
    decide(client, tenure, "akhiri", on="2025-01-01")
    tenure.refresh_from_db()
    assert (dinkes.unit_kind, dinkes.whatsapp, dinkes.short_name) == ("badan", "6281234567890", "Basehat")
    assert (tenure.person.name, tenure.from_on, tenure.until_on) == ("Ani", date(2020, 1, 1), date(2025, 1, 1))
    acts = ["tenure.entered", "unit.corrected", "unit.renamed", "tenure.ended"]
    assert list(Entry.objects.order_by("seq").values_list("act", flat=True))[-4:] == acts
    assert list(register.check()) == []


@pytest.mark.parametrize(
    ("act", "given", "said"),
    [
        (
            "koreksi",
            {"unit_kind": "badan", "certainty": "documented", "whatsapp": "0812"},
            "Nomor ini tidak dapat dibaca",
        ),
        ("koreksi", {"unit_kind": "", "certainty": "documented"}, "Belum tercatat"),
        ("ganti-nama", {"name": "A", "short_name": "A", "on": "kapan-kapan", "legal_basis": "x"}, "Belum tercatat"),
    ],
)
def test_a_mistake_of_the_keeper_is_explained(cast: Cast, act: str, given: dict[str, str], said: str) -> None:
    before = Entry.objects.count()
    answer = decide(doors.enter(cast.keeper), cast.dinkes, act, **given)
    assert answer.status_code in (409, 422)
    assert said in answer.content.decode()
    assert Entry.objects.count() == before


def test_a_signature_is_withdrawn_with_reason_and_source(cast: Cast) -> None:
    signature = cast.memorandum.signatures.get(unit=cast.pdam)
    decide(doors.enter(cast.keeper), signature, "cabut", reason=REASON, source="Berita acara halaman 3.")
    signature.refresh_from_db()
    assert (signature.withdrawn_reason, signature.withdrawn_source) == (REASON, "Berita acara halaman 3.")


def test_nothing_is_decided_past_a_doubt_that_came_after_the_screen(cast: Cast) -> None:
    """The same proof sent elsewhere, a twin of a commitment: neither changes the row that is decided."""
    sent = with_picture(cast, cast.target())
    verifier = doors.enter(cast.verifier)
    carried = on_screen(verifier, sent)
    with_picture(cast, cast.target())
    answer = verifier.post(place(sent), {"act": "verifikasi", **carried, **marks(sent)})
    assert (answer.status_code, sent.decisions.count()) == (409, 0)
    assert "bukti yang sama persis pernah dipakai untuk kiriman lain." in answer.context["problem"]
    assert answer.context["acts"]["verifikasi"]["checks"].value() == CHECKED["checks"]
    verifier.post(place(sent), {"act": "verifikasi", **on_screen(verifier, sent), **marks(sent)})
    assert sent.decisions.get().verdict == "verified"

    commitment = cast.commitment(published=False, title="Antre dari rumah")
    approver = doors.enter(cast.approver)
    carried = on_screen(approver, commitment)
    twin = cast.commitment(published=False, title="Antre dari rumah")
    answer = approver.post(place(commitment), {"act": "umumkan", **carried})
    assert f"berjudul sama: {twin.reference}" in answer.context["problem"]
    commitment.refresh_from_db()
    assert commitment.published_at is None
