"""Tests of numbers, days and names as text: written as Indonesian readers expect."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import translation

from commitments import formats
from commitments.ladder import Rung

pytestmark = pytest.mark.sqlite  # no database changes any of this


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1234.5000"), "1.234,5"),
        (Decimal("14.0000"), "14"),
        (Decimal("-0.5"), "−0,5"),
        (Decimal("0.0001"), "0,0001"),
        (Decimal("99999999999.9999"), "99.999.999.999,9999"),
        (3308, "3.308"),
        (None, ""),
    ],
)
def test_numbers(value: Decimal | int | None, written: str) -> None:
    assert formats.number(value) == written


def test_a_value_never_parts_from_its_unit() -> None:
    assert formats.measured(Decimal("1234.5000"), "hari") == "1.234,5\xa0hari"
    assert formats.measured(None, "hari") == ""


@pytest.mark.parametrize(
    ("share", "written"),
    [
        ("0.8182", "82\xa0%"),
        ("0", "0\xa0%"),
        ("-0.5455", "−55\xa0%"),
        ("1", "100\xa0%"),
        ("0.9990", "99\xa0%"),  # not met
        ("1.0001", "101\xa0%"),
        ("0.0010", "1\xa0%"),  # not nothing
        ("-0.0010", "−1\xa0%"),
        ("12.5", "1.250\xa0%"),
    ],
)
def test_progress(share: str, written: str) -> None:
    assert formats.percent(Decimal(share)) == written


def test_days_and_times() -> None:
    signed = date(2017, 11, 2)
    assert formats.long_date(signed) == "Kamis, 2 November 2017"
    assert formats.plain_date(signed) == "2 November 2017"
    assert formats.short_date(date(2017, 8, 2)) == "2 Agu 2017"
    assert formats.days(3308) == "3.308\xa0hari"
    assert formats.days_since(signed, date(2026, 11, 24)) == 3309


def test_moments_are_jakarta_s() -> None:
    page = Template("{% load seremoni %}{{ at|long_moment }}|{{ at|clock_time }}")
    at = datetime(2017, 11, 2, 3, 5, tzinfo=UTC)
    assert page.render(Context({"at": at})) == "Kamis, 2 November 2017, 10.05\xa0WIB|10.05\xa0WIB"


@pytest.mark.parametrize(
    ("short", "tile"),
    [
        ("Kec. Gajahmungkur", "Gajah-mungkur"),
        ("Kec. Banyumanik", "Banyu-manik"),
        ("Kec. Gunungpati", "Gunung-pati"),
        ("Kec. Semarang Selatan", "Semarang Selatan"),
        ("Bag. Perekonomian", "Pereko-nomian"),
        ("Disdukcapil", "Disduk-capil"),
        ("Dinkes", "Dinkes"),
        ("DPMPTSP", "DPMPTSP"),
    ],
)
def test_long_names_part_between_syllables(short: str, tile: str) -> None:
    assert formats.tile_name(short).replace("\N{SOFT HYPHEN}", "-") == tile


def test_a_short_name_stands_in_brackets_only_when_the_name_does_not_contain_it() -> None:
    assert (
        formats.short_name_in_brackets(SimpleNamespace(name="Dinas Kesehatan Kota Semarang", short_name="Dinkes"))
        == "(Dinkes)"
    )
    assert formats.short_name_in_brackets(SimpleNamespace(name="Kecamatan Tugu", short_name="Kec. Tugu")) == ""


def test_rungs_have_names_and_meanings() -> None:
    assert [formats.rung_name(rung) for rung in (*Rung, None)] == [
        "Tanda tangan",
        "Terukur",
        "Bergerak",
        "Membaik",
        "Tercapai",
        "Bertahan",
        "belum ada data",
    ]
    assert all(formats.rung_meaning(rung) for rung in Rung)


@pytest.mark.parametrize(
    ("written", "given", "wanted"),
    [
        (formats.number, (Decimal("1234.5000"),), "1,234.5"),
        (formats.number, (Decimal("-0.5"),), "−0.5"),
        (
            formats.measured,
            (
                Decimal("4.5"),
                "hari kerja",
            ),
            "4.5\xa0working days",
        ),
        (
            formats.measured,
            (
                Decimal(1),
                "hari",
            ),
            "1\xa0day",
        ),
        (
            formats.measured,
            (
                Decimal(3),
                "tandon",
            ),
            "3\xa0tandon",
        ),
        (
            formats.measured,
            (
                Decimal("93.8"),
                "%",
            ),
            "93.8%",
        ),
        (formats.percent, (Decimal("-0.5455"),), "−55%"),
        (formats.long_date, (date(2017, 11, 2),), "Thursday, 2 November 2017"),
        (formats.short_date, (date(2017, 8, 2),), "2 Aug 2017"),
        (formats.days, (1,), "1\xa0day"),
        (formats.days, (3308,), "3,308\xa0days"),
        (formats.rung_name, (3,), "Improving"),
        (formats.rung_name, (None,), "no data yet"),
    ],
)
def test_an_english_reader_reads_the_english_way(
    written: Callable[..., str], given: tuple[object, ...], wanted: str
) -> None:
    with translation.override("en"):
        assert written(*given) == wanted
