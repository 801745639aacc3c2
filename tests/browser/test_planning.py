"""Browser tests of planning on a phone, with and without JavaScript: invite, propose, revise, reminders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User

from commitments.models import CalendarAddress, ProposalDraft, ReminderChoice, ServiceTarget, TargetRevision
from opd import access, register
from opd.models import Invitation
from tests import doors
from tests.browser.test_first_path import PHONE, complaints_of, sign_in
from tests.browser.test_report_on_a_phone import ON_A_PHONE, throttle
from tests.cast import REASON, Cast, serves
from tests.chromium import barriers
from tests.screen_texts import (
    CHECK_MARKED_FIELDS,
    DRAFT_RESTORED,
    NEXT_BUTTON,
    PASSWORD_LABEL,
    REASON_LABEL,
    SAVE_DRAFT_BUTTON,
    SEND_PROPOSAL_BUTTON,
    SIGN_IN_BUTTON,
    USERNAME_LABEL,
)
from tests.test_workspace_proposal_drafts import KEEP
from tests.test_workspace_proposals import typed

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)


def on(page: Page) -> None:
    page.get_by_role("button", name=NEXT_BUTTON).click()


def propose(page: Page, javascript: bool) -> None:
    """Six steps, with a mistake on the way, back once, and a sign-in that ends in the middle."""
    page.goto("/kerja/komitmen/usul/?unit=dinkes")
    page.get_by_label("Layanan").fill("Surat keterangan sehat")
    page.get_by_label("Cepat (waktu)").check()
    on(page)
    page.get_by_text("Median paling jujur").wait_for()
    page.get_by_label("Satuan").fill("jam")
    page.get_by_label("Statistik").select_option("median")
    page.get_by_label("makin kecil makin baik").check()
    on(page)
    page.get_by_label("Nilai awal", exact=True).fill("14,5")
    page.get_by_label("Tanggal nilai awal").fill("2026-01-31")
    page.get_by_label("Dari mana angkanya?").fill("Buku register")
    page.context.clear_cookies(name="sessionid")
    on(page)
    if javascript:
        page.get_by_text("Waktu masuk Anda sudah habis. Isian Anda tersimpan di ponsel ini.").wait_for()
        page.get_by_role("button", name="Masuk lagi").click()
    page.get_by_label(USERNAME_LABEL).fill("kepala-dinkes")
    page.get_by_label(PASSWORD_LABEL).fill(doors.PASSWORD)
    page.get_by_role("button", name=SIGN_IN_BUTTON).click()
    if javascript:  # the browser knows where one was, the server where one was going
        page.get_by_role("button", name="Teruskan dari langkah 3").click()
        on(page)
    page.get_by_label("Target", exact=True).fill("20")
    page.get_by_label("Tenggat").fill("2030-12-31")
    on(page)
    page.get_by_text("target harus lebih baik").wait_for()
    assert page.get_by_label("Tenggat").input_value() == "2030-12-31"
    page.get_by_label("Target", exact=True).fill("3")
    page.get_by_role("button", name="Kembali").click()
    assert page.get_by_label("Nilai awal", exact=True).input_value() == "14,5"
    on(page)
    on(page)
    page.get_by_label("Janjinya, dalam satu kalimat").fill("Surat sehat selesai di hari yang sama")
    page.get_by_label("Apa yang didapat warga?").fill("Cukup datang sekali.")
    page.get_by_label("Kualitas hidup").check()
    on(page)
    page.get_by_text("Baca sekali lagi").wait_for()
    page.get_by_role("button", name=SEND_PROPOSAL_BUTTON).click()
    page.get_by_text("Usulan terkirim").wait_for()


def killed(page: Page) -> Page:
    """Another tab of the same telephone, after this one was killed."""
    again = page.context.new_page()
    again.wait_for_timeout(150)  # what a thumb needs before it kills the tab
    page.close(run_before_unload=False)
    return again


def interrupted(page: Page) -> Page:
    """A promise given up at its second step goes on there, for this account only; then it is thrown away."""
    address = "/kerja/komitmen/usul/?unit=dinkes"
    page.goto(address)
    page.get_by_label("Layanan").fill("Surat keterangan sehat")
    page.get_by_label("Ringkas").check()
    on(page)
    page.get_by_label("Satuan").fill("langkah")
    page.get_by_label("makin kecil makin baik").check()
    page.wait_for_timeout(150)
    page = killed(page)
    session = page.context.cookies()
    page.context.clear_cookies()
    sign_in(page, "operator-dinkes", at=address)
    page.get_by_label("Layanan").wait_for()
    page.wait_for_timeout(300)
    assert page.get_by_label("Layanan").input_value() == ""
    page.context.clear_cookies()
    page.context.add_cookies(session)  # type: ignore[arg-type]
    page.goto(address)
    page.get_by_text(DRAFT_RESTORED).wait_for()
    assert page.get_by_label("Layanan").input_value() == "Surat keterangan sehat"
    assert page.get_by_label("Ringkas").is_checked()
    page.context.set_offline(True)
    on(page)
    page.get_by_text("Menunggu sinyal. Belum terkirim.").wait_for()
    page.context.set_offline(False)  # it goes on by itself
    page.get_by_label("Satuan").wait_for()
    assert page.get_by_label("Satuan").input_value() == "langkah"
    assert page.get_by_label("makin kecil makin baik").is_checked()
    page.goto(address)
    page.get_by_role("button", name="Buang isian ini").click()
    page.get_by_text(DRAFT_RESTORED).wait_for(state="hidden")
    assert page.get_by_label("Layanan").input_value() == ""
    return page


def draft_and_send(operator: Page, head: Page, target: ServiceTarget) -> None:
    operator.goto("/kerja/")
    operator.get_by_role("group").filter(has_text=target.commitment.reference).locator("summary").click()
    operator.get_by_role("link", name="Usulkan perubahan DINKES-01-1").click()
    operator.get_by_label("Target", exact=True).check()
    operator.get_by_label("Angka baru").fill("2,5")
    operator.get_by_label(REASON_LABEL).fill(REASON)
    operator.get_by_role("button", name="Periksa dulu").click()
    operator.get_by_role("button", name=SAVE_DRAFT_BUTTON).click()
    operator.get_by_text("Konsep tersimpan.").wait_for()
    assert not TargetRevision.objects.filter(field="target_value").exists()
    head.goto("/kerja/")
    head.get_by_role("link", name="Periksa lalu kirim Perubahan target DINKES-01-1").click()
    head.get_by_role("button", name=SEND_PROPOSAL_BUTTON).click()
    head.get_by_text("Usulan perubahan terkirim").wait_for()
    assert TargetRevision.objects.get(field="target_value").new == Decimal("2.5")


def change(page: Page, target: ServiceTarget) -> None:
    page.goto(f"/kerja/sasaran/{target.reference}/ubah/")
    page.get_by_label("Tenggat", exact=True).check()
    page.get_by_label("Tenggat baru").fill("2031-06-30")
    page.get_by_label(REASON_LABEL).fill(REASON)
    page.get_by_role("button", name="Periksa dulu").click()
    page.get_by_text("Mundur").wait_for()
    page.get_by_role("button", name=SEND_PROPOSAL_BUTTON).click()
    page.get_by_text("Usulan perubahan terkirim").wait_for()


def invite(page: Page) -> str:
    """The link."""
    page.goto("/kerja/tim/?unit=dinkes")
    page.get_by_label("Nama").fill("Siti Rahayu")
    page.get_by_role("button", name="Buat undangan").click()
    return page.get_by_label("Tautan undangan").input_value()


def arrive(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label(PASSWORD_LABEL, exact=True).fill("empat kata yang mudah")
    page.get_by_label("Sandi, sekali lagi").fill("empat kata yang mudah")
    page.get_by_role("button", name="Buat akun dan masuk").click()
    page.get_by_role("link", name="Nanti saja, ke ruang kerja").click()
    page.get_by_role("heading", name="Dinkes").wait_for()


@pytest.mark.by_night_on_postgres
@ON_A_PHONE
def test_a_head_plans_and_delegates_from_a_phone(
    new_page: Callable[..., Page], javascript: bool, throttled: bool
) -> None:
    cast = Cast()
    page, other = (new_page(java_script_enabled=javascript, **PHONE) for _ in range(2))
    sign_in(page, cast.head.username, at="/kerja/")
    page = interrupted(page) if javascript else page
    for one in (page, other) if throttled else ():
        throttle(one)
    heard = complaints_of(page) if javascript else []
    propose(page, javascript)
    target = ServiceTarget.objects.get()
    for proposal in (target.commitment, target):
        proposal.publish(by=cast.approver, seen=proposal.fingerprint())
    change(page, target)
    assert TargetRevision.objects.get().new == date(2031, 6, 30)

    arrive(other, invite(page))
    operator = User.objects.get(username="siti.rahayu")
    assert access.roles_in(operator, cast.dinkes) == {access.OPERATOR_ROLE}
    draft_and_send(other, page, target)
    page.goto("/kerja/tim/?unit=dinkes")
    page.get_by_role("listitem").filter(has_text="Siti Rahayu").get_by_role("link", name="Akhiri tugasnya").click()
    page.get_by_role("button", name="Ya, akhiri tugasnya").click()
    page.get_by_text("Sudah tidak bertugas lagi").wait_for()
    assert other.goto("/kerja/tim/?unit=dinkes").status == 404  # type: ignore[union-attr]

    page.goto("/kerja/pengingat/?unit=dinkes")
    page.get_by_label("Tidak usah").check()
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("Tercatat.").wait_for()
    page.get_by_role("button", name="Buat alamat kalender").click()
    feed = page.get_by_label("Alamat kalender").input_value()
    assert "Tenggat: Surat keterangan sehat" in page.request.get(feed).text()
    assert (ReminderChoice.of(cast.head).frequency, CalendarAddress.objects.count()) == ("off", 1)
    assert list(register.check()) == []
    assert heard == []


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_planning_and_accounts_have_no_barrier(new_page: Callable[..., Page], width: int, scheme: str) -> None:
    cast = Cast()
    target = cast.target()
    refused = target.revise(
        by=cast.head, seen=target.fingerprint(), field="min_change", new=Decimal(1), reason=REASON
    )
    refused.refuse(by=cast.approver, seen=refused.fingerprint(), reason=REASON)
    waiting = target.revise(
        by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2031, 1, 1), reason=REASON
    )
    CalendarAddress.renew(by=cast.head, unit=cast.dinkes)
    doors.enter(cast.operator).post("/kerja/komitmen/usul/?unit=dinkes", {**typed(cast), **KEEP})
    serves(cast.head, cast.pdam, access.OPERATOR_ROLE)
    Invitation.issue(by=cast.head, name="Ani Wulandari", unit=cast.dinkes, role=access.OPERATOR_ROLE)
    page = new_page(width=width, color_scheme=scheme)
    found: list[str] = []
    page.goto("/akun/undangan/")
    found += barriers(page, "closed")
    page.goto(f"/kerja/pengingat/{ReminderChoice.token(cast.head)}/")
    found += barriers(page, "frequency")
    sign_in(page, cast.head.username, at="/kerja/")
    for address in (
        "/kerja/",
        "/kerja/?unit=dinkes",
        "/kerja/tim/?unit=dinkes",
        "/kerja/pengingat/?unit=dinkes",
        f"/kerja/perubahan/{waiting.uuid}/tarik/",
        ProposalDraft.objects.get().get_absolute_url(),
        "/akun/faktor-kedua/",
        "/akun/passkey/",
    ):
        page.goto(address)
        found += barriers(page, address)
    link = invite(page)
    found += barriers(page, "link")
    page.goto("/kerja/komitmen/usul/?unit=dinkes")
    on(page)
    page.get_by_text(CHECK_MARKED_FIELDS).wait_for()
    found += barriers(page, "step with mistakes")
    page.context.clear_cookies()
    page.goto(link)
    found += barriers(page, "invitation")
    assert found == []
