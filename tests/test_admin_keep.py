"""Tests of the keeper's screens: rotations, unit changes, new rows, memberships, and imports."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from commitments.models import Commitment, Inheritance, Measurement, Signature, transfer
from commitments.secretariat.unit_changes.forms import SuccessorsForm
from opd import clock, register
from opd.models import Entry, Membership, Person, Tenure, Unit, UnitChange
from tests import doors, sheets
from tests.cast import Cast, give, unit
from tests.reading import text
from tests.screen_texts import EMPTY_FILE

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # pages and roles: no database changes them

ROTATION = "/admin/opd/tenure/rotasi/"
UNIT_CHANGE = "/admin/opd/unitchange/susun/"


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def client(cast: Cast) -> Client:
    return doors.enter(cast.keeper)


def rotation(*rows: dict[str, str], **shared: str) -> dict[str, str]:
    given = {"semua-from_on": "2026-01-05", "semua-source": "SK 1/2026", "semua-certainty": "documented"}
    given |= {f"semua-{key}": value for key, value in shared.items()}
    given |= {"baris-TOTAL_FORMS": "12", "baris-INITIAL_FORMS": "0"}
    for number in range(12):
        row = {"status": "definitif", **(rows[number] if number < len(rows) else {})}
        given |= {f"baris-{number}-{key}": value for key, value in row.items()}
    return given


def holds(cast: Cast, name: str, place: Unit, since: date) -> None:
    Tenure.enter(by=cast.keeper, person=name, unit=place, from_on=since, title="Kepala", certainty="documented")


def in_office(unit: Unit) -> list[tuple[str, str, date | None]]:
    held = Tenure.objects.filter(unit=unit, until_on=None).order_by("pk")
    return [(tenure.person.name, tenure.title, tenure.from_on) for tenure in held]


def test_heads_change_places_on_one_screen(cast: Cast, client: Client) -> None:
    holds(cast, "Ani", cast.dinkes, date(2020, 1, 1))
    holds(cast, "Budi", cast.pdam, date(2020, 1, 1))
    before = Entry.objects.count()
    answer = client.post(
        ROTATION,
        rotation(
            {"unit": "dinkes", "person": "Budi"},
            {"unit": "pdam", "person": "Ani", "title": "Direktur", "from_on": "2026-01-06"},
            {"unit": "setda", "person": "Citra", "status": "Plt"},
        ),
    )
    assert answer["Location"] == "/admin/opd/tenure/"
    assert in_office(cast.dinkes) == [("Budi", "Kepala", date(2026, 1, 5))]
    assert in_office(cast.pdam) == [("Ani", "Direktur", date(2026, 1, 6))]
    assert in_office(cast.setda) == [("Citra", "Kepala", date(2026, 1, 5))]
    assert (Entry.objects.count(), Person.objects.count()) in ((before + 3, 3), (before + 6, 3))
    assert list(register.check()) == []


def test_one_wrong_row_keeps_all_out_and_nothing_typed_is_lost(cast: Cast, client: Client) -> None:
    holds(cast, "Ani", cast.pdam, date(2026, 6, 1))
    before = Entry.objects.count()
    answer = client.post(
        ROTATION, rotation({"unit": "dinkes", "person": "Budi"}, {"unit": "pdam", "person": "Citra"})
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    wrong = [dict(form.errors) for form in answer.context["offices"].filled]
    assert wrong[0] == {}
    assert "masa jabatan tidak mundur" in str(wrong[1])
    assert 'value="Budi"' in page
    assert 'value="Citra"' in page
    assert (Entry.objects.count(), Person.objects.count()) == (before, 1)


@pytest.mark.parametrize(
    ("rows", "field", "sentence"),
    [
        ([{"person": "Budi"}], "unit", "Bagian ini perlu diisi."),
        ([{"unit": "dinkes"}], "person", "Bagian ini perlu diisi."),
        ([{"unit": "dinkes", "person": "A"}, {"unit": "dinkes", "person": "B"}], "unit", "sudah ada di baris lain"),
        ([{"unit": "tanpa", "person": "A"}], "title", "Sebutan kepala unit ini belum dicatat"),
        ([{"unit": "pdam", "person": "Ani"}], "person", "Masih tercatat definitif di Dinkes (dinkes)"),
        ([{"unit": "dinkes", "person": "A", "from_on": "kemarin"}], "from_on", "tanggal"),
    ],
)
def test_what_is_wrong_is_said_beside_the_row(
    cast: Cast, client: Client, rows: list[dict[str, str]], field: str, sentence: str
) -> None:
    unit("tanpa", head_title="")
    Tenure.enter(
        by=cast.keeper,
        person="Ani",
        unit=cast.dinkes,
        from_on=date(2020, 1, 1),
        title="Kepala",
        certainty="documented",
    )
    answer = client.post(ROTATION, rotation(*rows))
    assert answer.status_code == 422
    assert sentence in str(answer.context["offices"].filled[-1].errors[field])


def test_more_rows_come_without_javascript_and_keep_what_was_typed(cast: Cast, client: Client) -> None:
    answer = client.post(ROTATION, {**rotation({"person": "Budi"}), "tambah": "1"})
    assert (answer.status_code, len(answer.context["offices"].forms)) == (200, 16)
    assert 'value="Budi"' in answer.content.decode()
    assert "Bagian ini perlu diisi" not in answer.content.decode()
    empty = client.post(ROTATION, rotation())
    assert "Isi paling sedikit satu baris." in empty.content.decode()
    odd = client.post(ROTATION, {**rotation(), "baris-TOTAL_FORMS": "99999999"})
    assert odd.status_code == 422
    assert client.post(ROTATION, {"tambah": "1", "baris-TOTAL_FORMS": "x"}).status_code == 200


def test_a_screen_of_many_units_costs_as_many_queries_as_one_of_few(cast: Cast, client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(ROTATION).status_code == 200
        return len(asked)

    queries()
    few = queries()
    for number in range(5):
        unit(f"unit-{number}")
    assert queries() == few


KIND, UNITS, COMMITMENTS, LAST_LOOK = range(4)


def step(client: Client, to: int, at: int = 0, **given: Any) -> Any:
    return client.post(UNIT_CHANGE, {"di": at, "langkah": to, **given})


def send(client: Client, **given: Any) -> Any:
    return client.post(UNIT_CHANGE, {"di": LAST_LOOK, **given})


def title_of(answer: Any) -> str:
    return str(answer.context["wizard"].step.title)


def heir_of(commitment: Commitment, code: str) -> dict[str, Any]:
    return {f"pewaris-{commitment.reference}": code}


def merger(**other: Any) -> dict[str, Any]:
    return {
        "change": "merged",
        "before": ["dinkes"],
        "after": "pdam",
        "on": str(clock.today()),
        "legal_basis": "Perda 3/2026",
        **other,
    }


def test_a_merger_is_prepared_in_steps_proposed_and_confirmed(cast: Cast, client: Client) -> None:
    target = cast.target()
    assert title_of(step(client, UNITS, change="merged")) == "Unit dan dasarnya"
    assert title_of(step(client, COMMITMENTS, **merger())) == "Komitmen"
    heirs = heir_of(target.commitment, "pdam")
    last = step(client, LAST_LOOK, **merger(), **heirs)
    told = {passage.place: passage.text for passage in last.context["passages"]}
    assert told["Dinding 2 November 2017"] == "Dinkes tetap di antara penanda tangan, dengan anak tangga Unit pdam."
    assert told["Komitmen DINKES-01"].endswith("ditanggung Pdam.")
    assert UnitChange.objects.count() == 0
    done = send(client, **merger(), **heirs, seen=last.context["seen"])
    change = UnitChange.objects.get()
    assert done["Location"] == f"/admin/opd/unitchange/{change.pk}/change/"
    assert [str(row) for row in Inheritance.objects.all()] == ["DINKES-01 → Pdam"]
    approver = doors.enter(cast.approver)
    approver.post(done["Location"], {"act": "sahkan", "seen": change.fingerprint()})
    assert Commitment.objects.get().owner == cast.pdam
    assert list(register.check()) == []


def test_a_split_into_new_units_names_them_and_who_owes_what(cast: Cast, client: Client) -> None:
    first, second = cast.commitment(), cast.commitment(published=False)
    given = merger(
        change="split", before="dinkes", after=["pdam"], code_1="dinkes-baru", name_1="Dinas Baru", short_1="Baru"
    )
    heirs = {**heir_of(first, "dinkes-baru"), **heir_of(second, "pdam")}
    asked = step(client, COMMITMENTS, **given).context["wizard"].form(SuccessorsForm)
    assert [code for code, _ in asked.fields[first.reference].choices] == ["", "pdam", "dinkes-baru"]
    assert asked.fields[second.reference].help_text == "Belum diumumkan; usulannya ikut pindah."
    last = step(client, LAST_LOOK, **given, **heirs)
    send(client, **given, **heirs, seen=last.context["seen"])
    new = Unit.objects.get(code="dinkes-baru")
    assert (new.name, new.unit_kind, new.valid_from) == ("Dinas Baru", "dinas", clock.today())
    change = UnitChange.objects.get()
    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    assert [first.owner.code, second.owner.code] == ["dinkes-baru", "pdam"]
    assert list(register.check()) == []


def test_a_dissolved_unit_leaves_its_promises_to_another_that_stands(cast: Cast, client: Client) -> None:
    promise = cast.commitment()
    given = merger(change="dissolved", before="dinkes")
    del given["after"]
    answer = step(client, LAST_LOOK, **given)
    assert title_of(answer) == "Komitmen"
    assert "Pilih unit yang akan menanggungnya." in answer.content.decode()
    heirs = heir_of(promise, "pdam")
    last = step(client, LAST_LOOK, **given, **heirs)
    assert "dibubarkan sejak" in last.content.decode()
    send(client, **given, **heirs, seen=last.context["seen"])
    change = UnitChange.objects.get()
    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    assert promise.owner_on(clock.today()) == cast.pdam
    assert promise.owner_on(clock.today() - timedelta(days=1)) == cast.dinkes


def test_a_new_name_is_prepared_in_steps_and_recorded_at_once(cast: Cast, client: Client) -> None:
    given: dict[str, Any] = {
        "change": "renamed",
        "before": "pdam",
        "name": "Perumda Tirta Moedal",
        "short_name": "Tirta Moedal",
        "on": str(clock.today()),
        "legal_basis": "Perda 2/2019",
    }
    last = step(client, COMMITMENTS, **given)
    assert title_of(last) == "Periksa"
    assert "Sampai" in last.content.decode()
    send(client, **given, seen=last.context["seen"])
    assert Unit.objects.get(code="pdam").name == "Perumda Tirta Moedal"


def test_a_unit_that_changed_meanwhile_is_not_changed_from_an_old_screen(cast: Cast, client: Client) -> None:
    last = step(client, LAST_LOOK, **merger())
    cast.dinkes.correct(by=cast.keeper, seen=cast.dinkes.fingerprint(), note="Berubah.")
    answer = send(client, **merger(), seen=last.context["seen"])
    assert "Data sudah berubah sejak halaman ini dibuka" in answer.content.decode()
    assert UnitChange.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"before": []}, "Bagian ini perlu diisi."),
        ({"after": ""}, "Pilih satu unit penerus, atau isi unit barunya."),
        ({"after": "dinkes"}, "tidak dapat berakhir dan meneruskan sekaligus"),
        ({"after": "", "code_1": "baru"}, "Isi ketiganya: kode, nama lengkap, nama singkat"),
        ({"after": "", "code_1": "setda", "name_1": "A", "short_1": "B"}, "Kode ini sudah dipakai unit lain."),
        ({"on": "besok"}, "Tanggal ini tidak ada."),
        ({"legal_basis": ""}, "Bagian ini perlu diisi."),
        ({"change": "split", "before": "dinkes", "after": ["pdam"]}, "memerlukan sedikitnya dua unit penerus"),
    ],
)
def test_a_step_that_does_not_hold_is_shown_with_its_sentence(
    client: Client, cast: Cast, given: dict[str, Any], sentence: str
) -> None:
    answer = step(client, LAST_LOOK, **merger(**given))
    assert (answer.status_code, title_of(answer)) == (422, "Unit dan dasarnya")
    assert sentence in answer.content.decode()


def test_the_way_back_keeps_what_was_typed(client: Client, cast: Cast) -> None:
    heir = heir_of(cast.commitment(), "pdam")
    page = step(client, UNITS, COMMITMENTS, **merger(legal_basis="Perda 9/2026"), **heir).content.decode()
    assert 'value="Perda 9/2026"' in page
    assert re.search(r'value="dinkes" selected', page)
    page = step(client, KIND, UNITS, **merger(legal_basis=""), **heir).content.decode()
    assert 'name="pewaris-DINKES-01" value="pdam"' in page
    assert "perlu diisi" not in page
    for odd in ("", "xyz", "99"):
        assert client.post(UNIT_CHANGE, {"langkah": odd, "di": odd}).status_code in (200, 422)


def test_a_name_that_looks_personal_is_explained_where_it_was_typed(client: Client, cast: Cast) -> None:
    given = merger(after="", code_1="baru", name_1="Dinas Baru", short_1="Baru 081234567890")
    seen = step(client, LAST_LOOK, COMMITMENTS, **given).context["seen"]
    refused = send(client, **given, seen=seen)
    assert (title_of(refused), UnitChange.objects.count(), refused.status_code) == ("Unit dan dasarnya", 0, 422)
    assert "Mengapa ini bukan data pribadi?" in refused.content.decode()
    send(client, **given, seen=seen, not_personal="Nomor layanan kantor unit itu, bukan milik warga.")
    assert UnitChange.objects.count() == 1


def test_no_step_beyond_the_last_look_sends_it(client: Client, cast: Cast) -> None:
    given = merger(seen=cast.dinkes.fingerprint())
    assert title_of(step(client, LAST_LOOK, COMMITMENTS, **given)) == "Periksa"
    assert UnitChange.objects.count() == 0
    send(client, **given)
    assert UnitChange.objects.count() == 1


def test_a_signature_is_entered_as_printed_corrected_and_withdrawn(cast: Cast, client: Client) -> None:
    given = {
        "memorandum": cast.memorandum.pk,
        "capacity": "co-signer",
        "printed_name": "Adi Trihananto",
        "printed_title": "Sekda",
        "source": "berita",
        "certainty": "assumed",
    }
    place = client.post("/admin/commitments/signature/baru/", given)["Location"]
    signature = Signature.objects.get(printed_name="Adi Trihananto")
    client.post(place, {"act": "koreksi", "seen": signature.fingerprint(), "source": "SK", "certainty": "documented"})
    signature.refresh_from_db()
    assert (signature.source, signature.certainty) == ("SK", "documented")
    again = client.post("/admin/commitments/signature/baru/", {**given, "capacity": "party", "unit": cast.pdam.pk})
    assert "sudah tercatat menandatangani" in again.content.decode()
    assert list(register.check()) == []


def test_a_new_unit_is_entered_once(cast: Cast, client: Client) -> None:
    given = {"code": "kec-baru", "name": "Kecamatan Baru", "short_name": "Kec. Baru", "unit_kind": "kecamatan"}
    given |= {"certainty": "documented", "source": "Perda"}
    assert client.post("/admin/opd/unit/baru/", given).status_code == 302
    assert Unit.objects.get(code="kec-baru").name == "Kecamatan Baru"
    assert client.post("/admin/opd/unit/baru/", given).status_code == 422


def test_a_place_is_given_and_ended(cast: Cast, client: Client) -> None:
    given = {"user": cast.outsider.pk, "unit": "pdam", "role": "operator", "from_on": "2026-01-05"}
    assert client.post("/admin/opd/membership/add/", given).status_code == 302
    place = Membership.objects.get(user=cast.outsider)
    assert (place.unit, place.role, place.until_on) == (cast.pdam, "operator", None)
    end = {"act": "akhiri", "seen": place.fingerprint(), "on": "2026-02-01", "role": "head"}
    client.post(f"/admin/opd/membership/{place.pk}/change/", end)
    place.refresh_from_db()
    assert (place.role, place.until_on) == ("operator", date(2026, 2, 1))


def sent(client: Client, slug: str, content: bytes, name: str = "rekap.xlsx") -> Any:
    file = BytesIO(content)
    file.name = name
    return client.post(f"/admin/impor/{slug}/", {"file": file})


def measurement_sheet(reference: str, value: Any = 9) -> bytes:
    row = [reference, "1 Jan 2018", "30 Juni 2018", value, 212, "https://contoh.go.id/a", "hasil"]
    return sheets.xlsx([sheets.MEASUREMENTS, row])


def test_a_sheet_is_tried_shown_and_kept_with_one_yes(cast: Cast, client: Client) -> None:
    target = cast.target()
    trial = sent(client, "realisasi", measurement_sheet(target.reference))
    page = trial.content.decode()
    assert "1 baris akan tercatat." in page
    assert "9\N{NO-BREAK SPACE}hari, 1 Januari – 30 Juni 2018" in page
    assert Measurement.objects.count() == 0
    token = trial.context["token"]
    assert client.post("/admin/impor/realisasi/", {"token": token})["Location"] == "/admin/impor/realisasi/"
    assert Measurement.objects.get().on_behalf
    again = client.post("/admin/impor/realisasi/", {"token": token})
    assert (again.status_code, Measurement.objects.count()) == (409, 1)
    assert "Semua 1 baris sudah ada di register persis seperti ini." in again.content.decode()


def test_a_sheet_with_faults_offers_no_yes(cast: Cast, client: Client) -> None:
    trial = sent(client, "realisasi", measurement_sheet("X-1", "<script>alert(1)</script>"))
    page = trial.content.decode()
    assert (trial.status_code, trial.context["token"]) == (422, "")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "Catat 1 baris" not in page


def test_of_many_faults_the_first_are_shown_and_all_are_counted(cast: Cast, client: Client) -> None:
    row = ["DINKES-01-1", "1 Jan 2018", "30 Juni 2018", "sembilan", 212, None, None]
    page = sent(client, "realisasi", sheets.xlsx([sheets.MEASUREMENTS, *[row] * 201])).content.decode()
    assert "201 hal perlu dibetulkan di berkasnya; lalu unggah lagi. Yang tampil 200 yang pertama." in text(page)
    assert page.count('<th scope="row">') == 200


def test_a_yes_holds_for_its_file_its_kind_and_its_person(cast: Cast, client: Client) -> None:
    target = cast.target()
    token = sent(client, "realisasi", measurement_sheet(target.reference)).context["token"]
    for slug, given in (("unit", token), ("realisasi", token + "x"), ("realisasi", "x")):
        answer = client.post(f"/admin/impor/{slug}/", {"token": given})
        assert answer.status_code == 409
    give(cast.other_head, "pengelola-data")
    cast.other_head.is_staff = True
    cast.other_head.save()
    other = doors.enter(cast.other_head)
    assert other.post("/admin/impor/realisasi/", {"token": token}).status_code == 409
    assert Measurement.objects.count() == 0


def test_what_changed_since_the_trial_is_shown_again(cast: Cast, client: Client) -> None:
    target = cast.target()
    token = sent(client, "realisasi", measurement_sheet(target.reference)).context["token"]
    target.withdraw(by=cast.approver, seen=target.fingerprint(), reason="Ditarik supaya impornya menjadi basi.")
    answer = client.post("/admin/impor/realisasi/", {"token": token})
    assert answer.status_code == 409
    assert "Register berubah sejak berkas ini diperiksa" in answer.content.decode()
    assert "Target ini sudah ditarik" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", EMPTY_FILE),
        (b"PK\x03\x04", "Berkas ini rusak"),
        (b"x" * (5 * 1024 * 1024 + 1), "lebih dari 5 MB"),
    ],
)
def test_a_file_that_is_none_is_said_beside_the_field(
    cast: Cast, client: Client, content: bytes, sentence: str
) -> None:
    answer = sent(client, "komitmen", content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert client.post("/admin/impor/komitmen/", {}).status_code == 422
    assert client.get("/admin/impor/lain/").status_code == 404


def test_a_template_lists_what_may_be_chosen_today(cast: Cast, client: Client) -> None:
    target = cast.target()
    answer = client.get("/admin/impor/realisasi/templat.xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="impor-realisasi.xlsx"'
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["Isian", "Pilihan", "Petunjuk"]
    listed = [cell.value for column in book["Pilihan"].iter_cols() for cell in column]
    assert {"dinkes", target.reference, "hasil"} <= set(listed)


def test_the_public_reads_for_whom_it_was_imported(cast: Cast, client: Client) -> None:
    target = cast.target()
    sheets.kept(cast, "realisasi", measurement_sheet(target.reference))
    anyone = Client()
    assert "sekretariat atas nama unit" in anyone.get(f"/sasaran/{target.reference}/").content.decode()
    [row] = anyone.get("/api/v1/measurements/").json()["results"]
    assert row["state"] == "submitted"
    assert "pengelola data, atas nama dinkes" in anyone.get("/jejak/").content.decode().lower()
    shown = doors.enter(cast.verifier).get(f"/admin/commitments/measurement/{Measurement.objects.get().pk}/change/")
    assert "diimpor sekretariat <b>atas nama unit</b>" in shown.content.decode()
