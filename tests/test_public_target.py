"""Does a target's page show how its rung was worked out, and only what may be seen of its proof?"""

import hashlib
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import FileResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from commitments import evidence as store
from commitments.models import Evidence, Measurement, ServiceTarget
from opd import access, clock
from opd.models import Tenure
from tests.cast import REASON, Cast, utc
from tests.reading import parts, text
from tests.test_public_unit import section, time

pytestmark = pytest.mark.django_db
__all__ = ("time",)  # the fixture

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
    "✓ Terukur terpenuhi Diumumkan 2 November 2017: nilai awal 14 hari (2 November 2017), "
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
    client: Client, value: str, min_change: int, expected: list[str], time: clock.Turned
) -> None:
    cast = Cast()
    target = cast.target(min_change=Decimal(min_change))
    time.moment = utc(2019, 1, 5, 3)
    verify(cast, cast.measurement(target, value))
    assert steps(page(client)) == [FIRST, SECOND, *expected]


def test_the_last_step_counts_the_days_of_an_unbroken_run(client: Client, time: clock.Turned) -> None:
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


def test_the_clock_says_whose_turn_it_is(client: Client, time: clock.Turned) -> None:
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


def test_the_table_lists_every_version_with_its_state(client: Client, time: clock.Turned) -> None:
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
        "1 Jan 2019 – 4 Jan 2019 2 n=10 terverifikasi tidak dihitung: tanpa bukti hasil, atau periodenya tidak "
        f"sesudah nilai awal dikirim 6 Feb 2019, diputus 6 Feb 2019 Seremoni tertutup untuk umum {proof}",
        "1 Jan 2019 – 3 Jan 2019 6 n=10 verifikasi dicabut "
        "dikirim 6 Jan 2019, diputus 6 Jan 2019, dicabut 6 Feb 2019 "
        f"Alasan pencabutan: {REASON} Hasil tertutup untuk umum {proof}",
        f"1 Jan 2019 – 2 Jan 2019 7 ditarik unitnya sendiri dikirim 6 Jan 2019, diputus 6 Jan 2019 Hasil {proof}",
        "1 Jan 2018 – 31 Des 2018 8 (R) n=1.200 terverifikasi dikirim 5 Jan 2019, diputus 6 Jan 2019 "
        f"Hasil tertutup untuk umum {proof}",
        "1 Jan 2018 – 31 Des 2018 9 n=10 terverifikasi digantikan koreksinya dikirim 5 Jan 2019, diputus 5 Jan 2019 "
        f"Hasil tertutup untuk umum {proof}",
    ]
    then = page(client, f"{ADDRESS}?per=2019-01-05")
    assert rows(then) == [
        f"1 Jan 2018 – 31 Des 2018 8 (R) menunggu verifikasi dikirim 5 Jan 2019 Hasil {proof}",
        "1 Jan 2018 – 31 Des 2018 9 n=10 terverifikasi dikirim 5 Jan 2019, diputus 5 Jan 2019 "
        f"Hasil tertutup untuk umum {proof}",
    ]


def test_old_versions_are_folded_but_there(client: Client) -> None:
    cast = Cast()
    target = cast.target()
    for value in range(10):
        cast.measurement(target, value)
    html = page(client)
    assert len(rows(html)) == 10
    assert re.findall(r"<summary>(\d+ realisasi lebih lama)</summary>", html) == ["2 realisasi lebih lama"]
    assert len(rows(html[: html.index("realisasi lebih lama")])) == 8


def photo() -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(content, "JPEG")
    content.seek(0)
    return content


def sent_with(cast: Cast, target: ServiceTarget, name: str = "rekap-rahasia.jpg", **facts: Any) -> Measurement:
    row = cast.measurement(target, 5, submitted=False)
    file = io.BytesIO(b"%PDF-1.4 contoh") if name.endswith("pdf") else photo()
    Evidence.attach(row, kind="keluaran", file=store.receive(name, file), **facts)
    row.submit(by=cast.head, seen=row.fingerprint())
    return row


