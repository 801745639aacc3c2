"""Tests of the API: its exact fields on any day, and that anyone can compute every rung from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from commitments.ladder import reference
from commitments.ladder.reference import (
    DecisionFact,
    MeasurementFact,
    ObjectionFact,
    RevisionFact,
    TargetFact,
    UnitFact,
)
from opd import clock
from tests import history_of_everything as story
from tests.cast import REASON, Cast

pytestmark = pytest.mark.django_db

FIELDS = {  # fixed (docs/aturan.md, section 8), because downloads, embeds and outside checks depend on them
    "units": "code name short_name kind parent certainty source valid_from valid_until succeeded_by signed_on rung"
    " rung_claimed past_ceremony answer flags live_targets url",
    "commitments": "ref unit title dimension quick_win published_at withdrawn_at withdrawal_reason url",
    "targets": "ref commitment unit service family unit_of_measure statistic direction baseline_value baseline_on"
    " baseline_source target_value min_change lower_bound upper_bound original_due_on due_on cycle_days clock_start"
    " clock_stop clock_unit clock_limit published_at withdrawn_at withdrawn_rung replaces rung rung_claimed progress"
    " flags url",
    "measurements": "id target period_start period_end value n method state submitted_at decided_at revoked_at"
    " returned_by supersedes contested origin open_cases excluded_cases evidence",
    "revisions": "id target field old new reason proposed_at approved_at",
    "rechecks": "id number measurement outcome found finding recorded_at stands_at",
}
EVIDENCE = "kind sha256 size public_sha256 url"

Rows = dict[str, list[dict[str, Any]]]


def listings(client: Client, day: date) -> Rows:
    asked = {"per": str(day), "limit": "1000"}
    answers = {name: client.get(f"/api/v1/{name}/", asked).json() for name in FIELDS}
    assert {name: answer["meta"]["count"] for name, answer in answers.items()} == {
        name: len(answer["results"]) for name, answer in answers.items()
    }
    return {name: answer["results"] for name, answer in answers.items()}


# --- An outsider's reading of the answers: nothing but what they say -------------------------------------------


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def decisions(row: dict[str, Any]) -> Iterable[DecisionFact]:
    """A revoked one had been verified first."""
    if decided := moment(row["decided_at"]):
        yield DecisionFact("verified" if row["state"] == "revoked" else row["state"], decided)
    if revoked := moment(row["revoked_at"]):
        yield DecisionFact("revoked", revoked)


def objections(rechecks: Iterable[dict[str, Any]]) -> Iterable[ObjectionFact]:
    for row in rechecks:
        if row["outcome"] in ("berbeda", "tak-terlacak"):
            yield ObjectionFact(datetime.fromisoformat(row["recorded_at"]), moment(row["stands_at"]))


def measurement(row: dict[str, Any], rechecks: Iterable[dict[str, Any]]) -> MeasurementFact:
    return MeasurementFact(
        id=row["id"],
        period_start=date.fromisoformat(row["period_start"]),
        period_end=date.fromisoformat(row["period_end"]),
        value=Decimal(row["value"]),
        submitted_at=moment(row["submitted_at"]),
        supersedes=row["supersedes"],
        kinds=frozenset(item["kind"] for item in row["evidence"]),
        decisions=tuple(decisions(row)),
        objections=tuple(objections(rechecks)),
    )


def revision(row: dict[str, Any]) -> RevisionFact:
    read = date.fromisoformat if row["field"] == "due_on" else Decimal
    old, new = read(row["old"]), read(row["new"])
    proposed = datetime.fromisoformat(row["proposed_at"])
    return RevisionFact(row["id"], row["field"], old, new, proposed, moment(row["approved_at"]))


def targets(said: Rows) -> list[TargetFact]:
    measured, revised, rechecked = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in said["rechecks"]:
        rechecked[row["measurement"]].append(row)
    for row in said["measurements"]:
        measured[row["target"]].append(measurement(row, rechecked[row["id"]]))
    for row in said["revisions"]:
        if row["field"] != "clock":  # moves no rung
            revised[row["target"]].append(revision(row))
    return [
        TargetFact(
            ref=row["ref"],
            unit=row["unit"],
            published_at=moment(row["published_at"]),
            baseline_value=Decimal(row["baseline_value"]),
            baseline_on=date.fromisoformat(row["baseline_on"]),
            target_value=Decimal(row["target_value"]),
            direction=row["direction"],
            original_due_on=date.fromisoformat(row["original_due_on"]),
            min_change=Decimal(row["min_change"]),
            cycle_days=row["cycle_days"],
            withdrawn_at=moment(row["withdrawn_at"]),
            withdrawn_rung=row["withdrawn_rung"],
            replaces=row["replaces"],
            revisions=tuple(revised[row["ref"]]),
            measurements=tuple(measured[row["ref"]]),
        )
        for row in said["targets"]
    ]


def units(said: Rows) -> list[UnitFact]:
    """The signers; whoever carries an ended one may be none of them."""
    rows = {row["code"]: row for row in said["units"]}
    heirs = {heir for row in said["units"] for heir in row["succeeded_by"]} - rows.keys()
    signers = [UnitFact(code, day_of(row["valid_until"]), tuple(row["succeeded_by"])) for code, row in rows.items()]
    return [*signers, *(UnitFact(code) for code in heirs)]


def recomputed(said: Rows, day: date) -> dict[str, Any]:
    """Rungs, flags and progress of every target and unit, worked out from the answers alone."""
    known, signers = targets(said), units(said)
    found: dict[str, Any] = {}
    for target in known:
        state = reference.target_state(target, day)
        found[target.ref] = (state.rung, state.rung_claimed, state.flags, rounded(state.progress))
    for row in said["units"]:
        unit = reference.unit_state(signers, known, row["code"], day)
        found[row["code"]] = (unit.rung, unit.rung_claimed, unit.flags, unit.past_ceremony, unit.live_targets)
    return found


def rounded(progress: Decimal | None) -> Decimal | None:
    return None if progress is None else round(progress, 4)


def as_said(said: Rows) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in said["targets"]:
        progress = None if row["progress"] is None else Decimal(row["progress"])
        found[row["ref"]] = (row["rung"], row["rung_claimed"], frozenset(row["flags"]), progress)
    for row in said["units"]:
        flags = frozenset(row["flags"])
        found[row["code"]] = (row["rung"], row["rung_claimed"], flags, row["past_ceremony"], row["live_targets"])
    return found


@pytest.fixture
def days() -> Iterable[list[date]]:
    """Every act there is, told in a demonstration whose clock stays where the story ended; days along the way."""
    with story.demonstration() as turned:
        first = clock.day_of(turned.moment)
        story.told(story.everything(Cast()), story.at_its_own_pace(turned))
        last = clock.day_of(turned.moment) + timedelta(days=400)
        turned.moment += timedelta(days=401)
        yield [first + (last - first) * step / 12 for step in range(13)]


def test_the_fields_are_those_that_outsiders_build_on(days: list[date], client: Client) -> None:
    said = listings(client, days[-2])
    assert {name: {" ".join(row) for row in rows} for name, rows in said.items()} == {
        name: {fields} for name, fields in FIELDS.items()
    }
    assert {" ".join(item) for row in said["measurements"] for item in row["evidence"]} == {EVIDENCE}


def test_anyone_can_recompute_every_rung_from_the_answers_alone(days: list[date], client: Client) -> None:
    seen: set[int | None] = set()
    for day in days:
        said = listings(client, day)
        assert recomputed(said, day) == as_said(said), day
        seen |= {row["rung"] for row in said["targets"]}
    assert {None, 1, 3, 4} <= seen


def test_evidence_has_an_address_from_the_day_of_its_verification_and_no_day_before(
    time: clock.TurnedClock, client: Client
) -> None:
    """A file and a link, both opened; and those of a report that was returned."""
    cast = Cast()
    time.moment = datetime(2019, 1, 10, 3, tzinfo=UTC)
    target = cast.target()
    told = story.draft(cast, target, 5), story.draft(cast, target, 6)
    for row in told:
        row.submit(by=cast.head, seen=row.fingerprint())
    opened = {item.uuid: True for row in told for item in row.evidence.all()}
    time.moment = datetime(2019, 1, 12, 16, 59, 59, tzinfo=UTC)  # the last second of that day in Semarang
    told[0].verify(by=cast.verifier, seen=told[0].fingerprint(), public=opened)
    told[1].return_(by=cast.verifier, seen=told[1].fingerprint(), note=REASON)
    time.moment = datetime(2019, 1, 20, 3, tzinfo=UTC)

    def addresses(day: date) -> list[list[tuple[bool, bool]]]:
        """For each report, and for each piece of evidence: has it an address, has it a public copy?"""
        rows = client.get("/api/v1/measurements/", {"per": str(day)}).json()["results"]
        rows.sort(key=lambda row: row["value"])
        return [[(bool(item["url"]), bool(item["public_sha256"])) for item in row["evidence"]] for row in rows]

    closed = [(False, False), (False, False)]
    assert addresses(date(2019, 1, 11)) == [closed, closed]
    assert addresses(date(2019, 1, 12)) == [[(True, True), (True, False)], closed]


def test_a_report_is_in_the_state_of_that_day(time: clock.TurnedClock, client: Client) -> None:
    """An act in the last moment of a day belongs to it; an act at midnight in Semarang to the next day."""
    cast = Cast()
    target = cast.target(baseline_on=date(2017, 11, 2))
    facts: dict[str, Any] = {"period_start": date(2017, 11, 3), "period_end": date(2017, 11, 4)}
    midnight = [datetime(2018, 1, day, 17, tzinfo=UTC) for day in (10, 12, 14, 16)]  # when 11, 13, 15 and 17 begin
    time.moment = midnight[0]
    row = cast.measurement(target, 5, **facts)
    time.moment = midnight[1]
    row.verify(by=cast.verifier, seen=row.fingerprint())
    time.moment = midnight[2]
    row.revoke(by=cast.approver, seen=row.fingerprint(), note=REASON)
    time.moment = midnight[3] - timedelta(microseconds=1)
    cast.measurement(target, 6, **facts)
    time.moment = midnight[3] + timedelta(days=9)

    def states(day: int) -> list[tuple[str, bool, bool]]:
        rows = client.get("/api/v1/measurements/", {"per": f"2018-01-{day:02d}"}).json()["results"]
        return [(row["state"], bool(row["decided_at"]), bool(row["revoked_at"])) for row in rows]

    sent, verified, revoked = ("submitted", False, False), ("verified", True, False), ("revoked", True, True)
    assert [states(day) for day in (10, 11, 12, 13, 14, 15, 16, 17)] == [
        [],
        [sent],
        [sent],
        [verified],
        [verified],
        [revoked],
        [revoked, sent],
        [revoked, sent],
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"per": "kemarin"}, "per diisi tanggal seperti 2019-11-02."),
        ({"per": "2018-02-30"}, "per diisi tanggal seperti 2019-11-02."),
        ({"limit": "0"}, "limit diisi angka dari 1 sampai 1000."),
        ({"limit": "1001"}, "limit diisi angka dari 1 sampai 1000."),
        ({"limit": "9" * 30}, "limit diisi angka dari 1 sampai 1000."),
        ({"offset": "-1"}, "offset diisi angka dari 0 sampai 999999999."),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_a_sentence(
    client: Client, asked: dict[str, str], said: str
) -> None:
    for name in FIELDS:
        answer = client.get(f"/api/v1/{name}/", asked)
        assert (answer.status_code, answer.json()) == (400, {"error": said})


def test_a_day_to_come_is_refused(client: Client) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    assert client.get("/api/v1/units/", {"per": str(tomorrow)}).status_code == 400


@pytest.mark.parametrize("path", ["measurements/?target=", "revisions/?target=", "signatures/?unit="])
def test_a_value_that_no_row_can_have_finds_no_row(path: str, client: Client) -> None:
    Cast().target()
    for value in ("%00", "DINKES%00", "%ff"):
        answer = client.get(f"/api/v1/{path}{value}")
        assert (answer.status_code, answer.json()["results"]) == (200, [])
