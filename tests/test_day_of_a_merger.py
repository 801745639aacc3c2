"""Tests of the day on which a unit becomes part of another: each list and page turns on that day, not a day later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from commitments.models import Measurement, Memorandum, Signature, transfer
from opd import access, clock
from opd.models import Unit, UnitChange
from tests import cast as people
from tests import doors
from tests.cast import Cast, utc
from tests.reading import text

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

DAY, BEFORE = date(2018, 6, 1), date(2018, 5, 31)
LAST_MOMENT, FIRST_MOMENT = utc(2018, 5, 31, 16, 59, 59, 999999), utc(2018, 5, 31, 17)  # 00.00 in Semarang

# Address; what it says only on the day before; what it says only from the day on.
PUBLIC = [
    ("/", "Rujukan: lama Dinkes median", "dinkes sudah melewati seremoni Membaik sama diteruskan Kesehatan-Baru"),
    ("/unit/", "(Dinkes) Membaik 1 dari 1", "(Dinkes) Membaik berakhir 1 Juni 2018, diteruskan Kesehatan-Baru"),
    ("/unit/", "(Kesehatan-Baru) Tanda tangan", "(Kesehatan-Baru) Membaik 1 dari 1"),
    ("/komitmen/", "Layanan lebih cepat Dinkes", "Layanan lebih cepat Kesehatan-Baru"),
    ("/unit/dinkes/", "Sudah melewati seremoni: terbukti Membaik. 1 dari 1", "tidak ada lagi sejak 1 Juni 2018"),
    ("/unit/dinkes/", "Rujukan: lama Membaik DINKES-01-1", "Target unit ini sudah berpindah ke penerusnya."),
    ("/unit/dinkes/", "Perbaikan terjauh", "1 Jun 2018 Unit ini digabung. Penerusnya: Kesehatan-Baru"),
    ("/unit/kesehatan-baru/", "Tidak ada target.", "Bukan penanda tangan 2017: Membaik. 1 dari 1"),
    ("/unit/kesehatan-baru/", "belum mewarisi janji", "1 Jun 2018 Menjadi penerus Dinkes."),
    ("/unit/kesehatan-baru/", "belum mewarisi janji", "1 Jun 2018 Rujukan: lama, 4 hari dikembalikan"),
    ("/unit/dinkes/lencana.svg", "Dinkes Membaik 31 Mei", "Dinkes Membaik berakhir 1 Jun 2018"),
    ("/unit/kesehatan-baru/lencana.svg", "Tanda tangan", "Membaik"),
    ("/unit/dinkes/data.csv", "DINKES-01-1;Rujukan", "per;Jumat, 1 Juni 2018"),
    ("/unit/kesehatan-baru/data.csv", "per;Kamis, 31 Mei 2018", "DINKES-01-1;Rujukan"),
    (
        "/komitmen/DINKES-01/",
        "janji Unit dinkes sejak 2 Januari 2018",
        "sampai 1 Juni 2018 Unit kesehatan-baru sejak",
    ),
    ("/komitmen/DINKES-01/", "Unit dinkes · Kualitas", "Sejak 1 Juni 2018 yang berutang adalah Unit kesehatan-baru"),
    ("/sasaran/DINKES-01-1/", "Unit dinkes · Layanan", "Unit kesehatan-baru · Layanan"),
    ("/data/commitments.csv", "DINKES-01;dinkes;", "DINKES-01;kesehatan-baru;"),
    ("/data/targets.csv", "DINKES-01;dinkes;", "DINKES-01;kesehatan-baru;"),
    (
        "/data/units.csv",
        ";2017-11-02;3;3;true;past;;1;/unit/dinkes/",
        ";2018-06-01;kesehatan-baru;2017-11-02;3;3;true;past;;0;/unit/dinkes/",
    ),
]

# Who; address; what the page says only while the turned clock shows the day before, or only from the day on.
AT_WORK = [
    ("head", "/kerja/", "Angka terbaru hari Lapor Rujukan", "Dinkes belum punya target"),
    ("heir", "/kerja/", "Kesehatan-Baru belum punya target", "Angka terbaru hari Lapor Rujukan"),
    ("head", "/kerja/sasaran/DINKES-01-1/lapor/", "Lapor Rujukan", "404"),
    ("heir", "/kerja/sasaran/DINKES-01-1/lapor/", "404", "Lapor Rujukan"),
    ("verifier", "/admin/commitments/measurement/", "Rujukan dinkes", "Rujukan kesehatan-baru"),
    ("verifier", "/admin/commitments/commitment/", "lebih cepat dinkes", "lebih cepat kesehatan-baru"),
    ("verifier", "/admin/commitments/servicetarget/", "Rujukan dinkes", "Rujukan kesehatan-baru"),
]


def merger(time: clock.TurnedClock) -> tuple[Cast, User]:
    """Dinkes, at rung 3, becomes part of a new unit, as confirmed a month before; on the day a report is returned."""
    cast = Cast()
    time.moment = utc(2018, 1, 2, 3)
    target = cast.target()
    first = cast.measurement(target, 5, period_start=date(2017, 11, 3), period_end=date(2017, 12, 31))
    first.verify(by=cast.verifier, seen=first.fingerprint())
    time.moment = utc(2018, 5, 1, 3)
    heir = people.unit("kesehatan-baru")
    units = {"predecessors": [cast.dinkes], "successors": [heir]}
    change = UnitChange.propose(by=cast.keeper, change="merged", on=DAY, legal_basis="Perda 5", **units)
    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    cast.measurement(target, 4, period_start=date(2018, 1, 1), period_end=date(2018, 4, 30))
    return cast, people.person("kepala-baru", unit=heir)


def said(client: Client, address: str, **query: Any) -> str:
    response = client.get(address, query)
    body = b"".join(response) if response.streaming else response.content
    return text(body.decode())


@pytest.fixture
def merged(time: clock.TurnedClock) -> Iterator[None]:
    cast, _ = merger(time)
    time.moment = FIRST_MOMENT
    waiting = Measurement.objects.waiting().get()
    waiting.return_(by=cast.verifier, seen=waiting.fingerprint(), note=people.REASON)
    time.moment = utc(2018, 6, 20, 3)
    yield


@pytest.mark.parametrize(("address", "before", "since"), PUBLIC)
def test_a_public_page_turns_on_the_day(client: Client, merged: None, address: str, before: str, since: str) -> None:
    found = {day: said(client, address, per=day) for day in (BEFORE, DAY)}
    assert before in found[BEFORE] and before not in found[DAY]
    assert since in found[DAY] and since not in found[BEFORE]


def test_what_happens_on_the_day_is_in_the_history_of_the_heir_alone(client: Client, merged: None) -> None:
    returned = "1 Jun 2018 Rujukan: lama, 4 hari dikembalikan"
    assert returned in said(client, "/unit/kesehatan-baru/")
    assert returned not in said(client, "/unit/dinkes/")


def test_an_improvement_that_a_signature_rests_on_is_on_home_after_the_merger(client: Client, merged: None) -> None:
    assert "Rujukan: lama Dinkes median" in said(client, "/", per=BEFORE)
    assert "Rujukan: lama Kesehatan-Baru median" in said(client, "/", per=DAY)


def test_signers_of_one_office_are_named_together_and_still_count_one_each(client: Client, merged: None) -> None:
    office = "2 penanda tangan di atas kini satu kantor, Unit kesehatan-baru, dan tetap dihitung sendiri-sendiri:"
    assert "kini satu kantor" not in said(client, "/jawaban/past/", per=DAY)
    heir, agreement = Unit.objects.get(code="kesehatan-baru"), Memorandum.objects.get()
    facts = {"capacity": "party", "source": "uji", "certainty": "documented"}
    Signature.enter(by=access.SYSTEM, memorandum=agreement, unit=heir, **facts)
    html = said(client, "/jawaban/past/", per=DAY)
    assert office in html and "2 unit: sudah melewati seremoni" in html
    assert "kini satu kantor" not in said(client, "/jawaban/past/", per=BEFORE)


def test_a_page_of_work_turns_with_the_day(time: clock.TurnedClock) -> None:
    cast, heir = merger(time)
    clients = {"head": doors.enter(cast.head), "heir": doors.enter(heir), "verifier": doors.enter(cast.verifier)}
    found = {}
    for moment in (LAST_MOMENT, FIRST_MOMENT):
        time.moment = moment
        found[moment] = [said(clients[who], address) for who, address, _, _ in AT_WORK]
    for (_, _, before, since), page, later in zip(AT_WORK, found[LAST_MOMENT], found[FIRST_MOMENT], strict=True):
        assert before in page and before not in later
        assert since in later and since not in page
