"""Tests of evidence that is seen: by its unit before it is sent, by nobody else, and asked for when it was wrong."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client

from commitments import evidence as store
from commitments.models import Evidence, Measurement, ServiceTarget
from commitments.models.decision import EVIDENCE_REASONS
from tests import doors, papers
from tests.cast import REASON, Cast
from tests.test_workspace_report import address, picture, typed, unsent

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def target(cast: Cast) -> ServiceTarget:
    return cast.target()


@pytest.fixture
def draft(cast: Cast, target: ServiceTarget) -> Measurement:
    """An operator's draft with a link, a photograph and a PDF."""
    row = cast.measurement(target, submitted=False, by=cast.operator)
    Evidence.attach(row, kind="hasil", file=store.receive("layar.png", picture()))  # type: ignore[arg-type]
    Evidence.attach(row, kind="hasil", file=store.receive("rekap.pdf", BytesIO(papers.saying("Rekap"))))
    return row


def places(draft: Measurement) -> dict[str, str]:
    return {item.file_name: f"/kerja/bukti/{item.uuid}/" for item in draft.evidence.all()}


def test_the_head_sees_each_piece_before_signing_and_on_the_receipt(cast: Cast, draft: Measurement) -> None:
    client, at = doors.enter(cast.head), places(draft)
    for _ in ("draft", "receipt"):
        page = client.get(f"/kerja/kiriman/{draft.uuid}/").content.decode()
        assert f'<img src="{at["layar.png"]}"' in page
        assert f'href="{at["rekap.pdf"]}"' in page
        assert 'href="https://contoh.invalid/bukti" target="_blank" rel="noopener noreferrer"' in page
        draft.refresh_from_db()
        if not draft.submitted_at:
            draft.submit(by=cast.head, seen=draft.fingerprint())
    correction = client.get(f"/kerja/kiriman/{draft.uuid}/koreksi/").content.decode()
    assert f'<img src="{at["layar.png"]}"' in correction


def test_a_file_is_served_as_it_is_and_kept_nowhere(cast: Cast, draft: Measurement) -> None:
    client = doors.enter(cast.operator)
    for name, kind in (("layar.png", "image/png"), ("rekap.pdf", "application/pdf")):
        answer = client.get(places(draft)[name])
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert "no-store" in answer["Cache-Control"]
        assert store.digest(answer.getvalue())[0] == draft.evidence.get(file_name=name).sha256
    assert client.get(f"/kerja/bukti/{draft.evidence.get(media_type='').uuid}/").status_code == 404


def test_nobody_else_sees_it(cast: Cast, draft: Measurement) -> None:
    for at in places(draft).values():
        assert Client().get(at).status_code == 302
        for outsider in (cast.other_head, cast.outsider, cast.setda_head):
            assert doors.enter(outsider).get(at).status_code == 404


def test_a_file_that_waits_for_its_form_is_seen_by_who_brought_it(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    page = client.post(address(target), typed(value="", **{"bukti-0-url": "", "bukti-0-file": picture()}))
    at = f"/kerja/bukti/tersimpan/{page.context['rows'].forms[0].kept_name}/"
    assert f'<img src="{at}"' in page.content.decode()
    answer = client.get(at)
    assert (answer["Content-Type"], answer.getvalue()) == ("image/png", picture().read())
    assert doors.enter(cast.operator).get(at).status_code == 404
    assert client.get("/kerja/bukti/tersimpan/palsu/").status_code == 404


@pytest.mark.parametrize(("note", "asks"), [*((reason, True) for reason in EVIDENCE_REASONS), (REASON, False)])
def test_a_card_asks_for_what_was_wrong(cast: Cast, target: ServiceTarget, note: str, asks: bool) -> None:
    sent = cast.measurement(target)
    sent.return_(by=cast.verifier, seen=sent.fingerprint(), note=note)
    page = doors.enter(cast.head).get("/kerja/").content.decode()
    assert ("Kirim bukti yang baru" in page, "Angka yang benar" in page) == (asks, not asks)
    assert ("Angkanya benar, buktinya diganti" in page) is not asks


def test_a_draft_without_its_number_wrong_is_kept_as_it_was(cast: Cast, draft: Measurement) -> None:
    given = unsent(reuse=[str(item.uuid) for item in draft.evidence.all()], **{"bukti-0-url": ""})
    doors.enter(cast.operator).post(f"/kerja/kiriman/{draft.uuid}/koreksi/", given)
    assert Measurement.objects.get().evidence.count() == 3
