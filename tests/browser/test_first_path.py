"""Browser test of the main path: a head reports with evidence, a verifier verifies, the public sees one rung more."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from commitments.models import Measurement, ServiceTarget
from opd import register
from opd.models import Entry
from tests import doors
from tests.cast import Cast
from tests.screen_texts import (
    CODE_LABEL,
    DATA_COUNT_LABEL,
    FILE_LABEL,
    NUMBER_LABEL,
    PASSWORD_LABEL,
    RECEIPT_HEADING,
    SEND_BUTTON,
    SIGN_IN_BUTTON,
    USERNAME_LABEL,
    VERIFIED,
    VERIFY_BUTTON,
)

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

PHONE = {"width": 360, "height": 740, "is_mobile": True, "has_touch": True}
VALUE = "9,5"


@pytest.fixture
def target() -> ServiceTarget:
    """14 days to 3, published, nothing measured yet: Terukur."""
    return Cast().target(service="Rujukan puskesmas")


def picture() -> FilePayload:
    """A photograph of a screen, so to say."""
    content = io.BytesIO()
    Image.new("RGB", (640, 480), "#3f9c93").save(content, "PNG")
    return {"name": "antrean.png", "mimeType": "image/png", "buffer": content.getvalue()}


def complaints_of(page: Page) -> list[str]:
    """Every error and warning of the console, every script that broke, every violation of the policy, from now on."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.expose_binding("violated", lambda source, what: heard.append(what))
    page.add_init_script(
        "addEventListener('securitypolicyviolation', event => violated(event.violatedDirective + event.blockedURI))"
    )
    return heard


def sign_in(page: Page, username: str, *, at: str) -> None:
    page.goto(at)
    page.get_by_label(USERNAME_LABEL).fill(username)
    page.get_by_label(PASSWORD_LABEL).fill(doors.PASSWORD)
    page.get_by_role("button", name=SIGN_IN_BUTTON).click()


def send(page: Page) -> None:
    """From the workspace to the receipt."""
    sign_in(page, "kepala-dinkes", at=reverse("workspace"))
    page.get_by_label(NUMBER_LABEL).fill(VALUE)
    page.get_by_role("button", name="Lapor Rujukan puskesmas").click()
    page.get_by_text(f"Terbaca: {VALUE} hari").wait_for()
    page.get_by_label(DATA_COUNT_LABEL).fill("212")
    row = page.locator(".evidence-row").first
    row.get_by_label("Angka dari sistem atau survei").check()
    row.get_by_label(FILE_LABEL).set_input_files(picture())
    page.get_by_role("button", name=SEND_BUTTON).click()
    page.get_by_role("heading", name=RECEIPT_HEADING).wait_for()


def verify(page: Page) -> None:
    """From the sign-in, with the code, over the queue, to the verdict."""
    sign_in(page, "verifikator", at=reverse("admin:index"))
    page.get_by_label(CODE_LABEL).fill(doors.code())
    page.get_by_role("button", name=SIGN_IN_BUTTON).click()
    page.get_by_role("link", name="Realisasi menunggu verifikasi").click()
    page.locator("#result_list .field-target_named a").click()
    expect(page.locator(".outcomes .rung")).to_have_text(["Terukur", "Membaik", "Terukur"])
    assert (
        page.locator(".evidence-item img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    )
    page.get_by_label("Boleh dilihat publik").check()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name=VERIFY_BUTTON).click()
    page.get_by_text(VERIFIED, exact=True).wait_for()


def rung_shown(page: Page, target: ServiceTarget) -> str:
    """What a visitor reads beside this target on its unit's page."""
    page.goto(target.unit.get_absolute_url())
    row = (
        page.locator("main :is(li, tr, article, section)")
        .filter(has_text=target.service)
        .filter(has=page.locator(".rung"))
    )
    return row.last.locator(".rung").first.inner_text().strip()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "head_on",
    [
        pytest.param(PHONE, id="phone"),
        pytest.param({"width": 1280}, id="desk", marks=pytest.mark.nightly),
        pytest.param(
            {**PHONE, "java_script_enabled": False},
            id="phone without JavaScript",
            marks=pytest.mark.by_night_on_postgres,
        ),
    ],
)
def test_a_value_goes_from_the_unit_to_the_public(
    new_page: Callable[..., Page], target: ServiceTarget, head_on: dict[str, object]
) -> None:
    doors.give_second_factor(User.objects.get(username="verifikator"))
    heard = []

    visitor = new_page(width=360)
    heard.append(complaints_of(visitor))
    assert rung_shown(visitor, target) == "Terukur"

    head = new_page(**head_on)
    if head_on.get("java_script_enabled", True):
        heard.append(complaints_of(head))
    send(head)
    sent = Measurement.objects.get()
    entry = Entry.objects.get(act="measurement.submitted")
    receipt = head.locator(".receipt").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    for part in ("9,5 hari", "Rujukan puskesmas", sent.evidence.get().sha256, entry.hash):
        assert part in receipt
    assert head.evaluate("document.documentElement.scrollWidth <= innerWidth")

    verifier = new_page(width=1280)
    heard.append(complaints_of(verifier))
    verify(verifier)

    assert rung_shown(visitor, target) == "Membaik"
    visitor.goto("/jejak/")
    latest = list(Entry.objects.order_by("seq"))[-2:]
    assert [(entry.act, entry.actor) for entry in latest] == [
        ("measurement.submitted", "kepala:dinkes"),
        ("measurement.verified", "verifikator"),
    ]
    for entry in latest:
        line = visitor.locator(f"#catatan-{entry.seq}")
        assert target.reference in line.inner_text()
        assert line.locator(".hash").get_attribute("title") == entry.hash
    assert list(register.check()) == []
    assert heard == [[] for _ in heard]
