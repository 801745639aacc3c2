"""Tests of the pages of commitments: the benefit, the unit that owes it, and the heads who inherited it."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.models import Measurement
from opd import access, clock
from opd.models import Tenure
from tests.cast import REASON, Cast, utc
from tests.reading import parts, section

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def verify(cast: Cast, row: Measurement, **public: Any) -> Measurement:
    row.verify(by=cast.verifier, seen=row.fingerprint(), **public)
    return row


def test_a_commitment_says_who_owes_it_and_who_inherited_it(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    target = cast.target()
    time.moment = utc(2018, 1, 5, 3)
    verify(cast, cast.measurement(target, 5, period_start=date(2017, 11, 3), period_end=date(2017, 12, 31)))
    before: dict[str, Any] = {"unit": cast.dinkes, "title": "Kepala", "certainty": "assumed"}
    Tenure.enter(by=access.SYSTEM, person="Sri", from_on=date(2017, 1, 3), **before)
    for name, day in {"Budi": date(2018, 1, 2), "Tono": date(2018, 2, 1)}.items():
        cast.succession(day, person=name)
        if name == "Budi":
            promise = target.commitment
            promise.acknowledge(by=cast.head, seen=promise.fingerprint())
    time.moment = utc(2018, 3, 1, 3)
    html = page(client, "/komitmen/DINKES-01/")
    assert section(html, "manfaat") == "Yang didapat warga Warga menunggu lebih sebentar."
    assert section(html, "penanggung") == (
        "Siapa yang berutang janji Unit dinkes sejak 2 November 2017 "
        "Pewaris jabatan Budi, Kepala menerima pada 5 Januari 2018 Tono, Kepala diwarisi, belum diterima "
        "Diumumkan 2 November 2017. Oleh penyetuju sekretariat."
    )
    assert section(html, "target").startswith(
        "Target 1 dari 1 target membaik. Rujukan: lama Membaik DINKES-01-1 · median, hari "
        "Jamnya belum dijelaskan. nilai awal 14 → kini 5 hari"
    )


def test_a_withdrawn_commitment_says_why_and_by_whom(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    time.moment = utc(2019, 1, 5, 3)
    gone = cast.commitment(title="Yang ditarik")
    gone.withdraw(by=cast.approver, seen=gone.fingerprint(), reason=REASON)
    assert parts(page(client, "/komitmen/DINKES-01/"), "div", "withdrawn") == [
        f"Komitmen ini ditarik pada 5 Januari 2019. {REASON} Oleh penyetuju sekretariat."
    ]


@pytest.mark.parametrize("address", ["/komitmen/", "/komitmen/DINKES-01/"])
def test_commitment_pages_cost_the_same_with_one_target_and_with_thirty(client: Client, address: str) -> None:
    cast = Cast()
    promise = cast.commitment()

    def grow(count: int) -> int:
        for _ in range(count):
            verify(cast, cast.measurement(cast.target(commitment=promise), 5))
            cast.commitment()
        with CaptureQueriesContext(connection) as queries:
            page(client, address)
        return len(queries)

    assert grow(1) == grow(29)
