"""Browser tests of what the desk may and may not do: roles on record, and a no that can be said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from opd import access, register
from opd.models import Entry, Membership
from tests import doors
from tests.browser.test_desk import DESK, come_in
from tests.cast import Cast

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
