"""Tests of all that is due in one table, of all past reports, and of the unit's own report card."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments import periods
from commitments.models import Evidence, Measurement, ServiceTarget
from commitments.workspace import due_work
from opd import clock
from opd.models import Membership
from tests import doors
from tests.cast import REASON, Cast
from tests.reading import text
from tests.test_workspace_report import picture

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]
MONTH, PAST, CARD = (f"/kerja/{page}?unit=dinkes" for page in ("bulan/", "laporan/", "rapor.pdf"))


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def targets(cast: Cast) -> list[ServiceTarget]:
    commitment = cast.commitment()
    return [cast.target(commitment=commitment, service=service) for service in ("Akta", "Rujukan", "Izin")]


def filled_in(page: Any, **values: str) -> dict[str, Any]:
    """The table as a browser sends it, with these numbers by service."""
    given: dict[str, Any] = {"bukti-0-kind": "hasil"}
    for row in page.context["rows"]:
        for name in ("uuid", "period", "period_typed", "method", "n"):
            given[row.form.add_prefix(name)] = row.form[name].value() or ""
        given[row.form.add_prefix("value")] = values.get(row.target.service, "")
    return given


def as_read(page: Any) -> dict[str, str]:
    return {row.read_name: row.previewed.summary for row in page.context["filled"]}


def test_all_that_is_due_is_sent_in_one_go_with_one_proof(cast: Cast, targets: list[ServiceTarget]) -> None:
    client = doors.enter(cast.head)
    given = filled_in(client.get(MONTH), Akta="9", Izin="8,5") | {"kirim": "1"}
    page = client.post(MONTH, given | {"bukti-0-file": picture()})
    assert Measurement.objects.count() == 0
    last = next(periods.finished(90, clock.today()))
    assert f"Terbaca: 8,5 hari, {last.name}" in text(page.content.decode())
    held = {"bukti-0-held": page.context["proof"].kept_name}
    answer = client.post(MONTH, given | held | as_read(page))
    assert answer["Location"] == PAST
    sent = Measurement.objects.order_by("value")
    assert [(row.target.service, str(row.value), row.state, row.period) for row in sent] == [
        ("Izin", "8.5000", "submitted", last),
        ("Akta", "9.0000", "submitted", last),
    ]
    assert Evidence.objects.filter(media_type="image/png").count() == 2
    again = client.post(MONTH, given | held | as_read(page))
    assert again["Location"] == PAST  # a second tap
    assert Measurement.objects.count() == 2
    assert [row.target.service for row in client.get(MONTH).context["rows"]] == ["Rujukan"]  # the others wait


def test_a_mistake_in_one_row_sends_none_and_loses_nothing(cast: Cast, targets: list[ServiceTarget]) -> None:
    client = doors.enter(cast.head)
    given = filled_in(client.get(MONTH), Akta="9", Izin="1.234") | {
        "kirim": "1",
        "bukti-0-url": "https://contoh.id/x",
    }
    page = client.post(MONTH, given)
    words = text(page.content.decode())
    assert "1.234 dapat dibaca 1234 atau 1,234." in words
    assert 'value="1.234"' in page.content.decode()
    assert Measurement.objects.count() == 0
    assert "Belum ada angka yang diisi." in text(client.post(MONTH, {"kirim": "1"}).content.decode())


def test_an_operator_keeps_them_as_drafts(cast: Cast, targets: list[ServiceTarget]) -> None:
    client = doors.enter(cast.operator)
    client.post(MONTH, filled_in(client.get(MONTH), Akta="9", Rujukan="8") | {"simpan": "1", "bukti-0-kind": ""})
    assert [row.state for row in Measurement.objects.all()] == ["draft", "draft"]
    sneaky = filled_in(client.get(MONTH), Izin="9") | {"kirim": "1"}
    page = client.post(MONTH, sneaky)
    answer = client.post(MONTH, sneaky | as_read(page))
    assert "Hanya kepala Dinkes yang dapat melakukan ini." in text(answer.content.decode())
    assert Measurement.objects.filter(target__service="Izin").count() == 0


def test_every_past_report_is_listed_with_its_state_and_notes(cast: Cast, targets: list[ServiceTarget]) -> None:
    first = cast.measurement(targets[0], 9, period_start=date(2018, 4, 1), period_end=date(2018, 6, 30))
    first.return_(by=cast.verifier, seen=first.fingerprint(), note=REASON)
    page = doors.enter(cast.operator).get(PAST)
    words = text(page.content.decode())
    assert "Akta: lama, Triwulan II 2018: 9 hari" in words.replace("\N{NO-BREAK SPACE}", " ")
    assert f"dikembalikan DINKES-01-1, dikirim {clock.today().day}" in words
    assert REASON in words


def test_the_list_of_past_reports_costs_the_same_with_many(cast: Cast, targets: list[ServiceTarget]) -> None:
    client, counts = doors.enter(cast.head), []
    for years in ((2018,), range(2019, 2026)):
        for year in years:
            cast.measurement(targets[0], 9, period_start=date(year, 1, 1), period_end=date(year, 12, 31))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(PAST)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_unit_reads_its_own_report_card_and_no_other(cast: Cast, targets: list[ServiceTarget]) -> None:
    answer = doors.enter(cast.operator).get(CARD)
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert doors.enter(cast.other_head).get(CARD).status_code == 404


def test_what_is_achieved_folds_and_cards_are_in_the_order_of_what_is_due(cast: Cast) -> None:
    today, commitment = clock.today(), cast.commitment()
    done = cast.target(commitment=commitment, service="Selesai")
    sent = cast.measurement(done, 3)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    for service, cycle in (("Setahun", 366), ("Sebulan", 30), ("Triwulan", 90)):
        cast.target(commitment=commitment, service=service, cycle_days=cycle)
    page = doors.enter(cast.head).get("/kerja/")
    assert [one.target.service for one in page.context["calm"]] == ["Sebulan", "Triwulan", "Setahun"]
    assert [one.target.service for one in page.context["achieved"]] == ["Selesai"]
    assert "<summary>Sudah tercapai (1)</summary>" in page.content.decode()
    assert due_work.due_targets(cast.dinkes, today)[0].due_in == 30


def test_removing_somebody_asks_once(cast: Cast) -> None:
    client, place = doors.enter(cast.head), cast.operator.memberships.get()
    page = client.get(f"/kerja/tim/{place.pk}/akhiri/")
    assert "Akhiri tugas operator-dinkes?" in page.content.decode()
    assert Membership.objects.get(pk=place.pk).until_on is None
    client.post(f"/kerja/tim/{place.pk}/akhiri/")
    assert Membership.objects.get(pk=place.pk).until_on == clock.today()
