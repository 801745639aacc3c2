"""Tests of two clerks who decide at the same moment: one wins, the other reads which office did what."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from opd import access, register
from tests import doors
from tests.cast import REASON, Cast, person
from tests.test_admin_decide import marks, on_screen, place

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def pressed_together(*presses: tuple[Client, str, dict[str, Any]]) -> list[Any]:
    """Each POST in a thread of its own, all let go at once; what each was answered."""
    gate = threading.Barrier(len(presses))
    answers: list[Any] = [None] * len(presses)

    def press(nth: int, client: Client, address: str, given: dict[str, Any]) -> None:
        try:
            gate.wait(10)
            answers[nth] = client.post(address, given)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(nth, *one)) for nth, one in enumerate(presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_one_verdict_wins_and_the_other_clerk_reads_whose_it_was() -> None:
    cast = Cast()
    target = cast.target()
    one, two = doors.enter(cast.verifier), doors.enter(person("verifikator-dua", access.VERIFIER))
    for _ in range(ROUNDS):
        sent = cast.measurement(target)
        verify = {"act": "verifikasi", **on_screen(one, sent), **marks(sent)}
        back = {"act": "kembalikan", "note": REASON, **on_screen(two, sent)}
        answers = pressed_together((one, place(sent), verify), (two, place(sent), back))
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        [decision] = sent.decisions.all()
        [lost] = [answer.content.decode() for answer in answers if answer.status_code == 409]
        did = {"verified": "memverifikasi", "returned": "mengembalikan"}[decision.verdict]
        assert f"</b> {did} hasil pengukuran" in lost
        assert decision.get_verdict_display() in lost
    assert list(register.check()) == []
