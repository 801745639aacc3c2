"""Tests of changes since a day: exact to the day, with a sentence for a day that cannot be used."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import Client

from opd import clock
from tests.cast import REASON, Cast, utc
from tests.reading import compact, parts, section, text

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]


@pytest.fixture
def cast(time: clock.TurnedClock) -> Iterator[Cast]:
    """Dinkes is verified on 31 January 2018 and PDAM publishes then; Dinkes slips on 20 March; read on 20 April."""
    cast = Cast()
    time.moment = utc(2018, 1, 10, 3)
    target = cast.target(original_due_on=date(2019, 12, 31))
    time.moment = utc(2018, 1, 31, 16, 59)  # 23.59 in Semarang
    sent = cast.measurement(target, 5, period_start=date(2018, 1, 1), period_end=date(2018, 1, 15))
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    promise = cast.commitment(by=cast.other_head, unit=cast.pdam)
    cast.target(commitment=promise, by=cast.other_head, service="Sambungan baru")
    time.moment = utc(2018, 3, 20, 3)
    slip = target.revise(
        by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2020, 6, 30), reason=REASON
    )
    slip.approve(by=cast.approver, seen=slip.fingerprint())
    time.moment = utc(2018, 4, 20, 3)
    yield cast


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def moved(client: Client, query: str) -> str:
    return section(read(client, f"/{query}"), "gerak").partition("terbaru di atas. ")[2]


def test_a_rise_counts_from_the_end_of_the_day_before_it(cast: Cast, client: Client) -> None:
    assert moved(client, "?sejak=2018-01-30") == (
        "↑ 2 unit naik Dinkes Terukur → Membaik putusan terakhir 31 Jan 2018 Pdam Tanda tangan → Terukur "
        "→ 1 tenggat mundur Rujukan: lama, Dinkes 31 Des 2019 → 30 Jun 2020 +182 hari"
    )
    assert moved(client, "?sejak=2018-01-31") == (
        "→ 1 tenggat mundur Rujukan: lama, Dinkes 31 Des 2019 → 30 Jun 2020 +182 hari"
    )
    assert moved(client, "?sejak=2018-03-19").startswith("→ 1 tenggat mundur")
    assert moved(client, "?sejak=2018-03-20").startswith("Belum ada yang bergerak")


def test_a_fall_and_a_silence_are_told(cast: Cast, client: Client, time: clock.TurnedClock) -> None:
    time.moment = utc(2018, 5, 2, 3)
    sent = cast.dinkes.assignments.get().commitment.targets.get().measurements.get()
    sent.revoke(by=cast.approver, seen=sent.fingerprint(), note=REASON)
    time.moment = utc(2018, 12, 1, 3)
    assert moved(client, "?sejak=2018-04-30") == (
        "↓ 1 unit turun Dinkes Membaik → Terukur putusan terakhir 2 Mei 2018 ● 2 unit mulai diam Dinkes, Pdam"
    )


def test_without_being_asked_it_goes_back_to_the_end_of_a_month(cast: Cast, client: Client) -> None:
    html = read(client, "/")
    assert "Naik, turun, mundur, dan diam sejak 31 Januari 2018" in section(html, "gerak")
    assert parts(html, "p", "notice") == []


@pytest.mark.sqlite
@pytest.mark.parametrize("page", ["/", "/unit/dinkes/"])
def test_the_day_is_said_with_a_way_back(cast: Cast, client: Client, page: str) -> None:
    html = read(client, f"{page}?sejak=2018-01-30&per=2018-02-28")
    assert parts(html, "p", "notice") == [
        "Anda melihat keadaan per Rabu, 28 Februari 2018, sebagaimana diketahui register pada akhir hari itu. "
        "Kembali ke hari ini",
        "Yang berubah dihitung dari akhir hari Selasa, 30 Januari 2018 sampai Rabu, 28 Februari 2018. "
        "Lihat yang berubah · Kembali ke masa yang biasa",
    ]
    assert f'href="{page}?sejak=2018-01-30">Kembali ke hari ini' in html
    assert f'href="{page}?per=2018-02-28">Kembali ke masa yang biasa' in html


def test_both_days_together(cast: Cast, client: Client) -> None:
    assert moved(client, "?sejak=2018-01-30&per=2018-02-28") == (
        "↑ 2 unit naik Dinkes Terukur → Membaik putusan terakhir 31 Jan 2018 Pdam Tanda tangan → Terukur"
    )


@pytest.mark.sqlite
@pytest.mark.parametrize("page", ["/", "/unit/dinkes/"])
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("kemarin", "“kemarin” bukan tanggal yang dapat dibaca; tulislah seperti 2019-11-02. "),
        ("2018-02-30", "“2018-02-30” bukan tanggal yang dapat dibaca; tulislah seperti 2019-11-02. "),
        (
            "2018-04-20",
            "Tidak ada perubahan sejak Jumat, 20 April 2018: hari itu tidak mendahului Jumat, 20 April 2018. ",
        ),
        (
            "9999-12-31",
            "Tidak ada perubahan sejak Jumat, 31 Desember 9999: hari itu tidak mendahului Jumat, 20 April 2018. ",
        ),
    ],
)
def test_a_day_that_makes_no_sense_is_said(cast: Cast, client: Client, page: str, asked: str, said: str) -> None:
    assert parts(read(client, f"{page}?sejak={asked}"), "p", "notice") == [
        f"{said}Perubahan yang tampil: sejak Rabu, 31 Januari 2018."
    ]


@pytest.mark.parametrize("asked", ["2017-11-01", "0001-01-01"])
def test_before_the_first_entry_it_compares_with_the_first_day(cast: Cast, client: Client, asked: str) -> None:
    html = read(client, f"/?sejak={asked}")
    assert parts(html, "p", "notice") == [
        "Sebelum register dimulai tidak ada catatan. Perubahan yang tampil: sejak Kamis, 2 November 2017."
    ]
    assert "Dinkes Tanda tangan → Membaik" in section(html, "gerak")


@pytest.mark.sqlite
@pytest.mark.parametrize("query", ["?sejak=2018-01-01", "?sejak=", "?sejak=x&per=y"])
def test_an_empty_register_has_no_moves(client: Client, query: str) -> None:
    read(client, f"/{query}")


def test_on_the_first_day_there_is_nothing_before(client: Client, time: clock.TurnedClock) -> None:
    Cast()
    html = read(client, "/?sejak=2017-11-01")
    assert "Sebelum register dimulai tidak ada catatan." in text(html)


@pytest.mark.sqlite
@pytest.mark.parametrize("page", ["/", "/en/unit/dinkes/"])
def test_the_form_of_days_can_be_sent_as_it_stands_from_the_second_day_on(
    client: Client, time: clock.TurnedClock, page: str
) -> None:
    time.moment = utc(2017, 11, 2, 3)
    Cast()
    began = clock.today()
    for passed in (1, 90, 400):
        time.moment = utc(2017, 11, 2, 3) + timedelta(days=passed)
        for asked in ("", f"?per={began}", f"?per={clock.today()}&sejak=2001-01-01", "?sejak=2999-01-01"):
            inputs = re.findall(r'<input type="date"[^>]*>', read(client, f"{page}{asked}"))
            assert len(inputs) == 2
            sent = []
            for one in inputs:
                name, value, first, last = re.findall(r' (?:name|value|min|max)="([^"]*)"', one)
                assert first <= last and (value == "" or first <= value <= last), (passed, asked, one)
                sent.append(f"{name}={value}")
            assert 'role="status"' not in read(client, f"{page}?{'&'.join(sent)}"), (passed, asked, sent)


@pytest.mark.sqlite
@pytest.mark.parametrize("page", ["/", "/unit/dinkes/"])
def test_on_its_first_day_a_register_offers_no_other_day(client: Client, time: clock.TurnedClock, page: str) -> None:
    Cast()
    assert 'type="date"' not in read(client, page)


@pytest.mark.sqlite
def test_before_the_first_entry_there_is_no_day_to_pick(client: Client) -> None:
    assert 'type="date"' not in read(client, "/")


def test_a_unit_says_what_moved_and_what_stayed(cast: Cast, client: Client) -> None:
    assert section(read(client, "/unit/dinkes/?sejak=2018-01-30"), "gerak") == (
        "Sejak 30 Januari 2018 Naik dari Terukur ke Membaik. Rujukan: lama DINKES-01-1: naik Terukur → Membaik "
        "Rujukan: lama DINKES-01-1: tenggat mundur 31 Des 2019 → 30 Jun 2020 (+182 hari)"
    )
    assert section(read(client, "/unit/dinkes/?sejak=2018-03-20"), "gerak") == (
        "Sejak 20 Maret 2018 Anak tangganya tetap: Membaik. "
        "Tidak ada target yang naik, turun, mundur tenggatnya, atau mulai diam dalam masa ini."
    )
    assert section(read(client, "/unit/pdam/?sejak=2018-01-30"), "gerak") == (
        "Sejak 30 Januari 2018 Naik dari Tanda tangan ke Terukur. "
        "Sambungan baru: lama PDAM-01-1: diumumkan, kini Terukur"
    )
    assert 'id="gerak"' not in read(client, "/unit/dinkes/")


@pytest.mark.sqlite
def test_the_anniversaries_since_the_register_began_can_be_picked(
    cast: Cast, client: Client, time: clock.TurnedClock
) -> None:
    assert parts(read(client, "/"), "ul", "anniversaries") == []
    time.moment = utc(2020, 11, 1, 3)
    assert parts(read(client, "/"), "ul", "anniversaries") == ["2 November 2019 2 November 2018"]
    time.moment = utc(2020, 11, 2, 3)
    html = read(client, "/unit/dinkes/")
    assert parts(html, "ul", "anniversaries") == ["2 November 2020 2 November 2019 2 November 2018"]
    assert 'href="?per=2018-11-02"' in html
    assert 'type="date" id="per" name="per" value="2020-11-02" min="2017-11-02" max="2020-11-02"' in compact(html)