def test_proof_opens_only_once_verified_and_only_what_was_marked_public(client: Client) -> None:
    cast = Cast()
    row = sent_with(cast, cast.target(), caption="Rekap antrean")
    link, file = row.evidence.order_by("pk")
    for hidden in ("rekap-rahasia", "Rekap antrean", "contoh.invalid", "/bukti/"):
        assert hidden not in page(client)
    verify(cast, row, public={file.uuid: True})
    file.refresh_from_db()
    html = page(client)
    assert re.findall(r'href="(/bukti/[^"]*)"', html) == [f"/bukti/{file.public_sha256}/"]
    assert "contoh.invalid" not in html
    assert "rekap-rahasia" not in html
    assert [link.sha256 in html, file.sha256 in html] == [True, True]
    assert "Keluaran Rekap antrean" in text(html)


def test_public_links_open_elsewhere_without_a_referrer(client: Client) -> None:
    cast = Cast()
    row = cast.measurement(cast.target(), 5)
    verify(cast, row, public={item.uuid: True for item in row.evidence.all()})
    assert re.findall(r'<a href="https://contoh.invalid/bukti" rel="([^"]*)"', page(client)) == [
        "noopener noreferrer nofollow external"
    ]


def served(client: Client, sha256: str) -> tuple[FileResponse, bytes]:
    response = client.get(f"/bukti/{sha256}/")
    assert isinstance(response, FileResponse)
    return response, b"".join(response.streaming_content)


@pytest.mark.parametrize(("name", "media_type"), [("a.jpg", "image/webp"), ("a.pdf", "application/pdf")])
def test_a_public_copy_is_served_in_a_sandbox(client: Client, name: str, media_type: str) -> None:
    cast = Cast()
    row = sent_with(cast, cast.target(), name)
    verify(cast, row, public={item.uuid: True for item in row.evidence.all()})
    public = row.evidence.get(media_type__gt="").public_sha256
    response, content = served(client, public)
    assert hashlib.sha256(content).hexdigest() == public
    as_what = {"image/webp": "inline; {}.webp", "application/pdf": "attachment; {}.pdf"}[media_type]
    expected = {
        "Content-Type": media_type,
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, max-age=604800",
        "Content-Disposition": as_what.replace("{}", f'filename="bukti-{public[:12]}') + '"',
    }
    assert {header: response[header] for header in expected} == expected
    assert not response.cookies


def test_private_redacted_and_unknown_proof_is_404(client: Client) -> None:
    cast = Cast()
    row = sent_with(cast, cast.target())
    file = row.evidence.get(media_type__gt="")
    assert client.get(f"/bukti/{file.sha256}/").status_code == 404  # waiting
    verify(cast, row, public={file.uuid: True})
    file.refresh_from_db()
    assert client.get(f"/bukti/{file.sha256}/").status_code == 404  # the original, never
    served(client, file.public_sha256)
    file.redact(by=cast.approver, seen=file.fingerprint(), reason="Memuat nomor induk kependudukan.")
    assert client.get(f"/bukti/{file.public_sha256}/").status_code == 404
    for odd in ("x", "0" * 64, "a" * 5000):
        assert client.get(f"/bukti/{odd}/").status_code == 404
    html = page(client)
    assert "dihapus: data pribadi Memuat nomor induk kependudukan." in text(html)
    assert f"/bukti/{file.public_sha256}/" not in html


def test_a_private_original_with_a_public_twin_elsewhere_stays_closed(client: Client) -> None:
    cast = Cast()
    row = sent_with(cast, cast.target())
    verify(cast, row)
    file = row.evidence.get(media_type__gt="")
    assert (file.public, file.public_sha256) == (False, "")
    assert client.get(f"/bukti/{file.sha256}/").status_code == 404


