"""Browser tests of what the desk may and may not do: roles on record, and a no that can be said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from opd import access, clock, register
from opd.models import Entry, Membership, UnitChange
from tests import doors
from tests.browser.test_desk import DESK, come_in
from tests.browser.test_first_path import sign_in
from tests.cast import REASON, Cast
from tests.screen_texts import REASON_LABEL

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)


def at_the_desk(new_page: Callable[..., Page], user: User) -> Page:
    doors.give_second_factor(user)
    page = new_page(**DESK)
    come_in(page, user.username)
    return page


def test_a_keeper_cannot_make_herself_head_and_others_under_a_number_only(new_page: Callable[..., Page]) -> None:
    cast = Cast()
    page = at_the_desk(new_page, cast.keeper)
    page.goto("/admin/opd/membership/")
    page.get_by_role("link", name="Beri tempat").click()
    accounts = page.get_by_label("Akun").locator("option").all_inner_texts()
    assert cast.keeper.username not in accounts
    assert cast.outsider.username in accounts

    page.goto("/admin/opd/invitation/add/")
    page.get_by_label("Nama").fill("Ani")
    page.get_by_label("Unit", exact=True).select_option(str(cast.dinkes.pk))
    page.get_by_label("Peran di unit").select_option("head")
    page.get_by_role("button", name="Buat undangan").click()
    link = page.get_by_label("Tautan").input_value()
    page.goto(link[link.index("/akun/") :])
    page.get_by_role("button", name="Terima dengan akun ini").click()
    page.get_by_text("Tidak ada yang memberi tempat kepada dirinya sendiri").wait_for()
    assert not access.serves(cast.keeper, cast.dinkes, access.HEAD_ROLE)

    page.goto("/admin/opd/membership/add/")
    page.get_by_label("Akun").select_option(label=cast.outsider.username)
    page.get_by_label("Unit", exact=True).select_option("dinkes")
    page.get_by_label("Peran").select_option("head")
    page.get_by_role("button", name="Beri tempat").click()
    page.get_by_text("Tempat diberikan.").wait_for()
    place = Membership.objects.get(user=cast.outsider)
    assert (place.number, place.given_by, Entry.objects.latest("seq").act) == (2, cast.keeper, "membership.given")
    page.goto("/jejak/")
    assert "kepala unit no. 2" in page.locator("main").inner_text()
    assert cast.outsider.username not in page.content()
    assert list(register.check()) == []


NOTE = "Sebutkan dari buku register mana angka awalnya."


def returns(page: Page, address: str) -> None:
    page.goto(address)
    act(page, "Kembalikan", "Yang perlu diperbaiki", NOTE)
    page.get_by_text("Dikembalikan ke pengusulnya.").wait_for()


def act(page: Page, name: str, label: str, text: str) -> None:
    """Opens an act, fills in its text and sends it."""
    panel = page.locator("section.act").filter(has=page.get_by_role("heading", name=name, exact=True))
    if not panel.get_by_label(label).is_visible():
        panel.locator("summary").click()
    panel.get_by_label(label).fill(text)
    panel.get_by_role("button", name=name, exact=True).click()


def amends(page: Page, reference: str, title: str) -> None:
    page.goto("/kerja/")
    page.get_by_text(NOTE).first.wait_for()
    page.get_by_role("link", name=f"Perbaiki {reference}").click()
    page.get_by_label("Janjinya, dalam satu kalimat").fill(title)
    page.get_by_label("Jawaban untuk penyetuju").fill("Sudah kami tulis ulang.")
    page.get_by_role("button", name="Kirim perbaikan").click()
    page.get_by_text("Penyetuju akan membaca ini juga").wait_for()  # it has no target yet
    page.get_by_role("button", name="Sudah saya baca, kirim").click()
    page.get_by_text("Usulan diperbaiki dan menunggu penyetuju.").wait_for()


def test_a_proposal_is_returned_amended_returned_amended_and_published(new_page: Callable[..., Page]) -> None:
    cast = Cast()
    row = cast.commitment(published=False, title="Lebih baik")
    desk = at_the_desk(new_page, cast.approver)
    unit = new_page(width=360, height=740)
    sign_in(unit, cast.head.username, at="/kerja/")
    address = f"/admin/commitments/commitment/{row.pk}/change/"
    for title in ("Layanan lebih cepat", "Rujukan selesai di hari yang sama"):
        returns(desk, address)
        amends(unit, row.reference, title)
    desk.goto(address)
    assert desk.get_by_text("Sudah kami tulis ulang.").count() == 2
    desk.locator("#act-umumkan button[type=submit]").click()
    desk.get_by_text("Komitmen diumumkan").first.wait_for()
    unit.goto("/kerja/")
    unit.get_by_text("Diumumkan").first.wait_for()
    unit.goto(f"/komitmen/{row.reference}/")
    unit.get_by_role("heading", name="Rujukan selesai di hari yang sama").first.wait_for()
    assert "Lebih baik" not in unit.content()
    assert list(register.check()) == []


def test_a_merger_is_refused_and_nothing_moves(new_page: Callable[..., Page]) -> None:
    cast = Cast()
    row = UnitChange.propose(
        by=cast.keeper,
        change="merged",
        on=clock.today(),
        legal_basis="Perda 3/2026",
        predecessors=[cast.pdam],
        successors=[cast.dinkes],
    )
    desk = at_the_desk(new_page, cast.approver)
    desk.goto(f"/admin/opd/unitchange/{row.pk}/change/")
    act(desk, "Tolak", REASON_LABEL, REASON)
    desk.get_by_text("Perubahan unit ditolak.").wait_for()
    row.refresh_from_db()
    cast.pdam.refresh_from_db()
    assert (row.refused_by, row.confirmed_at, cast.pdam.valid_until) == (cast.approver, None, None)
    desk.goto("/jejak/")
    assert REASON in desk.locator("main").inner_text()
    assert list(register.check()) == []
