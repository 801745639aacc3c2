"""Tests of the page of a unit on any day: its heads, targets, rung and certainty, and nothing private."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.models import Measurement, PublicFact, Signature, transfer
from opd import access, clock
from opd.models import Membership, Tenure, Unit, UnitChange
from tests import cast as people
from tests.cast import REASON, Cast, utc
from tests.reading import parts, section, text

if TYPE_CHECKING:
    pass

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]


def page(client: Client, code: str = "dinkes", query: str = "") -> str:
    response = client.get(f"/unit/{code}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def verified(cast: Cast, row: Measurement) -> Measurement:
    row.verify(by=cast.verifier, seen=row.fingerprint())
    return row


def test_the_verdict_says_what_is_proven_and_what_is_claimed(client: Client) -> None:
    cast = Cast()
    promise = cast.commitment()
    verified(cast, cast.measurement(cast.target(commitment=promise), 5))
    verified(cast, cast.measurement(cast.target(commitment=promise), 20))
    assert parts(page(client), "p", "verdict") == [
        "Sudah melewati seremoni: terbukti Membaik. 1 dari 2 target membaik."
    ]
    cast.measurement(
        cast.target(commitment=cast.commitment(by=cast.other_head, unit=cast.pdam), by=cast.other_head),
        3,
        by=cast.other_head,
    )
    assert parts(page(client, "pdam"), "p", "verdict") == [
        "Belum melewati seremoni: Terukur. 0 dari 1 target membaik. Mengaku: Tercapai, menunggu verifikasi."
    ]
    assert parts(page(client, "pdam"), "li", "climb-step") == [
        "Tanda tangan, terverifikasi",
        "Terukur, terverifikasi",
        "Bergerak, baru diakui",
        "Membaik, baru diakui",
        "Tercapai, baru diakui",
        "Bertahan",
    ]


def test_flags_are_said_in_words(client: Client) -> None:
    cast = Cast()
    target = cast.target(original_due_on=date(2019, 12, 31))
    verified(cast, cast.measurement(target, 20))
    late = (clock.today() - date(2019, 12, 31)).days
    days = f"{late:,} hari".replace(",", ".")
    html = page(client)
    assert section(html, "catatan") == f"Catatan terlambat Rujukan: lama ({days}) memburuk Rujukan: lama"
    [chips] = re.findall(r'<ul class="plain chips">(.*?)</ul>', html, re.DOTALL)
    assert text(chips) == f"terlambat {days} memburuk"


def test_the_best_target_is_shown_before_and_after(client: Client) -> None:
    cast = Cast()
    promise = cast.commitment()
    verified(cast, cast.measurement(cast.target(commitment=promise), 5, n=1212))
    verified(cast, cast.measurement(cast.target(commitment=promise, service="Antrean"), 9))
    assert section(page(client), "terbaik") == (
        "Perbaikan terjauh dari 14 hari → menjadi 5 hari Rujukan: lama "
        "median dari 1.212 data · sampai 31 Desember 2018 · terverifikasi"
    )


def test_verified_evidence_is_tallied_by_kind(client: Client) -> None:
    cast = Cast()
    target = cast.target()
    rows = [cast.measurement(target, 5, kind=kind) for kind in ["seremoni", "hasil", "seremoni", "kegiatan"]]
    assert section(page(client), "target").startswith("Target belum ada bukti terverifikasi Rujukan: lama")
    for row in rows:
        verified(cast, row)
    cast.measurement(target, 5, kind="hasil")  # waits
    assert section(page(client), "target").startswith(
        "Target 4 bukti terverifikasi: 2 seremoni, 1 kegiatan, 1 hasil Rujukan: lama"
    )


def test_a_unit_without_target_counts_the_days_since_signing(client: Client, time: clock.TurnedClock) -> None:
    Cast()
    time.moment = utc(2018, 11, 2, 3)
    html = page(client)
    assert parts(html, "p", "verdict") == ["Target belum ditetapkan. 365 hari sudah lewat sejak tanda tangan."]
    assert 'aria-labelledby="target"' not in html


def test_a_unit_whose_proposal_waits_says_how_long(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    time.moment = utc(2018, 1, 1, 3)
    cast.commitment(published=False)
    assert parts(page(client), "p", "verdict") == [
        "Target belum ditetapkan. Usulannya masuk hari ini dan menunggu persetujuan sekretariat."
    ]
    time.moment = utc(2018, 1, 31, 3)
    waits = "Target belum ditetapkan. Usulannya sudah 30 hari menunggu persetujuan sekretariat."
    assert parts(page(client), "p", "verdict") == [waits]
    cast.commitment()  # announced, without a target; the first still waits
    assert parts(page(client), "p", "verdict") == [waits]
    assert parts(page(client, query="?per=2017-12-31"), "p", "verdict") == [
        "Target belum ditetapkan. 59 hari sudah lewat sejak tanda tangan."
    ]


def test_a_unit_without_accounts_says_so_instead(client: Client) -> None:
    cast = Cast()
    without = (
        "Target belum ditetapkan. Belum ada akun aktif di unit ini, jadi belum ada yang dapat mengusulkan target."
    )
    cast.commitment(published=False)
    Membership.objects.get(unit=cast.dinkes, user=cast.operator).end(by=cast.keeper)
    assert parts(page(client), "p", "verdict") != [without]
    cast.head.is_active = False
    cast.head.save()
    assert parts(page(client), "p", "verdict") == [without]


def test_a_silent_unit_without_accounts_is_not_blamed(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    cast.target()
    time.moment += timedelta(days=181)
    assert parts(page(client), "ul", "flag-words")[0] == (
        "diam Semua targetnya melewati batas tanpa laporan; yang terbaru 181 hari lalu."
    )
    for place in Membership.objects.filter(unit=cast.dinkes):
        place.end(by=access.SYSTEM)
    assert parts(page(client), "ul", "flag-words")[0] == (
        "Tanpa akun. Tidak seorang pun di unit ini punya akun aktif, jadi tidak ada yang dapat melapor."
    )


def test_who_holds_the_office_and_who_signed_is_unknown_unless_a_source_names_them(client: Client) -> None:
    cast = Cast()
    assert section(page(client), "siapa") == (
        "Siapa Pemegang jabatan (Kepala) tidak diketahui "
        "Penanda tangan 2017 tidak diketahui Kamis, 2 November 2017. Tercatat di sumber. uji"
    )
    tenures: dict[str, dict[str, Any]] = {
        "Sri": {"from_on": date(2017, 1, 3), "title": "Kepala Dinas"},
        "Budi": {"from_on": date(2019, 2, 20), "title": "Kepala Dinas", "status": "Plt"},
        "Tono": {"title": "Kepala Dinas", "as_of": "Mei 2017"},
    }
    for name, facts in tenures.items():
        Tenure.enter(by=access.SYSTEM, person=name, unit=cast.dinkes, source="koran", certainty="documented", **facts)
    assert section(page(client), "siapa") == (
        "Siapa Pemegang jabatan (Kepala) Budi, Kepala Dinas (Pelaksana tugas) "
        "Sejak 20 Februari 2019; belum tercatat penggantinya. koran "
        "Disebut sumber, masa jabatannya tidak pasti Tono, Kepala Dinas: Mei 2017 koran "
        "Sebelumnya Sri, Kepala Dinas sampai 20 Februari 2019 "
        "Penanda tangan 2017 tidak diketahui Kamis, 2 November 2017. Tercatat di sumber. uji"
    )


def test_a_mistaken_signature_stays_with_its_reason(client: Client) -> None:
    cast = Cast()
    row = Signature.objects.get(unit=cast.dinkes)
    row.withdraw(by=cast.keeper, seen=row.fingerprint(), reason=REASON, source="Berita koreksi, 3 November 2017")
    today = clock.today()
    html = page(client)
    assert parts(html, "p", "verdict") == ["Tidak ada target."]
    said = section(html, "siapa")
    assert said.startswith(
        "Siapa Pemegang jabatan (Kepala) tidak diketahui Penanda tangan 2017 Tidak tercatat menandatangani."
    )
    assert said.endswith(f"{today.year}: {REASON} Berita koreksi, 3 November 2017")


def test_how_sure_we_are_is_said_with_the_source(client: Client) -> None:
    people.unit("dispora", certainty="assumed", source="https://contoh.invalid/daftar", note="Hanya perkiraan kami.")
    assert section(page(client, "dispora"), "yakin") == (
        "Seberapa yakin kami Unit dan namanya perkiraan. Daftar 70 penanda tangan tidak pernah ditemukan, "
        "jadi daftar unit di sini disusun ulang dan dapat dikoreksi. "
        "Sumber: https://contoh.invalid/daftar Hanya perkiraan kami. Laporkan kesalahan"
    )


def test_facts_from_sources_stand_apart_from_the_ladder(client: Client) -> None:
    cast = Cast()
    PublicFact.enter(
        by=access.SYSTEM,
        unit=cast.dinkes,
        service="Semua layanan",
        statement="Survei 2017: 26,2% tidak puas.",
        value=Decimal("26.2"),
        source="koran",
        certainty="documented",
    )
    assert section(page(client), "diketahui") == (
        "Yang diketahui dari sumber Berasal dari berita dan dokumen, bukan laporan unit ini. "
        "Tidak dihitung di Tangga Bukti. Survei 2017: 26,2% tidak puas. "
        "Semua layanan · tercatat di sumber · koran"
    )


def merged(cast: Cast, time: clock.TurnedClock) -> tuple[Unit, Unit]:
    """On 5 January 2018 dinkes, at rung 3, is merged into a new unit."""
    verified(cast, cast.measurement(cast.target(), 5, period_start=date(2017, 11, 3), period_end=date(2017, 12, 31)))
    heir = people.unit("kesehatan-baru")
    change = UnitChange.propose(
        by=access.SYSTEM,
        change="merged",
        on=date(2018, 1, 5),
        legal_basis="Perda 5",
        predecessors=[cast.dinkes],
        successors=[heir],
    )
    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    return cast.dinkes, heir


def test_a_merged_unit_says_where_it_went_and_carries_the_rung(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    time.moment = utc(2018, 1, 2, 3)
    merged(cast, time)
    time.moment = utc(2018, 2, 1, 3)
    html = page(client)
    assert parts(html, "p", "verdict") == [
        "Unit ini digabung dan tidak ada lagi sejak 5 Januari 2018. Janjinya diteruskan "
        "Unit kesehatan-baru, dan jawabannya mengikuti penerusnya: sudah melewati seremoni, Membaik."
    ]
    assert section(html, "target") == "Target Target unit ini sudah berpindah ke penerusnya."
    assert parts(html, "li", "event")[:2] == [
        "5 Jan 2018 Unit ini digabung. Penerusnya: Kesehatan-Baru Perda 5",
        "5 Jan 2018 Janji diteruskan ke unit lain: Layanan lebih cepat",
    ]
    assert parts(page(client, "kesehatan-baru"), "p", "verdict") == [
        "Bukan penanda tangan 2017: Membaik. 1 dari 1 target membaik."
    ]
    moved = client.get("/komitmen/DINKES-01/").content.decode()
    assert parts(moved, "p", "notice") == [
        "Janji ini semula dibuat Unit dinkes. Sejak 5 Januari 2018 yang berutang adalah Unit kesehatan-baru."
    ]
    assert parts(page(client, "dinkes", "?per=2018-01-04"), "p", "verdict") == [
        "Sudah melewati seremoni: terbukti Membaik. 1 dari 1 target membaik."
    ]


def test_the_page_is_as_of_its_day(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    time.moment = utc(2018, 6, 1, 3)
    cast.dinkes.rename(
        by=cast.keeper,
        seen=cast.dinkes.fingerprint(),
        name="Dinas Kesehatan",
        short_name="Dinkes",
        on=date(2018, 6, 1),
        legal_basis="Perwal 1",
    )
    target = cast.target()
    time.moment = utc(2019, 1, 10, 3)
    sent = cast.measurement(target, 5)
    time.moment = utc(2019, 1, 20, 3)
    verified(cast, sent)
    assert parts(page(client), "li", "event") == [
        "20 Jan 2019 Rujukan: lama, 5 hari terverifikasi.",
        "10 Jan 2019 Sebelum ini 223 hari tanpa laporan: Rujukan: lama",
        "1 Jun 2018 Berganti nama menjadi Dinas Kesehatan. Perwal 1",
        "1 Jun 2018 Komitmen diumumkan: Layanan lebih cepat",
        "1 Jun 2018 Target diumumkan: Rujukan: lama, 14 → 3 hari",
        "2 Nov 2017 Menandatangani Komitmen.",
    ]
    before = page(client, query="?per=2019-01-10")
    assert parts(before, "p", "verdict") == [
        "Belum melewati seremoni: Terukur. 0 dari 1 target membaik. Mengaku: Membaik, menunggu verifikasi."
    ]
    assert parts(before, "li", "event")[0] == "10 Jan 2019 Rujukan: lama, 5 hari dikirim, menunggu verifikasi."
    first = page(client, query="?per=2018-05-31")
    assert parts(first, "p", "verdict") == ["Target belum ditetapkan. 210 hari sudah lewat sejak tanda tangan."]
    assert parts(first, "li", "event") == ["2 Nov 2017 Menandatangani Komitmen."]
    assert [text(found) for found in re.findall("<h1[^>]*>(.*?)</h1>", first)] == ["Unit dinkes"]
    assert "Dinas Kesehatan" not in text(first)


def test_slips_successions_revocations_and_silences_are_on_the_timeline(
    client: Client, time: clock.TurnedClock
) -> None:
    cast = Cast()
    target = cast.target(original_due_on=date(2019, 12, 31))
    time.moment = utc(2018, 3, 1, 3)
    sent = verified(cast, cast.measurement(target, 5, period_start=date(2018, 1, 1), period_end=date(2018, 1, 31)))
    slip = target.revise(
        by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2020, 6, 30), reason=REASON
    )
    slip.approve(by=cast.approver, seen=slip.fingerprint())
    time.moment = utc(2018, 4, 1, 3)
    sent.revoke(by=cast.approver, seen=sent.fingerprint(), note=REASON)
    Tenure.enter(
        by=cast.keeper, person="Sri", unit=cast.dinkes, title="Kepala", from_on=date(2018, 5, 2), certainty="assumed"
    )
    time.moment = utc(2018, 12, 1, 3)
    assert parts(page(client), "li", "event") == [
        "29 Sep 2018 Mulai diam: Rujukan: lama, kini 244 hari tanpa laporan",
        "2 Mei 2018 Sri menjabat Kepala.",
        f"1 Apr 2018 Rujukan: lama, 5 hari verifikasinya dicabut. {REASON}",
        "1 Mar 2018 Rujukan: lama, tenggat diubah, 31 Des 2019 → 30 Jun 2020 (+182 hari)",
        "1 Mar 2018 Rujukan: lama, 5 hari terverifikasi.",
        "2 Nov 2017 Menandatangani Komitmen.",
        "2 Nov 2017 Komitmen diumumkan: Layanan lebih cepat",
        "2 Nov 2017 Target diumumkan: Rujukan: lama, 14 → 3 hari",
    ]


def test_what_happens_all_the_time_is_one_line_a_year(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    target = cast.target()
    for month in range(1, 10):
        time.moment = utc(2018, month, 20, 3)
        sent = cast.measurement(target, month, period_start=date(2018, 1, 1), period_end=date(2018, month, 1))
        verified(cast, sent)
    time.moment = utc(2019, 1, 20, 3)
    for value in range(4):
        verified(cast, cast.measurement(target, 20 + value, period_end=date(2019, 1, 1)))
    sent.revoke(by=cast.approver, seen=sent.fingerprint(), note=REASON)
    events = parts(page(client), "li", "event")
    assert sorted(events[:5]) == [
        *(f"20 Jan 2019 Rujukan: lama, {value} hari terverifikasi." for value in (20, 21, 22, 23)),
        f"20 Jan 2019 Rujukan: lama, 9 hari verifikasinya dicabut. {REASON}",
    ]
    assert events[5:] == [
        "20 Sep 2018 Rujukan: lama, 9 hari terverifikasi.",
        "20 Agu 2018 Rujukan: lama, 8 hari terverifikasi.",
        "2018 Realisasi lain sepanjang 2018: 7 terverifikasi",
        "2 Nov 2017 Menandatangani Komitmen.",
        "2 Nov 2017 Komitmen diumumkan: Layanan lebih cepat",
        "2 Nov 2017 Target diumumkan: Rujukan: lama, 14 → 3 hari",
    ]


def test_a_withdrawn_target_stays_with_its_reason(client: Client) -> None:
    cast = Cast()
    target = cast.target()
    target.withdraw(by=cast.approver, seen=target.fingerprint(), reason=REASON)
    html = page(client)
    assert parts(html, "p", "verdict")[0].startswith("Target belum ditetapkan.")
    said = section(html, "target")
    assert said.startswith("Target Ditarik Rujukan: lama DINKES-01-1 Ditarik ")
    assert f"saat itu Terukur. Alasan: {REASON}" in said


def test_the_share_link_is_dated_and_needs_no_script(client: Client, time: clock.TurnedClock) -> None:
    Cast()
    [href] = re.findall(r'href="(https://wa\.me/[^"]*)"', page(client))
    link = urlsplit(href.replace("&amp;", "&"))
    assert (link.netloc, link.path) == ("wa.me", "/")
    assert parse_qs(link.query) == {
        "text": [
            "Unit dinkes per Kamis, 2 November 2017: Tanda tangan. http://testserver/unit/dinkes/?per=2017-11-02"
        ]
    }


def test_an_unknown_unit_is_404(client: Client) -> None:
    assert client.get("/unit/tidak-ada/").status_code == 404


def test_a_page_costs_the_same_with_one_target_and_with_thirty(client: Client) -> None:
    cast = Cast()
    promise = cast.commitment()

    def grow(count: int) -> int:
        for _ in range(count):
            target = cast.target(commitment=promise)
            verified(cast, cast.measurement(target, 5))
            slip = target.revise(
                by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2031, 1, 1), reason=REASON
            )
            slip.approve(by=cast.approver, seen=slip.fingerprint())
        with CaptureQueriesContext(connection) as queries:
            page(client)
        return len(queries)

    assert grow(1) == grow(29)
