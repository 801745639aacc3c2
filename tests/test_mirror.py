"""Tests of the outside mirror: what outsiders measured, with its scale and its source, and never on the ladder."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments import roster_loader
from commitments.models import Assessment
from commitments.public.beside.mirror_page import mirror_page
from opd import clock, register
from opd.errors import StaleScreen, WrongPerson, WrongState
from opd.register.personal_data import MayBePersonal
from tests import cast as people
from tests import doors
from tests.cast import REASON, Cast
from tests.reading import text

pytestmark = pytest.mark.django_db

SOURCE = "https://contoh.invalid/laporan"
ADD = "/admin/commitments/assessment/baru/"


@pytest.fixture
def cast() -> Cast:
    return Cast()


def assessed(cast: Cast, **facts: Any) -> Assessment:
    return Assessment.enter(by=cast.keeper, **facts_of(**facts))


def facts_of(**facts: Any) -> dict[str, Any]:
    return {
        "assessor": "Ombudsman RI",
        "scheme": "Kepatuhan",
        "year": 2016,
        "value": Decimal("88.73"),
        "scale_low": Decimal(0),
        "scale_high": Decimal(100),
        "published_on": date(2020, 12, 8),
        "source": SOURCE,
        "certainty": "documented",
    } | facts


def sentences(refusal: ValidationError) -> str:
    return " ".join(refusal.messages)


# --- what can be entered ---


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"value": Decimal("100.01")}, "Nilainya di luar skalanya."),
        ({"value": Decimal("-0.0001")}, "Nilainya di luar skalanya."),
        ({"scale_high": None}, "Isi kedua ujung skala"),
        ({"scale_low": Decimal(100), "scale_high": Decimal(0), "value": None, "label": "B"}, "Isi kedua ujung skala"),
        ({"value": None, "label": ""}, "Tulis nilainya, atau sebutannya"),
        ({"certainty": "method-break", "label": "Berubah"}, "dicatat tanpa nilai dan tanpa unit"),
        ({"source": ""}, "tidak boleh kosong"),
        ({"year": 1917}, "lebih besar dari atau sama dengan 1945"),
        ({"published_on": date(2999, 1, 1)}, "Hari terbitnya belum tiba."),
        ({"year": 2021}, "Sumbernya terbit 2020"),
    ],
)
def test_an_assessment_that_cannot_be_gets_a_sentence_and_no_entry(
    cast: Cast, facts: dict[str, Any], sentence: str
) -> None:
    before = register.head()
    with pytest.raises(ValidationError) as refusal:
        assessed(cast, **facts)
    assert sentence in sentences(refusal.value)
    assert register.head() == before
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(("low", "high"), [("0", "0"), ("100", "100"), ("0", "100")])
def test_both_ends_of_a_scale_are_on_it(cast: Cast, low: str, high: str) -> None:
    for year, value in ((2015, low), (2016, high)):
        assessed(cast, year=year, value=Decimal(value))
    assert Assessment.objects.count() == 2


def test_a_scheme_has_one_value_a_year_for_the_city_and_one_for_each_unit(cast: Cast) -> None:
    assessed(cast)
    assessed(cast, unit=cast.dinkes)
    assessed(cast, unit=cast.pdam)
    assessed(cast, certainty="method-break", value=None, scale_low=None, scale_high=None, label="Berubah")
    for again in ({}, {"scheme": "KEPATUHAN"}, {"unit": cast.dinkes}):
        with pytest.raises(ValidationError, match="sudah punya penilaian"):
            assessed(cast, **again)
    with pytest.raises(ValidationError, match="sudah tercatat untuk tahun itu"):
        assessed(cast, certainty="method-break", value=None, scale_low=None, scale_high=None, label="Lagi")


def test_the_database_refuses_what_the_sentences_refuse(cast: Cast) -> None:
    row = assessed(cast)
    for changed in ({"value": Decimal(101)}, {"scale_high": None}):
        twin = Assessment(entered_at=clock.now(), **facts_of(year=2019) | changed)
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save(force_insert=True)
    twin = Assessment(entered_at=clock.now(), **facts_of(scheme=row.scheme.upper()))
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_a_scale_changes_only_where_the_method_changed(cast: Cast) -> None:
    assessed(cast)
    with pytest.raises(ValidationError, match="catat dahulu perubahan"):
        assessed(cast, year=2018, scale_high=Decimal(1000))
    no_value = {"value": None, "scale_low": None, "scale_high": None}
    assessed(cast, year=2018, certainty="method-break", label="Berubah", **no_value)
    assessed(cast, year=2018, scale_high=Decimal(1000))
    assessed(cast, year=2017)  # still on the scale of its time


def test_only_the_keeper_enters_and_withdraws(cast: Cast) -> None:
    row = assessed(cast)
    for name in ("verifier", "approver", "inspector", "leader", "head"):
        by = getattr(cast, name)
        with pytest.raises(WrongPerson):
            Assessment.enter(by=by, **facts_of(year=2010))
        with pytest.raises(WrongPerson):
            row.withdraw(by=by, seen=row.fingerprint(), reason=REASON, source=REASON)


def test_a_telephone_number_needs_a_reason(cast: Cast) -> None:
    with pytest.raises(MayBePersonal):
        assessed(cast, note="Tanyakan kepada 0812-3456-7890.")
    assert not Assessment.objects.exists()


# --- withdrawn ---


def test_a_withdrawn_one_stays_on_record_and_makes_room(cast: Cast, client: Client) -> None:
    row = assessed(cast)
    seen = row.fingerprint()
    row.withdraw(by=cast.keeper, seen=seen, reason=REASON, source="Siaran pers yang menyebut tahun lain.")
    with pytest.raises(StaleScreen):
        row.withdraw(by=cast.keeper, seen=seen, reason=REASON, source=REASON)
    with pytest.raises(WrongState, match="Penilaian dari luar ini sudah dicabut"):
        row.withdraw(by=cast.keeper, seen=row.fingerprint(), reason=REASON, source=REASON)
    assessed(cast, value=Decimal(80))
    page = text(client.get("/cermin/").content.decode())
    assert "88,73" not in page
    assert REASON in page and "Siaran pers yang menyebut tahun lain." in page
    assert list(register.check()) == []


def test_without_the_rule_a_second_withdrawal_would_pass(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row = assessed(cast)
    row.withdraw(by=cast.keeper, seen=row.fingerprint(), reason=REASON, source=REASON)
    monkeypatch.setattr(Assessment, "must_stand", lambda self: None)
    with pytest.raises(Exception, match="tidak dapat diubah"):  # the database still refuses it
        row.withdraw(by=cast.keeper, seen=row.fingerprint(), reason=REASON, source=REASON + REASON)


# --- what anyone reads ---


def test_schemes_stand_in_the_order_of_the_alphabet_and_lines_end_where_the_method_changed(cast: Cast) -> None:
    for year, value in ((2014, 70), (2016, 80), (2019, 60), (2020, 90)):
        if year == 2019:
            no_value = {"value": None, "scale_low": None, "scale_high": None}
            assessed(cast, year=2019, certainty="method-break", label="Berubah", **no_value)
        assessed(cast, year=year, value=Decimal(value))
    assessed(cast, year=2015, value=None, scale_low=None, scale_high=None, label="Hijau")
    assessed(cast, scheme="abjad pertama", value=Decimal(0))
    page = mirror_page(clock.today())
    assert [scheme.name for scheme in page.schemes] == ["abjad pertama", "Kepatuhan"]
    chart = page.schemes[1].chart
    assert chart
    assert [(link.y1, link.y2) for link in chart.links] == [("50.4", "41.6"), ("59.2", "32.8")]
    assert [(cut.year, cut.x) for cut in chart.breaks] == [(2019, "69.75%")]
    assert [point.value for point in chart.points] == [70, None, 80, 60, 90]
    assert chart.has_gaps and not chart.has_other_scale
    assert [row.year for row in page.schemes[1].of_city] == [2014, 2015, 2016, 2019, 2019, 2020]
    assert page.schemes[1].of_city[3].is_break


def test_without_the_break_one_line_would_join_them_all(cast: Cast) -> None:
    for year in (2014, 2016, 2019):
        assessed(cast, year=year)
    chart = mirror_page(clock.today()).schemes[0].chart
    assert chart and len(chart.links) == 2 and chart.breaks == ()


def test_units_stand_by_the_alphabet_beside_whether_they_have_a_target(cast: Cast, client: Client) -> None:
    cast.target()
    count = {"scheme": "Aduan", "scale_low": None, "scale_high": None, "label": "laporan"}
    assessed(cast, unit=cast.pdam, value=Decimal(9), **count)
    assessed(cast, unit=cast.dinkes, value=Decimal(5), **count)
    assessed(cast, value=Decimal(1014), **count)
    (scheme,) = mirror_page(clock.today()).schemes
    assert [(unit.code, row.value, unit.live_targets) for unit, row in scheme.of_units[0].rows] == [
        ("dinkes", 5, 1),
        ("pdam", 9, 0),
    ]
    assert scheme.chart is None
    page = text(client.get("/cermin/").content.decode())
    assert "1 dari 2 unit ini punya target yang berjalan di register." in page
    assert re.search(r"Dinkes 5 laporan 1 target berjalan Pdam 9 laporan belum ada target", page)
    assert "1.014" in page


def test_a_page_of_a_past_day_shows_what_was_on_record_then(cast: Cast, client: Client) -> None:
    row = assessed(cast)
    yesterday = clock.today() - timedelta(days=1)
    assert mirror_page(yesterday).schemes == ()
    row.withdraw(by=cast.keeper, seen=row.fingerprint(), reason=REASON, source=REASON)
    assert mirror_page(clock.today()).schemes == ()
    assert "Belum ada penilaian dari luar yang tercatat" in client.get("/cermin/").content.decode()


def test_the_page_of_a_unit_says_what_concerns_it_and_no_other(cast: Cast, client: Client) -> None:
    assessed(cast, unit=cast.dinkes, value=Decimal("77.7"), note="Cara tidak disebut.")
    assert "77,7" in client.get("/unit/dinkes/").content.decode()
    assert 'id="cermin"' not in client.get("/unit/pdam/").content.decode()


def test_an_assessment_moves_no_rung(cast: Cast, client: Client) -> None:
    before = [row["rung"] for row in client.get("/api/v1/units/").json()["results"]]
    assessed(cast, unit=cast.dinkes, value=Decimal(100))
    assert [row["rung"] for row in client.get("/api/v1/units/").json()["results"]] == before


def test_machines_read_the_columns_of_the_file(cast: Cast, client: Client) -> None:
    assessed(cast, unit=cast.dinkes, value=Decimal("77.50"), note="Catatan.", label="B")
    gone = assessed(cast)
    gone.withdraw(by=cast.keeper, seen=gone.fingerprint(), reason=REASON, source=REASON)
    assert client.get("/api/v1/assessments/").json()["results"] == [
        {
            "assessor": "Ombudsman RI",
            "scheme": "Kepatuhan",
            "year": 2016,
            "unit": "dinkes",
            "value": "77.5",
            "scale_low": "0",
            "scale_high": "100",
            "label": "B",
            "published_on": "2020-12-08",
            "source": SOURCE,
            "certainty": "documented",
            "note": "Catatan.",
        }
    ]
    assert client.get("/api/v1/assessments/?unit=pdam").json()["results"] == []
    heading = b"".join(client.get("/data/plain/assessments.csv").streaming_content).decode().partition("\r\n")[0]  # type: ignore[attr-defined]
    assert heading == (roster_loader.FIXTURES / "assessments.csv").read_text().partition("\n")[0]


def test_the_page_costs_as_many_queries_with_one_as_with_thirty(cast: Cast, client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            mirror_page(clock.today())
        return len(asked)

    assessed(cast, unit=cast.dinkes)
    once = queries()
    for number in range(15):
        unit = people.unit(f"unit-{number}")
        assessed(cast, unit=unit)
        assessed(cast, scheme=f"Skema {number}")
    assert queries() == once


# --- the door of the desk ---


def test_the_keeper_adds_one_and_reads_it_in_public(cast: Cast, client: Client) -> None:
    doors.give_second_factor(cast.keeper)
    desk = doors.enter(cast.keeper, second_factor=True)
    given = {
        "assessor": "Kementerian PANRB",
        "scheme": "Evaluasi SAKIP",
        "year": "2018",
        "value": "67,92",
        "scale_low": "0",
        "scale_high": "100",
        "label": "B",
        "published_on": "2019-02-22",
        "source": SOURCE,
        "certainty": "documented",
    }
    refused = desk.post(ADD, given | {"value": "679,2"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Nilainya di luar skalanya." in page and 'value="679,2"' in page
    unsourced = desk.post(ADD, given | {"source": ""})
    assert "penilaian tanpa sumber tidak dicatat" in unsourced.content.decode()
    answer = desk.post(ADD, given)
    row = Assessment.objects.get()
    assert answer["Location"] == f"/admin/commitments/assessment/{row.pk}/change/"
    assert "67,92" in client.get("/cermin/").content.decode()
    assert "sudah punya penilaian untuk tahun itu" in desk.post(ADD, given).content.decode()
    withdrawn = desk.post(
        answer["Location"], {"act": "cabut", "seen": row.fingerprint(), "reason": REASON, "source": SOURCE}
    )
    assert withdrawn.status_code == 302
    assert "67,92" not in client.get("/cermin/").content.decode()
    trail = text(client.get("/jejak/").content.decode())
    assert "mencabut penilaian yang keliru tercatat" in trail and "Evaluasi SAKIP, 2018" in trail


# --- the sourced file ---


@pytest.mark.sqlite  # the files say the same to both
def test_the_sourced_file_is_loaded_once_and_a_withdrawal_is_not_undone() -> None:
    silent = lambda line: None  # noqa: E731
    roster_loader.load(report=silent)
    assert Assessment.objects.count() == 18
    assert Assessment.objects.filter(unit=None, certainty="method-break").get().year == 2022
    row = Assessment.objects.get(scheme="Evaluasi SAKIP", year=2017)
    row.withdraw(by=roster_loader.access.SYSTEM, seen=row.fingerprint(), reason=REASON, source=REASON)
    assert roster_loader.load(report=silent) == 0
    assert list(register.check()) == []
