"""Browser tests: no text that anybody typed makes a page wider than the phone that shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from commitments.models import Recheck
from tests.cast import Cast
from tests.public_addresses import PUBLIC_PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.sqlite  # no database changes any of this

WORD = "Pertanggungjawabankependudukandanpencatatansipilkotasemarang"  # 60 letters
LINK = f"https://contoh.id/{WORD}/{WORD}?{WORD}={WORD}"
REASON = f"Sebab {WORD} {LINK} demikianlah adanya."


def a_register_of_wide_words() -> tuple[str, ...]:
    """Each text that a page shows holds a word or a link wider than a phone; gives the pages that show them."""
    cast = Cast()
    cast.dinkes.rename(
        by=cast.keeper,
        seen=cast.dinkes.fingerprint(),
        name=f"Dinas {WORD}",
        short_name=WORD[:40],
        on=date(2018, 1, 1),
        legal_basis=WORD,
    )
    promise = cast.commitment(title=WORD, benefit=LINK)
    texts: dict[str, Any] = {"service": WORD, "unit_of_measure": WORD, "baseline_source": LINK}
    texts["baseline_method"] = REASON
    target = cast.target(commitment=promise, data_source=LINK, known_limits=REASON, **texts)
    sent = cast.measurement(target, 5, method=REASON)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    revision = target.revise(
        by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(2), reason=REASON, document=LINK
    )
    revision.refuse(by=cast.approver, seen=revision.fingerprint(), reason=REASON)
    item = Recheck.draw(by=cast.inspector, size=1).items.get()
    item.record(by=cast.inspector, seen=item.fingerprint(), outcome="tak-terlacak", finding=REASON)
    gone = cast.target(commitment=promise, **texts)
    gone.withdraw(by=cast.approver, seen=gone.fingerprint(), reason=REASON)
    rows = (cast.dinkes, promise, target, gone, item.recheck)
    return (*PUBLIC_PAGES, *(row.get_absolute_url() for row in rows), "/jawaban/past/")


def test_no_text_widens_a_page(new_page: Callable[..., Page]) -> None:
    pages = a_register_of_wide_words()
    phone = new_page(width=360)
    too_wide = {}
    for address in pages:
        phone.goto(address)
        phone.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        width = phone.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            too_wide[address] = width
    assert too_wide == {}
