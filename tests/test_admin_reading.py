"""Tests of the admin: it shows the day's work, and nobody can edit a fact there, not even a superuser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse

from commitments.models import Recheck
from opd import clock, register
from opd.models import Entry, Membership, Registered, Tenure, Unit
from tests import doors
from tests.cast import REASON, SIGNED_ON, Cast, unit

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # pages and roles: no database changes them


@pytest.fixture
def cast() -> Cast:
    return Cast()


OWN_PAGES = {  # none writes but through an act
    "assessment": {"baru"},
    "evidence": {"original"},
    "holidayyear": {"baru"},
    "membership": {"add"},
    "recheck": {"draw"},
    "signature": {"baru"},
    "tenure": {"rotasi"},
    "training": {"baru", "undangan"},
    "unit": {"baru"},
    "unitchange": {"susun"},
    "witness": {"baru"},
}


@pytest.fixture
def superuser() -> User:
    return User.objects.create_superuser("akar", password=doors.PASSWORD)


def test_the_front_page_counts_what_waits(cast: Cast) -> None:
    target = cast.target()
    cast.measurement(target)
    cast.commitment(published=False)
    cast.target(published=False, commitment=target.commitment)
    target.revise(by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(2), reason=REASON)
    client = doors.enter(cast.leader)
    day = client.get("/admin/").context["workday"]
    assert [(pile.title, pile.count, pile.note) for pile in day.decide] == [
        ("Realisasi menunggu verifikasi", 1, "semuanya baru hari ini"),
        ("Usulan komitmen", 1, "semuanya baru hari ini"),
        ("Usulan target", 1, "semuanya baru hari ini"),
        ("Usulan perubahan target", 1, "semuanya baru hari ini"),
        ("Perubahan unit", 0, "tidak ada"),
        ("Uji petik belum diperiksa", 0, "tidak ada"),
        ("Angka yang dipersoalkan", 0, "tidak ada"),
    ]
    assert [(pile.title, pile.count) for pile in day.tidy] == [
        ("Kepala berganti, akun belum", 0),
        ("Target tanpa sumber data", 2),
        ("Komitmen warisan belum diterima", 0),
        ("Unit berstatus perkiraan", 0),
        ("Pejabat berstatus perkiraan", 0),
        ("Tanda tangan berstatus perkiraan", 0),
    ]
    for pile in (*day.decide, *day.tidy):
        assert client.get(pile.url).context["cl"].result_count == pile.count


def test_every_page_of_the_desk_is_two_clicks_from_the_front_page(cast: Cast) -> None:
    """A page that takes nothing in its address; those that do belong to a row of a list."""
    found: set[str] = set()
    for user in (cast.keeper, cast.inspector):
        client = doors.enter(user)
        for address in links(client, "/admin/") | {"/admin/"}:
            found |= {address} | links(client, address)
    patterns = admin.site.get_urls()
    named = {f"admin:{url.name}" for url in flat(patterns) if url.name and not url.pattern.converters}
    elsewhere = {
        "app_list",
        "login",
        "logout",
        "password_change",
        "password_change_done",
        "autocomplete",
        "jsi18n",
        "view_on_site",
        "launch-renew",  # only sent to, from the launch board and the page of links
        "launch-letters",
        "chasing-mails",
    }
    pages = {reverse(name) for name in named if name.removeprefix("admin:") not in elsewhere}
    assert {page for page in pages if page not in found} == PRINTED


def test_whoever_is_refused_at_the_desk_finds_the_way_back_to_it(cast: Cast) -> None:
    refused = doors.enter(cast.verifier).get("/admin/impor/")
    assert refused.status_code == 403
    assert '<a href="/admin/">Ke meja sekretariat</a>' in refused.content.decode()


PRINTED = {
    *("/admin/rapor/paket.pdf", "/admin/rapor/paket.xlsx"),
}  # buttons of a form


def links(client: Client, address: str) -> set[str]:
    if not address.startswith("/admin/"):
        return set()
    page = client.get(address).content.decode()
    return {urljoin(address, link.partition("?")[0]) for link in re.findall(r'<a [^>]*?href="([^"#]+)', page)}


def flat(patterns: Iterable[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from flat(pattern.url_patterns)


def test_the_queue_shows_the_oldest_first_and_what_became_of_the_others(cast: Cast) -> None:
    target = cast.target()
    sent = [cast.measurement(target, value) for value in (9, 8, 7, 6, 5)]
    sent[2].verify(by=cast.verifier, seen=sent[2].fingerprint())
    sent[3].return_(by=cast.verifier, seen=sent[3].fingerprint(), note=REASON)
    sent[4].verify(by=cast.verifier, seen=sent[4].fingerprint())
    sent[4].revoke(by=cast.approver, seen=sent[4].fingerprint(), note=REASON)
    client = doors.enter(cast.verifier)

    def listed(state: str) -> list[int]:
        rows = client.get(f"/admin/commitments/measurement/?antrean={state}").context["cl"].result_list
        return [int(row.value) for row in rows]

    assert {state: listed(state) for state in ("menunggu", "verified", "returned", "revoked", "")} == {
        "menunggu": [9, 8],
        "verified": [7],
        "returned": [6],
        "revoked": [5],
        "": [5, 6, 7, 8, 9],
    }


def test_no_registered_fact_can_be_added_changed_or_deleted_in_place(superuser: User) -> None:
    request = RequestFactory().get("/admin/")
    request.user = superuser
    guarded = [model for model in admin.site._registry if issubclass(model, (Registered, Entry))]
    assert {model._meta.model_name for model in register.registered_models()} - {
        model._meta.model_name for model in guarded
    } == set()
    for model in guarded:
        place = admin.site._registry[model]
        allowed = place.get_model_perms(request)
        assert allowed == {"add": False, "change": False, "delete": False, "view": True}, model
        assert place.get_actions(request) == {}
        sides = (place.inlines, place.list_editable, place.get_inline_instances(request), place.actions)
        assert sides == ([], (), [], None) or sides == ((), (), [], None), model
        pages = {url.name.rpartition("_")[2] for url in place.get_urls() if url.name}
        assert pages <= {"changelist", "change", *OWN_PAGES.get(str(model._meta.model_name), ())}, model


def test_a_superuser_cannot_edit_a_decided_fact(cast: Cast, superuser: User) -> None:
    sent = cast.measurement(cast.target())
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    client, before = doors.enter(superuser), Entry.objects.count()
    place = f"/admin/commitments/measurement/{sent.pk}/"
    everything = {"value": "1", "period_end": "2018-06-30", "note": "diubah", "_save": "1"}
    assert client.post(f"{place}change/", everything).status_code == 403
    for act in ("verifikasi", "kembalikan", "tolak", "cabut"):
        answer = client.post(
            f"{place}change/", {"act": act, "seen": sent.fingerprint(), "reason": REASON, "note": REASON}
        )
        assert answer.status_code in (403, 422)
    assert client.post(f"{place}delete/", {"post": "yes"}).status_code == 404
    assert client.post("/admin/commitments/measurement/add/", everything).status_code == 404
    assert client.post(
        "/admin/commitments/measurement/", {"action": "delete_selected", "_selected_action": sent.pk}
    ).status_code in (
        302,
        403,
        200,
    )
    sent.refresh_from_db()
    assert (int(sent.value), sent.state, Entry.objects.count()) == (5, "verified", before)


def test_the_keeper_makes_accounts_of_units_and_nothing_more(cast: Cast) -> None:
    client = doors.enter(cast.keeper)
    client.post(
        "/admin/auth/user/add/",
        {
            "username": "kepala-baru",
            "usable_password": "true",
            "password1": doors.PASSWORD,
            "password2": doors.PASSWORD,
            "is_staff": "on",
            "is_superuser": "on",
        },
    )
    made = User.objects.get(username="kepala-baru")
    assert (made.is_active, made.is_staff, made.is_superuser) == (True, False, False)
    own = {"username": "kepala-baru", "first_name": "Ani", "is_active": "on", "is_superuser": "on", "groups": ["1"]}
    client.post(f"/admin/auth/user/{made.pk}/change/", own)
    made.refresh_from_db()
    assert (made.first_name, made.is_superuser, made.groups.count()) == ("Ani", False, 0)
    assert client.get(f"/admin/auth/user/{made.pk}/password/").status_code == 403
    assert client.post(f"/admin/auth/user/{cast.verifier.pk}/change/", own).status_code == 403
    client.post(
        "/admin/opd/membership/add/",
        {"user": made.pk, "unit": "pdam", "role": "head", "from_on": str(SIGNED_ON)},
    )
    assert Membership.objects.get(user=made).unit == cast.pdam


def test_nobody_is_shown_a_password_or_a_secret(cast: Cast, superuser: User) -> None:
    doors.give_second_factor(cast.verifier)
    client = doors.enter(cast.leader)
    page = client.get(f"/admin/auth/user/{cast.head.pk}/change/").content.decode()
    assert cast.head.password not in page
    client = doors.enter(superuser)
    factor = cast.verifier.authenticator_set.get()  # type: ignore[attr-defined]
    page = client.get(f"/admin/mfa/authenticator/{factor.pk}/change/").content.decode()
    assert doors.SECRET not in page


LISTS = (
    "/admin/",
    "/admin/commitments/measurement/",
    "/admin/commitments/measurement/?antrean=menunggu",
    "/admin/commitments/commitment/?antrean=belum-diterima",
    "/admin/commitments/servicetarget/",
    "/admin/commitments/servicetarget/?antrean=diam",
    "/admin/commitments/targetrevision/",
    "/admin/commitments/recheck/",
    "/admin/commitments/recheckitem/",
    "/admin/opd/unit/",
    "/uji-petik/",
)


def test_a_long_list_costs_as_many_queries_as_a_short_one(cast: Cast) -> None:
    client = doors.enter(cast.verifier)
    commitment = cast.commitment()

    def queries(address: str) -> int:
        client.get(address)  # what the first reader makes for the others
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    def grow(count: int) -> None:
        """More of everything that is listed."""
        for _ in range(count):
            target = cast.target(commitment=commitment)
            cast.measurement(target)
            target.revise(
                by=cast.head, seen=target.fingerprint(), field="target_value", new=Decimal(2), reason=REASON
            )
            counted = cast.measurement(target)
            counted.verify(by=cast.verifier, seen=counted.fingerprint())
            Recheck.draw(by=cast.inspector, size=5)
            unit(f"unit-{Unit.objects.count()}")

    grow(1)
    few = {address: queries(address) for address in LISTS}
    grow(6)
    assert {address: queries(address) for address in LISTS} == few


@pytest.mark.nightly
def test_seven_thousand_units_cost_as_many_queries_as_seventy(cast: Cast) -> None:
    client = doors.enter(cast.verifier)

    def queries() -> list[int]:
        found = []
        for address in (
            "/admin/",
            "/admin/opd/unit/",
            "/admin/opd/unit/?q=unit",
            "/admin/commitments/servicetarget/",
        ):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            found.append(len(asked))
        return found

    def grow(until: int) -> None:
        with register.many_acts():
            for number in range(Unit.objects.count(), until):
                unit(f"unit-{number}")
        queries()  # what the first reader makes for the others

    grow(70)
    few = queries()
    grow(7000)
    assert queries() == few


def test_a_head_who_has_not_accepted_what_was_left_to_them_is_counted(cast: Cast) -> None:
    commitment = cast.commitment()
    tenure: dict[str, Any] = {"unit": cast.dinkes, "title": "Kepala", "certainty": "documented"}
    Tenure.enter(by=cast.keeper, person="Ani", from_on=date(2018, 1, 1), **tenure)
    client = doors.enter(cast.leader)

    def counted() -> list[tuple[int, str]]:
        day = client.get("/admin/").context["workday"]
        return [(pile.count, pile.note) for pile in day.tidy if pile.title == "Komitmen warisan belum diterima"]

    assert counted() == [(0, "oleh 0 kepala baru")]
    Tenure.enter(by=cast.keeper, person="Budi", from_on=clock.today() + timedelta(days=1), **tenure)
    with clock.turned(clock.TurnedClock(clock.now() + timedelta(days=2), "uji")):
        assert counted() == [(1, "oleh 1 kepala baru")]
        rows = client.get("/admin/commitments/commitment/?antrean=belum-diterima").context["cl"].result_list
        assert [row.reference for row in rows] == [commitment.reference]


@pytest.mark.parametrize("odd", ["99999999999999999999999999999999", "abc", "%00", "-1"])
def test_an_odd_address_is_not_found(cast: Cast, odd: str) -> None:
    client = doors.enter(cast.verifier)
    assert client.get(f"/admin/commitments/measurement/{odd}/change/").status_code == 404
    assert client.get(f"/admin/commitments/measurement/?antrean={odd}").status_code in (200, 302)
    assert client.get(f"/admin/commitments/measurement/?p={odd}").status_code in (200, 302)


@pytest.mark.parametrize("language", ["Welcome", "Change", "Add ", "Delete", "Select ", "View site", "Log out"])
def test_the_desk_speaks_indonesian(cast: Cast, language: str) -> None:
    client = doors.enter(cast.keeper)
    for address in ("/admin/", "/admin/opd/membership/", "/admin/auth/user/", "/admin/commitments/measurement/"):
        assert language not in client.get(address).content.decode()


@pytest.mark.parametrize("name", ["data__secret__startswith", "data__seed__startswith", "data__icontains", "data"])
def test_a_secret_is_not_guessed_letter_by_letter(cast: Cast, name: str) -> None:
    assert doors.enter(cast.leader).get("/admin/mfa/authenticator/", {name: "A"}).status_code == 400


def test_a_keeper_does_not_choose_where_somebodys_new_password_is_sent(cast: Cast) -> None:
    client = doors.enter(cast.keeper)
    client.post(f"/admin/auth/user/{cast.head.pk}/change/", {"email": "saya@contoh.invalid", "is_active": "on"})
    cast.head.refresh_from_db()
    assert cast.head.email == ""
