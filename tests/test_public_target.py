"""Tests of the page of a target: how its rung was computed, and only the public part of its evidence."""

import hashlib
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.models import Measurement, Recheck
from opd import clock
from tests.cast import REASON, Cast, utc
from tests.reading import compact, parts, section

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

ADDRESS = "/sasaran/DINKES-01-1/"


def page(client: Client, address: str = ADDRESS) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def verify(cast: Cast, row: Measurement, **public: Any) -> Measurement:
    row.verify(by=cast.verifier, seen=row.fingerprint(), **public)
    return row


def steps(html: str) -> list[str]:
    return parts(html, "li", "step-line")


FIRST = (
    "✓ Terukur terpenuhi Diumumkan 2 November 2017. Yang berlaku: nilai awal 14 hari (2 November 2017), "
    "target 3 hari, tenggat 31 Desember 2030."
)
SECOND = "✓ Bergerak terpenuhi 1 realisasi terhitung; yang terakhir untuk periode sampai 31 Desember 2018."
NOT_MET = "– Bertahan belum Realisasi terakhir belum memenuhi target, jadi belum ada yang bertahan."


@pytest.mark.parametrize(
    ("value", "min_change", "expected"),
    [
        (
            "5",
            1,
            [
                "✓ Membaik terpenuhi 5 hari lebih baik daripada nilai awal 14 hari, selisih 9, paling sedikit 1.",
                "– Tercapai belum 5 hari belum memenuhi target 3 hari; masih kurang 2.",
                NOT_MET,
            ],
        ),
        (
            "13.5",
            1,
            [
                "– Membaik belum 13,5 hari lebih baik daripada nilai awal 14 hari, selisih 0,5, paling sedikit 1.",
                "– Tercapai belum 13,5 hari belum memenuhi target 3 hari; masih kurang 10,5.",
                NOT_MET,
            ],
        ),
        (
            "14",
            0,
            [
                "– Membaik belum 14 hari sama dengan nilai awal.",
                "– Tercapai belum 14 hari belum memenuhi target 3 hari; masih kurang 11.",
                NOT_MET,
            ],
        ),
        (
            "20",
            0,
            [
                "– Membaik belum 20 hari lebih buruk daripada nilai awal 14 hari, selisih 6.",
                "– Tercapai belum 20 hari belum memenuhi target 3 hari; masih kurang 17.",
                NOT_MET,
            ],
        ),
        (
            "3",
            0,
            [
                "✓ Membaik terpenuhi 3 hari lebih baik daripada nilai awal 14 hari, selisih 11.",
                "✓ Tercapai terpenuhi 3 hari memenuhi target 3 hari.",
                "– Bertahan belum Memenuhi target tanpa putus dari 31 Desember 2018 sampai 31 Desember 2018: 0 hari, "
                "paling sedikit 180 hari.",
            ],
        ),
    ],
)
def test_every_step_is_worked_out_with_its_figures(
    client: Client, value: str, min_change: int, expected: list[str], time: clock.TurnedClock
) -> None:
    cast = Cast()
    target = cast.target(min_change=Decimal(min_change))
    time.moment = utc(2019, 1, 5, 3)
    verify(cast, cast.measurement(target, value))
    assert steps(page(client)) == [FIRST, SECOND, *expected]


def test_the_last_step_counts_the_days_of_an_unbroken_run(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    target = cast.target()
    time.moment = utc(2019, 1, 5, 3)
    for end in (date(2018, 3, 31), date(2018, 12, 31)):
        verify(cast, cast.measurement(target, 2, period_end=end))
    assert steps(page(client))[-1] == (
        "✓ Bertahan terpenuhi Memenuhi target tanpa putus dari 31 Maret 2018 sampai 31 Desember 2018: 275 hari, "
        "paling sedikit 180 hari."
    )


def test_without_proof_the_steps_say_that_nothing_counts(client: Client) -> None:
    Cast().target()
    assert steps(page(client))[1:] == [
        "– Bergerak belum Belum ada realisasi yang terverifikasi dengan bukti hasil.",
        "– Membaik belum Belum dapat dihitung: belum ada realisasi yang terhitung.",
        "– Tercapai belum Belum dapat dihitung: belum ada realisasi yang terhitung.",
        "– Bertahan belum Belum dapat dihitung: belum ada realisasi yang terhitung.",
    ]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "Kemajuan: belum ada yang terhitung"),
        ("5", "82 % jalan dari nilai awal ke target"),
        ("14", "0 %, sama dengan nilai awal"),
        ("20", "−55 %, menjauh dari target"),
        ("3", "100 %, tepat di target"),
        ("2", "109 %, melampaui target"),
    ],
)
def test_progress_is_a_signed_distance_in_words(client: Client, value: str | None, words: str) -> None:
    cast = Cast()
    target = cast.target()
    if value:
        verify(cast, cast.measurement(target, value))
    assert parts(page(client), "p", "track-words") == [words]


