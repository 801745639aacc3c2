"""Tests of the confirmation of a report: everything is shown first, doubts are asked about, files stay."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from commitments import evidence as store
from commitments import periods
from commitments.evidence import photos
from commitments.models import Evidence, Measurement, ServiceTarget
from opd import clock
from tests import doors
from tests.cast import REASON, Cast
from tests.reading import compact, text
from tests.test_workspace_preview import verified
from tests.test_workspace_report import address, picture, typed

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # no database changes any of this


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def target(cast: Cast) -> ServiceTarget:
    return cast.target(min_change=2)


def sent_without_being_told(client: Client, target: ServiceTarget, **given: Any) -> Any:
    return client.post(address(target), typed(read_doubts="", **given))


def test_nothing_is_sent_before_its_sender_has_read_it_back_in_words(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    page = sent_without_being_told(client, target, value="1234.5")
    words = text(page.content.decode())
    read_back = "Terbaca: 1.234,5 hari, Tahun 2018 (1 Januari – 31 Desember 2018)"
    assert f"Belum terkirim. Periksa sekali lagi. {read_back} Jika diverifikasi:" in words
    assert "Lebih buruk dari nilai awal, 14 hari." in words
    assert "Melompat dari nilai awal, 14 hari: lebih dari separuh jalan ke target dalam satu langkah." in words
    assert Measurement.objects.count() == 0
    answer = client.post(address(target), typed(value="1234.5", read_doubts=page.context["previewed"].summary))
    assert answer["Location"] == f"/kerja/kiriman/{Measurement.objects.get().uuid}/"


@pytest.mark.parametrize("told", ["9,5", "9,5 worse:14", "9,6 unproven:"])
def test_another_value_or_another_doubt_than_was_told_is_told_first(
    cast: Cast, target: ServiceTarget, told: str
) -> None:
    client = doors.enter(cast.head)
    given = {"bukti-0-kind": "kegiatan", "read_doubts": told}
    assert client.post(address(target), typed(**given)).status_code == 200
    assert Measurement.objects.count() == 0
    assert client.post(address(target), typed(**given | {"read_doubts": "9,5 unproven:"})).status_code == 302


def test_the_number_from_the_card_is_read_back_at_once(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    page = client.get(f"{address(target)}?nilai=9,5")
    assert (page.context["form"]["value"].value(), page.context["previewed"].summary) == ("9,5", "9,5")
    words = text(page.content.decode())
    last = next(periods.finished(target.cycle_days, clock.today()))
    assert f"Terbaca: 9,5 hari, {last.name} ({last.days}) Jika diverifikasi: Terukur menjadi → Membaik" in words


@pytest.mark.parametrize("reading", ["1234", "1,2340"])
def test_a_number_that_could_be_two_is_asked_about(cast: Cast, target: ServiceTarget, reading: str) -> None:
    client = doors.enter(cast.head)
    for page in (client.get(f"{address(target)}?nilai=1.234"), client.post(address(target), typed(value="1.234"))):
        html = compact(page.content.decode())
        assert html.count("1.234 dapat dibaca 1234 atau 1,234") == 1
        assert f'name="value" value="{reading}"' in html
    chosen = typed(read_doubts="")
    del chosen["kirim"]
    page = client.post(address(target), {**chosen, "value": ["1.234", reading]})  # the field, then the button
    assert (page.context["form"]["value"].value(), page.context["form"].errors) == (reading, {})


@pytest.mark.parametrize("given", ["14 hari", "1e9999", "9" * 500, "<b>", "\0"])
def test_a_number_from_the_card_that_is_none_is_explained_beside_the_field(
    cast: Cast, target: ServiceTarget, given: str
) -> None:
    page = doors.enter(cast.head).get(address(target), {"nilai": given})
    assert (page.status_code, page.context["previewed"]) == (200, None)
    assert page.context["asked"].errors["value"]


def test_the_part_that_a_typing_reader_asks_for(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    asked = {
        "value": "3",
        "period": "2020-01-01/2020-12-31",
        "kind": ["seremoni", "drop table"],
        "sha256": ["a" * 64, "tidak ada"],
        "captured_on": ["2019-12-31", "besok"],
        "base": "",
    }
    page = client.get(f"{address(target)}bila/", asked)
    assert page.context["previewed"].summary == "3 unproven: other_day:2019-12-31 exact: jump:14"
    words = text(page.content.decode())
    assert "Jika diverifikasi: tetap Terukur" in words
    assert "Ada bukti bertanggal 31 Des 2019, di luar periode yang dilaporkan." in words
    assert client.get(f"{address(target)}bila/", {"base": "x", "value": ""}).status_code == 200


def test_a_correction_is_asked_about_as_one(cast: Cast, target: ServiceTarget) -> None:
    first = verified(cast, target, "9", 2020)
    verified(cast, target, "12", 2019)
    asked = {"value": "20", "period_typed": "2020", "base": str(first.uuid)}
    page = doors.enter(cast.head).get(f"{address(target)}bila/", asked)
    assert (page.context["previewed"].target.rung, page.context["previewed"].rung) == (3, 2)


def test_a_head_sees_the_doubts_of_a_draft_before_sending_it(cast: Cast, target: ServiceTarget) -> None:
    draft = cast.measurement(target, 20, submitted=False, by=cast.operator, kind="kegiatan")
    page = doors.enter(cast.head).get(f"/kerja/kiriman/{draft.uuid}/")
    assert [doubt.code for doubt in page.context["previewed"].doubts] == ["unproven", "no_method", "worse", "jump"]
    assert "Tidak ada bukti berisi angka." in page.content.decode()


def photograph(taken: str) -> SimpleUploadedFile:
    content, exif = io.BytesIO(), Image.Exif()
    exif.get_ifd(photos.EXIF_PART)[photos.EXIF_TAKEN] = taken
    exif[photos.EXIF_CHANGED] = "2020:02:02 10:00:00"
    Image.new("RGB", (16, 16), "#3f9c93").save(content, "JPEG", exif=exif)
    return SimpleUploadedFile("foto.jpg", content.getvalue(), "image/jpeg")


def test_a_photograph_tells_when_it_was_taken(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    given = {"bukti-0-url": "", "bukti-0-file": photograph("2017:12:31 08:00:00")}
    page = sent_without_being_told(client, target, **given)
    assert [doubt.code for doubt in page.context["previewed"].doubts] == ["other_day"]
    told = page.context["previewed"].summary
    client.post(
        address(target), typed(**{**given, "bukti-0-file": photograph("2017:12:31 08:00:00")}, read_doubts=told)
    )
    assert Evidence.objects.get().captured_on == date(2017, 12, 31)


@pytest.mark.parametrize("told", ["", "0000:00:00 00:00:00", "kemarin", "2020"])
def test_a_photograph_that_tells_nothing_sensible_is_no_mistake(told: str) -> None:
    content = photograph(told).read()
    assert photos.taken_on(content) in (None, date(2020, 2, 2))
    assert photos.taken_on(content[:-200]) in (None, date(2020, 2, 2))


def test_files_that_came_need_not_come_again(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    bad = {"bukti-1-kind": "hasil", "bukti-1-file": SimpleUploadedFile("laporan.docx", b"PK\x03\x04")}
    page = client.post(address(target), typed(value="", **{"bukti-0-url": "", "bukti-0-file": picture()}, **bad))
    assert "bukti.png" in page.content.decode()
    assert "sudah diterima, tidak perlu dikirim lagi" in page.content.decode()
    held = [row["held"].value() for row in page.context["rows"]]
    assert [bool(one) for one in held] == [True, False, False]
    client.post(address(target), typed(**{"bukti-0-url": "", "bukti-0-held": held[0]}))
    item = Evidence.objects.get()
    assert (item.file_name, item.sha256, item.media_type) == (
        "bukti.png",
        store.digest(picture().read())[0],
        "image/png",
    )


@pytest.mark.parametrize("whose", ["another account's", "forged"])
def test_a_kept_file_that_is_not_yours_is_asked_for(cast: Cast, target: ServiceTarget, whose: str) -> None:
    posted = typed(value="", **{"bukti-0-url": "", "bukti-0-file": picture()})
    page = doors.enter(cast.operator if whose == "another account's" else cast.head).post(address(target), posted)
    held = page.context["rows"].forms[0]["held"].value() + ("x" if whose == "forged" else "")
    answer = doors.enter(cast.head).post(address(target), typed(**{"bukti-0-url": "", "bukti-0-held": held}))
    assert answer.context["rows"].forms[0].errors == {"file": ["Pilih berkasnya, atau tulis tautannya."]}
    assert Evidence.objects.count() == 0


def test_a_photograph_made_smaller_keeps_the_mark_of_what_it_was(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    client.post(address(target), typed(**{"bukti-0-file": picture(), "bukti-0-original_sha256": "b" * 64}))
    marks = list(Evidence.objects.values_list("media_type", "original_sha256"))
    assert marks == [("", ""), ("image/png", "b" * 64)]  # the link beside it was never a photograph
    page = client.get(f"/kerja/kiriman/{Measurement.objects.get().uuid}/").content.decode()
    assert "b" * 64 in page


def test_a_returned_report_is_answered_from_its_card(cast: Cast, target: ServiceTarget) -> None:
    sent = cast.measurement(target, 9)
    sent.return_(by=cast.verifier, seen=sent.fingerprint(), note=REASON)
    client = doors.enter(cast.head)
    assert f'action="/kerja/kiriman/{sent.uuid}/koreksi/"' in client.get("/kerja/").content.decode()
    form = client.get(f"/kerja/kiriman/{sent.uuid}/koreksi/?nilai=8").context["form"]
    assert (form["value"].value(), form["period_typed"].value()) == ("8", sent.period.name)


def test_a_doubt_that_changed_since_it_was_told_is_told_anew(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    told = sent_without_being_told(client, target, value="30").context["previewed"].summary
    verified(cast, target, 9, 2017)
    page = client.post(address(target), typed(value="30", read_doubts=told))
    assert "Lebih buruk dari laporan terakhir, 9 hari." in text(page.content.decode())
    assert Measurement.objects.filter(value=30).count() == 0
    client.post(address(target), typed(value="30", read_doubts=page.context["previewed"].summary))
    assert Measurement.objects.get(value=30).state == "submitted"


def test_a_draft_is_not_sent_by_its_own_form_without_its_doubts(cast: Cast, target: ServiceTarget) -> None:
    client, report = doors.enter(cast.head), typed(value="30", read_doubts="")
    client.post(address(target), {name: given for name, given in report.items() if name != "kirim"} | {"simpan": "1"})
    client.post(address(target), report)
    client.post(address(target), report | {"simpan": "1"})  # both buttons: kept, not sent
    draft = Measurement.objects.get()
    assert draft.state == "draft"
    page = client.post(f"/kerja/kiriman/{draft.uuid}/kirim/", {"seen": draft.fingerprint()})
    assert (page.status_code, Measurement.objects.get().state) == (409, "draft")
    assert "Lebih buruk dari nilai awal, 14 hari." in text(page.content.decode())
    told = page.context["previewed"].summary
    client.post(f"/kerja/kiriman/{draft.uuid}/kirim/", {"seen": draft.fingerprint(), "read_doubts": told})
    assert Measurement.objects.get().state == "submitted"
