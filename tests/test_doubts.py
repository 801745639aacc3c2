"""Tests of doubts: a value on each side of every rule; an ordinary submission raises none."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from time import process_time
from typing import Any

import pytest
import typst

from commitments import evidence as store
from commitments.evidence import pdf, personal_data
from commitments.models import Evidence, Measurement, ServiceTarget
from commitments.reports import target_page as targets
from commitments.reports.doubts import ClaimedValue, doubts, of_revision, of_target
from commitments.reports.submission_preview import preview
from opd import clock
from opd.register.personal_data import explained, hints
from tests import papers
from tests.cast import REASON, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def cast() -> Cast:
    return Cast()


def said_about(row: Measurement, twice: int = 0) -> list[str]:
    page = targets.target_page(row.target.reference, clock.today())
    assert page
    counted = [version.row for version in page.versions if version.counted and version.row.pk != row.pk]
    return [one.text for one in doubts(row, page.standing.target, row.evidence_items(), counted, twice)]


def sent(cast: Cast, value: Any = 9, *, proof: dict[str, Any] | None = None, **facts: Any) -> Measurement:
    """14 days to 3: an ordinary value of 2018, unless told otherwise."""
    row = cast.measurement(cast.target(), value, submitted=False, **{"method": "Dari SIMPUS.", **facts})
    if proof is not None:
        row.evidence.all().delete()
        Evidence.attach(row, **{"kind": "hasil", "url": "https://contoh.invalid/angka", **proof})
    with explained(REASON):
        row.submit(by=cast.head, seen=row.fingerprint())
    return row


def test_an_ordinary_submission_raises_no_doubt(cast: Cast) -> None:
    assert said_about(sent(cast)) == []


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"n": None}, "Banyaknya data (n) tidak disebut."),
        ({"method": ""}, "Cara mengukur tidak disebut."),
        ({"value": 3}, "Angkanya persis sama dengan target."),
        ({"value": 14}, "Angkanya persis sama dengan nilai awal."),
        (
            {"proof": {"kind": "seremoni"}},
            "Tidak ada bukti berisi angka. Sekalipun diverifikasi, tidak dihitung di tangga.",
        ),
        ({"proof": {"caption": "Bu Ani, 0812-3456-7890"}}, "Bukti dukung mungkin memuat nomor telepon."),
        (
            {"proof": {"captured_on": date(2017, 12, 31)}},
            "Ada bukti bertanggal 31 Des 2017, di luar periode yang dilaporkan.",
        ),
        (
            {"period_start": date(2017, 1, 1), "period_end": date(2017, 11, 2)},
            "Periodenya berakhir sebelum nilai awal (2 Nov 2017): tidak dihitung di tangga.",
        ),
        ({"note": "Hubungi 0812-3456-7890."}, "Catatan unit mungkin memuat nomor telepon."),
        (
            {"method": "NIK 3374 0112 0390 0001."},
            "Cara mengukur, yang dibaca publik, mungkin memuat NIK atau nomor kartu keluarga.",
        ),
    ],
)
def test_each_doubt_is_a_sentence(cast: Cast, facts: dict[str, Any], said: str) -> None:
    assert said in said_about(sent(cast, **facts))


@pytest.mark.parametrize(("value", "jumps"), [("8.5", False), ("8.4", True), ("13.9", False)])
def test_more_than_half_of_the_way_in_one_step_is_a_jump(cast: Cast, value: str, jumps: bool) -> None:
    assert any("Melompat" in text for text in said_about(sent(cast, value))) is jumps


@pytest.mark.parametrize(("day", "doubted"), [(date(2018, 1, 1), False), (date(2019, 2, 1), False)])
def test_a_proof_may_be_made_until_it_is_sent(cast: Cast, day: date, doubted: bool) -> None:
    assert bool(said_about(sent(cast, proof={"captured_on": day}))) is doubted


def test_what_stands_of_the_same_days_and_a_copied_value_are_pointed_out(cast: Cast) -> None:
    target, nobreak = cast.target(), "\N{NO-BREAK SPACE}"
    first = cast.measurement(target, 12, method="x")
    first.verify(by=cast.verifier, seen=first.fingerprint())
    again = cast.measurement(target, 11, method="x", period_start=date(2018, 12, 31), period_end=date(2019, 1, 31))
    after = cast.measurement(target, 12, method="x", period_start=date(2019, 1, 1), period_end=date(2019, 1, 31))
    assert said_about(again) == [
        f"Periodenya bertumpuk dengan Januari 2019: 12{nobreak}hari, menunggu verifikasi.",
        f"Periodenya bertumpuk dengan Tahun 2018: 12{nobreak}hari, terverifikasi.",
    ]
    again.pull_back(by=cast.head, seen=again.fingerprint())
    assert said_about(after) == [f"Sama persis dengan angka sebelumnya, 12{nobreak}hari."]
    correction = cast.measurement(target, 11, method="x", corrects=first)
    assert said_about(correction) == []


def test_the_same_period_again_is_asked_about_and_the_newest_is_named(cast: Cast) -> None:
    first, target = sent(cast), ServiceTarget.objects.get()
    again = cast.measurement(target, 9, method="x")
    [told] = [text for text in said_about(again) if text.startswith("Sudah dikirim")]
    assert told.endswith(
        "untuk periode ini dengan angka yang sama persis: 9\N{NO-BREAK SPACE}hari, menunggu verifikasi. Koreksi itu?"
    )
    assert [one.pk for one in target.measurements.overlapping(first.period)] == [again.pk, first.pk]


def test_a_last_value_of_0_still_asks_about_a_jump(cast: Cast) -> None:
    target = cast.target(
        statistic="share", unit_of_measure="%", direction="higher", baseline_value=0, target_value=Decimal(60)
    )
    first = cast.measurement(target, 0, method="x", period_start=date(2018, 1, 1), period_end=date(2018, 3, 31))
    first.verify(by=cast.verifier, seen=first.fingerprint())
    facts: dict[str, Any] = {"method": "x", "period_start": date(2018, 4, 1), "period_end": date(2018, 6, 30)}
    assert [text.partition(",")[0] for text in said_about(cast.measurement(target, 31, **facts))] == [
        "Melompat dari laporan terakhir"
    ]
    Measurement.objects.get(value=31).pull_back(by=cast.head, seen=Measurement.objects.get(value=31).fingerprint())
    of_sender = preview(target, ClaimedValue(Decimal(31), facts["period_start"], facts["period_end"], ["hasil"]))
    assert [doubt.mark for doubt in of_sender.doubts] == ["jump:0"]


def test_online_that_shall_become_less_is_asked_about(cast: Cast) -> None:
    facts: dict[str, Any] = {
        "unit_of_measure": "%",
        "statistic": "share",
        "baseline_value": 40,
        "target_value": Decimal(20),
    }
    odd = cast.target(published=False, family="daring", **facts)
    assert of_target(odd)[0].text.startswith("Daring dengan makin kecil makin baik:")
    usual = cast.target(published=False, family="daring", **facts | {"direction": "higher", "target_value": 60})
    assert not any(one.text.startswith("Daring") for one in of_target(usual))


def test_the_same_proof_elsewhere_is_counted(cast: Cast) -> None:
    assert said_about(sent(cast), twice=2)[0] == "2 bukti yang sama persis pernah dipakai untuk kiriman lain."


def test_a_proposal_that_says_too_little_is_doubted(cast: Cast) -> None:
    bare = cast.target(published=False)
    said = [one.text.partition(":")[0] for one in of_target(bare)]
    assert said[:3] == [
        "Sumber datanya belum disebut",
        "Cara mengukur nilai awalnya belum disebut.",
        "Perubahan terkecil yang berarti 0",
    ]
    whole = cast.target(
        published=False, data_source="SIMPUS", baseline_method="Buku", min_change=1, baseline_on=clock.today()
    )
    assert of_target(whole) == ()


@pytest.mark.parametrize(
    ("field", "new", "facts", "said"),
    [
        ("target_value", Decimal(4), {"document": "Nota 7"}, ["Mendekatkan target dan nilai awal"]),
        ("target_value", Decimal(2), {"document": "Nota 7"}, []),
        ("target_value", Decimal(2), {}, ["Tidak ada dokumen yang disebut."]),
        ("due_on", date(2031, 1, 1), {"document": "Nota 7"}, []),
    ],
)
def test_a_softened_promise_is_called_so(
    cast: Cast, field: str, new: Any, facts: dict[str, str], said: list[str]
) -> None:
    target = cast.target()
    row = target.revise(by=cast.head, seen=target.fingerprint(), field=field, new=new, reason=REASON, **facts)
    assert [one.text.partition(":")[0] for one in of_revision(row, 0)] == said


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nomor 3374011203900001", ("NIK atau nomor kartu keluarga",)),
        ("3374.0112.0390.0001", ("NIK atau nomor kartu keluarga",)),
        ("33740112039000012", ()),  # seventeen digits
        ("085641234567", ("nomor telepon",)),
        ("+62 812 3456 7890", ("nomor telepon",)),
        ("62-812-3456-7890", ("nomor telepon",)),
        ("0812345", ()),  # too short
        ("Median 1.234,5 dari 08.00 sampai 15.30 WIB", ()),
        ("bu.ani@contoh.go.id", ("alamat surel",)),
        ("https://contoh.go.id/rekap?bulan=202608", ()),
        ("212 berkas, 31 Agustus 2026", ()),
    ],
)
def test_personal_data_is_hinted_at(text: str, found: tuple[str, ...]) -> None:
    assert hints(text) == found


def paper(content: str) -> bytes:
    return bytes(typst.compile(content.encode()))


NIK, PHONE = "NIK atau nomor kartu keluarga", "nomor telepon"


@pytest.mark.parametrize(
    ("content", "found", "is_all"),
    [
        (lambda: paper("Rekap antrean, 212 berkas, 31 Agustus 2026"), (), True),
        (lambda: paper("Pemohon: Ani, NIK 3374011203900001 #pagebreak() 0812-3456-7890"), (NIK, PHONE), True),
        (lambda: paper("0812-3456-7890 #pagebreak() #rect()"), (PHONE,), False),
        (lambda: paper("#rect()"), (), False),
        (lambda: papers.paper(b"BT /F 9 Tf " + (b"(" + b"a" * 30_000 + b") Tj ") * 20 + b"ET"), (), False),
    ],
    ids=["words", "two pages", "a scan at its end", "a scan", "words without end"],
)
def test_the_words_of_a_pdf_are_looked_through_once(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    content: Callable[[], bytes],
    found: tuple[str, ...],
    is_all: bool,
) -> None:
    monkeypatch.setattr(pdf, "MAX_PDF_SECONDS", 60)  # a machine that tests may be slow
    file = store.receive("rekap.pdf", io.BytesIO(content()))
    row = sent(cast, proof={"url": "", "file": file})
    assert personal_data.inside(row.evidence.get()) == (found, is_all)
    assert [one for one in said_about(row) if "mungkin memuat" in one] == [
        f"Bukti dukung mungkin memuat {' dan '.join(found)}." for found in [found] if found
    ]
    monkeypatch.setattr(pdf, "read", None)  # asked again, nobody reads it
    assert personal_data.inside(row.evidence.get()) == (found, is_all)


def test_what_no_longer_comes_in_is_not_read_to_its_end_either() -> None:
    assert pdf.read(b"%PDF-1.4 contoh") == ("", False)
    words, is_all = pdf.read(paper("Lampiran #pagebreak() " * 50 + "NIK 3374011203900001"))
    assert (words.count("Lampiran"), "NIK" in words, is_all) == (50, False, False)


@pytest.mark.parametrize(("limit", "little"), [("MAX_PDF_SECONDS", 1), ("MAX_PDF_MEMORY", 64 * 1024 * 1024)])
def test_a_pdf_that_asks_for_too_much_is_given_up(monkeypatch: pytest.MonkeyPatch, limit: str, little: int) -> None:
    """The other limit is far away, and a short file of the same kind is read."""
    monkeypatch.setattr(pdf, "MAX_PDF_SECONDS", 60)
    monkeypatch.setattr(pdf, "MAX_PDF_MEMORY", 2 * 1024 * 1024 * 1024)
    many = " ".join(["(0812-3456-7890) Tj"] * 400_000)  # to read it takes some seconds and 500 MB
    assert pdf.read(papers.paper(f"BT /F 9 Tf {many[:199]} ET".encode()))[1]
    monkeypatch.setattr(pdf, limit, little)
    assert pdf.read(papers.paper(f"BT /F 9 Tf {many} ET".encode())) == ("", False)


def test_the_words_of_a_file_that_was_exchanged_are_not_read(cast: Cast) -> None:
    file = store.receive("rekap.pdf", io.BytesIO(papers.saying("0812-3456-7890")))
    row = sent(cast, proof={"url": "", "file": file})
    store.path_of(file.sha256).write_bytes(papers.saying("Rekap antrean"))
    assert personal_data.inside(row.evidence.get()) == ((), False)


@pytest.mark.parametrize("text", ["a" * 100_000, "a@" * 50_000, "1 " * 50_000, "0 8" * 30_000, "a." * 50_000])
def test_a_long_and_hostile_text_is_looked_through_at_once(text: str) -> None:
    """Milliseconds; a pattern that starts over at each letter takes 20 s for the first of them."""
    begun = process_time()
    hints(text)
    assert process_time() - begun < 2
