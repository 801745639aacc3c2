"""Tests of the report form: it arrives once, as typed, and each mistake is explained beside its field."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from commitments import numbers, periods
from commitments.models import Evidence, Measurement, ServiceTarget
from commitments.workspace import submission
from opd import clock
from opd.models import Entry
from tests import doors
from tests.cast import Cast, person, serves
from tests.screen_texts import EMPTY_FILE, STALE_SCREEN

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]
UUID_ONE = UUID("7b0f7c2e-5d0d-4e0a-9b63-0a4f7d4f2d11")


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def target(cast: Cast) -> ServiceTarget:
    return cast.target(service="Rujukan puskesmas")


def address(target: ServiceTarget) -> str:
    return f"/kerja/sasaran/{target.reference}/lapor/"


ALWAYS_READ = "unproven: no_n: no_method: exact: unchanged: too_early:"  # doubts that rest on nothing else


def typed(**given: Any) -> dict[str, Any]:
    """A report as a browser sends it, with one link as proof; what is given replaces or adds.

    Its sender has been told of every doubt there can be.
    """
    value = given.get("value", "9,5")
    return {
        "read_doubts": f"{value} worse:14 jump:14 worse:5 jump:5 copied:{value} {ALWAYS_READ}",
        "uuid": str(UUID_ONE),
        "value": "9,5",
        "period_typed": "Tahun 2018",
        "n": "212",
        "method": "Dari SIMPUS.",
        "note": "",
        "bukti-TOTAL_FORMS": "3",
        "bukti-INITIAL_FORMS": "0",
        "bukti-0-kind": "hasil",
        "bukti-0-url": "https://contoh.go.id/angka",
        "kirim": "1",
        **given,
    }


def unsent(**given: Any) -> dict[str, Any]:
    """The same, to be kept as a draft."""
    return {name: value for name, value in typed(**given).items() if name != "kirim"} | {"simpan": "1"}


def picture(color: str = "#3f9c93") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (16, 16), color).save(content, "PNG")
    return SimpleUploadedFile("bukti.png", content.getvalue(), "image/png")


def test_a_report_by_the_head_is_sent_with_its_proof_and_gets_a_receipt(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    answer = client.post(address(target), typed(**{"bukti-1-kind": "seremoni", "bukti-1-file": picture()}))
    sent = Measurement.objects.get()
    assert answer["Location"] == f"/kerja/kiriman/{sent.uuid}/"
    assert (sent.uuid, sent.value, sent.n, sent.period_start, sent.period_end, sent.method, sent.state) == (
        UUID_ONE,
        Decimal("9.5"),
        212,
        date(2018, 1, 1),
        date(2018, 12, 31),
        "Dari SIMPUS.",
        "submitted",
    )
    assert list(sent.evidence.values_list("evidence_kind", "media_type", "url")) == [
        ("hasil", "", "https://contoh.go.id/angka"),
        ("seremoni", "image/png", ""),
    ]
    page = client.get(answer["Location"]).content.decode()
    entry = Entry.objects.get(act="measurement.submitted")
    for told in (entry.hash, *sent.evidence.values_list("sha256", flat=True), "menunggu verifikasi"):
        assert told.lower() in page.lower()


def test_a_double_tap_is_one_report_and_the_same_receipt(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    first = client.post(address(target), typed(**{"bukti-1-kind": "hasil", "bukti-1-file": picture()}))
    again = client.post(address(target), typed(**{"bukti-1-kind": "hasil", "bukti-1-file": picture()}))
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert (Measurement.objects.count(), Evidence.objects.count()) == (1, 2)
    assert Entry.objects.filter(act="measurement.submitted").count() == 1


@pytest.mark.parametrize(
    "change",
    [{"value": "9,6"}, {"n": ""}, {"bukti-0-kind": "kegiatan"}, {"bukti-0-url": "https://contoh.go.id/lain"}],
)
def test_the_same_identity_with_other_content_is_a_conflict_that_shows_both(
    cast: Cast, target: ServiceTarget, change: dict[str, str]
) -> None:
    client = doors.enter(cast.head)
    client.post(address(target), typed())
    answer = client.post(address(target), typed(**change))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "9,5" in page
    assert page.count("evidence-digest") == 2  # what proved either
    sent = Measurement.objects.get()
    assert (sent.value, sent.n) == (Decimal("9.5"), 212)


def test_an_identity_that_another_unit_used_tells_nothing(cast: Cast, target: ServiceTarget) -> None:
    doors.enter(cast.head).post(address(target), typed(value="7,77"))
    theirs = cast.target(by=cast.other_head, commitment=cast.commitment(by=cast.other_head, unit=cast.pdam))
    answer = doors.enter(cast.other_head).post(address(theirs), typed())
    page = answer.content.decode()
    assert "Pengenal kiriman ini tidak dapat dipakai" in page
    assert "7,77" not in page
    assert Measurement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_two_taps_at_the_same_moment_are_one_report(round_: int) -> None:
    cast = Cast()
    target = cast.target()
    facts = {
        "value": Decimal(5),
        "period_start": date(2018, 1, 1),
        "period_end": date(2018, 12, 31),
        "n": None,
        "method": "",
        "note": "",
    }
    proofs = [submission.NewEvidence(kind="hasil", url="https://contoh.go.id/angka")]
    start, came, broke = threading.Barrier(4), [], []

    def tap() -> None:
        start.wait()
        try:
            row = submission.record(
                by=cast.head, target=target, uuid=UUID_ONE, facts=facts, evidence_items=proofs, submit=True
            )
            came.append(row.pk)
        except Exception as error:
            broke.append(error)
        finally:
            connection.close()

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()
    assert broke == []
    assert came == [Measurement.objects.get().pk] * 4
    assert Evidence.objects.count() == 1


MISTAKES = [
    ({"value": ""}, "value", "Bagian ini perlu diisi."),
    ({"value": "1.234"}, "value", "1.234 dapat dibaca 1234 atau 1,234."),
    ({"value": "14 hari"}, "value", "Tulis angkanya saja tanpa satuan, misalnya 12,5."),
    ({"value": "1,23456"}, "value", "Paling banyak 4 angka di belakang koma."),
    ({"value": "123456789012"}, "value", "Angka ini terlalu besar"),
    ({"period_typed": ""}, "period", "Pilih periodenya, atau tulis."),
    ({"period_typed": "", "period": "besok"}, "period", "Pilih periodenya lagi."),
    ({"period_typed": "", "period": "2018-02-01/2018-01-31"}, "period", "Akhir periode mendahului awalnya."),
    ({"period_typed": "31/02/2018"}, "period_typed", "Periode ini tidak terbaca. Tulis misalnya Oktober 2026"),
    ({"period_typed": "1 Januari 2019 – 31 Desember 2018"}, "period_typed", "Akhir periode mendahului awalnya."),
    ({"period_typed": "Triwulan II 2099"}, "period_typed", "Periode belum selesai"),
    ({"n": "0"}, "n", "Paling sedikit 1."),
    ({"n": "banyak"}, "n", "Tulis bilangan bulat, misalnya 212."),
    ({"n": "9" * 40}, "n", "Bilangan ini terlalu besar."),
]


@pytest.mark.parametrize(("given", "name", "said"), MISTAKES)
def test_a_mistake_is_explained_beside_its_field_and_nothing_typed_is_lost(
    cast: Cast, target: ServiceTarget, given: dict[str, str], name: str, said: str
) -> None:
    answer = doors.enter(cast.head).post(address(target), typed(note="Jangan hilang", **given))
    form = answer.context["form"]
    assert [said in error for error in form.errors[name]] == [True]
    assert list(form.errors) == [name]
    page = answer.content.decode()
    assert "Jangan hilang" in page
    assert "https://contoh.go.id/angka" in page
    assert 'aria-invalid="true"' in page
    assert Measurement.objects.count() == 0


BAD_PROOF: list[tuple[dict[str, Any], str, str]] = [
    ({"bukti-0-kind": ""}, "kind", "Pilih ini bukti apa."),
    ({"bukti-0-url": "", "bukti-0-caption": "Layar"}, "file", "Pilih berkasnya, atau tulis tautannya."),
    ({"bukti-0-url": "bukan tautan"}, "url", "Tautan ini tidak lengkap."),
    ({"bukti-0-url": "", "bukti-0-file": b""}, "file", EMPTY_FILE),
    ({"bukti-0-url": "", "bukti-0-file": b"<svg/>"}, "file", "Berkas ini bukan JPEG, PNG, WebP, atau PDF."),
    (
        {"bukti-0-url": "", "bukti-0-file": b"\x00\x00\x00\x18ftypheic" + bytes(64)},
        "file",
        "Ini foto HEIC dari iPhone",
    ),
    ({"bukti-0-url": "", "bukti-0-file": b"%PDF-" + bytes(11_000_000)}, "file", "Berkas ini lebih dari 10 MB"),
    ({"bukti-0-captured_on": "besok"}, "captured_on", "Tanggal ini tidak ada."),
]


@pytest.mark.parametrize(("given", "name", "said"), BAD_PROOF)
def test_a_bad_proof_is_explained_beside_it(
    cast: Cast, target: ServiceTarget, given: dict[str, Any], name: str, said: str
) -> None:
    file = given.get("bukti-0-file")
    if file is not None:
        given = {**given, "bukti-0-file": SimpleUploadedFile("bukti.jpg", file)}
    answer = doors.enter(cast.head).post(address(target), typed(**given))
    row = answer.context["rows"].forms[0]
    assert [said in error for error in row.errors[name]] == [True]
    assert "9,5" in answer.content.decode()
    assert Measurement.objects.count() == 0


def test_what_an_act_refuses_is_shown_as_a_sentence(cast: Cast) -> None:
    share = cast.target(
        statistic="share", unit_of_measure="%", direction="higher", baseline_value=4, target_value=Decimal(60)
    )
    answer = doors.enter(cast.head).post(address(share), typed(value="101"))
    assert "Persen berada di antara 0 dan 100." in answer.content.decode()
    assert Measurement.objects.count() == 0


def test_an_operator_saves_a_draft_and_the_head_sends_it(cast: Cast, target: ServiceTarget) -> None:
    operator = doors.enter(cast.operator)
    assert 'name="kirim"' not in operator.get(address(target)).content.decode()
    answer = operator.post(address(target), unsent())
    draft = Measurement.objects.get()
    assert (draft.state, draft.drafted_by) == ("draft", cast.operator)
    assert "Kirim</button>" not in operator.get(answer["Location"]).content.decode()

    head = doors.enter(cast.head)
    assert "Periksa konsep lalu kirim" in head.get("/kerja/").content.decode()
    page = head.get(answer["Location"])
    head.post(
        f"{answer['Location']}kirim/",
        {"seen": page.context["seen"], "read_doubts": page.context["previewed"].summary},
    )
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_by) == ("submitted", cast.head)


def test_an_operator_cannot_send_by_asking_for_it(cast: Cast, target: ServiceTarget) -> None:
    answer = doors.enter(cast.operator).post(address(target), typed())
    assert "Hanya kepala Dinkes yang dapat melakukan ini." in answer.content.decode()
    assert Measurement.objects.count() == 0


def test_the_head_pulls_back_only_while_nobody_has_decided(cast: Cast, target: ServiceTarget) -> None:
    client, sent = doors.enter(cast.head), cast.measurement(target)
    place = f"/kerja/kiriman/{sent.uuid}/"
    seen = client.get(place).context["seen"]
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    stale = client.post(f"{place}tarik/", {"seen": seen})
    assert stale.status_code == 409
    assert STALE_SCREEN in stale.content.decode()
    assert sent.decisions.count() == 1

    other = cast.measurement(target, 4, period_start=date(2019, 1, 1), period_end=date(2019, 12, 31))
    place = f"/kerja/kiriman/{other.uuid}/"
    client.post(f"{place}tarik/", {"seen": client.get(place).context["seen"]})
    assert [(row.verdict, row.own_unit) for row in other.decisions.all()] == [("returned", True)]
    page = client.get(place).content.decode()
    assert "Ditarik unitnya sendiri" in page
    assert not any(asked in page for asked in ("Dikembalikan", "Jawab"))  # the secretariat asked for nothing


def test_a_correction_is_a_new_version_with_the_old_proof_when_it_still_holds(
    cast: Cast, target: ServiceTarget
) -> None:
    client, sent = doors.enter(cast.head), cast.measurement(target)
    sent.return_(by=cast.verifier, seen=sent.fingerprint(), note="Angka tidak sama dengan yang terbaca.")
    place = f"/kerja/kiriman/{sent.uuid}/koreksi/"
    page = client.get(place)
    assert "Angka tidak sama dengan yang terbaca." in page.content.decode()
    form = page.context["form"]
    assert (form["value"].value(), form["reuse"].value()) == ("5", [])
    proof = str(sent.evidence.get().uuid)
    assert [value for value, _ in form.fields["reuse"].choices] == [proof]
    given = typed(value="6", reuse=[proof], **{"bukti-0-kind": "", "bukti-0-url": ""})
    answer = client.post(place, given)
    new = Measurement.objects.get(supersedes=sent)
    assert answer["Location"] == f"/kerja/kiriman/{new.uuid}/"
    assert (new.version, new.value, new.state) == (2, Decimal(6), "submitted")
    assert list(new.evidence.values_list("evidence_kind", "url")) == [("hasil", "https://contoh.invalid/bukti")]
    talk = client.get(answer["Location"]).content.decode()
    assert "Angka tidak sama dengan yang terbaca." in talk
    assert client.get(place)["Location"] == answer["Location"]  # one correction per version


def test_a_draft_is_written_anew_and_thrown_away(cast: Cast, target: ServiceTarget) -> None:
    client, draft = doors.enter(cast.operator), cast.measurement(target, submitted=False, by=cast.operator)
    given = unsent(reuse=[str(draft.evidence.get().uuid)], **{"bukti-0-kind": "", "bukti-0-url": ""})
    answer = client.post(f"/kerja/kiriman/{draft.uuid}/koreksi/", given)
    new = Measurement.objects.get()
    assert (new.uuid, new.value, new.evidence.count(), new.supersedes) == (UUID_ONE, Decimal("9.5"), 1, None)
    assert client.post(f"/kerja/kiriman/{draft.uuid}/koreksi/", given)["Location"] == answer["Location"]  # double tap
    client.post(f"/kerja/kiriman/{new.uuid}/buang/")
    assert Measurement.objects.count() == 0


def test_what_was_sent_is_not_thrown_away(cast: Cast, target: ServiceTarget) -> None:
    sent = cast.measurement(target)
    answer = doors.enter(cast.head).post(f"/kerja/kiriman/{sent.uuid}/buang/")
    assert answer.status_code == 409
    assert Measurement.objects.count() == 1


def test_the_form_starts_with_the_last_finished_period_and_says_which_was_sent(
    cast: Cast, target: ServiceTarget
) -> None:
    client, last = doors.enter(cast.head), next(periods.finished(target.cycle_days, clock.today()))
    first = client.get(address(target)).context["form"]
    assert (first["period"].initial, first["period"].value()) == (last, last.code)
    choices = [label for _, label in first.fields["period"].choices]
    assert (choices[0], choices[-1].partition(" (")[0]) == (last.name, "Sampai hari ini")
    cast.measurement(target, method="Dari SIMPUS.", period_start=last.start, period_end=last.end)
    page = client.get(address(target))
    second = page.context["form"]
    assert (second["period"].initial, second["method"].initial) == (last, "Dari SIMPUS.")
    assert second.fields["period"].choices[0] == (last.code, f"{last.name}, sudah dikirim")
    assert f'value="{last.code}"' in page.content.decode()


def pulled_back(cast: Cast, sent: Measurement) -> None:
    sent.pull_back(by=cast.head, seen=sent.fingerprint())


def returned(cast: Cast, sent: Measurement) -> None:
    sent.return_(by=cast.verifier, seen=sent.fingerprint(), note="Bukti memuat data pribadi warga.")


def verified(cast: Cast, sent: Measurement) -> None:
    sent.verify(by=cast.verifier, seen=sent.fingerprint())


def undecided(cast: Cast, sent: Measurement) -> None:
    """As it was sent."""


@pytest.mark.parametrize("became", [pulled_back, returned, verified, undecided])
def test_the_proof_of_what_was_sent_is_offered_and_never_ticked(
    cast: Cast, target: ServiceTarget, became: Callable[[Cast, Measurement], None]
) -> None:
    client, sent = doors.enter(cast.head), cast.measurement(target)
    became(cast, sent)
    place, proof = f"/kerja/kiriman/{sent.uuid}/koreksi/", str(sent.evidence.get().uuid)
    page = client.get(place).content.decode()
    assert re.findall(rf'<input[^>]*value="{proof}"[^>]*>', page) != []
    assert re.findall(rf'<input[^>]*value="{proof}"[^>]*checked', page) == []
    client.post(place, typed(**{"bukti-0-kind": "", "bukti-0-url": ""}))
    assert Measurement.objects.get(supersedes=sent).evidence.count() == 0


def test_the_proof_of_a_draft_stays_with_it(cast: Cast, target: ServiceTarget) -> None:
    draft = cast.measurement(target, submitted=False, by=cast.operator)
    form = doors.enter(cast.head).get(f"/kerja/kiriman/{draft.uuid}/koreksi/").context["form"]
    assert form["reuse"].value() == [str(draft.evidence.get().uuid)]


def test_the_link_of_the_last_report_is_offered_and_never_filled_in(cast: Cast, target: ServiceTarget) -> None:
    cast.measurement(target)
    client = doors.enter(cast.head)
    page = client.get(address(target))
    rows, form = page.context["rows"], page.context["form"]
    assert [row["kind"].value() for row in rows] == ["hasil", None, None]  # a suggestion, and no evidence
    assert [row[name].value() for row in rows for name in ("url", "caption", "captured_on")] == [None] * 9
    assert [name for name, _ in form.fields["reuse"].choices] == ["https://contoh.invalid/bukti"]
    assert not form["reuse"].value()
    bare = {"bukti-0-kind": "hasil", "bukti-0-url": "", "period_typed": "Triwulan I 2019"}
    client.post(address(target), typed(**bare))
    assert Measurement.objects.get(uuid=UUID_ONE).evidence.count() == 0


def test_an_offered_link_is_ticked_once_and_brings_no_day_and_no_caption_along(
    cast: Cast, target: ServiceTarget
) -> None:
    sent = cast.measurement(target, submitted=False)
    sent.evidence.update(captured_on=date(2018, 12, 30), caption="Layar tahun 2018")
    sent.submit(by=cast.head, seen=sent.fingerprint())
    client, link = doors.enter(cast.head), "https://contoh.invalid/bukti"
    given = typed(reuse=[link], **{"bukti-0-url": "", "period_typed": "Triwulan I 2019"})
    answers = [client.post(address(target), given) for _ in range(2)]  # a double tap is one report
    assert [answer["Location"] for answer in answers] == [f"/kerja/kiriman/{UUID_ONE}/"] * 2
    again = Measurement.objects.get(uuid=UUID_ONE).evidence.get()
    assert (again.evidence_kind, again.url, again.captured_on, again.caption) == ("hasil", link, None, "")


@pytest.mark.parametrize(("became", "links"), [(verified, 1), (undecided, 1), (returned, 0), (pulled_back, 0)])
def test_a_link_that_was_sent_back_is_not_offered(
    cast: Cast, target: ServiceTarget, became: Callable[[Cast, Measurement], None], links: int
) -> None:
    became(cast, cast.measurement(target))
    page = doors.enter(cast.head).get(address(target))
    assert ("reuse" in page.context["form"].fields) == bool(links)
    assert page.content.decode().count("https://contoh.invalid/bukti") == 3 * links  # the tick, its label, its link


@pytest.mark.parametrize("place", ["", "koreksi/"])
def test_another_units_report_is_not_there(cast: Cast, target: ServiceTarget, place: str) -> None:
    sent = cast.measurement(target)
    client = doors.enter(cast.other_head)
    assert client.get(f"/kerja/kiriman/{sent.uuid}/{place}").status_code == 404
    assert client.get(address(target)).status_code == 404
    assert client.post(address(target), typed()).status_code == 404


def test_a_signed_out_head_comes_back_to_the_form(cast: Cast, target: ServiceTarget) -> None:
    answer = Client().get(address(target))
    assert answer["Location"] == f"/akun/login/?next={address(target)}"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,5", "1234.5"),
        ("1234.5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("0,125", "0.125"),
        ("0.125", "0.125"),
        (" 14 ", "14"),
        ("-3,5", "-3.5"),
        ("−3,5", "-3.5"),
        ("12.3400", "12.34"),
    ],
)
def test_numbers_are_read_both_ways_and_written_so_that_they_are_read_again(text: str, number: str) -> None:
    read = numbers.read(text)
    assert read == Decimal(number)
    assert numbers.read(numbers.as_typed(read)) == read


@pytest.mark.parametrize(
    "text", ["1.234", "1,234", "999.999", "1.23.4", ",5", "5,", "1e5", "NaN", "٣", "1 000", "--1"]
)
def test_numbers_that_could_be_two_or_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        numbers.read(text)


def test_somebody_of_two_units_sees_one_at_a_time(cast: Cast, target: ServiceTarget) -> None:
    both = person("plt-rangkap", unit=cast.dinkes)
    serves(both, cast.pdam)
    client = doors.enter(both)
    assert target.service in client.get("/kerja/?unit=dinkes").content.decode()
    assert target.service not in client.get("/kerja/?unit=pdam").content.decode()
    assert client.get("/kerja/?unit=setda").status_code == 404


def test_uuid_of_a_form_is_new_each_time(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.head)
    forms = [client.get(address(target)).context["form"] for _ in range(2)]
    assert forms[0]["uuid"].initial != forms[1]["uuid"].initial != uuid4()
