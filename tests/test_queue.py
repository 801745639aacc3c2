"""Tests of the queue of the desk: her list, her filters, her skips, her counts, and one search over all."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from openpyxl import load_workbook

from commitments.models import Commitment, Measurement
from commitments.secretariat.work.mine import mine
from commitments.secretariat.work.waiting_work import waiting_work
from opd import access, clock
from opd.models import Unit
from tests import doors
from tests.cast import REASON, Cast, give, serves

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def cast() -> Cast:
    return Cast()


def place(row: Any, filters: str | None = None) -> str:
    there = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
    return there if filters is None else f"{there}?_changelist_filters={quote(filters)}"


def decide(client: Client, address: str, row: Any, act: str, **given: str) -> str:
    read = client.get(address).context["read_doubts"]
    answer = client.post(address, {"act": act, "seen": row.fingerprint(), "read_doubts": read, **given})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def waiting(cast: Cast, number: int) -> list[Measurement]:
    target = cast.target()
    return [cast.measurement(target, value) for value in range(4, 4 + number)]


def test_next_means_next_in_her_list_with_her_filter(cast: Cast) -> None:
    oldest, second, third, fourth = waiting(cast, 4)
    client = doors.enter(cast.verifier)
    filters = "antrean=menunggu&o=-3"  # the largest value first
    page = client.get(f"/admin/commitments/measurement/?{filters}").content.decode()
    assert f"?_changelist_filters={quote(filters, safe='')}" in page.replace("&amp;", "&")
    there = decide(client, place(third, filters), third, "kembalikan", note=REASON)
    assert there.startswith(place(second).partition("?")[0])
    assert "_changelist_filters" in there
    shown = client.get(there).context
    assert (shown["queue_place"], shown["queue_length"]) == (2, 3)
    assert shown["list_url"] == f"/admin/commitments/measurement/?{filters}"
    assert (oldest.state, fourth.state) == ("submitted", "submitted")


def test_what_she_skipped_comes_last(cast: Cast) -> None:
    first, second, third = waiting(cast, 3)
    client = doors.enter(cast.verifier)
    assert client.get(place(first)).context["next_url"] == place(second)
    assert decide(client, place(second), second, "kembalikan", note=REASON) == place(third)
    assert decide(client, place(third), third, "kembalikan", note=REASON) == place(first)
    assert decide(client, place(first), first, "kembalikan", note=REASON) == place(first)


def test_after_the_last_of_her_list_she_is_back_at_the_list(cast: Cast) -> None:
    [only] = waiting(cast, 1)
    filters = "antrean=menunggu&unit=dinkes"
    client = doors.enter(cast.verifier)
    there = decide(client, place(only, filters), only, "kembalikan", note=REASON)
    assert there == f"/admin/commitments/measurement/?{filters}"


def test_after_a_revocation_she_stays_on_it(cast: Cast) -> None:
    row, _ = waiting(cast, 2)
    row.verify(by=cast.verifier, seen=row.fingerprint())
    assert decide(doors.enter(cast.approver), place(row), row, "cabut", reason=REASON) == place(row)


def test_a_list_that_cannot_be_read_leads_through_the_queue(cast: Cast) -> None:
    first, second = waiting(cast, 2)
    client = doors.enter(cast.verifier)
    assert client.get(place(first, "tidak_ada=1")).context["next_url"].startswith(place(second))


def names(client: Client, address: str) -> list[str]:
    return [str(row) for row in client.get(address).context["cl"].result_list]


def test_lists_are_filtered_by_unit_age_family_and_on_behalf(cast: Cast) -> None:
    waiting(cast, 1)
    client = doors.enter(cast.verifier)
    there = "/admin/commitments/measurement/"
    for query, number in (
        ("unit=dinkes", 1),
        ("unit=pdam", 0),
        ("umur=3", 0),
        ("target__family__exact=cepat", 1),
        ("target__family__exact=daring", 0),
        ("on_behalf__exact=1", 0),
        ("on_behalf__exact=0", 1),
    ):
        assert (query, len(names(client, f"{there}?{query}"))) == (query, number)
    with clock.turned(clock.TurnedClock(clock.now() + timedelta(days=8), "uji")):
        assert len(names(client, f"{there}?umur=7")) == 1


@pytest.mark.parametrize("text", ["dinkes", "Kesehatan", "Dinas Kesehatan", "Dinkes"])
def test_a_unit_is_found_by_any_of_its_names_on_every_list(cast: Cast, text: str) -> None:
    names_ = {"name": "Dinas Kesehatan", "short_name": "Dinkes Kota", "legal_basis": "Perda"}
    cast.dinkes.rename(by=cast.keeper, seen=cast.dinkes.fingerprint(), on=clock.today(), **names_)
    target = cast.target()
    cast.measurement(target)
    target.revise(by=cast.head, seen=target.fingerprint(), field="min_change", new=Decimal(1), reason=REASON)
    cast.commitment(unit=cast.pdam, by=cast.other_head)
    client = doors.enter(cast.leader)
    for model in ("commitment", "servicetarget", "measurement", "targetrevision"):
        found = names(client, f"/admin/commitments/{model}/?q={quote(text)}")
        assert (model, len(found)) == (model, 1)
    assert names(client, "/admin/commitments/commitment/?q=Kependudukan") == []
    page = client.get(f"/admin/cari/?q={quote(text)}")
    titles = [one.title for one in page.context["found"]]
    assert {"Unit", "Komitmen", "Realisasi"} <= set(titles)
    assert "Pdam" not in page.content.decode().partition("Daftar")[0]


def test_the_search_of_all_shows_nothing_that_a_list_hides(cast: Cast) -> None:
    client = doors.enter(cast.leader)
    assert client.get("/admin/cari/?q=k").context["is_short"]
    assert client.get("/admin/cari/?q=%25%25").context["found"] == []


def test_each_list_is_a_file_with_its_filter(cast: Cast) -> None:
    waiting(cast, 2)
    client = doors.enter(cast.leader)
    page = client.get("/admin/commitments/measurement/?unit=dinkes").content.decode()
    assert "unduh=csv" in page
    assert "unduh=xlsx" in page
    answer = client.get("/admin/commitments/measurement/?unit=dinkes&unduh=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "Target;Unit;" in text
    assert text.count("DINKES-01-1") == 2
    book = client.get("/admin/commitments/measurement/?unit=pdam&unduh=xlsx")
    rows = load_workbook(BytesIO(b"".join(book.streaming_content))).active  # type: ignore[attr-defined]
    assert rows is not None
    assert "DINKES-01-1" not in str(list(rows.values))
    for model in ("opd/unit", "opd/tenure", "commitments/commitment", "commitments/servicetarget", "opd/unitchange"):
        assert client.get(f"/admin/{model}/?unduh=csv").status_code == 200
    assert Client().get("/admin/opd/unit/?unduh=csv").status_code == 302


def test_the_front_page_counts_only_what_this_person_may_decide(cast: Cast) -> None:
    waiting(cast, 1)
    target = cast.target(by=cast.setda_head, commitment=setda_commitment(cast), published=False)
    target.publish(by=cast.inspector, seen=target.fingerprint())
    cast.measurement(target, by=cast.setda_head)
    cast.commitment(published=False)

    def counts(user: Any) -> dict[str, int]:
        client = doors.enter(user)
        piles = client.get("/admin/").context["workday"].decide
        for pile in piles:
            if "saya=ya" in pile.url:
                assert client.get(pile.url).context["cl"].result_count == pile.count
        return {pile.title: pile.count for pile in piles if pile.title != "Angka yang dipersoalkan"}

    assert counts(cast.verifier) == {"Realisasi menunggu verifikasi": 1}
    assert counts(cast.inspector)["Realisasi menunggu verifikasi"] == 1
    assert "Realisasi menunggu verifikasi" not in counts(cast.approver)
    assert counts(cast.leader)["Realisasi menunggu verifikasi"] == 2
    serves(cast.approver, cast.dinkes, "staff")
    assert doors_counts(cast.approver)["Usulan komitmen"] == 0


def doors_counts(user: Any) -> dict[str, int]:
    return {pile.title: pile.count for pile in waiting_work(clock.today(), user).decide}


def setda_commitment(cast: Cast) -> Commitment:
    row = cast.commitment(unit=cast.setda, by=cast.setda_head, published=False)
    row.publish(by=cast.inspector, seen=row.fingerprint())
    return row


def test_rows_of_her_own_unit_and_of_setda_are_marked_before_they_are_opened(cast: Cast) -> None:
    cast.commitment(published=False)
    cast.commitment(unit=cast.setda, by=cast.setda_head, published=False)
    serves(cast.approver, cast.dinkes, "staff")
    page = doors.enter(cast.approver).get("/admin/commitments/commitment/").content.decode()
    assert page.count("unit Anda: orang lain yang memutus") == 1
    assert page.count("diputus Inspektorat") == 1
    assert (
        "diputus Inspektorat"
        not in doors.enter(cast.inspector).get("/admin/commitments/commitment/").content.decode()
    )


def test_what_the_address_says_and_nobody_knows_is_said(cast: Cast) -> None:
    client = doors.enter(cast.verifier)
    page = client.get("/admin/commitments/measurement/?antrean=besok", follow=True).content.decode()
    assert "tidak mengenal “besok”" in page
    for query, said in (("p=999", "tidak punya halaman sebanyak itu"), ("tidak_ada=1", "tidak dikenal")):
        page = client.get(f"/admin/commitments/measurement/?{query}", follow=True).content.decode()
        assert said in page


def test_the_same_question_decides_for_one_row_and_for_many(cast: Cast) -> None:
    """`mine` is `office_to_publish` asked of many rows: none is offered and then refused, or the other way round."""
    for unit, head in ((cast.dinkes, cast.head), (cast.pdam, cast.other_head), (cast.setda, cast.setda_head)):
        cast.commitment(unit=unit, by=head, published=False)
    give(cast.keeper, access.APPROVER)
    serves(cast.keeper, cast.pdam, "staff")
    for user in (cast.approver, cast.inspector, cast.keeper, cast.verifier, cast.leader):
        many = set(mine(user, Commitment.objects.waiting()))
        one_by_one = {row for row in Commitment.objects.waiting() if access.allows(row.office_to_publish, user)}
        assert (user.username, many) == (user.username, one_by_one)
    assert Unit.objects.count() == 4
