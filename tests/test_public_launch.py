"""Tests of the public pages from the first day: who was never invited is not blamed, and sources fill the gap."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.test import Client

from commitments.models import PublicFact
from commitments.public.sharing import share_image
from commitments.reports import home_page
from opd import clock
from opd.models import Membership, Unit
from opd.register import triggers
from tests.cast import Cast, person, utc
from tests.history_of_everything import demonstration
from tests.reading import text

pytestmark = pytest.mark.django_db
DAY = "2 November 2017"


def page(client: Client, address: str = "/") -> str:
    return text(client.get(address).content.decode())


@contextmanager
def unguarded() -> Iterator[None]:
    triggers.drop()
    yield
    triggers.install()


def never_invited(*units: Unit) -> None:
    with unguarded():
        Membership.objects.filter(unit__in=units).delete()


@pytest.fixture
def cast(time: clock.TurnedClock) -> Cast:
    """Two units with a head, two that nobody invited."""
    found = Cast()
    never_invited(found.setda, found.bagian)
    return found


def known(cast: Cast) -> PublicFact:
    facts = {"service": "Rujukan", "statement": "Rujukan selesai dalam dua hari.", "source": "uji"}
    return PublicFact.enter(by=cast.keeper, unit=cast.pdam, certainty="documented", **facts)


def test_beside_the_sentence_stands_since_when_and_how_many_have_an_account(client: Client, cast: Cast) -> None:
    sentence = f"Register ini berjalan sejak {DAY}; 2 dari 4 unit sudah punya akun."
    assert sentence in page(client)
    assert "2 of 4 units have an account." in page(client, "/en/")
    card = share_image.home_words(home_page.home_page(clock.today()), clock.today())
    assert card["others"][-1] == sentence.rstrip(".")
    assert "2%20dari%204%20unit%20sudah%20punya%20akun" in client.get("/").content.decode().replace("+", "%20")


def test_once_all_have_an_account_nothing_more_is_said(client: Client, cast: Cast) -> None:
    for unit in (cast.setda, cast.bagian):
        person(f"kepala-{unit.code}", unit=unit)
    assert "punya akun" not in page(client)


def test_a_register_that_invited_nobody_blames_nobody(client: Client, cast: Cast) -> None:
    never_invited(cast.dinkes, cast.pdam)
    found = page(client)
    assert f"Register ini berjalan sejak {DAY}; belum satu unit pun diundang." in found
    assert "tanpa target, tidak ada yang dapat dibuktikan" not in found


def test_not_invited_is_not_the_same_as_without_a_target(client: Client, cast: Cast) -> None:
    assert f"Belum diundang. Register ini berjalan sejak {DAY}" in page(client, "/unit/setda/")
    assert "belum diundang" not in page(client, "/unit/pdam/")
    listed = page(client, "/unit/")
    assert listed.count("belum diundang") == 2
    assert page(client, "/jawaban/no_target/").count("belum diundang") == 2
    with unguarded():
        Membership.objects.update(until_on=date(2017, 11, 2))
    assert "belum diundang" not in page(client, "/unit/pdam/")  # it was, once


def test_what_sources_say_fills_an_empty_register_and_is_a_download(client: Client, cast: Cast) -> None:
    fact = known(cast)
    home = page(client)
    assert fact.statement in home
    assert "Pdam* Tanda tangan" in home.replace(" *", "*")
    assert fact.statement in page(client, "/komitmen/")
    lines = b"".join(client.get("/data/facts.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert fact.statement in lines
    cast.commitment()
    assert fact.statement not in page(client, "/komitmen/")


def test_a_question_to_a_unit_without_a_target_is_prepared_where_a_source_names_its_site(
    client: Client, cast: Cast
) -> None:
    assert "Tanyakan targetnya" not in page(client, "/unit/pdam/")
    cast.pdam.correct(by=cast.keeper, seen=cast.pdam.fingerprint(), website="https://pdam.contoh.invalid/")
    found = page(client, "/unit/pdam/")
    assert "Tanyakan targetnya" in found
    assert "https://pdam.contoh.invalid/" in found
    cast.target(commitment=cast.commitment(by=cast.other_head, unit=cast.pdam), by=cast.other_head)
    assert "Tanyakan targetnya" not in page(client, "/unit/pdam/")


def test_nothing_is_compared_or_counted_before_there_was_a_register(client: Client) -> None:
    with demonstration(utc(2018, 2, 20, 3)) as turned:
        Cast()
        turned.moment = utc(2018, 3, 1, 3)
        assert "sejak 20 Februari 2018" in page(client)
        quarters = client.get("/uji-petik/").context["quarters"]
        assert [one.since for one in quarters] == [date(2018, 1, 1)]
        turned.moment = utc(2018, 5, 1, 3)
        quarters = client.get("/uji-petik/").context["quarters"]
        assert [one.since for one in quarters] == [date(2018, 4, 1), date(2018, 1, 1)]
