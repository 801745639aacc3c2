"""A unit sends its cases: from the file to the receipt, the desk, the public page and the list behind the number."""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from commitments.cases.case_rows import CasePeriod
from commitments.models import (
    CaseFile,
    CaseMapping,
    DayOff,
    Evidence,
    HolidayYear,
    Measurement,
    MeasurementQuestion,
    Origin,
    ServiceTarget,
    StatedClock,
    calendar_on_record,
)
from commitments.models.cases.holiday_package import proposed_year
from commitments.numbers import as_typed
from opd import register
from opd.errors import BadFact, WrongPerson, WrongState
from tests import doors
from tests.cast import REASON, Cast
from tests.test_workspace_proposals import target_typed, typed

pytestmark = pytest.mark.django_db
TICKETS = StatedClock("ambil-nomor", "selesai", "minutes")
FEBRUARY = CasePeriod(date(2019, 2, 1), date(2019, 2, 28))
IDENTITY_NUMBER = "3374012306850001"


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def target(cast: Cast) -> ServiceTarget:
    return clocked(cast)


def clocked(cast: Cast, stated: StatedClock = TICKETS, **facts: Any) -> ServiceTarget:
    given = {"baseline_value": Decimal(60), "target_value": Decimal(20), **stated.as_fields(), **facts}
    return cast.target(service="KTP elektronik", **given)


def cases(count: int = 30, month: int = 2, took: int = 12, **more: str) -> bytes:
    """A file with identity numbers and names beside what counts."""
    lines = [
        f"A{number:03d};{IDENTITY_NUMBER[:-3]}{number:03d};Warga Contoh;"
        f"{number % 27 + 1:02d}/{month:02d}/2019 08.{number % 40:02d};"
        f"{number % 27 + 1:02d}/{month:02d}/2019 09.{(number + took) % 60:02d}"
        for number in range(1, count + 1)
    ]
    return "\n".join(["Nomor antrean;NIK;Nama;Waktu ambil;Waktu selesai", *lines]).encode()


