"""Browser test of the four answers: each number of the headline leads to its list, without JavaScript too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from opd import clock
from tests.cast import Cast, utc

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.sqlite  # no database changes any of this

ANSWERS = {
    "1 dari 4 unit sudah melewati seremoni": "Unit setda",
    "1 sudah, tetapi kini diam": "Unit dinkes",
    "1 belum, 1 di antaranya mengaku": "Unit pdam",
    "1 belum ada target": "Unit bag-hukum",
}


def four_answers(time: clock.TurnedClock) -> None:
    cast = Cast()
    time.moment = utc(2019, 1, 5, 3)
    lapsed = cast.measurement(cast.target(), 5)
    lapsed.verify(by=cast.verifier, seen=lapsed.fingerprint())
    time.moment = utc(2020, 1, 5, 3)
    claimed = cast.target(by=cast.other_head, commitment=cast.commitment(by=cast.other_head, unit=cast.pdam))
    cast.measurement(claimed, 5, by=cast.other_head)
    promise = cast.commitment(by=cast.setda_head, unit=cast.setda, published=False)
    promise.publish(by=cast.inspector, seen=promise.fingerprint())
    target = cast.target(by=cast.setda_head, commitment=promise, published=False)
    target.publish(by=cast.inspector, seen=target.fingerprint())
    sent = cast.measurement(target, 5, by=cast.setda_head)
    sent.verify(by=cast.inspector, seen=sent.fingerprint())


def test_each_number_of_the_headline_leads_to_its_units(
    new_page: Callable[..., Page], time: clock.TurnedClock
) -> None:
    four_answers(time)
    page = new_page(width=360, java_script_enabled=False)
    for words, unit in ANSWERS.items():
        page.goto("/?per=2020-01-05")  # the server has the real clock
        page.get_by_role("link", name=words, exact=True).click()
        expect(page.locator(".unit-name")).to_have_text([unit])
        expect(page.locator("[aria-current=page]").first).to_contain_text("1")
