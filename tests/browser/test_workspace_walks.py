"""Browser tests of a head's other tasks on a phone: take over, answer, correct, pull back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import pytest
import time_machine

from commitments.models import Measurement, ReminderChoice, ServiceTarget, TargetRevision
from opd import access, clock, register
from tests.browser.test_first_path import PHONE, complaints_of, sign_in
from tests.browser.test_report_on_a_phone import NUMBER, throttle, wait_for_receipt
from tests.cast import REASON, Cast, serves
from tests.screen_texts import (
    CONFIRM_BUTTON,
    NUMBER_LABEL,
    REASON_LABEL,
    RECEIPT_HEADING,
    SAVE_DRAFT_BUTTON,
    SEND_BUTTON,
    SEND_PROPOSAL_BUTTON,
    STALE_SCREEN,
)

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "Lampirkan rekap antrean bulan Juni."
WHY_NOT = "Sertakan surat dari penyedia alatnya dahulu."
ANSWER = "Rekapnya kini terlampir."


@dataclass
class InheritedWork:
    """What a new head of Dinkes, who also writes for the PDAM, finds in the first week."""

    cast: Cast
    returned: ServiceTarget
    refused: ServiceTarget
    of_the_pdam: ServiceTarget


@pytest.fixture
def found() -> InheritedWork:
    """Everything is a month old, but for the office."""
    with time_machine.travel(clock.now() - timedelta(days=30)):
        cast = Cast()
        commitment = cast.commitment()
        first = cast.target(commitment=commitment, service="Rujukan puskesmas")
        sent = cast.measurement(first, 9)
        sent.return_(by=cast.verifier, seen=sent.fingerprint(), note=WHY)
        second = cast.target(commitment=commitment, service="Izin praktik")
        asked = second.revise(
            by=cast.head, seen=second.fingerprint(), field="due_on", new=date(2031, 6, 30), reason=REASON
        )
        asked.refuse(by=cast.approver, seen=asked.fingerprint(), reason=WHY_NOT)
        theirs = cast.commitment(by=cast.other_head, unit=cast.pdam)
        third = cast.target(by=cast.other_head, commitment=theirs, service="Sambungan baru")
        serves(cast.head, cast.pdam, access.OPERATOR_ROLE)
        cast.succession(clock.today() + timedelta(days=25), title="Plt. Kepala Dinas Kesehatan", status="Plt")
    return InheritedWork(cast, first, second, third)


def come_to(page: Page, what: Locator) -> None:
    """All of a page: on such a line its beginning is read while its end is on the way, and letters move buttons."""
    what.wait_for()
    page.wait_for_load_state()


def press(page: Page, name: str, role: Literal["button", "link"] = "button") -> None:
    wanted = page.get_by_role(role, name=name, exact=True)
    come_to(page, wanted)
    wanted.tap()


def go_home(page: Page, unit: str = "Dinkes") -> None:
    press(page, "Ruang kerja", "link")
    come_to(page, page.get_by_role("heading", name=unit, exact=True))


def said(page: Page) -> list[str]:
    """The conversation: who, and in which words."""
    return [
        f"{'unit' if 'talk-unit' in str(turn.get_attribute('class')) else 'office'}: "
        + " ".join(turn.locator("p:not(.meta), blockquote").all_inner_texts()).replace("\N{NO-BREAK SPACE}", " ")
        for turn in page.locator(".talk > li").all()
    ]


def card(page: Page, target: ServiceTarget) -> Locator:
    return page.locator(".due-item").filter(has_text=target.service)


def choose(page: Page) -> None:
    """Whoever serves in two units says which."""
    page.get_by_role("heading", name="Bekerja untuk unit mana?").wait_for()
    press(page, "Unit dinkes", "link")
    come_to(page, page.get_by_role("heading", name="Dinkes", exact=True))


def take_over(page: Page) -> None:
    """In the name of the office, with one tap."""
    inherited = page.get_by_role("region", name="Diwarisi, belum diterima")
    assert "Anda menerima sebagai Plt. Kepala Dinas Kesehatan (Plt)." in inherited.inner_text()
    press(page, "Saya terima DINKES-01")
    come_to(page, page.get_by_text("Komitmen DINKES-01 Anda terima."))
    assert inherited.count() == 0


def send(page: Page, value: str, note: str = "") -> None:
    """Where no script has read the number back yet, the page does so before it is sent."""
    number = page.get_by_label(NUMBER)
    number.wait_for()
    number.fill(value)
    if note:
        page.get_by_label("Catatan untuk sekretariat").fill(note)
    press(page, SEND_BUTTON)
    read_back = page.get_by_role("button", name=CONFIRM_BUTTON)
    read_back.or_(page.get_by_role("heading", name=RECEIPT_HEADING)).wait_for()
    if read_back.count():
        page.get_by_text(f"Terbaca: {value} hari").wait_for()
        press(page, CONFIRM_BUTTON)
    wait_for_receipt(page)
    page.wait_for_load_state()


def answer(page: Page, found: InheritedWork) -> None:
    """What was returned is read where it was said, answered beside it, and then waits."""
    returned = card(page, found.returned)
    assert WHY in returned.inner_text()
    returned.get_by_role("link", name="Baca percakapannya").tap()
    come_to(page, page.get_by_role("heading", name="Percakapan"))
    assert said(page) == ["unit: Mengirim 9 hari.", f"office: Dikembalikan. {WHY}"]
    press(page, "Tulis jawaban", "link")
    page.get_by_text(WHY).wait_for()
    send(page, "8,5", ANSWER)
    come_to(page, page.get_by_text("Menunggu verifikasi", exact=True))
    assert said(page)[2:] == [f"unit: Mengirim 8,5 hari sebagai koreksi. {ANSWER}"]


def correct(page: Page, value: str) -> None:
    """What was sent becomes a new version."""
    press(page, "Koreksi", "link")
    page.get_by_text("Kiriman lama tetap tercatat.").wait_for()
    send(page, value)
    assert page.locator(".receipt-value").inner_text() == f"{value}\N{NO-BREAK SPACE}hari (R)"


def take_back(page: Page) -> None:
    """What was sent too early; nobody asks for an answer to that."""
    press(page, "Tarik kembali")
    come_to(page, page.get_by_text("Kiriman ditarik kembali."))
    assert page.locator(".state").inner_text() == "Ditarik unitnya sendiri"
    assert page.get_by_role("button", name="Tarik kembali").count() == 0
    assert page.get_by_text("Jawab").count() == 0


def find_it_decided(page: Page, cast: Cast) -> None:
    """While the page lay open, somebody verified it."""
    sent = Measurement.objects.waiting().get()
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    press(page, "Tarik kembali")
    come_to(page, page.get_by_text(STALE_SCREEN))
    assert page.locator(".state").inner_text() == "Terverifikasi"


def ask_anew(page: Page) -> None:
    """A refused change is answered with a better one, and that one is withdrawn."""
    assert said(page)[1] == f"office: Tidak disetujui. {WHY_NOT}"
    press(page, "Jawab dengan usulan baru", "link")
    page.get_by_text(WHY_NOT).wait_for()
    page.get_by_label("Dokumen").fill("Surat 12/2026")
    assert page.get_by_label("Tenggat baru").input_value() == "2031-06-30"
    press(page, "Periksa dulu")
    press(page, SEND_PROPOSAL_BUTTON)
    come_to(page, page.get_by_text("Usulan perubahan terkirim."))
    assert page.get_by_role("link", name="Jawab dengan usulan baru").count() == 0
    press(page, "Tarik usulan perubahan DINKES-01-2", "link")
    page.get_by_label(REASON_LABEL).fill(REASON)
    press(page, "Tarik usulan")
    come_to(page, page.get_by_role("heading", name="Dinkes", exact=True))
    assert page.get_by_role("region", name="Usulan").count() == 0


def switch(page: Page, found: InheritedWork) -> None:
    """Over to the other unit, where this head only drafts, and back; neither shows anything of the other."""
    page.get_by_role("navigation", name="Unit yang Anda kerjakan").get_by_role("link", name="Pdam").tap()
    come_to(page, page.get_by_role("heading", name="Pdam", exact=True))
    assert "Rujukan puskesmas" not in page.locator("main").inner_text()
    there = card(page, found.of_the_pdam)
    there.get_by_label(NUMBER_LABEL).fill("12")
    there.get_by_role("button", name="Lapor Sambungan baru").tap()
    come_to(page, page.get_by_text("Terbaca: 12 hari"))
    assert page.get_by_role("button", name=SEND_BUTTON).count() == 0
    press(page, SAVE_DRAFT_BUTTON)
    page.get_by_role("heading", name="Konsep, belum dikirim").wait_for()
    page.goto("/kerja/")  # as from a bookmark: it goes on where one was
    come_to(page, page.get_by_role("heading", name="Pdam", exact=True))
    page.get_by_role("navigation", name="Unit yang Anda kerjakan").get_by_role("link", name="Dinkes").tap()
    come_to(page, page.get_by_role("heading", name="Dinkes", exact=True))
    assert "Sambungan baru" not in page.locator("main").inner_text()


def let_go(page: Page, operator: Page, found: InheritedWork) -> None:
    """Whoever no longer serves saves nothing more, not even on a page that was open."""
    operator.goto(f"/kerja/sasaran/{found.refused.reference}/lapor/?nilai=11")
    operator.get_by_text("Terbaca: 11 hari").wait_for()
    press(page, "Tim", "link")
    page.get_by_role("button", name="operator-dinkes").tap()
    come_to(page, page.get_by_text("Sudah tidak bertugas lagi mulai hari ini."))
    assert "operator-dinkes" not in page.locator(".people").inner_text()
    press(operator, SAVE_DRAFT_BUTTON)
    operator.get_by_role("heading", name="Halaman ini tidak ada").wait_for()
    operator.goto("/kerja/")
    operator.get_by_role("heading", name="Anda belum bertugas di unit mana pun").wait_for()


def be_reminded_less(page: Page, letter: Page, found: InheritedWork) -> None:
    """From the footer of a letter, signed in nowhere; the workspace knows it."""
    letter.goto(f"/kerja/pengingat/{ReminderChoice.token(found.cast.head)}/")
    letter.get_by_label("Hanya bila dikembalikan").check()
    press(letter, "Simpan")
    letter.get_by_text("Tercatat:").wait_for()
    press(page, "Pengingat", "link")
    page.get_by_label("Hanya bila dikembalikan").wait_for()
    assert page.get_by_label("Hanya bila dikembalikan").is_checked()
    page.get_by_label("Tiap hari").check()
    press(page, "Simpan")
    come_to(page, page.get_by_text("Tercatat."))


@pytest.mark.nightly
@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_new_head_takes_over_from_a_phone_on_a_bad_line(
    new_page: Callable[..., Page], found: InheritedWork, javascript: bool
) -> None:
    page, operator, letter = (new_page(java_script_enabled=javascript, **PHONE) for _ in range(3))
    heard = complaints_of(page) if javascript else []
    for one in (page, operator, letter):
        throttle(one)
    sign_in(page, found.cast.head.username, at="/kerja/")
    choose(page)
    take_over(page)
    answer(page, found)
    correct(page, "8")
    take_back(page)
    correct(page, "7,5")
    find_it_decided(page, found.cast)
    go_home(page)
    ask_anew(page)
    switch(page, found)
    sign_in(operator, found.cast.operator.username, at="/kerja/")
    operator.get_by_role("heading", name="Dinkes", exact=True).wait_for()
    let_go(page, operator, found)
    be_reminded_less(page, letter, found)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    commitment = found.returned.commitment
    assert commitment.acknowledgements.get().tenure.person.name == "Ani"
    versions = Measurement.objects.filter(target=found.returned).order_by("version")
    assert [(f"{row.value.normalize():f}", row.get_state_label()) for row in versions] == [
        ("9", "dikembalikan"),
        ("8.5", "ditarik unitnya sendiri"),
        ("8", "ditarik unitnya sendiri"),
        ("7.5", "terverifikasi"),
    ]
    assert list(TargetRevision.objects.order_by("pk").values_list("document", "approved_at")) == [
        ("", None),
        ("Surat 12/2026", None),
    ]
    [draft] = Measurement.objects.filter(submitted_at=None)
    assert (draft.target, draft.drafted_by) == (found.of_the_pdam, found.cast.head)
    assert ReminderChoice.of(found.cast.head).frequency == "daily"
    assert list(register.check()) == []
    assert all("409 (Conflict)" in one for one in heard)  # what somebody decided meanwhile
