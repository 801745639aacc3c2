"""Tests of numbers that could mislead: what is measured, of what, how much was promised, how fast, who is awaited."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from commitments.formats import number_of_data, size_of_promise, target_title
from commitments.reports.target_page import target_page
from opd import clock
from tests.cast import REASON, Cast, utc
from tests.reading import compact, parts, text

pytestmark = pytest.mark.django_db


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("service", "family", "unit_of_measure", "title"),
    [
        ("Akta kelahiran", "cepat", "hari kerja", "Akta kelahiran: lama"),
        ("Akta kelahiran", "daring", "%", "Akta kelahiran: bisa dari rumah"),
        ("Akta kelahiran", "ringkas", "kunjungan", "Akta kelahiran: kunjungan"),
        ("Loket", "kepuasan", "nilai SKM (25–100)", "Loket: kepuasan"),
        ("Kepuasan di loket", "kepuasan", "nilai SKM (25–100)", "Kepuasan di loket"),
        ("Pelatihan", "literasi", "%", "Pelatihan: literasi"),
        ("Pohon", "lainnya", "batang", "Pohon: batang"),
    ],
)
def test_a_title_says_what_is_measured(service: str, family: str, unit_of_measure: str, title: str) -> None:
    assert target_title(service, family, unit_of_measure) == title


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("unit_of_measure", "baseline", "goal", "size"),
    [
        ("hari kerja", "14", "13", "−7\N{NO-BREAK SPACE}%"),
        ("hari kerja", "14", "3", "−79\N{NO-BREAK SPACE}%"),
        ("berkas", "0", "40", ""),
        ("%", "10", "95", "+85 poin"),
        ("selisih", "-4", "2", "+150\N{NO-BREAK SPACE}%"),
    ],
)
def test_the_size_of_a_promise_is_of_the_baseline(unit_of_measure: str, baseline: str, goal: str, size: str) -> None:
    facts = {"baseline_now": Decimal(baseline), "target_now": Decimal(goal), "statistic": "median"}
    assert size_of_promise(SimpleNamespace(unit_of_measure=unit_of_measure, **facts)) == size


@pytest.mark.sqlite
def test_the_number_of_cases_is_said_in_words() -> None:
    assert [number_of_data(n) for n in (None, 1212)] == ["", "dari 1.212 data"]


def _verified(cast: Cast, target: Any, value: str, end: date) -> Any:
    row = cast.measurement(target, Decimal(value), period_start=end, period_end=end)
    row.verify(by=cast.verifier, seen=row.fingerprint())
    return row


def test_nothing_is_called_faster_without_values_from_before_the_signing(client: Client) -> None:
    """The signing was on 2 November 2017."""
    cast = Cast()
    after = cast.target(baseline_on=date(2017, 12, 1), baseline_value=Decimal(14))
    one = cast.target(baseline_on=date(2017, 5, 6), baseline_value=Decimal(14))
    two = cast.target(baseline_on=date(2015, 11, 2), baseline_value=Decimal(16))
    _verified(cast, two, "14", date(2017, 11, 1))  # 730 days later
    for target in (after, one, two):
        _verified(cast, target, "4", date(2018, 11, 1))
    found = {}
    for name, target in (("after", after), ("one", one), ("two", two)):
        page = target_page(target.reference, clock.today())
        assert page
        found[name] = (page.pace.before, page.pace.since, page.pace.values_before)
    assert found == {
        "after": (None, Decimal("-10.9"), 0),
        "one": (None, Decimal("-6.7"), 1),
        "two": (Decimal("-1.0"), Decimal("-10.0"), 2),
    }
    words = {
        name: text(client.get(row.get_absolute_url()).content.decode()) for name, row in (("a", after), ("b", one))
    }
    assert "Tidak ada angka dari sebelum tanda tangan, jadi tidak dapat dikatakan dipercepat." in words["a"]
    assert "hanya ada satu angka, jadi tidak dapat dikatakan dipercepat" in words["b"]
    assert "Sebelum tanda tangan berubah −1 hari setahun, sesudahnya −10 hari." in text(
        client.get(two.get_absolute_url()).content.decode()
    )


def test_only_evidence_of_what_is_verified_is_tallied(client: Client) -> None:
    cast = Cast()
    target = cast.target()
    kept, revoked, returned = (cast.measurement(target, value) for value in (5, 6, 7))
    for row in (kept, revoked):
        row.verify(by=cast.verifier, seen=row.fingerprint())
    revoked.revoke(by=cast.approver, seen=revoked.fingerprint(), note=REASON)
    returned.return_(by=cast.verifier, seen=returned.fingerprint(), note=REASON)
    cast.measurement(target, 4)  # waits
    assert "1 bukti terverifikasi: 1 hasil" in text(client.get("/unit/dinkes/").content.decode())


def test_while_the_secretariat_is_waited_for_the_last_news_keep_their_age(
    client: Client, time: clock.TurnedClock
) -> None:
    cast = Cast()
    time.moment = utc(2018, 1, 10, 3)
    cast.measurement(cast.target(), 9, period_start=date(2018, 1, 1), period_end=date(2018, 1, 5))
    time.moment = utc(2018, 3, 14, 3)
    for address in ("/unit/", "/komitmen/"):
        assert "63 hari lalu, menunggu sekretariat" in text(client.get(address).content.decode()), address
        answer = client.get(f"{address}?format=csv")
        lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")), delimiter=";"))  # type: ignore[attr-defined]
        headings = next(row for row in lines if "Kabar terakhir" in row)
        rows = [dict(zip(headings, row, strict=True)) for row in lines[lines.index(headings) + 1 :]]
        [row] = [row for row in rows if row["Target"] not in ("0", "")]
        assert (row["Kabar terakhir"], row["Menunggu sekretariat"], row["Tanpa kabar"]) == ("2018-01-10", "ya", "0")


def test_what_is_asked_most_often_is_one_tap_away_and_another_tap_takes_it_back(client: Client) -> None:
    Cast()
    html = compact(client.get("/unit/?urut=-rung").content.decode())
    assert 'href="/unit/?urut=-rung&amp;jawaban=no_target">belum ada target</a>' in html
    chosen = compact(client.get("/unit/?jawaban=no_target").content.decode())
    assert '<a class="preset" href="/unit/" aria-current="true">belum ada target</a>' in chosen
    assert parts(chosen, "a", "unit-name") != []