def uploaded(content: bytes, name: str = "antrean.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def address(target: ServiceTarget) -> str:
    return reverse("workspace-case-file", args=[target.reference])


def sent_file(client: Client, target: ServiceTarget, content: bytes, **given: Any) -> Any:
    posted = {"period_typed": "Februari 2019", "file": uploaded(content), **given}
    return client.post(address(target), posted)


def report(client: Client, row: CaseFile, **given: Any) -> Any:
    posted = {
        "uuid": str(uuid4()),
        "kasus": str(row.uuid),
        "value": "1",
        "n": "7",
        "period_typed": "Maret 2019",
        "method": "",
        "note": "",
        "bukti-TOTAL_FORMS": "3",
        "bukti-INITIAL_FORMS": "0",
        "bukti-0-kind": "hasil",
        "bukti-0-url": "https://contoh.go.id/angka",
        "kirim": "1",
        "read_doubts": f"{as_typed(row.value)} no_method: worse:60 jump:60",
        **given,
    }
    return client.post(reverse("workspace-report", args=[row.target.reference]), posted)


def counted(cast: Cast, target: ServiceTarget, content: bytes, period: CasePeriod = FEBRUARY) -> Measurement:
    row, told = CaseFile.receive(by=cast.head, target=target, period=period, content=content)
    assert row, told
    draft = Measurement.draft(by=cast.head, target=target, case_file=row)
    Evidence.attach(draft, kind="hasil", url="https://contoh.invalid/rekap")
    draft.submit(by=cast.head, seen=draft.fingerprint())
    return draft


def test_a_head_sends_cases_and_the_register_computes_the_number(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    page = sent_file(client, target, cases()).content.decode()
    row = CaseFile.objects.get()
    assert "Yang dihitung register" in page
    assert str(row.uuid) in page
    form = client.get(reverse("workspace-report", args=[target.reference]), {"kasus": str(row.uuid)}).content.decode()
    assert 'name="value"' not in form
    assert 'name="n"' not in form
    answer = report(client, row)
    assert answer.status_code == 302, answer.content.decode()
    sent = Measurement.objects.get()
    assert (sent.value, sent.n, sent.origin) == (row.value, 30, Origin.COMPUTED)  # not what was typed over it
    assert (sent.period_start, sent.period_end) == (FEBRUARY.start, FEBRUARY.end)
    assert list(register.check()) == []
    entry = register.head()
    assert entry and '"origin":"computed"' in entry.body and row.received_sha256 in entry.body


def test_columns_are_said_once_and_asked_again_when_headings_change(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    strange = cases().replace(b"Waktu ambil", b"Kolom X").replace(b"Waktu selesai", b"Kolom Y")
    page = sent_file(client, target, strange).content.decode()
    assert "Sebutkan dahulu kolom mana" in page
    assert not CaseFile.objects.exists()
    digest = page.partition('name="kolom-digest" value="')[2].partition('"')[0]
    said = {"kolom-digest": digest, "kolom-start": "3", "kolom-stop": "4", "kolom-ticket": "0"}
    assert "Yang dihitung register" in sent_file(client, target, strange, **said).content.decode()
    march = strange.replace(b"/02/2019", b"/03/2019")
    known = sent_file(client, target, march, period_typed="Maret 2019").content.decode()
    assert "Yang dihitung register" in known  # the same headings: nothing is asked
    other = march.replace(b"Kolom Y", b"Kolom Z")
    assert "Sebutkan dahulu" in sent_file(client, target, other, period_typed="Maret 2019").content.decode()


def test_a_file_of_another_period_or_without_times_is_refused_with_a_sentence(
    cast: Cast, target: ServiceTarget
) -> None:
    client = doors.enter(cast.head)
    other = sent_file(client, target, cases(month=5))
    assert other.status_code == 422
    assert "30 di luar periode" in other.content.decode()
    days = cases().replace(b" 08.", b";").replace(b" 09.", b";")
    assert sent_file(client, target, days).status_code in (200, 422)
    assert not CaseFile.objects.exists()


def test_a_target_without_a_clock_asks_for_it_first(cast: Cast) -> None:
    client = doors.enter(cast.head)
    old = cast.target()
    page = client.get(address(old)).content.decode()
    assert "Jam target ini belum dijelaskan" in page
    assert (
        "Kirim berkas kasusnya" not in client.get(reverse("workspace-report", args=[old.reference])).content.decode()
    )


def test_the_same_bytes_again_are_refused(cast: Cast, target: ServiceTarget) -> None:
    counted(cast, target, cases())
    assert "sama persis" in sent_file(doors.enter(cast.head), target, cases()).content.decode()


def test_two_drafts_of_the_same_bytes_cannot_both_be_sent(cast: Cast, target: ServiceTarget) -> None:
    drafts = []
    for _ in range(2):
        row, _ = CaseFile.receive(by=cast.head, target=target, period=FEBRUARY, content=cases())
        drafts.append(Measurement.draft(by=cast.head, target=target, case_file=row))
    drafts[0].submit(by=cast.head, seen=drafts[0].fingerprint())
    with pytest.raises(BadFact, match="sama persis"):
        drafts[1].submit(by=cast.head, seen=drafts[1].fingerprint())


def test_a_correction_of_a_computed_number_is_a_new_file(cast: Cast, target: ServiceTarget) -> None:
    first = counted(cast, target, cases())
    with pytest.raises(BadFact, match="berkas kasus baru"):
        Measurement.draft(
            by=cast.head,
            target=target,
            corrects=first,
            value=Decimal(5),
            period_start=FEBRUARY.start,
            period_end=FEBRUARY.end,
        )
    row, _ = CaseFile.receive(by=cast.head, target=target, period=FEBRUARY, content=cases(40), base=first)
    assert row
    assert {one["code"]: one["state"] for one in row.questions}["again"] == "quiet"  # its own chain does not count
    second = Measurement.draft(by=cast.head, target=target, case_file=row, corrects=first)
    second.submit(by=cast.head, seen=second.fingerprint())
    assert second.version == 2


def test_a_return_may_be_answered_with_the_same_cases_when_only_the_proof_was_wrong(
    cast: Cast, target: ServiceTarget
) -> None:
    first = counted(cast, target, cases())
    first.return_(by=cast.verifier, seen=first.fingerprint(), note=REASON)
    client = doors.enter(cast.head)
    leads_to = client.get(reverse("workspace-report-amend", args=[first.uuid]))["Location"]
    assert leads_to == f"{address(target)}?koreksi={first.uuid}"
    assert "Yang dihitung register" in sent_file(client, target, cases(), koreksi=str(first.uuid)).content.decode()
    row = CaseFile.objects.get(measurement=None)
    second = Measurement.draft(by=cast.head, target=target, case_file=row, corrects=first)
    second.submit(by=cast.head, seen=second.fingerprint())
    assert second.value == first.value
    second.verify(by=cast.verifier, seen=second.fingerprint())
    again, told = CaseFile.receive(by=cast.head, target=target, period=FEBRUARY, content=cases(), base=second)
    assert (again, "sama persis" in told["problem"]) == (None, True)


def test_the_same_file_for_another_target_is_asked_about(cast: Cast, target: ServiceTarget) -> None:
    counted(cast, target, cases())
    other = clocked(cast)
    row, _ = CaseFile.receive(by=cast.head, target=other, period=FEBRUARY, content=cases())
    assert row
    [question] = [one for one in row.questions if one["code"] == "elsewhere"]
    assert question["text"] == f"Berkas yang sama persis sudah dikirim untuk {target.reference}."


def test_cases_that_stood_in_another_file_are_asked_about(cast: Cast, target: ServiceTarget) -> None:
    counted(cast, target, cases())
    again = cases(40)
    row, _ = CaseFile.receive(by=cast.head, target=target, period=FEBRUARY, content=again)
    assert row
    [question] = [one for one in row.questions if one["code"] == "again"]
    assert question["state"] == "asked"
    assert question["text"] == "30 dari 40 kasus sudah ada dalam berkas lain target ini."


def test_what_was_computed_is_not_typed_over(cast: Cast, target: ServiceTarget) -> None:
    row, _ = CaseFile.receive(by=cast.head, target=target, period=FEBRUARY, content=cases())
    draft = Measurement.draft(by=cast.head, target=target, case_file=row, value=Decimal(1), n=2)
    assert row and draft.value == row.value
    Measurement.objects.filter(pk=draft.pk).update(value=Decimal(1))
    draft.refresh_from_db()
    with pytest.raises(BadFact, match="bukan yang dihitung"):
        draft.submit(by=cast.head, seen=draft.fingerprint())


def test_a_submitted_case_file_and_its_questions_are_frozen(cast: Cast, target: ServiceTarget) -> None:
    counted(cast, target, cases(took=0))
    for model, change in ((CaseFile, {"n": 5}), (CaseFile, {"durations": ""}), (HolidayYear, {"year": 2000})):
        if model is HolidayYear:
            HolidayYear.enter(by=cast.keeper, year=2019, source="uji", days=[DayOff(date(2019, 1, 1), "x y")])
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")


def test_an_answer_is_shown_to_the_verifier_and_printed_with_the_decision(cast: Cast, target: ServiceTarget) -> None:
    for month in (1, 2):
        row = cast.measurement(
            target, 20, submitted=False, period_start=date(2018, month, 1), period_end=date(2018, month, 28)
        )
        row.ask({"same": "Memang sama; dua loket, dua minggu."})
        row.submit(by=cast.head, seen=row.fingerprint())
    asked = MeasurementQuestion.objects.get()
    assert (asked.code, asked.measurement) == ("same", row)
    doors.give_second_factor(cast.verifier)
    desk = doors.enter(cast.verifier, second_factor=True)
    page = desk.get(f"/admin/commitments/measurement/{row.pk}/change/").content.decode()
    assert "Memang sama; dua loket" in page
    public = Client().get(target.get_absolute_url()).content.decode()
    assert "Memang sama" not in public  # with the decision, not before
    row.verify(by=cast.verifier, seen=row.fingerprint())
    assert "Memang sama" in Client().get(target.get_absolute_url()).content.decode()


def test_the_public_reads_origin_distribution_and_the_list_behind_the_number(
    cast: Cast, target: ServiceTarget
) -> None:
    row = counted(cast, target, cases())
    row.verify(by=cast.verifier, seen=row.fingerprint())
    page = Client().get(target.get_absolute_url()).content.decode()
    assert "Dihitung sejak nomor diambil sampai selesai. Menunggu sebelum kantor buka tidak dihitung." in page
    assert "Dihitung dari berkas kasus, bukan diketik." in page
    assert "Sebaran sebagai tabel" in page
    durations = Client().get(row.case_file.get_absolute_url())
    assert hashlib.sha256(durations.content).hexdigest() == row.case_file.durations_sha256
    assert durations.content.decode().splitlines()[0] == "minutes"
    assert len(durations.content.decode().splitlines()) == 31
    home = Client().get("/").content.decode()
    assert "1 dari 1 angka terverifikasi dihitung, bukan diketik." in " ".join(home.split())
    said = Client().get("/api/v1/measurements/").json()["results"][0]
    assert (said["origin"], said["open_cases"], said["excluded_cases"]) == ("computed", 0, 0)
    told = Client().get("/api/v1/targets/").json()["results"][0]
    assert [told[f"clock_{part}"] for part in ("start", "stop", "unit", "limit")] == [
        *("ambil-nomor", "selesai", "minutes"),
        None,
    ]


def test_below_five_cases_nobody_can_be_told_from_the_list(cast: Cast, target: ServiceTarget) -> None:
    row = counted(cast, target, cases(4))
    assert (row.case_file.durations, row.case_file.durations_sha256) == ("", None)
    assert Client().get(row.case_file.get_absolute_url()).status_code == 404


def test_a_draft_of_a_case_file_is_nobody_elses(cast: Cast, target: ServiceTarget) -> None:
    row, _ = CaseFile.receive(by=cast.head, target=target, period=FEBRUARY, content=cases())
    assert row
    assert Client().get(row.get_absolute_url()).status_code == 404
    assert doors.enter(cast.other_head).get(address(target)).status_code == 404
    with pytest.raises(WrongPerson):
        CaseFile.receive(by=cast.other_head, target=target, period=FEBRUARY, content=cases())


def test_a_clock_is_stated_once(cast: Cast) -> None:
    old = cast.target(unit_of_measure="hari kerja")
    stated = StatedClock("berkas-lengkap", "selesai", "working")
    given: dict[str, Any] = {
        "by": cast.head,
        "field": "clock",
        "reason": REASON,
        "baseline_by_clock": "tidak-diketahui",
    }
    with pytest.raises(BadFact, match="dalam menit"):
        old.revise(seen=old.fingerprint(), new=TICKETS, **given)
    revision = old.revise(seen=old.fingerprint(), new=stated, **given)
    assert old.clock is None
    revision.approve(by=cast.approver, seen=revision.fingerprint())
    old = ServiceTarget.objects.get(pk=old.pk)
    assert old.clock == stated
    with pytest.raises(BadFact, match="tidak berubah"):
        old.revise(seen=old.fingerprint(), new=StatedClock("datang", "selesai", "working"), **given)
    page = Client().get(old.get_absolute_url()).content.decode()
    assert "Tidak diketahui apakah nilai awalnya diukur dengan jam ini." in page
    assert "diperlunak" not in page


def test_the_unit_of_measure_follows_from_the_clock(cast: Cast) -> None:
    assert clocked(cast, unit_of_measure="apa saja").unit_of_measure == "menit"
    share = StatedClock("datang", "diterima", "hours", limit=Decimal("1.5"))
    row = clocked(
        cast,
        share,
        statistic="share",
        direction="higher",
        baseline_value=Decimal(20),
        target_value=Decimal(90),
    )
    assert row.unit_of_measure == "%"
    assert "selesai dalam 1,5 jam" in share.sentence


def test_a_calendar_counts_when_somebody_else_approved_it(cast: Cast) -> None:
    days = [DayOff(date(2019, 2, 5), "Imlek")]
    row = HolidayYear.enter(by=cast.keeper, year=2019, source="SKB", days=days)
    assert calendar_on_record().years == ()
    with pytest.raises(WrongPerson):
        row.approve(by=cast.keeper, seen=row.fingerprint())
    row.approve(by=cast.approver, seen=row.fingerprint())
    assert calendar_on_record() == ((date(2019, 2, 5),), (2019,))
    with pytest.raises(WrongState):
        row.refuse(by=cast.approver, seen=row.fingerprint(), reason=REASON)
    better = HolidayYear.enter(
        by=cast.keeper, year=2019, source="SKB", days=[*days, DayOff(date(2019, 3, 7), "Nyepi")]
    )
    better.approve(by=cast.approver, seen=better.fingerprint())
    assert len(calendar_on_record().days) == 2


def test_a_year_without_calendar_computes_nothing_and_a_later_correction_changes_no_value(cast: Cast) -> None:
    target = clocked(cast, StatedClock("berkas-lengkap", "selesai", "working"))
    content = b"Waktu mulai,Waktu selesai\n" + b"01/02/2019,06/02/2019\n" * 6
    row, told = CaseFile.receive(by=cast.head, target=target, period=FEBRUARY, content=content)
    assert row is None
    assert "Kalender 2019 belum dicatat" in told["problem"]
    year = HolidayYear.enter(by=cast.keeper, year=2019, source="SKB", days=[DayOff(date(2019, 2, 5), "Imlek")])
    year.approve(by=cast.approver, seen=year.fingerprint())
    sent = counted(cast, target, content)
    assert sent.value == 2
    other = HolidayYear.enter(by=cast.keeper, year=2019, source="SKB", days=[DayOff(date(2019, 1, 1), "Baru")])
    other.approve(by=cast.approver, seen=other.fingerprint())
    sent.refresh_from_db()
    assert sent.value == 2
    assert list(register.check()) == []


def test_the_package_proposes_and_never_an_estimated_day() -> None:
    proposed = proposed_year(2028)
    assert proposed.estimated
    assert not any("perkiraan" in one.name for one in proposed.days)
    assert DayOff(date(2019, 8, 17), "Hari Kemerdekaan Republik Indonesia") in proposed_year(2019).days


def test_identity_numbers_are_found_nowhere(
    cast: Cast, target: ServiceTarget, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the database, the folder of evidence, the cache or a log: only what counts is read."""
    caplog.set_level(logging.DEBUG)
    client = doors.enter(cast.head)
    assert "Yang dihitung register" in sent_file(client, target, cases()).content.decode()
    report(client, CaseFile.objects.get())
    sent_file(client, target, cases().replace(b"08.", b"xx."))  # refused, with its rows named
    looked_for = IDENTITY_NUMBER[:-3]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert looked_for not in str(cursor.fetchall()), table
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        assert path.is_dir() or looked_for.encode() not in path.read_bytes()
    assert looked_for not in caplog.text
    assert CaseMapping.objects.get().columns.keys() == {"digest", "places", "month_first"}


def test_a_long_upload_is_gone_from_the_disk_before_the_answer(
    cast: Cast, target: ServiceTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = str(tmp_path), 100
    on_disk: list[list[Path]] = []
    received = CaseFile.receive.__func__  # type: ignore[attr-defined]

    def looked(cls: type[CaseFile], **given: Any) -> Any:
        on_disk.append(list(tmp_path.iterdir()))
        return received(cls, **given)

    monkeypatch.setattr(CaseFile, "receive", classmethod(looked))
    assert "Yang dihitung register" in sent_file(doors.enter(cast.head), target, cases()).content.decode()
    assert on_disk == [[]]


def test_the_program_for_outsiders_agrees_and_finds_a_list_that_was_exchanged(
    live_server: Any, cast: Cast, target: ServiceTarget
) -> None:
    counted(cast, target, cases())
    program = live_server.url + "/data/cases.py"
    assert program
    answer = Client().get("/data/cases.py")
    assert answer.status_code == 200
    done = subprocess.run([sys.executable, "-", live_server.url], input=answer.content, capture_output=True)
    assert (done.returncode, done.stdout.decode()) == (0, "1 computed numbers, 0 faults\n"), done.stderr.decode()


def test_calendar_csv_has_a_heading_and_the_days_in_force(cast: Cast) -> None:
    year = HolidayYear.enter(by=cast.keeper, year=2019, source="SKB", days=[DayOff(date(2019, 2, 5), "Imlek")])
    assert Client().get("/data/plain/calendar.csv").content == b"year,day,name,source,decree,approved_on\n"
    year.approve(by=cast.approver, seen=year.fingerprint())
    lines = Client().get("/data/plain/calendar.csv").content.decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("2019,2019-02-05,Imlek,SKB,,")


SAID = {"clock_start": "berkas-diserahkan", "clock_stop": "diterima", "clock_unit": "working"}


def test_a_head_states_the_clock_of_an_old_target_in_plain_words(cast: Cast) -> None:
    old = cast.target(unit_of_measure="hari kerja")
    client, place = doors.enter(cast.head), f"/kerja/sasaran/{old.reference}/ubah/"
    given = {"seen": old.fingerprint(), "field": "clock", "reason": REASON, **SAID}
    assert "Pilih salah satu; bila tidak tahu" in client.post(place, given).content.decode()
    given["baseline_by_clock"] = "tidak"
    look = client.post(place, given)
    assert "Dihitung sejak berkas diserahkan sampai diterima warga." in look.content.decode()
    client.post(place, {**given, "read_doubts": look.context["read_doubts"]})
    revision = old.revisions.get()
    assert (revision.field, revision.new, revision.old) == ("clock", "berkas-diserahkan diterima working", None)
    doors.give_second_factor(cast.approver)
    desk = doors.enter(cast.approver, second_factor=True)
    page = desk.get(f"/admin/commitments/targetrevision/{revision.pk}/change/").content.decode()
    assert "Jamnya belum dijelaskan." in page
    assert desk.get("/admin/commitments/targetrevision/").status_code == 200
    assert Client().get("/jejak/").status_code == 200
    assert Client().get(f"/en{old.get_absolute_url()}").status_code == 200


def test_a_new_target_asks_for_its_clock_and_takes_the_unit_from_it(cast: Cast) -> None:
    client = doors.enter(cast.head)
    unit_left_empty = target_typed(prefix="target-", unit_of_measure="", **SAID)
    given = {name: value for name, value in typed(cast).items() if not name.startswith("target-")} | unit_left_empty
    assert client.post("/kerja/komitmen/usul/?unit=dinkes", given).status_code == 302
    made = ServiceTarget.objects.get()
    assert (made.unit_of_measure, made.clock) == (
        "hari kerja",
        StatedClock("berkas-diserahkan", "diterima", "working"),
    )
    half = {**given, "target-uuid": str(uuid4()), "komitmen-uuid": str(uuid4()), "target-clock_stop": ""}
    assert "Jelaskan jamnya lengkap" in client.post("/kerja/komitmen/usul/?unit=dinkes", half).content.decode()
    other = {**given, "target-family": "ringkas", "target-unit_of_measure": "langkah", "target-statistic": "count"}
    other |= {"target-uuid": str(uuid4()), "komitmen-uuid": str(uuid4())}
    client.post("/kerja/komitmen/usul/?unit=dinkes", other)
    assert ServiceTarget.objects.get(family="ringkas").clock is None
