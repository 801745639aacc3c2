"""Browser tests of the secretariat's day: by mouse, by keyboard, without JavaScript, under the strict policy."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from commitments import evidence as store
from commitments.models import Commitment, Evidence, Measurement, Recheck, Reminder, ServiceTarget
from opd import clock, register
from opd.models import Tenure
from tests import doors
from tests.browser.test_first_path import complaints_of, sign_in
from tests.browser.test_keeping import bring_in, merge, sheet
from tests.cast import REASON, Cast
from tests.papers import paper
from tests.screen_texts import CODE_LABEL, REASON_LABEL, SIGN_IN_BUTTON, VERIFIED, VERIFY_BUTTON

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from playwright.sync_api import Page

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
MERGED_ON = clock.today() + timedelta(days=7)
DESK = {"width": 1280, "height": 800}


def come_in(page: Page, username: str) -> None:
    sign_in(page, username, at="/admin/")
    page.get_by_label(CODE_LABEL).fill(doors.code())
    page.get_by_role("button", name=SIGN_IN_BUTTON).click()
    page.get_by_role("heading", name="Menunggu keputusan").wait_for()


def with_paper(cast: Cast, target: ServiceTarget) -> Measurement:
    row = cast.measurement(target, 9, submitted=False)
    file = store.receive("rekap.pdf", io.BytesIO(paper()))
    Evidence.attach(row, kind="hasil", file=file, captured_on=date(2018, 12, 31))
    row.submit(by=cast.head, seen=row.fingerprint())
    return row


@pytest.mark.parametrize(
    "scripted", [True, pytest.param(False, marks=pytest.mark.nightly)], ids=["with JavaScript", "without JavaScript"]
)
def test_a_working_day(new_page: Callable[..., Page], scripted: bool) -> None:
    """Import, rotate heads, merge; verify, return, remind, print; approve, revoke, confirm: one browser a role."""
    cast = Cast()
    cast.dinkes.correct(by=cast.keeper, seen=cast.dinkes.fingerprint(), whatsapp="6281234567890")
    target = cast.target(original_due_on=date(2019, 12, 31))  # late, so there is somebody to remind
    sent = with_paper(cast, target)
    asked = target.revise(
        by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2031, 12, 31), reason=REASON
    )
    heard: list[str] = []

    def desk(user: User, **options: str) -> Page:
        doors.give_second_factor(user)
        page = new_page(**DESK, java_script_enabled=scripted, **options)
        if scripted:
            heard.extend(complaints_of(page))
        come_in(page, user.username)
        return page

    keeper = desk(cast.keeper)
    imports_rotates_and_merges(keeper, target)
    imported = Measurement.objects.get(on_behalf=True)
    assert Tenure.objects.get().person.name == "Budi"

    verifier = desk(cast.verifier, may_leave_for="https://wa.me/")
    verifies_and_returns(verifier, imported, scripted=scripted)
    assert [row.state for row in Measurement.objects.order_by("pk")] == ["verified", "returned"]
    assert sent.evidence.filter(public=True).count() == 0
    reminds_and_prints(verifier)
    assert Reminder.objects.get().sent_by == cast.verifier

    approver = desk(cast.approver)
    approves_revokes_and_confirms(approver, sent)
    asked.refresh_from_db()
    assert asked.approved_by == cast.approver
    assert Measurement.objects.get(pk=sent.pk).state == "revoked"
    assert Commitment.objects.get().owner_on(MERGED_ON) == cast.pdam
    assert list(register.check()) == []
    assert heard == []


def imports_rotates_and_merges(page: Page, target: ServiceTarget) -> None:
    page.get_by_role("link", name="Impor dari XLSX atau CSV").click()
    page.get_by_role("heading", name="Impor", exact=True).wait_for()
    bring_in(page, sheet(target.reference, "9 hari"))
    page.get_by_role("button", name="Catat 1 baris").click()
    page.get_by_text("1 baris tercatat dari rekap.xlsx").wait_for()
    page.goto("/admin/opd/tenure/")
    page.get_by_role("link", name="Rotasi pejabat").click()
    page.get_by_label("Mulai menjabat").fill("2026-01-05")
    page.get_by_label("Sumber").first.fill("SK 1/2026")
    row = page.get_by_role("group", name="Baris 12")
    row.get_by_label("Unit").select_option("dinkes")
    row.get_by_label("Nama pejabat").fill("Budi")
    page.get_by_role("button", name="Catat semua baris").click()
    page.get_by_text("1 masa jabatan tercatat.").wait_for()
    merge(page, MERGED_ON)
    page.get_by_role("button", name="Usulkan").click()
    page.get_by_text("Usulan tercatat.").wait_for()


def verifies_and_returns(page: Page, after: Measurement, *, scripted: bool) -> None:
    page.get_by_role("link", name="Rujukan").first.click()
    place = page.get_by_role("button", name=VERIFY_BUTTON).bounding_box()
    assert place
    assert place["y"] + place["height"] < DESK["height"]
    for box in page.get_by_role("checkbox").all():
        box.check()
    for choice in page.get_by_label("Tertutup").all():
        choice.check()
    page.get_by_role("button", name=VERIFY_BUTTON).click()
    page.get_by_text(VERIFIED, exact=True).wait_for()
    assert page.url.endswith(f"/measurement/{after.pk}/change/")  # the next one, at once
    if scripted:
        page.keyboard.press("k")
        page.keyboard.press("ArrowDown")
    else:
        page.locator("summary", has_text="Kembalikan").click()
    page.get_by_label("Angka ini tidak sama dengan yang terbaca pada bukti.").check()
    page.get_by_role("button", name="Kembalikan").click()
    page.get_by_text("Dikembalikan ke unitnya.", exact=True).wait_for()


def reminds_and_prints(page: Page) -> None:
    page.goto("/admin/tagih/")
    dials = re.compile(r"https://wa\.me/6281234567890\?text=.*kerja")
    with page.context.expect_event("request", lambda request: bool(dials.match(request.url))):
        page.locator("#dinkes").get_by_role("button", name="WhatsApp").click()
    page.reload()
    page.get_by_role("button", name="Sudah terkirim").click()
    page.get_by_text("tercatat terkirim").wait_for()
    for button, kind in (("Cetak paket evaluasi (PDF)", "pdf"), ("Dinkes", "pdf"), ("Unduh sebagai XLSX", "sheet")):
        page.goto("/admin/rapor/")
        with page.context.expect_event("response", lambda answer: "/rapor/" in answer.url) as printed:
            page.get_by_role("button", name=button, exact=True).click()
        assert (printed.value.status, kind in printed.value.headers["content-type"]) == (200, True)


def approves_revokes_and_confirms(page: Page, verified: Measurement) -> None:
    page.get_by_role("link", name="Usulan perubahan target").click()
    page.locator("#result_list tbody th a").click()
    page.get_by_role("button", name="Setujui").click()
    page.get_by_text("Perubahan disetujui.", exact=True).wait_for()
    page.goto(f"/admin/commitments/measurement/{verified.pk}/change/")
    page.get_by_label(REASON_LABEL).fill(REASON)
    page.get_by_role("button", name="Cabut verifikasi").click()
    page.get_by_text("Verifikasi dicabut.", exact=True).wait_for()
    page.goto("/admin/opd/unitchange/?antrean=menunggu")
    page.locator("#result_list tbody th a").click()
    page.get_by_role("button", name="Sahkan").click()
    page.get_by_text("Perubahan unit disahkan.").wait_for()


def test_a_document_is_read_beside_the_number(page: Page) -> None:
    cast = Cast()
    sent = with_paper(cast, cast.target())
    doors.give_second_factor(cast.verifier)
    heard = complaints_of(page)
    come_in(page, "verifikator")
    with page.expect_response(lambda answer: answer.url.endswith("/asli/")) as answered:
        page.goto(f"/admin/commitments/measurement/{sent.pk}/change/")
    assert answered.value.status == 200
    assert page.locator("object.look").evaluate("frame => frame.offsetHeight") > 300
    page.wait_for_timeout(500)  # a refusal would come late
    assert heard == []


def test_the_inspectorate_draws_and_records_on_the_desk(page: Page) -> None:
    cast = Cast()
    sent = cast.measurement(cast.target(), 5)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    doors.give_second_factor(cast.inspector)
    heard = complaints_of(page)
    come_in(page, "inspektur")
    page.goto("/admin/commitments/recheck/")
    page.get_by_role("link", name="Undi sampel baru").click()
    page.get_by_label("Banyaknya sampel").fill("3")
    page.get_by_role("button", name="Undi sekarang").click()
    page.get_by_text("Uji petik ke-1 diundi.").wait_for()
    page.get_by_label("berbeda", exact=True).check()
    page.get_by_label("Nilai yang ditemukan").fill("6,5")
    page.get_by_label("Temuan").fill("Di buku antrean tertulis enam setengah hari.")
    page.get_by_role("button", name="Catat hasil").click()
    page.get_by_text("Hasil uji petik tercatat.").wait_for()
    assert Recheck.objects.get().items.get().outcome == "berbeda"
    page.goto("/uji-petik/1/")
    page.get_by_text("Di buku antrean tertulis enam setengah hari.").wait_for()
    assert heard == []
