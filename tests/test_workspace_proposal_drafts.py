"""Tests of drafts of proposals: those of an operator wait for the head, interrupted ones for their writer."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.http import QueryDict
from django.test import Client

from commitments.models import Commitment, ProposalDraft, ServiceTarget, TargetRevision
from opd import register
from opd.errors import WrongPerson
from opd.models import Entry
from tests import doors
from tests.cast import REASON, Cast, serves
from tests.screen_texts import HEADS_ONLY
from tests.test_workspace_proposals import PLACE, go, target_typed, typed, typed_again, typed_of

pytestmark = pytest.mark.django_db
KEEP = {"konsep": "7b0ce4b3-7ab8-4a52-8f14-5d1c6f6ac0de", "simpan": "1"}


@pytest.fixture
def cast() -> Cast:
    return Cast()


def of_head(cast: Cast) -> tuple[Client, str]:
    """The head, who found the draft on the home, and its address."""
    client = doors.enter(cast.head)
    [draft] = client.get("/kerja/").context["drafts"]
    assert draft.get_absolute_url() in client.get("/kerja/").content.decode().replace("&amp;", "&")
    return client, draft.get_absolute_url()


def test_an_operator_drafts_a_promise_and_the_head_sends_it(cast: Cast) -> None:
    before = Entry.objects.count()
    doors.enter(cast.operator).post(PLACE, {**typed(cast), **KEEP})
    assert (Commitment.objects.count(), Entry.objects.count()) == (0, before)  # no fact yet
    client, place = of_head(cast)
    page = client.get(place)
    assert page.context["wizard"].step.title == "Periksa"
    assert "dari <b>14,5\N{NO-BREAK SPACE}hari</b>" in page.content.decode()
    client.post(place, {**typed_again(page), "konsep": page.context["konsep"], "kirim": "1"})
    made = ServiceTarget.objects.get()
    assert (made.proposed_by, made.commitment.proposed_by, made.is_waiting) == (cast.head, cast.head, True)
    assert ProposalDraft.objects.count() == 0
    assert client.get(place).status_code == 404
    assert list(register.check()) == []


def test_an_operator_drafts_one_more_target_and_a_change(cast: Cast) -> None:
    target = cast.target()
    operator, place = doors.enter(cast.operator), f"/kerja/komitmen/{target.commitment.reference}/target/"
    operator.post(place, {**target_typed(""), **KEEP})
    client, draft = of_head(cast)
    client.post(draft, {**typed_again(client.get(draft)), "konsep": KEEP["konsep"], "kirim": "1"})
    assert ServiceTarget.objects.get(reference="DINKES-01-2").proposed_by == cast.head

    place = f"/kerja/sasaran/{target.reference}/ubah/"
    operator.post(place, {"field": "due_on", "on": "2031-06-30", "reason": REASON, **KEEP})
    assert TargetRevision.objects.count() == 0
    client, draft = of_head(cast)
    page = client.get(draft)
    assert "Mundur <b>181\N{NO-BREAK SPACE}hari</b>" in page.content.decode()
    client.post(
        draft,
        {
            **typed_of(page),
            "seen": page.context["seen"],
            "read_doubts": page.context["read_doubts"],
            "konsep": KEEP["konsep"],
        },
    )
    asked = TargetRevision.objects.get()
    assert (asked.new, asked.proposed_by, ProposalDraft.objects.count()) == (date(2031, 6, 30), cast.head, 0)


@pytest.mark.parametrize("button", ["kirim", "lain"])
def test_an_operator_sends_no_draft_even_with_the_button_of_the_head(cast: Cast, button: str) -> None:
    client = doors.enter(cast.operator)
    client.post(PLACE, {**typed(cast), **KEEP})
    answer = client.post(PLACE, {**typed(cast), "konsep": KEEP["konsep"], button: "1"})
    assert HEADS_ONLY in answer.content.decode()
    assert (Commitment.objects.count(), ProposalDraft.objects.count()) == (0, 1)


def test_a_draft_with_a_mistake_is_not_kept(cast: Cast) -> None:
    answer = doors.enter(cast.operator).post(PLACE, {**typed(cast, target_value="20"), **KEEP})
    assert "target harus lebih baik" in answer.content.decode()
    assert ProposalDraft.objects.count() == 0


def test_kept_twice_it_is_one_draft_and_the_later_one(cast: Cast) -> None:
    client = doors.enter(cast.operator)
    for service in ("Rujukan", "Izin praktik"):
        client.post(PLACE, {**typed(cast, service=service), **KEEP})
    assert ProposalDraft.objects.get().fields["target-service"] == "Izin praktik"


@pytest.mark.parametrize("who", ["other_head", "outsider", "keeper", "approver"])
def test_nobody_else_keeps_or_throws_away_a_draft_of_the_unit(cast: Cast, who: str) -> None:
    facts: dict[str, Any] = {
        "unit": cast.dinkes,
        "uuid": UUID(KEEP["konsep"]),
        "path": PLACE,
        "title": "x",
        "fields": QueryDict(),
    }
    mine = ProposalDraft.keep(by=cast.operator, **facts)
    with pytest.raises(WrongPerson):
        ProposalDraft.keep(by=getattr(cast, who), **facts)
    with pytest.raises(WrongPerson):
        mine.discard(by=getattr(cast, who))


def test_a_draft_is_thrown_away_by_its_unit(cast: Cast) -> None:
    client = doors.enter(cast.operator)
    client.post(PLACE, {**typed(cast), **KEEP})
    client.post(f"/kerja/konsep/{ProposalDraft.objects.get().pk}/buang/")
    assert ProposalDraft.objects.count() == 0


def test_a_draft_opens_in_its_own_unit_and_form_only(cast: Cast) -> None:
    """Somebody who serves in both units names the draft of one beside the other."""
    serves(cast.operator, cast.pdam, "operator")
    client, target = doors.enter(cast.operator), cast.target()
    client.post(PLACE, {**typed(cast), **KEEP})
    for place in (
        f"/kerja/komitmen/usul/?unit=pdam&konsep={KEEP['konsep']}",
        f"/kerja/sasaran/{target.reference}/ubah/?konsep={KEEP['konsep']}",
        f"{PLACE}&konsep=x",
    ):
        assert client.get(place).status_code == 404
    assert doors.enter(cast.other_head).get(f"{PLACE}&konsep={KEEP['konsep']}").status_code == 404
    assert client.get(f"{PLACE}&konsep={KEEP['konsep']}").status_code == 200


# --- Signed out half-way ---------------------------------------------------------------------------------------


def come_back(user: str, place: str, given: dict[str, Any]) -> Any:
    """Send a form without being signed in, then sign in; the page one comes to."""
    client = Client()
    answer = client.post(place, {**given, "account": "kepala-dinkes", "konsep": KEEP["konsep"]})
    client.post(answer["Location"], {"login": user, "password": doors.PASSWORD})
    return client.get(place)


def test_a_step_taken_while_signed_out_is_taken_afterwards(cast: Cast) -> None:
    page = come_back("kepala-dinkes", PLACE, go(2, 1, **typed(cast)))
    assert page.context["wizard"].step.title == "Nilai awal"
    assert typed_again(page)["target-baseline_value"] == "14,5"


def test_what_was_sent_while_signed_out_is_looked_at_once_more_and_not_sent(cast: Cast) -> None:
    target = cast.target()
    page = come_back("kepala-dinkes", PLACE, {**typed(cast), "kirim": "1"})
    assert (page.context["wizard"].step.title, Commitment.objects.count()) == ("Periksa", 1)
    given = {"field": "due_on", "on": "2031-06-30", "reason": REASON, "kirim": "1"}
    page = come_back("kepala-dinkes", f"/kerja/sasaran/{target.reference}/ubah/", given)
    assert (len(page.context["preview"]), TargetRevision.objects.count()) == (1, 0)
    waiting = cast.commitment(published=False)
    page = come_back("kepala-dinkes", f"/kerja/komitmen/{waiting.reference}/tarik/", {"reason": REASON})
    waiting.refresh_from_db()
    assert (page.context["form"]["reason"].value(), waiting.withdrawn_at) == (REASON, None)


def test_what_one_account_typed_is_never_anothers(cast: Cast) -> None:
    assert come_back("operator-dinkes", PLACE, go(3, 2, **typed(cast))).context["wizard"].step.title == "Layanan"
    answer = doors.enter(cast.head).post(PLACE, {**typed(cast), "account": "operator-dinkes"})
    assert (answer.status_code, Commitment.objects.count()) == (409, 0)


def test_what_was_typed_for_one_unit_is_not_found_in_another(cast: Cast) -> None:
    serves(cast.head, cast.pdam, "head")
    client = Client()
    client.post(PLACE, {**go(3, 2, **typed(cast)), "account": "kepala-dinkes"})
    client.post("/akun/login/", {"login": "kepala-dinkes", "password": doors.PASSWORD})
    elsewhere = client.get("/kerja/komitmen/usul/?unit=pdam")
    assert elsewhere.context["wizard"].step.title == "Layanan"
    assert client.get(PLACE).context["wizard"].step.title == "Target"
