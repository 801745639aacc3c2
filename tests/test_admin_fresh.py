"""Tests of signing in again before a serious act: asked after an hour away, and nothing that was typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from commitments.models import Measurement
from opd.accounts.sign_in import signed_in_lately
from opd.models import Invitation, Membership
from tests import doors
from tests.cast import REASON, SIGNED_ON, Cast
from tests.test_admin_decide import decide, marks, place

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ASK = "/akun/yakinkan/"
LATER = 15 * 60 + 1  # seconds


@pytest.fixture
def cast() -> Cast:
    return Cast()


def leave_alone(client: Client, seconds: int = LATER) -> None:
    """As if every password and code had been given so many seconds earlier."""
    session = client.session
    for name, records in session.items():
        if isinstance(records, list) and records and isinstance(records[0], dict) and "at" in records[0]:
            session[name] = [{**record, "at": record["at"] - seconds} for record in records]
    session.save()


def verified(cast: Cast) -> Measurement:
    sent = cast.measurement(cast.target())
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    return sent


def test_a_revocation_asks_for_the_password_and_then_happens_as_it_was_written(cast: Cast) -> None:
    sent, client = verified(cast), doors.enter(cast.approver)
    leave_alone(client)
    asked = decide(client, sent, "cabut", reason=REASON)
    assert asked["Location"] == f"{ASK}?next={place(sent).replace('/', '%2F')}"
    assert sent.state == "verified"
    client.post(asked["Location"], {"password": "salah", "next": place(sent)})
    assert Measurement.objects.get(pk=sent.pk).state == "verified"
    done = client.post(asked["Location"], {"password": doors.PASSWORD, "next": place(sent)})
    assert done["Location"] == place(sent)
    fresh = Measurement.objects.get(pk=sent.pk)
    assert (fresh.state, fresh.decisions.last().note) == ("revoked", REASON)  # type: ignore[union-attr]


def test_what_changed_while_one_was_asked_is_shown_with_the_reason_still_there(cast: Cast) -> None:
    sent, client = verified(cast), doors.enter(cast.approver)
    leave_alone(client)
    asked = decide(client, sent, "cabut", reason="Alasan saya sendiri, panjang.")
    sent.revoke(by=cast.approver, seen=sent.fingerprint(), note=REASON)
    shown = client.post(asked["Location"], {"password": doors.PASSWORD, "next": place(sent)})
    page = shown.content.decode()
    assert (shown.status_code, "Data sudah berubah" in page) == (409, True)
    assert "Alasan saya sendiri, panjang." in page
    assert sent.decisions.count() == 2


def test_a_mistake_made_before_being_asked_can_still_be_mended(cast: Cast) -> None:
    """The page that comes after the password posts to the row's own address."""
    commitment = cast.commitment()
    target = cast.target(commitment=commitment, published=False)
    commitment.withdraw(by=cast.approver, seen=commitment.fingerprint(), reason=REASON)
    proposed = cast.commitment(published=False)
    waiting = cast.target(commitment=proposed, published=False)
    client = doors.enter(cast.approver)
    leave_alone(client)
    asked = decide(client, waiting, "umumkan")
    shown = client.post(asked["Location"], {"password": doors.PASSWORD, "next": place(waiting)})
    page = shown.content.decode()
    assert (shown.status_code, "Umumkan komitmennya dahulu." in page) == (409, True)
    assert f'action="{place(waiting)}"' in page
    assert target.published_at is None


def test_a_verdict_asks_nobody_again(cast: Cast) -> None:
    sent = cast.measurement(cast.target())
    client = doors.enter(cast.verifier)
    leave_alone(client)
    decide(client, sent, "verifikasi", **marks(sent))
    assert sent.decisions.count() == 1


def test_a_place_in_a_unit_is_given_only_shortly_after_a_password(cast: Cast) -> None:
    client = doors.enter(cast.keeper)
    leave_alone(client)
    given = {"user": cast.outsider.pk, "unit": "pdam", "role": "operator", "from_on": str(SIGNED_ON)}
    asked = client.post("/admin/opd/membership/add/", given)
    assert asked["Location"].startswith(ASK)
    assert not Membership.objects.filter(user=cast.outsider).exists()
    client.post(asked["Location"], {"password": doors.PASSWORD, "next": "/admin/opd/membership/add/"})
    assert Membership.objects.get(user=cast.outsider).unit == cast.pdam


def test_somebody_is_invited_only_shortly_after_a_password(cast: Cast) -> None:
    client = doors.enter(cast.keeper)
    leave_alone(client)
    given = {"name": "Ani", "unit": cast.pdam.pk, "role": "operator"}
    asked = client.post("/admin/opd/invitation/add/", given)
    assert asked["Location"].startswith(ASK)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(("seconds", "lately"), [(14 * 60, True), (LATER, False)])
def test_lately_is_a_quarter_of_an_hour(cast: Cast, seconds: int, lately: bool) -> None:
    client = doors.enter(cast.approver)
    leave_alone(client, seconds)
    request: Any = client.get("/admin/").wsgi_request
    assert signed_in_lately(request) is lately


def test_without_the_question_an_old_session_would_revoke(cast: Cast, settings: Settings) -> None:
    """The twin: nothing else stands in the way."""
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 10**9
    sent, client = verified(cast), doors.enter(cast.approver)
    leave_alone(client)
    decide(client, sent, "cabut", reason=REASON)
    assert sent.decisions.count() == 2


def test_every_act_that_approves_revokes_or_destroys_asks() -> None:
    from tests.test_access import decision_views

    fresh = {
        f"{model._meta.model_name}/{act.slug}" for model, view in decision_views() for act in view.acts if act.fresh
    }
    assert fresh >= {
        "commitment/umumkan",
        "commitment/tarik",
        "servicetarget/umumkan",
        "servicetarget/tarik",
        "targetrevision/setujui",
        "measurement/cabut",
        "measurement/hapus-catatan",
        "evidence/hapus",
        "unitchange/sahkan",
    }
