"""Does a clerk get through a morning: by mouse, by keyboard, without JavaScript, under the strict policy?"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest

from commitments import evidence as store
from commitments.models import Evidence, Measurement, Recheck, ServiceTarget
from tests import doors
from tests.browser.test_first_path import complaints_of, sign_in
from tests.cast import REASON, Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1280, "height": 800}
PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    + (b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
)


def come_in(page: Page, username: str) -> None:
    sign_in(page, username, at="/admin/")
    page.get_by_label("Kode").fill(doors.code())
    page.get_by_role("button", name="Masuk").click()
    page.get_by_role("heading", name="Menunggu keputusan").wait_for()


def with_paper(cast: Cast, target: ServiceTarget) -> Measurement:
    row = cast.measurement(target, 9, submitted=False)
    file = store.receive("rekap.pdf", io.BytesIO(PAPER))
    Evidence.attach(row, kind="hasil", file=file, captured_on=date(2018, 12, 31))
    row.submit(by=cast.head, seen=row.fingerprint())
    return row


@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_morning_at_the_desk(new_page: Callable[..., Page], scripted: bool) -> None:
    cast = Cast()
    target = cast.target()
    first, second = with_paper(cast, target), cast.measurement(target, 8)
    asked = target.revise(
        by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2031, 12, 31), reason=REASON
    )
    for user in (cast.verifier, cast.approver):
        doors.give_second_factor(user)

    page = new_page(**DESK, java_script_enabled=scripted)
    heard = complaints_of(page) if scripted else []
    come_in(page, "verifikator")
    page.get_by_role("link", name="Rujukan").first.click()
    place = page.get_by_role("button", name="Verifikasi").bounding_box()
    assert place
    assert place["y"] + place["height"] < DESK["height"]
    for box in page.get_by_role("checkbox").all():
        box.check()
    for choice in page.get_by_label("Tertutup").all():
        choice.check()
    page.get_by_role("button", name="Verifikasi").click()
    page.get_by_text("Terverifikasi.", exact=True).wait_for()
    assert page.url.endswith(f"/measurement/{second.pk}/change/")  # the next one, at once
    if scripted:
        page.keyboard.press("k")
        page.keyboard.press("ArrowDown")
    else:
        page.locator("summary", has_text="Kembalikan").click()
    page.get_by_label("Angka ini tidak sama dengan yang terbaca pada bukti.").check()
    page.get_by_role("button", name="Kembalikan").click()
    page.get_by_text("Dikembalikan ke unitnya.", exact=True).wait_for()
    assert [row.state for row in Measurement.objects.order_by("pk")] == ["verified", "returned"]
    assert first.evidence.filter(public=True).count() == 0
    assert heard == []

    other = new_page(**DESK, java_script_enabled=scripted)
    come_in(other, "penyetuju")
    other.get_by_role("link", name="Usulan perubahan target").click()
    other.locator("#result_list tbody th a").click()
    other.get_by_role("button", name="Setujui").click()
    other.get_by_text("Perubahan disetujui.", exact=True).wait_for()
    asked.refresh_from_db()
    assert asked.approved_by == cast.approver


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
