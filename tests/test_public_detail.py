"""Tests of the pages about one thing: private facts stay private, odd addresses are answered."""

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from commitments.models import Evidence, Measurement
from opd import clock, register
from tests.cast import REASON, Cast, utc
from tests.chromium import barriers

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # pages and roles: no database changes them


def verified(cast: Cast, row: Measurement) -> Measurement:
    row.verify(by=cast.verifier, seen=row.fingerprint())
    return row


ODD = [
    "per=kemarin",
    "per=2017-13-45",
    "per=9999-12-31",
    "per=0001-01-01",
    "per=%00",
    "per=" + "9" * 40,
    "per[]=1",
    "x=%ff",
]


@pytest.mark.parametrize("query", ODD)
@pytest.mark.parametrize("path", ["/unit/dinkes/", "/komitmen/", "/komitmen/DINKES-01/", "/sasaran/DINKES-01-1/"])
def test_odd_addresses_are_answered(client: Client, path: str, query: str) -> None:
    Cast().target()
    assert client.get(f"{path}?{query}").status_code in (200, 404)


@pytest.mark.parametrize("path", ["/unit/dinkes/", "/komitmen/", "/komitmen/DINKES-01/", "/sasaran/DINKES-01-1/"])
def test_pages_set_no_cookie_and_are_the_same_for_everyone(client: Client, path: str) -> None:
    cast = Cast()
    cast.measurement(cast.target(), 5)
    stranger = client.get(path)
    client.force_login(cast.head)
    member = client.get(path)
    assert stranger.content == member.content
    assert not stranger.cookies
    assert "Cookie" not in stranger.get("Vary", "")
    assert not re.search(rb"""<style|<script(?! src=)|\sstyle=|\son[a-z]+=""", stranger.content)


SECRETS = {
    "note": "Catatan rahasia untuk sekretariat",
    "url": "https://contoh.invalid/tautan-rahasia",
    "caption": "Keterangan rahasia",
    "method": "Cara yang belum diperiksa",
    "verdict": "Alasan pengembalian yang hanya untuk unit",
    "draft": "Konsep yang belum dikirim",
    "whatsapp": "6281200001111",
}


@pytest.mark.parametrize(
    "path", ["/unit/dinkes/", "/komitmen/", "/komitmen/DINKES-01/", "/sasaran/DINKES-01-1/", "/unit/pdam/"]
)
def test_nothing_private_is_on_a_page(client: Client, path: str) -> None:
    cast = Cast()
    cast.dinkes.correct(by=cast.keeper, seen=cast.dinkes.fingerprint(), whatsapp=SECRETS["whatsapp"])
    target = cast.target()
    facts = {"note": SECRETS["note"], "method": SECRETS["method"]}
    for end in ("returned", "waiting"):
        row = cast.measurement(target, 5, submitted=False, **facts)
        Evidence.attach(row, kind="hasil", url=SECRETS["url"], caption=SECRETS["caption"])
        row.submit(by=cast.head, seen=row.fingerprint())
        if end == "returned":
            row.return_(by=cast.verifier, seen=row.fingerprint(), note=SECRETS["verdict"])
    cast.measurement(target, "4321.5", submitted=False, note=SECRETS["draft"])
    cast.target(commitment=target.commitment, service="Usulan yang belum diumumkan", published=False)
    cast.commitment(by=cast.other_head, unit=cast.pdam, title="Komitmen yang belum diumumkan", published=False)
    html = client.get(path).content.decode()
    for secret in [
        *SECRETS.values(),
        "belum diumumkan",
        "4.321,5",
        "4321.5",
        cast.head.username,
        cast.operator.username,
    ]:
        assert secret not in html, secret


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), pytest.param(1280, "dark", marks=pytest.mark.nightly)])
def test_the_detail_pages_have_no_barrier(new_page: Callable[..., "Page"], width: int, scheme: str) -> None:
    """axe finds nothing, and nothing scrolls sideways: full, empty and wrong."""
    with clock.turned(clock.TurnedClock(utc(2017, 11, 2, 3), "uji")) as turned:
        with register.act(register.DEMO_ACT, "demo") as act:
            act.office = "sistem"
        cast = Cast()
        target = cast.target(original_due_on=date(2018, 6, 30))
        turned.moment = utc(2019, 1, 10, 3)
        verified(cast, cast.measurement(target, 20))
        cast.measurement(target, 2)
        slip = target.revise(
            by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2020, 6, 30), reason=REASON
        )
        slip.approve(by=cast.approver, seen=slip.fingerprint())
        gone = cast.target(commitment=target.commitment)
        turned.moment = utc(2019, 1, 11, 3)
        gone.withdraw(by=cast.approver, seen=gone.fingerprint(), reason=REASON)
    page = new_page(width=width, color_scheme=scheme)
    found: list[str] = []
    for address in (
        *("/unit/dinkes/", "/unit/pdam/", "/komitmen/", "/komitmen/?per=2017-11-02", "/komitmen/DINKES-01/"),
        *("/sasaran/DINKES-01-1/", "/sasaran/DINKES-01-2/", "/sasaran/TIDAK-ADA/", "/unit/dinkes/?per=kemarin"),
    ):
        response = page.goto(address)
        assert response is not None
        assert response.status == (404 if "TIDAK-ADA" in address else 200), address
        found += barriers(page, address)
    assert found == []