def test_the_clock_says_whose_turn_it_is(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    target = cast.target()
    time.moment += timedelta(days=43)
    assert parts(page(client), "p", "clock") == [
        "Diumumkan 43 hari lalu dan belum ada laporan; diam bila lebih dari 180 hari."
    ]
    sent = cast.measurement(target, 5, period_start=date(2017, 11, 3), period_end=date(2017, 12, 1))
    assert parts(page(client), "p", "clock") == [
        "Ada realisasi yang menunggu verifikasi: sekarang giliran sekretariat, dan jam diam berhenti."
    ]
    verify(cast, sent)
    time.moment += timedelta(days=43)
    assert parts(page(client), "p", "clock") == [
        "Laporan atau keputusan terakhir 43 hari lalu; diam bila lebih dari 180 hari."
    ]


def rows(html: str) -> list[str]:
    return parts(html, "tbody", "version")


def test_the_table_lists_every_version_with_its_state(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    target = cast.target()
    time.moment = utc(2019, 1, 5, 3)
    first = verify(cast, cast.measurement(target, 9))
    corrected = cast.measurement(target, 8, corrects=first, n=1200)
    time.moment = utc(2019, 1, 6, 3)
    verify(cast, corrected)
    pulled = cast.measurement(target, 7, period_start=date(2019, 1, 1), period_end=date(2019, 1, 2))
    pulled.pull_back(by=cast.head, seen=pulled.fingerprint())
    revoked = verify(cast, cast.measurement(target, 6, period_start=date(2019, 1, 1), period_end=date(2019, 1, 3)))
    time.moment = utc(2019, 2, 6, 3)
    revoked.revoke(by=cast.approver, seen=revoked.fingerprint(), note=REASON)
    verify(
        cast, cast.measurement(target, 2, kind="seremoni", period_start=date(2019, 1, 1), period_end=date(2019, 1, 4))
    )
    cast.measurement(target, 4, period_start=date(2019, 1, 1), period_end=date(2019, 1, 5))
    link = b"https://contoh.invalid/bukti"
    digest = hashlib.sha256(link).hexdigest()
    proof = f"{len(link)} bita sidik {digest[:4]} {digest[4:8]} {digest[8:12]} SHA-256 {digest}"
    assert rows(page(client)) == [
        f"1 Jan 2019 – 5 Jan 2019 4 menunggu verifikasi dikirim 6 Feb 2019 Hasil {proof}",
        "1 Jan 2019 – 4 Jan 2019 2 dari 10 data terverifikasi tidak dihitung: tanpa bukti hasil, atau periodenya "
        f"tidak sesudah nilai awal dikirim 6 Feb 2019, diputus 6 Feb 2019 Seremoni tertutup untuk umum {proof}",
        "1 Jan 2019 – 3 Jan 2019 6 dari 10 data verifikasi dicabut "
        "dikirim 6 Jan 2019, diputus 6 Jan 2019, dicabut 6 Feb 2019 "
        f"Alasan pencabutan: {REASON} Hasil tertutup untuk umum {proof}",
        f"1 Jan 2019 – 2 Jan 2019 7 ditarik unitnya sendiri dikirim 6 Jan 2019, diputus 6 Jan 2019 Hasil {proof}",
        "1 Jan 2018 – 31 Des 2018 8 (R) dari 1.200 data terverifikasi dikirim 5 Jan 2019, diputus 6 Jan 2019 "
        f"Hasil tertutup untuk umum {proof}",
        "1 Jan 2018 – 31 Des 2018 9 dari 10 data terverifikasi digantikan koreksinya dikirim 5 Jan 2019, "
        f"diputus 5 Jan 2019 Hasil tertutup untuk umum {proof}",
    ]
    then = page(client, f"{ADDRESS}?per=2019-01-05")
    assert rows(then) == [
        f"1 Jan 2018 – 31 Des 2018 8 (R) menunggu verifikasi dikirim 5 Jan 2019 Hasil {proof}",
        "1 Jan 2018 – 31 Des 2018 9 dari 10 data terverifikasi dikirim 5 Jan 2019, diputus 5 Jan 2019 "
        f"Hasil tertutup untuk umum {proof}",
    ]


def test_old_versions_are_folded_but_there(client: Client) -> None:
    cast = Cast()
    target = cast.target()
    for value in range(10):
        cast.measurement(target, value)
    html = page(client)
    assert len(rows(html)) == 10
    assert re.findall(r"<summary>(\d+ realisasi lebih lama)</summary>", compact(html)) == ["2 realisasi lebih lama"]
    assert len(rows(html[: html.index("realisasi lebih lama")])) == 8


def test_changes_show_old_new_reason_slip_and_both_offices(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    target = cast.target()
    time.moment = utc(2018, 3, 1, 3)
    slip = target.revise(
        by=cast.head,
        seen=target.fingerprint(),
        field="due_on",
        new=date(2031, 6, 30),
        reason=REASON,
        document="Nota 7",
    )
    time.moment = utc(2018, 3, 9, 3)
    slip.approve(by=cast.approver, seen=slip.fingerprint())
    time.moment = utc(2018, 4, 1, 3)
    refused = target.revise(
        by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(6), reason=REASON
    )
    refused.refuse(by=cast.approver, seen=refused.fingerprint(), reason="Belum ada alasan yang kuat untuk ini.")
    time.moment = utc(2018, 5, 1, 3)
    target.revise(by=cast.head, seen=target.fingerprint(), field="min_change", new=Decimal(1), reason=REASON)
    assert section(page(client), "perubahan") == (
        f"Perubahan Tenggat 31 Desember 2030 → 30 Juni 2031 +181 hari {REASON} (Nota 7) "
        "Diusulkan kepala Dinkes, 1 Maret 2018. Disetujui penyetuju sekretariat, 9 Maret 2018. "
        f"Target 3 → 6 hari ditolak {REASON} "
        "Diusulkan kepala Dinkes, 1 April 2018. Ditolak penyetuju sekretariat, 1 April 2018. "
        "Belum ada alasan yang kuat untuk ini. "
        f"Perubahan terkecil 0 → 1 hari menunggu persetujuan {REASON} "
        "Diusulkan kepala Dinkes, 1 Mei 2018."
    )
    assert section(page(client, f"{ADDRESS}?per=2018-03-01"), "perubahan") == (
        f"Perubahan Tenggat 31 Desember 2030 → 30 Juni 2031 +181 hari menunggu persetujuan {REASON} (Nota 7) "
        "Diusulkan kepala Dinkes, 1 Maret 2018."
    )
    assert section(page(client, f"{ADDRESS}?per=2018-02-28"), "perubahan") == (
        "Perubahan Belum pernah diubah: yang berlaku masih nilai awal, target, dan tenggat semula."
    )


def test_a_withdrawn_target_shows_its_last_moment_and_its_heir(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    target = cast.target()
    time.moment = utc(2019, 1, 5, 3)
    verify(cast, cast.measurement(target, 5))
    time.moment = utc(2019, 2, 5, 3)
    target.withdraw(by=cast.approver, seen=target.fingerprint(), reason=REASON)
    time.moment = utc(2019, 3, 5, 3)
    html = page(client)
    assert parts(html, "div", "withdrawn") == [
        f"Target ini ditarik pada 5 Februari 2019. {REASON} Oleh penyetuju sekretariat. "
        "Yang tampil di bawah adalah keadaan terakhirnya; ia tidak lagi dihitung. Belum ada penggantinya."
    ]
    assert parts(html, "p", "target-rungs") == ["Membaik saat ditarik"]
    assert steps(html)[1] == SECOND
    cast.target(commitment=target.commitment, replaces=target, service="Rujukan dua arah")
    assert parts(page(client), "div", "withdrawn")[0].endswith("Digantikan oleh DINKES-01-2 Rujukan dua arah: lama.")
    before = page(client, f"{ADDRESS}?per=2019-02-04")
    assert parts(before, "div", "withdrawn") == []
    assert parts(before, "p", "target-rungs") == ["Membaik terverifikasi"]


def test_a_target_that_is_not_public_yet_is_404(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    time.moment = utc(2018, 3, 1, 3)
    cast.target()
    cast.target(commitment=cast.commitment(published=True), published=False)
    assert client.get("/sasaran/DINKES-02-1/").status_code == 404
    assert client.get("/sasaran/TIDAK-ADA/").status_code == 404
    cast.commitment(published=False)
    assert client.get("/komitmen/DINKES-03/").status_code == 404


@pytest.mark.parametrize("address", [ADDRESS, "/komitmen/DINKES-01/", "/uji-petik/1/"])
@pytest.mark.parametrize("asked", ["2017-12-01", "2010-01-01"])
def test_before_it_is_there_a_page_says_since_when_it_is_there(
    client: Client, time: clock.TurnedClock, address: str, asked: str
) -> None:
    cast = Cast()
    time.moment = utc(2018, 3, 1, 3)
    row = cast.measurement(cast.target(), period_start=date(2018, 1, 1), period_end=date(2018, 2, 28))
    row.verify(by=cast.verifier, seen=row.fingerprint())
    Recheck.draw(by=cast.inspector, size=1)
    html = page(client, f"{address}?per={asked}")
    [day] = re.findall(r"Pada ([^<]*) isi halaman ini belum ada; baru ada sejak 1 Maret 2018\.", html)
    assert day == {"2010-01-01": "2 November 2017", "2017-12-01": "1 Desember 2017"}[asked]
    assert f'href="{address}?per=2018-03-01"' in html
    assert f'href="{address}">Kembali ke hari ini' in html


def test_a_target_page_costs_the_same_with_one_measurement_and_with_thirty(client: Client) -> None:
    cast = Cast()
    target = cast.target()

    def grow(count: int) -> int:
        for _ in range(count):
            row = verify(cast, cast.measurement(target, 5))
            row.revoke(by=cast.approver, seen=row.fingerprint(), note=REASON)
            slip = target.revise(
                by=cast.head,
                seen=target.fingerprint(),
                field="due_on",
                new=target.in_force()["due_on"] + timedelta(days=1),
                reason=REASON,
            )
            slip.approve(by=cast.approver, seen=slip.fingerprint())
        with CaptureQueriesContext(connection) as queries:
            page(client)
        return len(queries)

    assert grow(1) == grow(29)