def test_a_lost_public_copy_is_404_and_not_an_error(client: Client) -> None:
    cast = Cast()
    row = sent_with(cast, cast.target())
    verify(cast, row, public={item.uuid: True for item in row.evidence.all()})
    public = row.evidence.get(media_type__gt="").public_sha256
    store.path_of(public, public=True).unlink()
    assert client.get(f"/bukti/{public}/").status_code == 404


def test_changes_show_old_new_reason_slip_and_both_offices(client: Client, time: clock.Turned) -> None:
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


def test_a_withdrawn_target_shows_its_last_moment_and_its_heir(client: Client, time: clock.Turned) -> None:
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
    assert parts(page(client), "div", "withdrawn")[0].endswith("Digantikan oleh DINKES-01-2 Rujukan dua arah.")
    before = page(client, f"{ADDRESS}?per=2019-02-04")
    assert parts(before, "div", "withdrawn") == []
    assert parts(before, "p", "target-rungs") == ["Membaik terbukti"]


def test_a_target_that_is_not_public_yet_is_404(client: Client, time: clock.Turned) -> None:
    cast = Cast()
    time.moment = utc(2018, 3, 1, 3)
    cast.target()
    cast.target(commitment=cast.commitment(published=True), published=False)
    assert client.get(f"{ADDRESS}?per=2018-02-28").status_code == 404
    assert client.get("/sasaran/DINKES-02-1/").status_code == 404
    assert client.get("/sasaran/TIDAK-ADA/").status_code == 404
    cast.commitment(published=False)
    assert client.get("/komitmen/DINKES-03/").status_code == 404
    assert client.get("/komitmen/DINKES-01/?per=2018-02-28").status_code == 404


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


def test_a_commitment_says_who_owes_it_and_who_inherited_it(client: Client, time: clock.Turned) -> None:
    cast = Cast()
    target = cast.target()
    time.moment = utc(2018, 1, 5, 3)
    verify(cast, cast.measurement(target, 5, period_start=date(2017, 11, 3), period_end=date(2017, 12, 31)))
    for name, day in {"Sri": date(2017, 1, 3), "Budi": date(2018, 1, 2), "Tono": date(2018, 2, 1)}.items():
        Tenure.enter(
            by=access.SYSTEM, person=name, unit=cast.dinkes, title="Kepala", from_on=day, certainty="assumed"
        )
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
        "Target 1 dari 1 target membaik. Rujukan DINKES-01-1 · median, hari Membaik"
    )


def test_the_list_of_commitments_counts_each_ones_targets(client: Client, time: clock.Turned) -> None:
    cast = Cast()
    assert parts(page(client, "/komitmen/"), "p", "empty-title") == ["Belum ada komitmen yang diumumkan"]
    time.moment = utc(2019, 1, 5, 3)
    promise = cast.commitment(quick_win=True)
    for value in (5, 20):
        verify(cast, cast.measurement(cast.target(commitment=promise), value))
    cast.commitment(title="Tanpa target")
    gone = cast.commitment(title="Yang ditarik")
    gone.withdraw(by=cast.approver, seen=gone.fingerprint(), reason=REASON)
    cast.commitment(title="Usulan", published=False)
    html = page(client, "/komitmen/")
    body = html[html.index("<tbody>") :]
    assert [text(row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)] == [
        "Layanan lebih cepat DINKES-01 · program cepat Dinkes Kualitas hidup (living) 1 dari 2",
        "Tanpa target DINKES-02 Dinkes Kualitas hidup (living) belum ada target",
        "Yang ditarik DINKES-03 Dinkes Kualitas hidup (living) ditarik",
    ]
    assert parts(page(client, "/komitmen/?per=2018-12-31"), "p", "empty-title") == [
        "Belum ada komitmen yang diumumkan"
    ]
    withdrawn = page(client, "/komitmen/DINKES-03/")
    assert parts(withdrawn, "div", "withdrawn") == [
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
