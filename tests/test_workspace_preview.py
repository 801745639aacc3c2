"""Tests of the preview of a submission: it is what happens after verification; the doubts that it raises."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from commitments import evidence as store
from commitments.models import Evidence, Measurement, ServiceTarget
from commitments.reports.doubts import ClaimedValue
from commitments.reports.submission_preview import SubmissionPreview, preview
from opd import clock
from tests.cast import Cast
from tests.mutations import undone
from tests.test_workspace_report import picture

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def target(cast: Cast) -> ServiceTarget:
    return cast.target(min_change=2)


def verified(cast: Cast, target: ServiceTarget, value: Any, year: int, **facts: Any) -> Measurement:
    sent = cast.measurement(target, value, period_start=date(year, 1, 1), period_end=date(year, 12, 31), **facts)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    return sent


def rung_of(target: ServiceTarget) -> int:
    rung: int = ServiceTarget.objects.with_rung(clock.today()).get(pk=target.pk).rung
    return rung


@pytest.mark.parametrize("before", [(), ((2018, "9"),), ((2018, "3"),), ((2018, "3"), (2025, "9"))])
def test_what_is_foreseen_is_what_happens(
    cast: Cast, target: ServiceTarget, before: tuple[tuple[int, str], ...]
) -> None:
    for year, earlier in before:
        verified(cast, target, earlier, year)
    now, foretold, came = rung_of(target), {}, {}
    for case in product(["20", "14", "12.5", "12", "3.0001", "3", "0"], ["hasil", "keluaran"]):
        value, kind = case
        previewed = preview(target, ClaimedValue(Decimal(value), date(2020, 1, 1), date(2020, 12, 31), kinds=[kind]))
        assert previewed.target.rung == now
        foretold[case] = previewed.rung
        with undone():
            verified(cast, target, value, 2020, kind=kind)
            came[case] = rung_of(target)
    assert foretold == came


@pytest.mark.parametrize("value", ["20", "3"])
def test_a_correction_is_foreseen_in_the_place_of_what_it_corrects(
    cast: Cast, target: ServiceTarget, value: str
) -> None:
    first = verified(cast, target, "9", 2020)
    previewed = preview(
        target, ClaimedValue(Decimal(value), date(2020, 1, 1), date(2020, 12, 31), ["hasil"]), base=first
    )
    verified(cast, target, value, 2020, corrects=first)
    assert previewed.rung == rung_of(target)


def test_looking_ahead_writes_nothing_and_supposes_it_for_nobody_else(cast: Cast, target: ServiceTarget) -> None:
    other = cast.target(commitment=target.commitment)
    preview(target, ClaimedValue(Decimal(3)))
    assert (Measurement.objects.count(), rung_of(target), rung_of(other)) == (0, 1, 1)


def codes(previewed: SubmissionPreview) -> list[str]:
    return [doubt.code for doubt in previewed.doubts]


DOUBTS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"value": Decimal(9)}, ["copied"]),
    ({"value": Decimal("9.0001")}, ["worse"]),
    ({"value": Decimal("3.5")}, []),
    ({"value": Decimal("3.4999")}, ["jump"]),
    ({"value": Decimal(90)}, ["worse", "jump"]),
    ({"kinds": None}, []),
    ({"kinds": []}, ["unproven"]),
    ({"kinds": ["keluaran", "seremoni"]}, ["unproven"]),
    ({"kinds": ["seremoni", "hasil"]}, []),
    ({"taken_on": [date(2020, 1, 1)]}, []),
    ({"taken_on": [date(2020, 6, 1), date(2019, 12, 31)]}, ["other_day"]),
]


@pytest.mark.parametrize(("given", "doubts"), DOUBTS)
def test_every_doubt_has_its_border(
    cast: Cast, target: ServiceTarget, given: dict[str, Any], doubts: list[str]
) -> None:
    verified(cast, target, "9", 2019)
    usual = {"value": Decimal(8), "period_start": date(2020, 1, 1), "period_end": date(2020, 12, 31)}
    assert codes(preview(target, ClaimedValue(**{"kinds": ["hasil"], **usual, **given}))) == doubts


def test_higher_is_better_turns_the_doubt_around(cast: Cast) -> None:
    share = cast.target(
        statistic="share", unit_of_measure="%", direction="higher", baseline_value=40, target_value=Decimal(60)
    )
    assert codes(preview(share, ClaimedValue(Decimal(39)))) == ["worse"]
    assert codes(preview(share, ClaimedValue(Decimal(41)))) == []


@pytest.mark.parametrize(("whose", "told"), [("own", True), ("sent elsewhere", True), ("another's draft", False)])
def test_the_same_file_is_told_unless_it_is_a_secret_of_others(
    cast: Cast, target: ServiceTarget, whose: str, told: bool
) -> None:
    elsewhere = cast.target(by=cast.other_head, commitment=cast.commitment(by=cast.other_head, unit=cast.pdam))
    where, by = (target, cast.head) if whose == "own" else (elsewhere, cast.other_head)
    draft = cast.measurement(where, submitted=False, by=by)
    file = store.receive("bukti.png", picture())  # type: ignore[arg-type]
    Evidence.attach(draft, kind="hasil", file=file, original_sha256="a" * 64)
    if whose == "sent elsewhere":
        draft.submit(by=by, seen=draft.fingerprint())
    for digest in (file.sha256, "a" * 64):  # as it came, or as it was before
        doubts = codes(preview(target, ClaimedValue(Decimal(9), kinds=["hasil"], digests=[digest])))
        assert doubts == (["same_file"] if told else [])
    assert codes(preview(target, ClaimedValue(Decimal(9), kinds=["hasil"], digests=[file.sha256]), base=draft)) == []
